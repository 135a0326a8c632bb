"""A list of what has come in about patients, and below it, to be read, what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.commands import Command
from screens.listing import ListScreen
from screens.widgets.cells import fit, line
from screens.widgets.marks import Rule

OPEN = Command("open", "Open the patient", "enter", "patient", "The patient's profile.")
READ_ON = Command("scroll(1)", "Read on", "pagedown", "read on", "Read on in what stands below.", priority=True)
READ_BACK = Command("scroll(-1)", "Read back", "pageup", "", "Back in what stands below.", priority=True)


class OfPatient(Protocol):
    """A row that may be about a patient."""

    @property
    def id(self) -> int:
        """Which row."""

    @property
    def patient_id(self) -> int | None:
        """Whose; None where nobody was found."""


T = TypeVar("T", bound=OfPatient)


class ReadingList(ListScreen[T]):
    """Override what ListScreen says, and call `list_rows` and `say` with what was asked for."""

    BELOW: ClassVar[str] = ""  # the word in the rule

    def below(self) -> ComposeResult:
        """What is known of the row."""
        yield Rule(self.look, self.BELOW, id="about-rule")
        yield Static("", id="about", markup=False)
        with VerticalScroll(id="reply", can_focus=False):
            yield Static("", id="text", markup=False)

    def list_rows(self, rows: Sequence[T]) -> None:
        """List them in no more than a quarter of the terminal."""
        self.rows.styles.height = max(1, min(len(rows), max(4, self.app.size.height // 4)))
        self.show_rows(rows)

    def say(self, text: Content) -> None:
        """What there is to read, from its top."""
        self.query_one("#text", Static).update(text)
        self.query_one("#reply", VerticalScroll).scroll_home(animate=False)

    def one_line(self, who: str, what: str, end: tuple[str, str, int], width: int, marked: bool) -> Content:
        """Who, what of them, and what stands at the right: its text, style and cells."""
        marks = self.look.symbols
        text, style, room = end
        name = 24 if width < 110 else 32
        rest = width - 3 - name - 2 - room - 3
        name = name if rest > 8 else max(8, width - 3 - room - 3)
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ",
            fit(who, name, ellipsis=marks.ellipsis), "  ",
        ]  # fmt: skip
        if rest > 8:
            parts += [(fit(line(what), rest, ellipsis=marks.ellipsis), "$quiet"), "  "]
        return Content.assemble(*parts, (fit(text, room, right=True), style))

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for the row under the cursor."""
        row = self.current
        if action == "open":
            return row is not None and row.patient_id is not None
        if action == "scroll":
            return row is not None
        return super().offers(action)

    def action_open(self) -> None:
        """The patient."""
        if self.current is not None and self.current.patient_id is not None:
            self.clinic.open_patient(self.current.patient_id)

    def action_scroll(self, by: int) -> None:
        """What there is to read, a page down or up."""
        text = self.query_one("#reply", VerticalScroll)
        text.scroll_relative(y=by * max(1, text.size.height - 1), animate=False)
