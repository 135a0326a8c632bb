"""Help on F1: what the screen in front is for, and every key that works there."""

from __future__ import annotations

from textwrap import wrap

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.base import Dialog
from screens.commands import Command
from screens.widgets.cells import fit
from screens.widgets.moving import TEXT_MOVES, Text

KEY, NAME = 8, 25


class Help(Dialog[None]):
    """Help for one screen."""

    CSS_PATH = "help.tcss"
    MOVES = TEXT_MOVES
    KEYS = (Command("cancel", "Close", "escape", "close", "Back to the screen."),)
    ABOUT = "Help on the screen underneath. Esc closes it."

    def __init__(self, heading: str, about: str, here: list[Command], everywhere: list[Command]) -> None:
        super().__init__()
        self._heading = heading
        self._about = about
        self._here = here
        self._everywhere = everywhere

    def body(self) -> ComposeResult:
        """What it is for; its keys; the keys that work everywhere."""
        room = min(self.WIDTH, self.app.size.width) - 4
        with Text():
            yield Static(self._about, markup=False)
            for heading, commands in (("Keys here", self._here), ("Keys everywhere", self._everywhere)):
                keyed = [command for command in commands if command.keys and command.about]
                if keyed:
                    yield Static(Content.styled(heading, "bold $accent"), classes="heading")
                    yield Static(Content("\n").join(_line(command, room) for command in keyed))

    def on_mount(self) -> None:
        """The heading, and the focus where the arrows scroll."""
        self.query_one("#frame").border_title = Content(self._heading or "Help")
        self.query_one(Text).focus()


def _line(command: Command, room: int) -> Content:
    """Key and name, then the sentence beside them; below them, where the terminal is narrow."""
    head = Content.assemble((fit(command.shown_key, KEY), "$accent"), fit(command.name, NAME))
    beside = room - KEY - NAME >= 30
    indent = KEY + NAME if beside else KEY
    about = f"\n{' ' * indent}".join(wrap(command.about, max(10, room - indent)))
    return Content.assemble(head, "" if beside else f"\n{' ' * indent}", (about, "$quiet"))
