"""A practice made once for all tests of a process, and copied for each: making one takes as long as a short test."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from clinic_tui import clock, settings
from clinic_tui.db.connection import close_database, database, open_database, session
from clinic_tui.db.migrate import migrate
from clinic_tui.staff import at_the_keyboard
from tests.facts import NOW, PRACTICE


def build(url: str) -> None:
    """Migrate an empty database, and set what a practice has set. No connection stays open."""
    open_database(url)
    with clock.frozen_at(NOW):
        migrate()
        settings.seed(at_the_keyboard(), PRACTICE)
    close_database()


@functools.cache
def _file() -> Path:
    path = Path(tempfile.mkdtemp(prefix="clinic-tui-tests-")) / "practice.db"
    url = f"sqlite:///{path}"
    build(url)
    open_database(url)
    with session():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    close_database()
    return path


def copy_to(path: Path) -> None:
    """Such a practice in a file of SQLite."""
    shutil.copyfile(_file(), path)
    path.chmod(0o600)


def template() -> str:
    """The name of such a practice on the test run's PostgreSQL, to copy."""
    from tests.servers.postgres import template_database

    return template_database("a_practice", build)
