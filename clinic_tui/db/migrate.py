"""Bringing a database to this version: numbered scripts in `migrations/`, each applied once and whole."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from clinic_tui.db.connection import database, is_postgres, session
from clinic_tui.errors import ClinicError

DIRECTORY = Path(__file__).with_name("migrations")
_LOCK = 7_340_411  # any number, as long as it is ours: PostgreSQL's advisory lock for migrating


def pending() -> list[str]:
    """The names of the migrations that this database has not had yet, in order.

    Raises ClinicError where the database comes from a newer version than this one.
    """
    with session():
        rows = _runner().status()
    newer = [row.name for row in rows if row.path is None]
    if newer:
        raise ClinicError(
            f"The database was made by a newer clinic-tui (it has {newer[-1]!r}).",
            "Upgrade clinic-tui on this host; nothing was changed.",
        )
    return [row.name for row in rows if row.applied is None]


def migrate() -> list[str]:
    """Apply what is pending, one process at a time; a script that fails leaves nothing behind. Names applied."""
    if not pending():
        return []
    with session():
        if is_postgres():
            with database.atomic():
                database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                return list(_runner().up())
        with database.atomic("EXCLUSIVE"):
            return list(_runner().up())


def _runner() -> Runner:
    return Runner(database.obj, str(DIRECTORY), table_name="schema_migration")
