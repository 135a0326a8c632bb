"""Middle names, as the other program has them, beside the given name that people are called by.

A frozen text of its own.
"""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE patient ADD COLUMN middle TEXT")
