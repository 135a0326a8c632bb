"""The password or token of a mail account: from a command, from a file, or none at all. Never asked for.

A password is fetched for each login and not kept; a token (OAuth 2) is kept in memory until a server refuses it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from clinic_tui.errors import ConfigError
from clinic_tui.text import clean

COMMAND_SECONDS = 60.0  # a password manager may ask its owner for a passphrase
_MOST_BYTES = 4096
_LONGEST_TOKEN = 16_384  # those of Microsoft 365 hold claims and signature


class Account(Protocol):
    """What a section of the config says about its password or token."""

    @property
    def password_command(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def password_file(self) -> Path | None: ...  # noqa: D102
    @property
    def token_command(self) -> Sequence[str] | None: ...  # noqa: D102


def password_of(account: Account) -> str | None:
    """The first line of what the command prints or the file holds; None where the account names neither.

    Raises ConfigError, without a word of what was printed: it may be the password.
    """
    if account.password_command:
        command = account.password_command
        return _first_line(_printed(command, "password"), f"the password command {clean(command[0], 60)} printed")
    if account.password_file:
        path = account.password_file.expanduser()
        return _first_line(_private(path), f"the password file {path} holds")
    return None


class Tokens:
    """Access tokens, by the command that prints them: in memory alone, each until it was refused once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], str] = {}

    def get(self, command: Sequence[str]) -> tuple[str, bool]:
        """A token, and whether it was fetched just now. Raises ConfigError, without a word of what was printed."""
        with self._lock:  # several connections that open at once need one token, not one each
            key = tuple(command)
            if key in self._kept:
                return self._kept[key], False
            what = f"the token command {clean(command[0], 60)} printed"
            token = _first_line(_printed(command, "token"), what, "token", _LONGEST_TOKEN)
            if not token.isascii() or not token.isprintable() or " " in token:
                raise ConfigError(f"What {what} is no token.", "It has to print an access token, and nothing else.")
            self._kept[key] = token
            return token, True

    def forget(self, command: Sequence[str], token: str) -> None:
        """A server refused this one."""
        with self._lock:
            if self._kept.get(tuple(command)) == token:
                del self._kept[tuple(command)]


tokens = Tokens()


def _printed(command: Sequence[str], kind: str) -> bytes:
    """What the command prints, within its time. `kind`: password or token; its key in the config begins so."""
    name = clean(command[0], 60)
    try:
        # A group of its own, so that what the command has started ends with it: it could keep the pipe open for ever.
        started = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no command"
        raise ConfigError(
            f"The {kind} command {name} cannot be run: {reason}.", f"Check {kind}_command in the config."
        ) from error
    with started:
        try:
            printed, _ = started.communicate(timeout=COMMAND_SECONDS)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            # Not chained: the exception carries what the command had printed.
            raise ConfigError(
                f"The {kind} command {name} did not end within {COMMAND_SECONDS:.0f} s.",
                "Run it by hand: it may be asking for something.",
            ) from None
    if started.returncode:
        raise ConfigError(
            f"The {kind} command {name} ended with status {started.returncode}.", "Run it by hand to see why."
        )
    return printed


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


def _first_line(printed: bytes, what: str, kind: str = "password", longest: int = _MOST_BYTES) -> str:
    line = printed[:longest].partition(b"\n")[0].rstrip(b"\r")
    try:
        secret = line.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"What {what} is not UTF-8 text.", f"Its first line has to be the {kind}.") from None
    if not secret:
        raise ConfigError(f"What {what} begins with no {kind}.", f"Its first line has to be the {kind}.")
    return secret
