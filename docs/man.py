"""The man page, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from clinic_tui.cli import COMMANDS, cli
from clinic_tui.commands.asked import Asked

_GLOBAL = ("--config", "--database", "--as", "--json", "--help", "--version")
_FILES = (
    ("~/.config/clinic-tui/config.toml", "The config (0600). $XDG_CONFIG_HOME moves it."),
    ("~/.config/clinic-tui/clinic.key", "The key that codes are made with (0600), beside the config."),
    ("~/.local/share/clinic-tui/clinic.db", "The database, unless the config names another. $XDG_DATA_HOME moves it."),
    ("~/.local/state/clinic-tui/clinic-tui.log", "The log: no name, no address, no code. $XDG_STATE_HOME moves it."),
)
_ENVIRONMENT = (
    ("CLINIC_TUI_CONFIG", "The config file, where --config names none."),
    ("CLINIC_TUI_DATABASE", "The database's URL instead of the config's."),
    ("SSH_ORIGINAL_COMMAND", "What an SSH client asked for, where sshd was told to run clinic-tui --as LOGIN."),
)
_STATUS = (("0", "The command ran, even if rows were refused or patients skipped."), ("1", "Nothing could be done."),
           ("2", "Wrong usage."))  # fmt: skip


def man_page() -> str:
    """The page as roff."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield r".\" Made from the commands by: make docs"
    yield '.TH CLINIC-TUI 1 "" "clinic-tui" "User commands"'
    yield '.SH NAME\nclinic-tui \\- ' + _roff("invite patients to the patient portal, from a terminal")  # fmt: skip
    yield ".SH SYNOPSIS\n.B clinic-tui\n" + _roff("[OPTIONS] [COMMAND [ARGUMENTS]]")
    yield ".SH DESCRIPTION\n" + _roff(
        "Without a command the app opens. Everything that the app does, a command does too, by the same rules. A single"
        " - as a file is standard input or output."
    )
    yield ".SH OPTIONS\n" + _roff("They stand before or after the command.")
    with click.Context(cli, info_name="clinic-tui", obj=Asked(), **cli.context_settings) as context:
        yield from _options(cli, context, everywhere=True)
        yield ".SH COMMANDS"
        for name in COMMANDS:
            command = cli.get_command(context, name)
            assert command is not None
            yield from _command(command, context, name)
    for heading, pairs in (("FILES", _FILES), ("ENVIRONMENT", _ENVIRONMENT), ("EXIT STATUS", _STATUS)):
        yield f".SH {heading}"
        for term, about in pairs:
            yield f".TP\n.B {_roff(term)}\n{_roff(about)}"


def _command(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    """One command and those below it."""
    with click.Context(command, parent=parent, info_name=name) as context:
        usage = " ".join(command.collect_usage_pieces(context)).replace("[OPTIONS] ", "").replace("[OPTIONS]", "")
        yield f".SS {_roff(f'{context.command_path} {usage}'.strip())}"
        for paragraph in (command.help or "").split("\n\n"):
            # \b keeps the lines of a paragraph as they are.
            kept = paragraph.startswith("\b")
            text = _roff(paragraph.removeprefix("\b").strip("\n"))
            yield f".PP\n.nf\n{text}\n.fi" if kept else f".PP\n{' '.join(text.split())}"
        yield from _options(command, context, everywhere=False)
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                assert found is not None
                yield from _command(found, context, below)


def _options(command: click.Command, context: click.Context, *, everywhere: bool) -> Iterator[str]:
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is not None and (param.opts[-1] in _GLOBAL) == everywhere:
            yield f".TP\n.B {_roff(record[0])}\n{_roff(record[1])}"


def _roff(text: str) -> str:
    """Text that roff prints as it is."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return "\n".join(rf"\&{line}" if line[:1] in (".", "'") else line for line in text.split("\n"))
