"""When to ask a patient again who declined: the day that they said, kept with the invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.base import CANCEL
from screens.commands import Command
from screens.dialogs.one_field import OneField
from screens.widgets.dates import day

if TYPE_CHECKING:
    from datetime import date

    from clinic_tui.access import Viewer


class AskAgainDialog(OneField):
    """Answers with a sentence once the day is kept. `before`: the day that there is."""

    HEADING = "Ask again"
    ABOUT = (
        "The patient declined, and said when to ask again: a day (28 Feb, 28/2/27) or how far off (3 months). From "
        "then on they stand first among the declined in the work queues; nobody is written to by it. Empty: no day."
    )
    WIDTH = 62
    QUESTION = "From which day on? Such as 28 Feb, or 3 months."
    KEYS = (Command("store", "Keep the day", "enter", "keep", "Keep the day.", priority=True), CANCEL)

    def __init__(self, invitation_id: int, before: date | None) -> None:
        super().__init__("" if before is None else before.isoformat())
        self._invitation_id = invitation_id

    def store(self, viewer: Viewer, typed: str) -> str:
        """Keep it."""
        from clinic_tui.invitations.asking_again import ask_again, read_day

        on = read_day(typed)
        ask_again(viewer, self._invitation_id, on)
        return "There is no day to ask again." if on is None else f"Ask again from {day(on).strip()} on."
