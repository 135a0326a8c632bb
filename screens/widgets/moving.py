"""The keys that move what has the focus: a list, a table, a text that is read. They are the widget's, in any room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.binding import BindingType
from textual.containers import VerticalScroll

from screens.commands import Command, bindings

LIST_MOVES = (
    Command("move(-1)", "Up", "up", scope="list"),
    Command("move(1)", "Down", "down", scope="list"),
    Command("page(-1)", "Page up", "pageup", scope="list"),
    Command("page(1)", "Page down", "pagedown", scope="list"),
    Command("home", "First", "home", scope="list"),
    Command("end", "Last", "end", scope="list"),
    Command("choose", "Open", "enter", scope="list"),
)
TABLE_MOVES = (
    *(replace(c, scope="table") for c in LIST_MOVES if c.action not in ("home", "end")),
    Command("home", "First", "home,ctrl+home", scope="table"),
    Command("end", "Last", "end,ctrl+end", scope="table"),
)
COLUMN_MOVES = (
    Command("column(-1)", "Column to the left", "left", scope="table"),
    Command("column(1)", "Column to the right", "right", scope="table"),
    Command("leave", "Leave the narrowing", "escape", scope="table"),
)
TEXT_MOVES = (
    Command("scroll_up", "Up", "up", scope="text"),
    Command("scroll_down", "Down", "down", scope="text"),
    Command("page_up", "Page up", "pageup", scope="text"),
    Command("page_down", "Page down", "pagedown", scope="text"),
    Command("scroll_home", "Top", "home", scope="text"),
    Command("scroll_end", "Bottom", "end", scope="text"),
)


def own(commands: Iterable[Command]) -> list[BindingType]:
    """The bindings of a widget for what is asked of it as `focused.…` by the screen that it stands in."""
    return bindings((replace(c, action=c.action.removeprefix("focused.")) for c in commands), "table")


class Text(VerticalScroll):
    """A text that is read: it scrolls by the keys of TEXT_MOVES where it has the focus."""

    BINDINGS = bindings(TEXT_MOVES, "text")
