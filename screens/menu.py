"""The menu and the command palette, which are one list: everything that can be done here, narrowed by typing."""

from __future__ import annotations

from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from clinic_tui.text import fold
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import fit
from screens.widgets.marks import Field
from screens.widgets.rows import Rows

Entry = str | Command
HERE = "Here"
ORDER = (HERE, "Patients", "Reports", "Outbox", "Settings", "Help")
CHOOSE = Command("choose", "Choose", "enter", "choose", "Do what the line says.", priority=True)


def entries(here: list[Command], everywhere: list[Command], typed: str) -> list[Entry]:
    """Headings and commands, in the menu's order; only those in whose name or sentence every typed word occurs."""
    words = fold(typed).split()

    def wanted(command: Command) -> bool:
        text = fold(f"{command.name} {command.about} {command.menu}")
        return all(word in text for word in words)

    placed = [(HERE, c) for c in here] + [(c.menu, c) for c in everywhere if c.menu]
    kept = sorted((p for p in placed if wanted(p[1])), key=lambda p: ORDER.index(p[0]))
    listed: list[Entry] = []
    for heading, group in groupby(kept, key=lambda p: p[0]):
        listed += [heading, *(command for _, command in group)]
    return listed


class Menu(Dialog[Command]):
    """Answers with the command that was chosen."""

    HEADING = "Menu"
    ABOUT = "Everything that can be done here. Type to narrow the list, Up and Down to move, Enter to choose."
    WIDTH = 62
    CSS_PATH = "menu.tcss"
    KEYS = (
        CHOOSE,
        Command("move(-1)", "Up", "up", priority=True),
        Command("move(1)", "Down", "down", priority=True),
        Command("page(-1)", "Page up", "pageup", priority=True),
        Command("page(1)", "Page down", "pagedown", priority=True),
        CANCEL,
    )

    def __init__(self, here: list[Command], everywhere: list[Command]) -> None:
        super().__init__()
        self._here = here
        self._everywhere = everywhere

    def body(self) -> ComposeResult:
        """A field to narrow by, and the list."""
        yield Field(placeholder="Type to narrow")
        yield Rows[Entry](self._draw, self.look, passive=lambda entry: isinstance(entry, str))

    def on_mount(self) -> None:
        """Everything, at first."""
        lines = len(entries(self._here, self._everywhere, ""))
        self.query_one(Rows).styles.height = max(1, min(lines, self.app.size.height - 7))
        self._narrow("")

    def _draw(self, entry: Entry, width: int, marked: bool) -> Content:
        if isinstance(entry, str):
            return Content.styled(f" {entry}", "$quiet")
        key = entry.shown_key
        name = fit(f" {self.look.symbols.cursor if marked else ' '} {entry.name}", max(0, width - len(key) - 2))
        return Content.assemble(name, (key, "$accent"))

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        self.query_one(Rows).show(entries(self._here, self._everywhere, typed))

    def action_choose(self) -> None:
        """Close with the command under the cursor."""
        command = self.query_one(Rows).current
        if isinstance(command, Command):
            self.dismiss(command)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.query_one(Rows).move(by)

    def action_page(self, by: int) -> None:
        """Page up or down."""
        self.query_one(Rows).page(by)
