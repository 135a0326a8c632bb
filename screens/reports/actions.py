"""Actions: what can be done with the ticked patients, a line and a letter for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import fit
from screens.widgets.moving import LIST_MOVES
from screens.widgets.profile_text import MAIL
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.case_load.filters import Filters
    from screens.reports.ticked import Ticked

ACTIONS = (
    Command("invite", "Invite to patient portal", "i", "", "A dry run first: who gets it, who does not, and why."),
    Command("resend", "Resend to those pending or expired", "r", "", "A new invitation in place of the old one."),
    Command("revoke", "Revoke", "v", "", "Take back what is out or accepted."),
    Command("communication", "Set communication preference", "m", "", "How the ticked patients want to be written to."),
    Command("status", "Set status", "s", "", "Current, waiting, archived, deceased, blocked."),
    Command("export", "Export CSV", "e", "", "Write the ticked patients to a file that only you can read."),
)
# What a field may be set to: the value, in words, by letter.
CHOICES = {
    "communication": tuple(Command(value, words, value[0]) for value, words in MAIL.items()),
    "status": tuple(
        Command(value, value, value[0]) for value in ("current", "waiting", "archived", "deceased", "blocked")
    ),
}


def dialog_for(action: Command, choice: Command | None, ticked: Ticked, filters: Filters) -> Dialog[str]:
    """What asks before the action is done, and does it; `choice` is of its CHOICES, where it has some."""
    if action.action == "invite":
        from screens.reports.bulk_invite import BulkInviteDialog

        return BulkInviteDialog(ticked)
    if action.action == "export":
        from screens.reports.export import ExportDialog

        return ExportDialog(filters, ticked)
    from screens.reports.bulk_actions import ResendDialog, RevokeDialog, SetDialog

    if choice is not None:
        return SetDialog(ticked, action.action, action.name, choice)
    return ResendDialog(ticked) if action.action == "resend" else RevokeDialog(ticked)


class ActionsDialog(Dialog[Command]):
    """Answers with the action that was chosen, or with the value, where one is to be set."""

    HEADING = "Actions"
    ABOUT = "What can be done with the ticked patients, whether they are shown or not. Enter chooses, or the letter."
    WIDTH = 62
    MOVES = LIST_MOVES
    KEYS = (Command("choose", "Choose", "enter", "choose", "Do what the line says.", priority=True), CANCEL)

    def __init__(self, actions: Sequence[Command], ticked: int, heading: str = HEADING) -> None:
        super().__init__()
        self._actions = actions
        self._ticked = ticked
        self._heading = heading

    def body(self) -> ComposeResult:
        """A line for each."""
        yield Rows[Command](self._draw, self.look, key=lambda action: action.action, takes_keys=True)

    def on_mount(self) -> None:
        """How many they are for stands in the title."""
        self.query_one("#frame").border_title = Content(f"{self._heading}: {self._ticked:,} ticked")
        rows = self.query_one(Rows)
        rows.styles.height = len(self._actions)
        rows.show(self._actions)
        rows.focus()

    def _draw(self, action: Command, width: int, marked: bool) -> Content:
        name = fit(f" {self.look.symbols.cursor if marked else ' '} {action.name}", max(0, width - 2))
        return Content.assemble(name, (action.shown_key, "$accent"))

    def on_key(self, event: Key) -> None:
        """A letter chooses at once."""
        for action in self._actions:
            if event.key == action.keys:
                event.stop()
                self.dismiss(action)

    def action_choose(self) -> None:
        """The one under the cursor."""
        action = self.query_one(Rows).current
        if action is not None:
            self.dismiss(action)
