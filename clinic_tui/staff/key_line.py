"""The line of `authorized_keys` by which a staff member comes in. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from clinic_tui.errors import ConfigError, FieldError
from clinic_tui.text import clean

LONGEST_LOGIN = 32
# It stands in a command line that sshd hands to a shell: nothing that a shell or sshd would read, no option either.
_LOGIN = re.compile(r"[a-z0-9_][a-z0-9._-]*")
KEY = "ssh-ed25519 AAAA..."


def key_line(login: str, program: Sequence[str], options: Sequence[str] = ()) -> str:
    """`command="/path/clinic-tui --as alice",restrict,pty KEY`; `options` are the global ones that they need.

    `program` and `options` are quoted for the shell that sshd hands the command to, then for sshd itself. Raises
    FieldError for a login that is none, ConfigError where a path holds a line break.
    """
    check_login(login)
    command = shlex.join([*program, *options, "--as", login])
    if any(mark in command for mark in "\n\r\0"):
        raise ConfigError("A path with a line break fits no authorized_keys file.", "Move the config.")
    quoted = command.replace('"', r"\"")  # all that sshd takes for an escape
    return f'command="{quoted}",restrict,pty {KEY}'


def check_login(login: str) -> None:
    """Raise FieldError for a login that is no plain word."""
    if len(login) > LONGEST_LOGIN or _LOGIN.fullmatch(login) is None or login == "system":
        raise FieldError(
            "login",
            f"{clean(login, 40)!r} is no login.",
            f"It is a word of a to z, 0 to 9, dot, - and _, at most {LONGEST_LOGIN} long, and begins with none of . -",
        )
