"""Databases made once and copied for each test: making one takes as long as a short test."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic_tui import clock, settings
from clinic_tui.db.connection import close_database, database, open_database, session
from clinic_tui.db.migrate import migrate
from clinic_tui.staff import at_the_keyboard
from tests.facts import NOW, PRACTICE


class Prepared:
    """A migrated database and what `fill` writes into it: of SQLite once in a process, of PostgreSQL once in a run."""

    def __init__(self, name: str, fill: Callable[[], None]) -> None:
        self.name = name
        self._fill = fill

    def build(self, url: str) -> None:
        """Make it of an empty database. No connection stays open."""
        open_database(url)
        with clock.frozen_at(NOW):
            migrate()
            with session():
                self._fill()
        close_database()

    def copy_to(self, path: Path) -> None:
        """One like it in a file of SQLite."""
        shutil.copyfile(self._file, path)
        path.chmod(0o600)

    @contextmanager
    def copy(self, engine: str, folder: Path) -> Iterator[str]:
        """The URL of one like it, of `sqlite` in that folder or of `postgres`."""
        if engine == "sqlite":
            self.copy_to(folder / "clinic.db")
            yield f"sqlite:///{folder}/clinic.db"
            return
        from tests.servers.postgres import fresh_database, template_database

        with fresh_database(template_database(self.name, self.build)) as url:
            yield url

    @functools.cached_property
    def _file(self) -> Path:
        self._folder = tempfile.TemporaryDirectory(prefix="clinic-tui-tests-")  # gone with the process
        path = Path(self._folder.name) / f"{self.name}.db"
        url = f"sqlite:///{path}"
        self.build(url)
        open_database(url)
        with session():
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        close_database()
        return path


practice = Prepared("a_practice", lambda: settings.seed(at_the_keyboard(), PRACTICE))
