"""Reminders, each there once for its invitation; test messages; what was last purged. A frozen text of its own."""

from __future__ import annotations

from typing import Any

import peewee

TABLES = """
ALTER TABLE message ADD COLUMN reminder INTEGER;
CREATE UNIQUE INDEX message_reminder_once ON message (invitation_id, reminder) WHERE reminder IS NOT NULL;
ALTER TABLE queue ADD COLUMN purged_at BIGINT;
ALTER TABLE queue ADD COLUMN purged TEXT
"""

# Words that a table may hold, more than before.
KINDS = {
    "message": ("invitation", "reminder", "confirmation", "setup"),
    "notice": ("history_head", "test"),
}

WIDER_POSTGRES = """
ALTER TABLE {table} DROP CONSTRAINT {table}_kind_check;
ALTER TABLE {table} ADD CONSTRAINT {table}_kind_check CHECK (kind IN ({words}))
"""
# SQLite changes no constraint, and what hangs on a table would go with it: so it is the column that is made anew.
WIDER_SQLITE = """
ALTER TABLE {table} ADD COLUMN new_kind TEXT NOT NULL DEFAULT '{first}' CHECK (new_kind IN ({words}));
UPDATE {table} SET new_kind = kind;
ALTER TABLE {table} DROP COLUMN kind;
ALTER TABLE {table} RENAME COLUMN new_kind TO kind
"""


def up(_migrator: Any, db: Any) -> None:
    wider = WIDER_POSTGRES if isinstance(db, peewee.PostgresqlDatabase) else WIDER_SQLITE
    statements = TABLES.split(";\n")
    for table, kinds in KINDS.items():
        words = ", ".join(f"'{kind}'" for kind in kinds)
        statements += wider.format(table=table, words=words, first=kinds[0]).split(";\n")
    for statement in statements:
        db.execute_sql(statement)
