"""Slips handed over at the desk: when the last one was, by whom, and how the patient was known. Adoption by time.

A frozen text of its own.
"""

from __future__ import annotations

from typing import Any

TABLES = """
ALTER TABLE invitation ADD COLUMN slip_at BIGINT;
ALTER TABLE invitation ADD COLUMN slip_by TEXT;
ALTER TABLE invitation ADD COLUMN slip_how TEXT;
CREATE INDEX invitation_created_at ON invitation (created_at)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";\n"):
        db.execute_sql(statement)
