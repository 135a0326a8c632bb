"""What the work queues are read by: when to ask again, who came of age, and an index for each order. A frozen text.

Notifications are listed for two months, and counted every second: an index for each of the two.
"""

from __future__ import annotations

from typing import Any

TABLES = """
ALTER TABLE invitation ADD COLUMN ask_again DATE;
CREATE INDEX invitation_ask_again ON invitation (ask_again) WHERE ask_again IS NOT NULL;
CREATE INDEX invitation_for_guardian ON invitation (patient_id) WHERE for_guardian;
ALTER TABLE patient ADD COLUMN of_age_at BIGINT;
CREATE INDEX patient_portal_portal_at ON patient (portal, portal_at) WHERE portal <> 'not_invited';
CREATE INDEX patient_portal_until ON patient (portal_until) WHERE portal = 'invited';
CREATE INDEX notification_unread ON notification (created_at) WHERE archived_at IS NULL;
CREATE INDEX notification_created_at_kind ON notification (created_at, kind)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in TABLES.split(";\n"):
        db.execute_sql(statement)
