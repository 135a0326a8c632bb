"""Going on in a copy of the database that was put back: said when it is opened, and done by whoever types the word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line, lines
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.outbox import Progress

WORD = "copy"
TO_OTHERS = "This database is a copy that was put back: nothing is sent from it until an owner goes on with it."


class CopyDialog(Dialog[str]):
    """Answers with a sentence once the copy is the practice's database."""

    HEADING = "This database is a copy"
    ABOUT = (
        "It was put back, or restored: what waits in it may have been sent since it was made, so nothing goes from "
        "it by itself. Type the word and press Enter to go on in it: all that waits counts as unconfirmed then, and is "
        "settled from the Sent folder, by a reply, or by you. Esc leaves it as it is: patients can be looked up, and "
        "nothing is sent."
    )
    WIDTH = 70
    KEYS = (Command("go_on", "Go on", "enter", "go on", "This is the practice's database now.", priority=True), CANCEL)

    def __init__(self) -> None:
        super().__init__()
        self._asked = False

    def body(self) -> ComposeResult:
        """Why it is known as one, what would become of what waits, and a field for the word."""
        yield Static("", id="copy-why", markup=False)
        yield Static(f"To go on in it, type {WORD}:", markup=False)
        yield Field(id="copy-word", max_length=20)
        yield Said(self.look, id="copy-said")

    def on_mount(self) -> None:
        """Read what waits; type at once."""
        self.query_one(Field).focus()

        def rule(viewer: Viewer) -> Progress:
            from clinic_tui.outbox import progress

            return progress(viewer)

        self.ask(rule, self._known, failed=self.show_error)

    def _known(self, known: Progress) -> None:
        number = known.waiting + known.deferred
        waits = f"{number:,} message{'s wait' if number != 1 else ' waits'} in it"
        becomes = f"{waits}: if you go on, each counts as unconfirmed." if number else "Nothing waits in it."
        self.query_one("#copy-why", Static).update(Content(lines(f"{line(known.paused or '')}\n\n{becomes}\n")))

    @on(Field.Changed)
    def _typed(self) -> None:
        self.query_one(Said).clear()

    def action_go_on(self) -> None:
        """Take it for the practice's own, where the word is right."""
        if self._asked:
            return
        if self.query_one(Field).value.strip().lower() != WORD:
            self.query_one(Said).error(f"Type the word {WORD}, or press Esc.")
            return
        self._asked = True

        def rule(viewer: Viewer) -> None:
            from clinic_tui.outbox import resume

            resume(viewer, copy=True)

        self.do(rule, self._done, failed=self._refused)

    def _done(self, _nothing: None) -> None:
        self.dismiss("This is the practice's database now. What waited in it is unconfirmed.")

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        self.show_error(error)
