"""Writing lines: chained at the very end of the transaction that they tell of.

The chain needs one order, so whoever adds to it waits for whoever is adding. That wait is short: lines are kept until
the transaction has done its work, and on PostgreSQL the lock is taken then, right before it commits (SQLite has one
writer anyway). So ids, the chain and the commits are in one order, and no line that was committed is out of the chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import database, is_postgres, write_last
from clinic_tui.db.models.practice import History
from clinic_tui.history.chain import BEGINNING, Line, digest_of, hash_of, new_salt

_LOCK = 7_340_412  # any number, as long as it is ours: PostgreSQL's advisory lock for adding to the chain


def record(
    viewer: Viewer, action: str, *, patient: int | None = None, invitation: int | None = None, **detail: Any
) -> None:
    """Add a line, inside the transaction of what it tells. `detail` holds no code, token or message text."""
    record_many(viewer, action, [(patient, invitation, detail or None)])


def record_many(
    viewer: Viewer, action: str, about: Iterable[tuple[int | None, int | None, dict[str, Any] | None]]
) -> None:
    """Add one line for each patient, invitation and detail, inside the transaction of what they tell."""
    at: Any = History.at.db_value(now())
    write_last(_chain, [_line(at, viewer.login, action, *one) for one in about])


def _line(
    at: int, login: str, action: str, patient: int | None, invitation: int | None, detail: dict[str, Any] | None
) -> Line:
    """A line that has no place in the chain yet."""
    text = History.detail.db_value(detail)
    salt = None if text is None else new_salt()
    return Line(0, at, login, action, patient, invitation, text, salt, digest_of(salt or "", text), "")


def _chain(said: list[Line]) -> None:
    """Write lines behind the last one, each hashed with the hash before it."""
    if is_postgres():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    last = bulk.fetch("SELECT id, hash FROM history ORDER BY id DESC LIMIT 1")
    newest, before = last[0] if last else (0, BEGINNING)
    lines = []
    for key, line in enumerate(said, newest + 1):
        before = hash_of(before, line, key)
        lines.append((key, *line[1:-1], before))
    bulk.insert("history", Line._fields, lines)
