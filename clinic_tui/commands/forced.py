"""A command line from an SSH client, where sshd was told to run `clinic-tui --as LOGIN` whatever the client asks for.

sshd leaves what was asked for in SSH_ORIGINAL_COMMAND. It is split into words as a shell would, and never given to one:
`;`, `|`, `$()` and `*` are only arguments. It runs as that staff member, with no file but standard input and output.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from clinic_tui.commands.asked import Asked

VARIABLE = "SSH_ORIGINAL_COMMAND"
LONGEST = 100_000
# What may be asked for so. A command that is not named here is for whoever sits at the host.
COMMANDS = frozenset(
    ("open", "import", "patients", "patient", "contact", "report", "invite", "invitations", "invitation", "slip",
     "queues", "outbox", "sync", "review", "incident", "explain", "notifications", "templates", "mail", "settings",
     "staff", "history", "backup", "training")
)  # fmt: skip
_OPTIONS = {"--as": "login", "--config": "config", "--database": "database"}


def read(words: Sequence[str], environment: Mapping[str, str]) -> tuple[Asked, str] | None:
    """What the forced command said, and the client's line; None where it is an ordinary call.

    The variable counts for nothing unless the call is a staff member's (`--as`) and names no command of its own:
    anybody who has a shell can set it.
    """
    line = environment.get(VARIABLE, "")
    said = _forced(words)
    if said is None or not line.strip():
        return None
    config = said.get("config")
    return Asked(
        config=None if config is None else Path(config),
        database=said.get("database"),
        login=said["login"],
        remote=True,
    ), line


def split(line: str) -> list[str]:
    """The words of the client's line. Raises UsageError where it cannot be split."""
    if len(line) > LONGEST:
        raise click.UsageError("The command line is too long.")
    if any(mark in line for mark in "\0\n\r"):
        raise click.UsageError("A command is one line.")
    try:
        line.encode()
        words = shlex.split(line)
    except UnicodeEncodeError:
        raise click.UsageError("The command line is not UTF-8 text.") from None
    except ValueError:
        raise click.UsageError("A quotation mark or a backslash in the command line has no end.") from None
    return words[1:] if words[:1] == ["clinic-tui"] else words


def _forced(words: Sequence[str]) -> dict[str, str] | None:
    """The global options of a call that is made of nothing else, `--as` among them."""
    said: dict[str, str] = {}
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if name not in _OPTIONS:
            return None
        said[_OPTIONS[name]] = value if equals else next(left, "")
    return said if said.get("login") and all(said.values()) else None
