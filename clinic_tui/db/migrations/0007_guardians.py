"""Invitations that speak to a guardian; contacts are found by their address. A frozen text of its own."""

from __future__ import annotations

from typing import Any

import peewee

from clinic_tui.text import fold_email  # its form never changes: addresses are compared by it

TABLES = """
ALTER TABLE contact ADD COLUMN email_fold TEXT{c};
CREATE INDEX contact_email_fold ON contact (email_fold);
ALTER TABLE invitation ADD COLUMN for_guardian BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE invitation ADD COLUMN guardian_id BIGINT REFERENCES contact (id) ON DELETE SET NULL;
CREATE INDEX invitation_guardian_id ON invitation (guardian_id) WHERE guardian_id IS NOT NULL
"""


def up(_migrator: Any, db: Any) -> None:
    postgres = isinstance(db, peewee.PostgresqlDatabase)
    for statement in TABLES.format(c=' COLLATE "C"' if postgres else "").split(";\n"):
        db.execute_sql(statement)
    mark = db.param
    rows = db.execute_sql("SELECT id, email FROM contact WHERE email IS NOT NULL").fetchall()
    update = f"UPDATE contact SET email_fold = {mark} WHERE id = {mark}"  # noqa: S608
    db.cursor().executemany(update, [(fold_email(email), row_id) for row_id, email in rows])
