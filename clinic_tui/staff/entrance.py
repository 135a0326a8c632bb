"""The way in for a staff member: the line of `authorized_keys` that opens this practice, with this program."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from clinic_tui.config import Config, default_path
from clinic_tui.staff.key_line import key_line


def line_for(config: Config, login: str) -> str:
    """The line for `login`; their public key goes to its end. Raises FieldError for a login that is none."""
    return key_line(login, _program(), _options(config))


def _program() -> list[str]:
    """This program by its absolute path: sshd knows no PATH of ours."""
    beside = Path(sys.executable).absolute().with_name("clinic-tui")
    found = str(beside) if beside.exists() else shutil.which("clinic-tui")
    return [str(Path(found).absolute())] if found else [str(Path(sys.executable).absolute()), "-m", "clinic_tui"]


def _options(config: Config) -> list[str]:
    """The global options without which the program would open another practice than this one."""
    if config.path is None:
        return ["--database", config.database_shown]
    return [] if config.path == default_path() else ["--config", str(config.path)]
