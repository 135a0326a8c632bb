"""Actions: what can be done with the ticked patients, a line and a letter for each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import fit
from screens.widgets.rows import Rows


class ActionsDialog(Dialog[Command]):
    """Answers with the action that was chosen."""

    HEADING = "Actions"
    ABOUT = "What can be done with the ticked patients, whether they are shown or not. Enter chooses, or the letter."
    WIDTH = 62
    KEYS = (Command("choose", "Choose", "enter", "choose", "Do what the line says.", priority=True), CANCEL)

    def __init__(self, actions: Sequence[Command], ticked: int) -> None:
        super().__init__()
        self._actions = actions
        self._ticked = ticked

    def body(self) -> ComposeResult:
        """A line for each."""
        yield Rows[Command](self._draw, self.look, key=lambda action: action.action, takes_keys=True)

    def on_mount(self) -> None:
        """How many they are for stands in the title."""
        self.query_one("#frame").border_title = Content(f"{self.HEADING}: {self._ticked:,} ticked")
        rows = self.query_one(Rows)
        rows.styles.height = len(self._actions)
        rows.show(self._actions)
        rows.focus()

    def _draw(self, action: Command, width: int, marked: bool) -> Content:
        name = fit(f" {self.look.symbols.cursor if marked else ' '} {action.name}", max(0, width - 2))
        return Content.assemble(name, (action.shown_key, "$accent"))

    def on_key(self, event: Key) -> None:
        """A letter chooses at once."""
        for action in self._actions:
            if event.key == action.keys:
                event.stop()
                self.dismiss(action)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """The one under the cursor."""
        action = self.query_one(Rows).current
        if action is not None:
            self.dismiss(action)
