"""Tables of settings, of commands, and of the header words that an import knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clinic_tui.cli import COMMANDS
from clinic_tui.commands import forced
from clinic_tui.imports.fields import NAMES, called
from clinic_tui.settings import SCHEMA, Setting


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def settings() -> str:
    """Every setting: its name, what it is when nobody set it, what it may be, what it means."""
    return table(
        ("setting", "when nobody set it", "may be", "what it means"),
        ((f"`{each.name}`", _default(each), _values(each), each.about) for each in SCHEMA),
    )


def _default(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "on" if setting.default else "off"
    return f"`{setting.default}`" if setting.default != "" else "empty"


def _values(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "on, off"
    if isinstance(setting.default, int):
        return f"{setting.low:,} to {setting.high:,}"
    if setting.words:
        return ", ".join(setting.words)
    if setting.check:
        return "https address" if setting.name.endswith("url") else "one word"
    return "text"


def headers() -> str:
    """Every field that an import reads, with all the header words that name it."""
    return table(
        ("what of the patient", "headers that name it"),
        ((called(field), ", ".join(words.split())) for field, words in NAMES.items()),
    )


def commands() -> str:
    """Every command, with its sentence."""
    return table(("command", "does"), ((f"`{name}`", about) for name, about in COMMANDS.items()))


def over_ssh() -> str:
    """The commands that a client's command line may name, as one paragraph."""
    return ", ".join(f"`{name}`" for name in COMMANDS if name in forced.COMMANDS) + ".\n"
