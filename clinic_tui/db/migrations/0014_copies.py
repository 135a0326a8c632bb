"""What a copy of the database that was put back is known by. A frozen text of its own."""

from __future__ import annotations

from typing import Any

TABLES = """
ALTER TABLE queue ADD COLUMN instance TEXT;
ALTER TABLE queue ADD COLUMN place TEXT;
ALTER TABLE queue ADD COLUMN copied_at BIGINT
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";\n"):
        db.execute_sql(statement)
