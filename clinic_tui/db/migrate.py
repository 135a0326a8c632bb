"""Bringing a database to this version: numbered scripts in `migrations/`, each applied once and whole.

playhouse's runner is loaded only where there is something to apply: it brings every engine's driver with it.
"""

from __future__ import annotations

from pathlib import Path

from clinic_tui.db.connection import database, is_postgres, session
from clinic_tui.errors import ClinicError

DIRECTORY = Path(__file__).with_name("migrations")
HISTORY = "schema_migration"
_LOCK = 7_340_411  # any number, as long as it is ours: PostgreSQL's advisory lock for migrating


def pending() -> list[str]:
    """The names of the migrations that this database has not had yet, in order.

    Raises ClinicError where the database comes from a newer version than this one.
    """
    known = sorted(path.stem for path in DIRECTORY.glob("[0-9]*.py"))
    with session():
        had = database.execute_sql(f"SELECT name FROM {HISTORY}") if database.table_exists(HISTORY) else ()  # noqa: S608
        applied = {name for (name,) in had}
    newer = sorted(applied - set(known))
    if newer:
        raise ClinicError(
            f"The database was made by a newer clinic-tui (it has {newer[-1]!r}).",
            "Upgrade clinic-tui on this host; nothing was changed.",
        )
    return [name for name in known if name not in applied]


def migrate() -> list[str]:
    """Apply what is pending, one process at a time; a script that fails leaves nothing behind. Names applied."""
    if not pending():
        return []
    from playhouse.migrations import Runner

    runner = Runner(database.obj, str(DIRECTORY), table_name=HISTORY)
    with session():
        if is_postgres():
            with database.atomic():
                database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                return list(runner.up())
        with database.atomic("EXCLUSIVE"):
            return list(runner.up())
