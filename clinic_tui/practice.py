"""Opening the practice that a config names: its database at this version, its settings, its key, and who asks."""

from __future__ import annotations

from clinic_tui import settings, staff
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.connection import open_database
from clinic_tui.db.migrate import migrate
from clinic_tui.errors import ConfigError, FieldError
from clinic_tui.invitations import codes


def open_practice(config: Config, login: str | None = None) -> Viewer:
    """Bind the process to the practice and hand back who is at the keyboard (`login`: `--as`).

    A new database is set up; one of an older version is brought to this one. Raises ClinicError.
    """
    open_database(config.database)
    migrate()
    system = Viewer.system()
    known = settings.load(system).values
    try:
        if not config.seeds.keys() <= known.keys():  # a start that has nothing to write must not wait for who writes
            settings.seed(system, config.seeds)
    except FieldError as error:
        raise ConfigError(f"{config.path}: {error.title}", error.advice) from error
    codes.use_key_file(config.key_file)
    return staff.at_the_keyboard(login)
