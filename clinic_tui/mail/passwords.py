"""The password of a mail account: from a command, from a file, or none at all. Never asked for, never kept."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from clinic_tui.errors import ConfigError
from clinic_tui.text import clean

COMMAND_SECONDS = 60.0  # a password manager may ask its owner for a passphrase
_MOST_BYTES = 4096


class Account(Protocol):
    """What a section of the config says about its password."""

    @property
    def password_command(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def password_file(self) -> Path | None: ...  # noqa: D102


def password_of(account: Account) -> str | None:
    """The first line of what the command prints or the file holds; None where the account names neither.

    Raises ConfigError, without a word of what was printed: it may be the password.
    """
    if account.password_command:
        return _first_line(_printed(account.password_command), f"the password command {_name(account)} printed")
    if account.password_file:
        path = account.password_file.expanduser()
        return _first_line(_private(path), f"the password file {path} holds")
    return None


def _name(account: Account) -> str:
    return clean(account.password_command[0], 60) if account.password_command else ""


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
    except subprocess.TimeoutExpired:
        # Not chained: the exception carries what the command had printed.
        raise ConfigError(
            f"The password command {name} did not end within {COMMAND_SECONDS:.0f} s.",
            "Run it by hand: it may be asking for something.",
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no command"
        raise ConfigError(
            f"The password command {name} cannot be run: {reason}.", "Check password_command in the config."
        ) from error
    if done.returncode:
        raise ConfigError(
            f"The password command {name} ended with status {done.returncode}.", "Run it by hand to see why."
        )
    return done.stdout


def _private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise ConfigError(f"The password file {path} is open to others.", f"Close it with: chmod 600 {path}")
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise ConfigError(
            f"The password file {path} cannot be read: {error.strerror}.", "Check password_file in the config."
        ) from error


def _first_line(printed: bytes, what: str) -> str:
    line = printed[:_MOST_BYTES].partition(b"\n")[0].rstrip(b"\r")
    try:
        password = line.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"What {what} is not UTF-8 text.", "Its first line has to be the password.") from None
    if not password:
        raise ConfigError(f"What {what} begins with no password.", "Its first line has to be the password.")
    return password
