"""What a column holds, said by a person: chosen from all that is kept, narrowed by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.text import fold
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.imports.words import held
from screens.widgets.cells import fit, line
from screens.widgets.marks import Field
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.imports.preview import ColumnGuess
    from clinic_tui.imports.tables import Kind

NOTHING = "nothing that is kept"


class HoldsDialog(Dialog[str]):
    """Answers with a field, with what of whom (`guardian email`), or with "" for nothing."""

    HEADING = "What it holds"
    ABOUT = (
        "What the column is read as: of patients something of their own, or of a guardian, an emergency contact, a "
        "nominee; of other lists what they have; or nothing. Type to narrow the list."
    )
    WIDTH = 62
    KEYS = (
        Command("choose", "Choose", "enter", "choose", "It holds what the line says.", priority=True),
        Command("move(-1)", "Up", "up", priority=True),
        Command("move(1)", "Down", "down", priority=True),
        Command("page(-1)", "Page up", "pageup", priority=True),
        Command("page(1)", "Page down", "pagedown", priority=True),
        CANCEL,
    )

    def __init__(self, column: ColumnGuess, kind: Kind) -> None:
        super().__init__()
        self._column = column
        self._kind: Kind = kind

    def body(self) -> ComposeResult:
        """Its first cells, a field to narrow by, and the list."""
        yield Static("", id="cells", markup=False)
        yield Field(placeholder="Type to narrow")
        yield Rows[str](self._draw, self.look, key=lambda field: field)

    def on_mount(self) -> None:
        """Everything, at first; the cursor on what it is taken for."""
        column = self._column
        self.query_one("#frame").border_title = Content(line(column.header))
        cells = f"  {self.look.symbols.dot}  ".join(line(cell) for cell in column.cells if cell.strip())
        shown = fit(cells or "(empty)", self.WIDTH - 4, ellipsis=self.look.symbols.ellipsis)
        self.query_one("#cells", Static).update(Content.styled(shown, "$quiet"))
        rows = self.query_one(Rows)
        rows.styles.height = max(3, min(14, self.app.size.height - 9))
        self._narrow("")
        if column.field in rows.rows and not column.asked:
            rows.move(list(rows.rows).index(column.field))

    def _draw(self, field: str, width: int, marked: bool) -> Content:
        marks = self.look.symbols
        said = self._words(field)
        tone = "$quiet" if not field else ""
        return Content.assemble(f" {marks.cursor if marked else ' '} ", (fit(said, max(0, width - 3)), tone))

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        from clinic_tui.imports.preview import offered

        words = fold(typed).split()
        fields = ["", *offered(self._kind)]
        if self._column.asked:  # what is asked is whose e-mail it is
            fields.sort(key=lambda field: field != "email" and not field.endswith(" email"))
        self.query_one(Rows).show(
            [field for field in fields if all(word in fold(self._words(field)) for word in words)]
        )

    def action_choose(self) -> None:
        """Close with what the cursor is on."""
        rows = self.query_one(Rows)
        if rows.rows:
            self.dismiss(rows.current)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.query_one(Rows).move(by)

    def action_page(self, by: int) -> None:
        """Page up or down."""
        self.query_one(Rows).page(by)

    def _words(self, field: str) -> str:
        return held(field, self._kind) if field else NOTHING
