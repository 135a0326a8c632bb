"""Reminders, each there once for its invitation; test messages; what was last purged. A frozen text of its own."""

from __future__ import annotations

import sqlite3
from typing import Any

import peewee

from clinic_tui.errors import ClinicError

TABLES = """
ALTER TABLE message ADD COLUMN reminder INTEGER;
CREATE UNIQUE INDEX message_reminder_once ON message (invitation_id, reminder) WHERE reminder IS NOT NULL;
ALTER TABLE queue ADD COLUMN purged_at BIGINT;
ALTER TABLE queue ADD COLUMN purged TEXT
"""

OLDEST_SQLITE = (3, 35)  # of 2021: the first that drops a column

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
    postgres = isinstance(db, peewee.PostgresqlDatabase)
    if not postgres and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise ClinicError(
            f"This Python brings SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed.",
            "Install clinic-tui with a Python of uv's: it brings its own. Nothing was changed.",
        )
    wider = WIDER_POSTGRES if postgres else WIDER_SQLITE
    statements = TABLES.split(";\n")
    for table, kinds in KINDS.items():
        words = ", ".join(f"'{kind}'" for kind in kinds)
        statements += wider.format(table=table, words=words, first=kinds[0]).split(";\n")
    for statement in statements:
        db.execute_sql(statement)
