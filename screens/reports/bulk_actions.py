"""What else is done with the ticked patients: resent, revoked, set on their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.base import CANCEL
from screens.reports.bulk_invite import queued_of
from screens.reports.bulk_plan import Plan
from screens.reports.dry_run import LIST, STOP, DryRunDialog, go_ahead
from screens.reports.steps import Resend, Revoke, Set

if TYPE_CHECKING:
    from screens.commands import Command
    from screens.reports.reasons import Words
    from screens.reports.steps import Step
    from screens.reports.ticked import Ticked

FIRST = (
    "First nothing is done: the rules are asked of every ticked patient, and the answers counted. Enter on a line "
    "lists its patients.\n\nWhere it is 25 or more, type how many they are. Then it is done with all, or with none."
)


class ResendDialog(DryRunDialog):
    """A new invitation for those whose last one is pending or has expired."""

    HEADING = "Resend to those pending or expired"
    ABOUT = f"Each goes to the address of the one before, with its message, and takes its place.\n\n{FIRST}"
    KEYS = (LIST, go_ahead("Resend", "Queue a new invitation for each."), STOP, CANCEL)
    WORDS = ("gets the invitation again", "get the invitation again")
    DOING = "Queueing"
    NOTHING = "Nothing is queued yet."

    def step(self, shown: Plan | None) -> Step:
        """Resend to them."""

        return Resend(None if shown is None else shown.done)

    def closing(self, done: Plan, shown: Plan) -> str:
        """How many are queued, how many not."""
        return queued_of(done, shown)


class RevokeDialog(DryRunDialog):
    """Take back what is out or accepted."""

    HEADING = "Revoke"
    ABOUT = (
        "Takes back the invitations that are out or accepted: their codes and replies no longer count. What has not "
        f"gone yet does not go.\n\n{FIRST}"
    )
    KEYS = (LIST, go_ahead("Revoke", "Take back the invitation of each."), STOP, CANCEL)
    WORDS = ("loses the invitation", "lose their invitations")
    DOING = "Revoking"
    NOTHING = "Nothing is revoked yet."

    def step(self, shown: Plan | None) -> Step:
        """Take theirs back."""

        return Revoke(None if shown is None else shown.done)

    def closing(self, done: Plan, shown: Plan) -> str:
        """How many are revoked, how many not."""
        return _changed(done, ("invitation", "invitations"), "revoked")


class SetDialog(DryRunDialog):
    """Set one field of their records; `choice`: its action is the value, its name the value in words."""

    ABOUT = f"Sets it on the records of all; the history keeps what each was. No mail goes out.\n\n{FIRST}"
    KEYS = (LIST, go_ahead("Set", "Set it on all the records."), STOP, CANCEL)

    def __init__(self, ticked: Ticked, field: str, heading: str, choice: Command) -> None:
        super().__init__(ticked)
        self._field, self._heading, self._choice = field, heading, choice

    @property
    def words(self) -> Words:
        """What they are set to."""
        return (f"will be set to: {self._choice.name}",) * 2

    def on_mount(self) -> None:
        """The title says what is set."""
        self.query_one("#frame").border_title = Content(self._heading)

    def step(self, shown: Plan | None) -> Step:
        """Set it."""
        return Set(self._field, self._choice.action, None if shown is None else shown.done)

    def closing(self, done: Plan, shown: Plan) -> str:
        """How many were set, how many not."""
        return _changed(done, ("patient", "patients"), f"set to: {self._choice.name}")


def _changed(done: Plan, of: Words, what: str) -> str:
    count, skipped = len(done.done), done.skipped
    left_out = f"; {skipped:,} patient{'' if skipped == 1 else 's'} skipped" if skipped else ""
    return f"{count:,} {of[count != 1]} {what}{left_out}."
