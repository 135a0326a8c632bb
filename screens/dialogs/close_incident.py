"""Closing an incident: what was found and decided, in a sentence that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.base import CANCEL
from screens.commands import Command
from screens.dialogs.one_field import OneField

if TYPE_CHECKING:
    from clinic_tui.access import Viewer


class CloseIncidentDialog(OneField):
    """Answers with a sentence once the incident is closed."""

    HEADING = "Close the incident"
    ABOUT = "Say what was found and what was decided; it is kept with your login and the time. Enter closes it."
    WIDTH = 70
    QUESTION = "What was found, and what was decided?"
    LONGEST = 2_000
    KEYS = (Command("store", "Close it", "enter", "close it", "Keep the note, and close.", priority=True), CANCEL)

    def __init__(self, incident_id: int) -> None:
        super().__init__()
        self._incident_id = incident_id

    def store(self, viewer: Viewer, typed: str) -> str:
        """Close it."""
        from clinic_tui.invitations.incidents import close

        close(viewer, self._incident_id, typed)
        return f"Incident {self._incident_id} is closed."
