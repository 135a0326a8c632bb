"""Closing an incident: what was found and decided, in a sentence that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer


class CloseIncidentDialog(Dialog[str]):
    """Answers with a sentence once the incident is closed."""

    HEADING = "Close the incident"
    ABOUT = "Say what was found and what was decided; it is kept with your login and the time. Enter closes it."
    WIDTH = 70
    KEYS = (Command("store", "Close it", "enter", "close it", "Keep the note, and close.", priority=True), CANCEL)

    def __init__(self, incident_id: int) -> None:
        super().__init__()
        self._incident_id = incident_id
        self._asked = False

    def body(self) -> ComposeResult:
        """A field for the note."""
        yield Static("What was found, and what was decided?", markup=False)
        yield Field(id="note", max_length=2_000)
        yield Said(self.look, id="note-said")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Field).focus()

    @on(Field.Changed)
    def _typed(self) -> None:
        self.query_one(Said).clear()

    def action_store(self) -> None:
        """Close it."""
        if self._asked:
            return
        self._asked = True
        incident_id, note = self._incident_id, self.query_one(Field).value

        def rule(viewer: Viewer) -> None:
            from clinic_tui.invitations.incidents import close

            close(viewer, incident_id, note)

        self.do(rule, self._done, failed=self._refused)

    def _done(self, _nothing: None) -> None:
        self.dismiss(f"Incident {self._incident_id} is closed.")

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, FieldError):
            self.query_one(Said).error(line(f"{error.title} {error.advice}"))
        else:
            self.show_error(error)
