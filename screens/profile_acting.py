"""What is done from a patient's profile: dialogs, and what needs none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from screens.incidents import WRONG_PERSON, opened, question
from screens.profile_reading import ProfileReading
from screens.widgets.cells import line

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.slips import Slip


class ProfileActing(ProfileReading):
    """The keys act on the newest invitation; each rule asks again whether it may be done."""

    def action_invite(self) -> None:
        """Open the invite dialog."""
        from screens.dialogs.invite import InviteDialog

        self.app.push_screen(InviteDialog(self.patient_id), self.done)

    def action_accept(self) -> None:
        """Open the dialog for the code that the patient reads out."""
        from screens.dialogs.accept import AcceptDialog

        if self.newest is not None:
            self.app.push_screen(AcceptDialog(self.newest.id), self.done)

    def action_identity(self) -> None:
        """Open the dialog for the identity check."""
        from screens.dialogs.identity import IdentityDialog

        if self.newest is not None:
            self.app.push_screen(IdentityDialog(self.newest.id), self.done)

    def action_slip(self) -> None:
        """Ask how the desk knows the patient, then show the slip."""
        from screens.dialogs.identity import SlipDialog
        from screens.slip import SlipScreen

        def known(slip: Slip | None) -> None:
            if slip is not None:
                self.app.push_screen(SlipScreen(slip))

        if self.newest is not None:
            self.app.push_screen(SlipDialog(self.newest.id), known)

    def action_resend(self) -> None:
        """Open the invite dialog for an invitation in place of the newest."""
        from screens.dialogs.invite import InviteDialog

        if self.newest is not None:
            self.app.push_screen(InviteDialog(self.patient_id, resend=self.newest.id), self.done)

    @property
    def may_edit(self) -> bool:
        """Whether who sits here changes records at all."""
        viewer = self.clinic.viewer
        return viewer is not None and not viewer.names_hidden

    def action_edit(self) -> None:
        """Open the record."""
        from screens.dialogs.patient import PatientDialog, Stored

        def stored(answer: Stored | None) -> None:
            if answer is not None:
                self.done("The record is stored.")

        self.app.push_screen(PatientDialog(self.patient_id), stored)

    def action_contacts(self) -> None:
        """Open the contacts; what is done there shows when they are left."""
        from screens.dialogs.contacts import ContactsDialog

        self.app.push_screen(ContactsDialog(self.patient_id))

    def action_account(self) -> None:
        """Open the portal account."""
        from screens.dialogs.account import AccountDialog

        if self.data is not None:
            self.app.push_screen(AccountDialog(self.patient_id, self.data.account), self.done)

    def action_copy(self) -> None:
        """Choose what is copied."""
        from screens.dialogs.copy import Copied, CopyDialog

        if self.data is None:
            return
        profile = self.data.profile
        row = profile.patient
        known = (("e-mail", row.email), ("mobile", profile.mobile), ("phone", profile.phone), ("number", row.number))
        name = line(row.number)

        def chosen(copied: Copied | None) -> None:
            if copied is not None:
                self.copy(copied.text, f"the {copied.what} of patient {name}")

        self.app.push_screen(CopyDialog([Copied(what, line(text)) for what, text in known if line(text)]), chosen)

    def action_take_back(self) -> None:
        """Take a held invitation back, at once: it is undone by inviting again."""
        newest = self.newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> None:
            from clinic_tui.invitations.inviting import cancel

            cancel(viewer, newest.id)

        self.do(rule, lambda _answer: self.done("The invitation will not go out."))

    def action_undo_accept(self) -> None:
        """Ask, then put the invitation back to where it was before the desk accepted it."""
        newest = self.newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.undoing import undo_accept

            return undo_accept(viewer, newest.id)

        question = "Undo the acceptance? The invitation is out again as before, and no set-up steps go out."
        self._confirm(question, "Undo", rule, lambda state: f"Undone: the invitation is {state} again.")

    def action_ask_again(self) -> None:
        """Open the dialog for the day."""
        from screens.dialogs.ask_again import AskAgainDialog

        if self.newest is not None:
            self.app.push_screen(AskAgainDialog(self.newest.id, self.newest.ask_again), self.done)

    def action_of_age(self) -> None:
        """Somebody has seen to it."""
        patient_id = self.patient_id

        def rule(viewer: Viewer) -> None:
            from clinic_tui.queues.of_age import seen_to

            seen_to(viewer, patient_id)

        self.do(rule, lambda _nothing: self.done("Seen to: the patient is out of that work queue."))

    def action_texts(self) -> None:
        """What was sent."""
        from screens.sent_texts import SentTextsScreen

        self.app.push_screen(SentTextsScreen(self.patient_id))

    def action_revoke(self) -> None:
        """Ask, then revoke what went out."""
        newest = self.newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> None:
            from clinic_tui.invitations.inviting import revoke

            revoke(viewer, newest.id)

        question = f"Revoke the invitation to {line(newest.email)}? Its code and a reply to it no longer count."
        self._confirm(question, "Revoke", rule, lambda _answer: "The invitation is revoked.")

    def action_wrong_person(self) -> None:
        """Ask, then revoke, block the address and open an incident."""
        newest = self.newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> int:
            from clinic_tui.invitations.answering import wrong_person

            return wrong_person(viewer, newest.id)

        self._confirm(question(newest.email), WRONG_PERSON.name, rule, opened)

    def _confirm(self, question: str, action: str, rule: Callable[[Viewer], Any], done: Callable[[Any], str]) -> None:
        from screens.dialogs.confirm import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, lambda answer: self.done(done(answer)))

        self.app.push_screen(ConfirmDialog(question, action), answered)
