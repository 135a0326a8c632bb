"""Accept by code: the patient is on the phone, or at the desk, and reads the code of the invitation out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.code_field import CodeField
from screens.widgets.dates import moment
from screens.widgets.person import person
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.accepting import Accepted
    from clinic_tui.invitations.drafting import Whose


class AcceptDialog(Dialog[str]):
    """Answers with a sentence on what was accepted and what comes next; opens the identity check where it is wanted."""

    HEADING = "Accept by code"
    ABOUT = (
        "The code stands in the invitation that the patient got: ten digits, said three, three, three and one. Nobody "
        "at the practice can see it, so that whoever reads it out has the message before them. Ten wrong codes lock "
        "the invitation; resending it makes a new code."
    )
    WIDTH = 58
    CSS_PATH = "accept.tcss"
    KEYS = (Command("accept", "Accept", "enter", "accept", "Accept with this code.", priority=True), CANCEL)

    def __init__(self, invitation_id: int) -> None:
        super().__init__()
        self._invitation_id = invitation_id
        self._asked = False

    def body(self) -> ComposeResult:
        """Who, what to ask for, the field, and what is said beside it."""
        yield Static("", id="patient", markup=False)
        yield Static("", id="sent", markup=False)
        yield Static("Ask for the code, and type it as it is read out.", id="ask", markup=False)
        yield CodeField(id="code")
        yield Said(self.look, id="code-said")

    def on_mount(self) -> None:
        """Read whose invitation it is."""
        self.query_one(CodeField).focus()
        invitation_id = self._invitation_id

        def rule(viewer: Viewer) -> Whose:
            from clinic_tui.invitations.drafting import whose

            return whose(viewer, invitation_id)

        self.ask(rule, self._begin)

    def _begin(self, whose: Whose) -> None:
        row = whose.invitation
        self.query_one("#patient", Static).update(person(whose))
        sent = f"sent {moment(row.sent_at)} to {line(row.email)}" if row.sent_at else f"to {line(row.email)}"
        self.query_one("#sent", Static).update(Content.styled(sent, "$quiet"))

    @on(CodeField.Changed)
    def _typed(self) -> None:
        self.query_one(Said).clear()
        self.clear_notice()

    def action_accept(self) -> None:
        """Ask whether this is the code; once at a time, for a wrong one counts."""
        if self._asked:
            return
        self._asked = True
        invitation_id, code = self._invitation_id, self.query_one(CodeField).value

        def rule(viewer: Viewer) -> Accepted:
            from clinic_tui.invitations.accepting import accept_by_code

            return accept_by_code(viewer, invitation_id, code)

        self.do(rule, self._accepted, failed=self._refused)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, FieldError):
            self.query_one(Said).error(f"{error.title} {error.advice}")
        else:
            self.show_error(error)
        self.query_one(CodeField).focus()

    def _accepted(self, accepted: Accepted) -> None:
        if not accepted.identity_wanted:
            self.dismiss("Accepted. The set-up steps are queued.")
            return
        from screens.dialogs.identity import IdentityDialog

        def checked(sentence: str | None) -> None:
            self.dismiss(sentence or "Accepted. The set-up steps wait for the identity check (k).")

        self.query_one("#frame").display = False
        self.app.push_screen(IdentityDialog(self._invitation_id), checked)
