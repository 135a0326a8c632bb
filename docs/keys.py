"""The keys of every screen and dialog, from the commands that they are made of."""

from __future__ import annotations

from collections.abc import Iterable

from docs.tables import table
from screens import places
from screens.base import Room
from screens.commands import EVERYWHERE, Command
from screens.help import Help
from screens.reports.actions import ACTIONS
from screens.reports.bulk_actions import SetDialog
from screens.widgets.moving import COLUMN_MOVES, LIST_MOVES, TABLE_MOVES, TEXT_MOVES

# In the order of a day at the desk; whatever is not named comes after them.
ORDER = (
    "LookupScreen", "ProfileScreen", "InviteDialog", "AcceptDialog", "IdentityDialog", "SlipDialog", "SlipScreen",
    "AskAgainDialog", "SentTextsScreen", "ReportsScreen", "AdoptionScreen", "NewReportDialog", "CaseLoadScreen",
    "ActionsDialog", "BulkInviteDialog", "OutboxScreen", "QueuesScreen", "QueueScreen", "NotificationsScreen",
    "ReviewScreen", "IncidentsScreen", "AccessScreen", "TemplatesScreen",
)  # fmt: skip
_TITLES: dict[object, str] = {SetDialog: "Set a field of many", Help: "Help"}
_MOVING = (
    ("lists", LIST_MOVES, "list"),
    ("tables", (*TABLE_MOVES, *COLUMN_MOVES), "table"),
    ("texts", TEXT_MOVES, "text"),
)


def rooms() -> list[type[Room[object]]]:
    """Every screen and dialog that has keys."""
    found = (room for room in places.rooms() if room.KEYS)
    return sorted(found, key=lambda room: (_place(room), room.__module__, room.__name__))


def sections() -> str:
    """The keys that work everywhere, then a section for each screen and dialog."""
    parts = [f"## Everywhere\n\n{_table(EVERYWHERE, 'app')}"]
    for what, commands, scope in _MOVING:
        parts.append(f"## In {what}\n\n{_table(commands, scope)}")
    for room in rooms():
        parts.append(f"## {_TITLES.get(room) or room.HEADING}\n\n{_table(room.KEYS, room.ROOM)}")
        if room.__name__ == "ActionsDialog":
            parts.append(f"In its list:\n\n{_letters(ACTIONS)}")
    return "\n".join(parts)


def _table(commands: Iterable[Command], room: str) -> str:
    rows = [(_keys(command), command.name, command.about, f"`{command.id(room)}`") for command in commands]
    return table(("key", "does", "", "in the config"), rows)


def _letters(commands: Iterable[Command]) -> str:
    return table(("key", "does", ""), [(_keys(c), c.name, c.about) for c in commands])


def _keys(command: Command) -> str:
    return " or ".join(f"`{key}`" for key in command.spoken_keys)


def _place(room: type[Room[object]]) -> int:
    return ORDER.index(room.__name__) if room.__name__ in ORDER else len(ORDER)
