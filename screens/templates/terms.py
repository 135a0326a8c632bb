"""The terms that a template may hold, to choose one from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.content import Content

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import fit
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.messages.languages import Kind

NAME = 28


class Term(NamedTuple):
    """A term, brackets and all, and what it stands for."""

    term: str
    means: str


class TermsDialog(Dialog[str]):
    """Answers with a term, brackets and all."""

    HEADING = "Insert a term"
    ABOUT = "Enter puts the term where the cursor was. It is filled in for each patient when the message is made."
    WIDTH = 74
    MOVES = LIST_MOVES
    KEYS = (Command("choose", "Insert", "enter", "insert", "Put it where the cursor was."), CANCEL)

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind

    def body(self) -> ComposeResult:
        """The list."""
        yield Rows[Term](self._draw, self.look, takes_keys=True)

    def on_mount(self) -> None:
        """All of them; the part that is always there comes first."""
        from clinic_tui.messages.terms import PARTS, TERMS

        terms = {PARTS[self._kind]: "the part that every patient gets", **TERMS}
        rows = self.query_one(Rows)
        rows.styles.height = min(len(terms), self.app.size.height - 6)
        rows.show([Term(f"[{name}]", means) for name, means in terms.items()])
        rows.focus()

    def _draw(self, row: Term, width: int, marked: bool) -> Content:
        cursor = self.look.symbols.cursor if marked else " "
        means = fit(row.means, max(0, width - NAME - 4))
        return Content.assemble(f" {cursor} ", fit(row.term, NAME), (means, "$quiet"))

    def action_choose(self) -> None:
        """Close with the one under the cursor."""
        row = self.query_one(Rows).current
        if isinstance(row, Term):
            self.dismiss(row.term)
