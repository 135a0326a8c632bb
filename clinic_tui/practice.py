"""Opening the practice that a config names: its database at this version, its settings, its key, and who asks."""

from __future__ import annotations

from pathlib import Path

from clinic_tui import settings, staff
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.connection import open_database, sqlite_path
from clinic_tui.db.migrate import migrate
from clinic_tui.errors import ConfigError, DatabaseLost, FieldError
from clinic_tui.invitations import codes


def open_practice(config: Config, login: str | None = None, *, new: bool = False) -> Viewer:
    """Bind the process to the practice and hand back who is at the keyboard (`login`: `--as`).

    A database of an older version is brought to this one. Only where it is said to be `new` are an SQLite file and a
    key made that are not there: a disk that is not mounted must not show an empty practice. Raises ClinicError.
    """
    if not new:
        need_files(config)
    open_database(config.database)
    migrate()
    system = Viewer.system()
    known = settings.load(system).values
    try:
        if not config.seeds.keys() <= known.keys():  # a start that has nothing to write must not wait for who writes
            settings.seed(system, config.seeds)
    except FieldError as error:
        raise ConfigError(f"{config.path}: {error.title}", error.advice) from error
    codes.use_key_file(config.key_file, new=new)
    return staff.at_the_keyboard(login)


def need_files(config: Config) -> None:
    """Raise DatabaseLost where the database is a file that is not there, or holds nothing; ConfigError for the key."""
    if config.database.startswith("sqlite:"):
        _need_database(sqlite_path(config.database))
    if not config.key_file.exists():
        codes.use_key_file(config.key_file, new=False)


def _need_database(path: Path) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        what = f"There is no database at {path}."
    except OSError as error:
        what = f"The database {path} cannot be reached: {error.strerror}."
    else:
        if size:
            return
        what = f"The database file {path} is empty."
    raise DatabaseLost(
        what, "Is its disk mounted? Restore it from a backup; a practice that is really new: clinic-tui migrate --new."
    )
