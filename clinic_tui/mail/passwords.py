"""The password of a mail account: from a command, from a file, or none at all. Never asked for, never kept."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from clinic_tui.errors import MailError
from clinic_tui.text import clean

COMMAND_SECONDS = 30.0
_MOST_BYTES = 4096


class Account(Protocol):
    """What a section of the config says about its password."""

    @property
    def password_command(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def password_file(self) -> Path | None: ...  # noqa: D102


def password_of(account: Account) -> str | None:
    """The first line of what the command prints or the file holds; None where the account names neither.

    Raises MailError, without a word of what was printed: it may be the password.
    """
    if account.password_command:
        return _first_line(_printed(account.password_command), f"{clean(account.password_command[0], 60)} printed")
    if account.password_file:
        path = account.password_file.expanduser()
        return _first_line(_private(path), f"{path} holds")
    return None


def _printed(command: Sequence[str]) -> bytes:
    name = clean(command[0], 60)
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MailError(
            f"The password command {name} did not end within {COMMAND_SECONDS:.0f} s.",
            "Run it by hand: it may be asking for something.",
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no command"
        raise MailError(
            f"The password command {name} cannot be run: {reason}.", "Check password_command in the config."
        ) from error
    if done.returncode:
        raise MailError(
            f"The password command {name} ended with status {done.returncode}.", "Run it by hand to see why."
        )
    return done.stdout


def _private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_IMODE(mode) & 0o077:
                raise MailError(f"The password file {path} is open to others.", f"Run: chmod 600 {path}")
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise MailError(
            f"The password file {path} cannot be read: {error.strerror}.", "Check password_file in the config."
        ) from error


def _first_line(printed: bytes, what: str) -> str:
    lines = printed[:_MOST_BYTES].splitlines()
    try:
        password = lines[0].decode() if lines else ""
    except UnicodeDecodeError as error:
        raise MailError(f"What {what} is not UTF-8 text.", "Its first line has to be the password.") from error
    if not password:
        raise MailError(f"What {what} begins with no password.", "Its first line has to be the password.")
    return password
