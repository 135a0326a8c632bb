"""The index of appointments by time says whether one was seen, and whose it is: who was seen in a year, and how often,
is counted from it alone. A frozen text of its own.
"""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE INDEX appointment_starts_at_status_patient_id ON appointment (starts_at, status, patient_id);
DROP INDEX appointment_starts_at
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";\n"):
        db.execute_sql(statement)
