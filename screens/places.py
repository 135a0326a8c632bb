"""Every command of every room, by the id that the config's [keys] knows it by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from textual.keys import _character_to_key, key_to_character

import screens
from screens.base import Dialog, Room
from screens.commands import EVERYWHERE, Command


@dataclass(frozen=True)
class Place:
    """A command, the rooms that have it, and whether letters can be keys there."""

    id: str
    command: Command
    rooms: list[str] = field(default_factory=list)
    letters: bool = False


@cache
def places() -> dict[str, Place]:
    """Every command that can have a key, by its id. It loads every screen: not before the first frame."""
    found: dict[str, Place] = {}

    def put(command: Command, room: str, letters: bool) -> None:
        place = found.setdefault(command.id(room), Place(command.id(room), command, letters=letters))
        if room not in place.rooms:
            place.rooms.append(room)

    for command in EVERYWHERE:
        put(command, "app", False)
    for room in rooms():
        # A letter is a key where something else than a text field takes keys.
        letters = bool(room.MOVES) or any(is_letter(key) for c in room.KEYS for key in split(c.keys))
        for command in (*room.KEYS, *room.MOVES, *(Dialog.KEYS if issubclass(room, Dialog) else ())):
            put(command, room.ROOM, letters)
    return found


def rooms() -> list[type[Room[object]]]:
    """Every screen and dialog that people see, not what they are made of."""
    for module in walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    return list(dict.fromkeys(_below(Room)))


def _below(room: type[Room[object]]) -> Iterator[type[Room[object]]]:
    made_of_it = [each for each in room.__subclasses__() if each.__module__.startswith("screens.")]
    for each in made_of_it:
        yield from _below(each)
    if not made_of_it:
        yield room


def split(keys: str) -> list[str]:
    """The keys of a list with commas."""
    return [key.strip() for key in keys.split(",") if key.strip()]


def named(key: str) -> str:
    """A key as Textual calls it: `slash` for `/`."""
    return _character_to_key(key) if len(key) == 1 else key


def is_letter(key: str) -> bool:
    """Whether the key writes something."""
    character = key if len(key) == 1 else key_to_character(key)
    return character is not None and character.isprintable()
