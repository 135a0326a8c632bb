"""What of a patient goes to the clipboard: chosen by a key, never more than the one thing that was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.content import Content

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import fit, line
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows

LABEL = 16


class Copied(NamedTuple):
    """What is copied: its name in a sentence, and the text."""

    what: str
    text: str


class CopyDialog(Dialog[Copied]):
    """Answers with what was chosen of `offered`."""

    HEADING = "Copy"
    ABOUT = "What goes to your terminal's clipboard, where it takes what a program copies. Nothing else goes with it."
    WIDTH = 62
    MOVES = LIST_MOVES
    KEYS = (Command("copy", "Copy", "enter", "copy", "Copy what the line says.", priority=True), CANCEL)

    def __init__(self, offered: Sequence[Copied]) -> None:
        super().__init__()
        self._offered = offered

    def body(self) -> ComposeResult:
        """A line for each."""
        yield Rows[Copied](self._draw, self.look, takes_keys=True)

    def on_mount(self) -> None:
        """List them."""
        rows = self.query_one(Rows)
        rows.styles.height = len(self._offered)
        rows.show(self._offered)
        rows.focus()

    def _draw(self, row: Copied, width: int, marked: bool) -> Content:
        marks = self.look.symbols
        name = fit(f" {marks.cursor if marked else ' '} {row.what[:1].upper()}{row.what[1:]}", LABEL + 3)
        text = fit(line(row.text), max(0, width - LABEL - 3), ellipsis=marks.ellipsis)
        return Content.assemble((name, "$quiet"), text)

    def action_copy(self) -> None:
        """The one under the cursor."""
        row = self.query_one(Rows).current
        if row is not None:
            self.dismiss(row)
