"""Which key does what: the keys of every room, and what the config's [keys] makes of them.

`profile.invite = "p"` gives one command another key, `list.down = "down,j"` several; `preset = "vim"` gives those
that vim has. An entry that cannot be is left out and said in a sentence; the rest holds.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from textual.keys import Keys
from textual.message import Message

from clinic_tui.errors import ConfigError
from clinic_tui.text import clean
from screens.commands import Command, spoken
from screens.places import Place, is_letter, named, places, split

_HALF = {"page_down": "pagedown,ctrl+d", "page_up": "pageup,ctrl+u"}
_VIM_MOVES = {"down": "down,j", "up": "up,k", **_HALF}
# Where a text field has the focus its keys are letters still, and Ctrl+D and Ctrl+U edit it; `/` narrows tables anyway.
VIM = {
    **{f"list.{name}": keys for name, keys in {**_VIM_MOVES, "home": "home,g", "end": "end,G"}.items()},
    **{f"table.{name}": keys for name, keys in {**_VIM_MOVES, "home": "home,g", "end": "end,G"}.items()},
    "text.scroll_down": "down,j", "text.scroll_up": "up,k", "text.scroll_home": "home,g", "text.scroll_end": "end,G",
    "text.page_down": _HALF["page_down"], "text.page_up": _HALF["page_up"],
    "profile.identity": "K",
}  # fmt: skip
PRESETS: dict[str, Mapping[str, str]] = {"vim": VIM}

_WRITTEN = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "return": "enter", "del": "delete", "ins": "insert"}
# What a terminal sends as the same bytes.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+j": "enter"}
_EDITING = frozenset(("backspace", "delete", "left", "right", "tab", "shift+tab", "enter"))
_KNOWN = frozenset(key.value for key in Keys if not key.value.startswith("<"))


class Keymap:
    """What is bound; `keys` is empty where nothing differs, else it has every id: Textual takes a key from another
    command of a room without a word, unless that one is named too.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self.keys: Mapping[str, str] = keys or {}

    def of(self, commands: Iterable[Command], room: str) -> list[Command]:
        """The commands of a room with the keys that are bound."""
        if not self.keys:
            return list(commands)
        return [replace(command, keys=self.keys.get(command.id(room), command.keys)) for command in commands]


class Keyed(Message):
    """The config's [keys] has been read."""

    def __init__(self, keymap: Keymap, refused: list[ConfigError]) -> None:
        super().__init__()
        self.keymap = keymap
        self.refused = refused


def wanted(said: Mapping[str, object]) -> tuple[Keymap, list[ConfigError]]:
    """The keymap of the config's [keys], and what of it cannot be. It loads every screen: after the first frame."""
    if not said:
        return Keymap(), []
    refused: list[ConfigError] = []
    preset: Mapping[str, str] = {}
    entries: dict[str, str] = {}
    for name, value in _flat(said):
        try:
            if name == "preset":
                preset = _preset(value)
            else:
                entries[name] = _checked(name, value)
        except ConfigError as error:
            refused.append(error)
    while (clash := _clash({**preset, **entries})) is not None:
        name, other, key = clash
        refused.append(_wrong(name, f"is {spoken(key)}, which is the key of {other} too", "Give one of them another."))
        if entries.pop(name, None) is None:
            preset = {id: keys for id, keys in preset.items() if id != name}
    changed = {**preset, **entries}
    if not changed:
        return Keymap(), refused
    return Keymap({id: changed.get(id, place.command.keys) for id, place in places().items()}), refused


def _flat(said: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """`profile.invite` without quotation marks is a table in a table to TOML."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _preset(value: object) -> Mapping[str, str]:
    if not isinstance(value, str) or value not in PRESETS:
        raise _wrong("preset", f"is {clean(str(value), 40)!r}", f"It is one of: {', '.join(PRESETS)}.")
    return PRESETS[value]


def _checked(name: str, value: object) -> str:
    """The keys of one entry, as Textual writes them. Raises ConfigError."""
    place = places().get(name)
    if place is None:
        close = difflib.get_close_matches(name, places(), 1, 0.6)
        raise _wrong(
            name, "is no command", f"Did you mean {close[0]}?" if close else "They are listed by: clinic-tui keys."
        )
    many = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if not (many or isinstance(value, str)):
        raise _wrong(name, "is no key", 'Write it in quotes, such as "p", "f5", "ctrl+r" or "down,j".')
    keys = [_key(name, key) for key in (value if isinstance(value, list) else split(str(value)))]
    if not keys:
        raise _wrong(name, "is empty", "Leave the line out to keep the key that it has.")
    had = [named(key) for key in split(place.command.keys)]
    for key in keys:
        if key in had:
            continue
        if is_letter(key) and not (any(map(is_letter, had)) if place.command.priority else place.letters):
            raise _wrong(name, f"is {spoken(key)}, which is needed for typing there", "Take an F-key or one with Ctrl.")
        if key in _EDITING and place.command.priority and "app" in place.rooms:
            raise _wrong(name, f"is {spoken(key)}, which is needed everywhere", "Take an F-key or one with Ctrl.")
    return ",".join(keys)


def _key(name: str, written: str) -> str:
    """A key as Textual calls it, however it was written."""
    written = written.strip()
    key = written if len(written) == 1 else written.lower()
    *held, last = key.split("+") if len(key) > 1 else [key]
    last = _WRITTEN.get(last, last)
    key = "+".join((*(word.replace("control", "ctrl") for word in held), named(last)))
    if key in _SAME:
        same = spoken(_SAME[key])
        raise _wrong(name, f"is {spoken(key)}, which a terminal sends as {same}", "Take another key.")
    known = key in _KNOWN or (not held and is_letter(key))
    if not known:
        close = difflib.get_close_matches(key, _KNOWN, 1, 0.75)
        hint = f"Did you mean {close[0]}?" if close else "Write it such as p, f5, ctrl+r or pagedown."
        raise _wrong(name, f"is {clean(written, 30)!r}, which is no key", hint)
    return key


def _clash(entries: dict[str, str]) -> tuple[str, str, str] | None:
    """Of the entries the last that has a key which another command of one of its rooms has, and had not before."""
    for name in reversed(entries):
        for other, place in places().items():
            if other == name or not _meet(places()[name], place):
                continue
            mine, theirs = entries[name].split(","), _keys(entries.get(other, place.command.keys))
            before = set(_keys(places()[name].command.keys)) & set(_keys(place.command.keys))
            if not before and (shared := [key for key in mine if key in theirs]):
                return name, other, shared[0]
    return None


def _meet(one: Place, other: Place) -> bool:
    return "app" in one.rooms or "app" in other.rooms or not set(one.rooms).isdisjoint(other.rooms)


def _keys(keys: str) -> list[str]:
    return [named(key) for key in split(keys)]


def _wrong(name: str, what: str, advice: str) -> ConfigError:
    return ConfigError(f"[keys] {clean(name, 60)} {what}.", advice)
