"""The keys of every screen and dialog, from the commands that they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import walk_packages

import screens
from docs.tables import table
from screens.base import Dialog, Room
from screens.commands import EVERYWHERE, Command, spoken
from screens.help import Help
from screens.listing import ListScreen
from screens.reports.actions import ACTIONS
from screens.reports.bulk_actions import SetDialog
from screens.reports.dry_run import DryRunDialog

# In the order of a day at the desk; whatever is not named comes after them.
ORDER = (
    "LookupScreen", "ProfileScreen", "InviteDialog", "AcceptDialog", "IdentityDialog", "AskAgainDialog",
    "SentTextsScreen", "ReportsScreen", "NewReportDialog", "CaseLoadScreen", "ActionsDialog", "BulkInviteDialog",
    "OutboxScreen", "QueuesScreen", "QueueScreen", "NotificationsScreen", "ReviewScreen", "IncidentsScreen",
    "AccessScreen", "TemplatesScreen",
)  # fmt: skip
_TITLES: dict[object, str] = {SetDialog: "Set a field of many", Help: "Help"}
_ABSTRACT = (Room, Dialog, ListScreen, DryRunDialog)


def rooms() -> list[type[Room[object]]]:
    """Every screen and dialog that has keys."""
    for module in walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    found = {room for room in _below(Room) if room.KEYS and room not in _ABSTRACT}
    return sorted(found, key=lambda room: (_place(room), room.__module__, room.__name__))


def sections() -> str:
    """The keys that work everywhere, then a section for each screen and dialog."""
    parts = [f"## Everywhere\n\n{_table(EVERYWHERE)}"]
    for room in rooms():
        parts.append(f"## {_TITLES.get(room) or room.HEADING}\n\n{_table(room.KEYS)}")
        if room.__name__ == "ActionsDialog":
            parts.append(f"In its list:\n\n{_table(ACTIONS)}")
    return "\n".join(parts)


def _table(commands: Iterable[Command]) -> str:
    rows = [(_keys(command), command.name, command.about) for command in commands if command.keys]
    return table(("key", "does", ""), rows)


def _keys(command: Command) -> str:
    return " or ".join(f"`{spoken(key)}`" for key in command.keys.split(","))


def _place(room: type[Room[object]]) -> int:
    return ORDER.index(room.__name__) if room.__name__ in ORDER else len(ORDER)


def _below(room: type[Room[object]]) -> Iterator[type[Room[object]]]:
    for each in room.__subclasses__():
        yield each
        yield from _below(each)
