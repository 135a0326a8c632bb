"""The message that a template makes for one patient, found as in the lookup: as text, or as its HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Label

from clinic_tui.errors import ClinicError
from screens.base import Dialog
from screens.commands import Command
from screens.widgets.cells import cut, line
from screens.widgets.marks import Field, Rule
from screens.widgets.message_text import MessageText
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.messages.choosing import Words
    from clinic_tui.messages.compose import Composed
    from clinic_tui.messages.gather import Unresolved
    from clinic_tui.messages.languages import Kind

MOST = 20


class Letter(NamedTuple):
    """What one of the found patients would get. `name` is "" where nobody was found."""

    name: str
    number: int
    composed: Composed | None
    missing: Unresolved | None


class PreviewDialog(Dialog[None]):
    """`words`: what the template says, stored or not."""

    HEADING = "Preview"
    ABOUT = (
        "Type part of a patient's name, birth date or number: the message is shown as they would get it, with code and "
        "reference masked. Up and Down go through those who match; {html} shows the HTML part, or the text again. A "
        "term that has no value for this patient stands in its brackets, and keeps the message from them."
    )
    WIDTH = 78
    CSS_PATH = "preview.tcss"
    KEYS = (
        Command("turn(1)", "Next patient", "down", "next patient", "Who matches next.", priority=True),
        Command("turn(-1)", "Patient before", "up", "", "Who matched before.", priority=True),
        Command("scroll(1)", "Read on", "pagedown", "read on", "Read on in the message.", priority=True),
        Command("scroll(-1)", "Back in it", "pageup", "", "Back in the message.", priority=True),
        Command("html", "Text or HTML", "ctrl+t", "text/HTML", "The other part of the message.", priority=True),
        Command("cancel", "Back", "escape", "back", "Close the preview."),
    )

    def __init__(self, kind: Kind, words: Words) -> None:
        super().__init__()
        self._kind = kind
        self._words = words
        self._at = 0
        self._html = False
        self._letter: Letter | None = None

    def body(self) -> ComposeResult:
        """Who would get it, and what."""
        with Horizontal():
            yield Label("Patient", markup=False)
            yield Field(placeholder="name, birth date or number", max_length=120)
        yield Said(self.look)
        yield Rule(self.look, "What the patient gets")
        with VerticalScroll(id="preview", can_focus=False):
            yield MessageText(self.look, id="preview-text")

    def on_mount(self) -> None:
        """For the first patient there is."""
        self.query_one(Field).focus()
        self._read()

    @on(Field.Changed)
    def _typed(self) -> None:
        self._at = 0
        self._read()

    def _read(self) -> None:
        text, at, kind, words = self.query_one(Field).value, self._at, self._kind, self._words

        def rule(viewer: Viewer) -> Letter:
            from clinic_tui.invitations.asking import could_be_invited
            from clinic_tui.messages.gather import preview
            from clinic_tui.patients.lookup import display_name, search

            found = search(viewer, text, MOST).rows
            if not found:
                return Letter("", 0, None, None)
            if not text.strip():  # nobody is meant: those whom such a message could reach come first
                could = could_be_invited(viewer, [row.id for row in found])
                found.sort(key=lambda row: row.id not in could)
            row = found[min(at, len(found) - 1)]
            return Letter(display_name(row), len(found), *preview(viewer, row.id, kind=kind, words=words))

        self.ask(rule, self._show)

    def _show(self, letter: Letter) -> None:
        self.clear_notice()
        self._letter = letter
        self._at = max(0, min(self._at, letter.number - 1))
        said, text = self.query_one(Said), self.query_one(MessageText)
        said.clear()
        if letter.composed is None:
            text.say("", Content.styled("No patient matches.", "$quiet"))
            return
        to = cut(f"{line(letter.name)} ({self._at + 1} of {letter.number})", 70, self.look.symbols.ellipsis)
        part = letter.composed.html if self._html else letter.composed.text
        subject = line(letter.composed.subject)
        text.say(part, Content.assemble(("To: ", "$quiet"), to, ("\nSubject: ", "$quiet"), subject, "\n\n"))
        if letter.missing is not None:
            said.error(str(letter.missing.error))

    def show_error(self, error: ClinicError) -> None:
        """In the message's place: an old one must not be taken for this patient's."""
        self.query_one(MessageText).clear()
        super().show_error(error)

    def action_turn(self, by: int) -> None:
        """The next of those who match, or the one before."""
        if self._letter is not None and 0 <= self._at + by < self._letter.number:
            self._at += by
            self._read()

    def action_html(self) -> None:
        """The other part."""
        self._html = not self._html
        if self._letter is not None:
            self._show(self._letter)

    def action_scroll(self, by: int) -> None:
        """The message, a page down or up."""
        preview = self.query_one("#preview", VerticalScroll)
        preview.scroll_relative(y=by * max(1, preview.size.height - 1), animate=False)
