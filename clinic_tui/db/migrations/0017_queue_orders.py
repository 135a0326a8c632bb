"""Each queue has an index that names all it asks for first, and then its order: SQLite, which keeps no statistics, took
the index of states or of portal lines before. A frozen text of its own.
"""

from __future__ import annotations

from typing import Any

INDEXES = """
DROP INDEX invitation_ask_again;
CREATE INDEX invitation_ask_again ON invitation (state, ask_again) WHERE ask_again IS NOT NULL;
DROP INDEX invitation_for_guardian;
CREATE INDEX invitation_for_guardian ON invitation (state, patient_id) WHERE for_guardian;
DROP INDEX patient_portal_portal_at;
CREATE INDEX patient_portal_portal_at ON patient (portal, portal_at, id, practitioner_id, status)
    WHERE portal <> 'not_invited';
DROP INDEX patient_portal_until;
CREATE INDEX patient_portal_until ON patient (portal, portal_until, id, practitioner_id, status) WHERE portal = 'invited'
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in INDEXES.split(";\n"):
        db.execute_sql(statement)
