"""When to ask a patient again who declined: the day that they said, kept with the invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.dates import day
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from datetime import date

    from clinic_tui.access import Viewer


class AskAgainDialog(Dialog[str]):
    """Answers with a sentence once the day is kept. `before`: the day that there is."""

    HEADING = "Ask again"
    ABOUT = (
        "The patient declined, and said when to ask again: a day (28 Feb, 28/2/27) or how far off (3 months). From "
        "then on they stand first among the declined in the work queues; nobody is written to by it. Empty: no day."
    )
    WIDTH = 62
    KEYS = (Command("store", "Keep the day", "enter", "keep", "Keep the day.", priority=True), CANCEL)

    def __init__(self, invitation_id: int, before: date | None) -> None:
        super().__init__()
        self._invitation_id = invitation_id
        self._before = before
        self._asked = False

    def body(self) -> ComposeResult:
        """A field for the day."""
        yield Static("From which day on? Such as 28 Feb, or 3 months.", markup=False)
        yield Field("" if self._before is None else self._before.isoformat(), id="day", max_length=40)
        yield Said(self.look, id="day-said")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Field).focus()

    @on(Field.Changed)
    def _typed(self) -> None:
        self.query_one(Said).clear()

    def action_store(self) -> None:
        """Keep it."""
        if self._asked:
            return
        self._asked = True
        invitation_id, typed = self._invitation_id, self.query_one(Field).value

        def rule(viewer: Viewer) -> date | None:
            from clinic_tui.invitations.asking_again import ask_again, read_day

            on = read_day(typed)
            ask_again(viewer, invitation_id, on)
            return on

        self.do(rule, self._stored, failed=self._refused)

    def _stored(self, on: date | None) -> None:
        self.dismiss("There is no day to ask again." if on is None else f"Ask again from {day(on).strip()} on.")

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, FieldError):
            self.query_one(Said).error(line(f"{error.title} {error.advice}"))
        else:
            self.show_error(error)
