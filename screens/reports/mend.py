"""Mending the address on a patient's record, without leaving the list that the patient stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError, NotFound
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.address_twice import AddressTwice
from screens.widgets.cells import line
from screens.widgets.marks import Field
from screens.widgets.person import person

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.patients.lookup import PatientRow


class MendDialog(Dialog[str]):
    """Answers with the address that is on the record now."""

    HEADING = "Mend the address"
    ABOUT = (
        "Type the patient's e-mail address, then type it again: it cannot be pasted, so that a slip is seen. It is "
        "kept on the patient's record; nothing is sent."
    )
    WIDTH = 72
    CSS_PATH = "bulk.tcss"
    KEYS = (Command("store", "Store on the record", "ctrl+s", "Store", "Keep it on the record.", priority=True), CANCEL)

    def __init__(self, patient_id: int) -> None:
        super().__init__()
        self._patient_id = patient_id
        self._known = False
        self._storing = False

    def body(self) -> ComposeResult:
        """Who it is, and the two fields."""
        yield Static("", id="patient", markup=False)
        yield AddressTwice(self.look)

    def on_mount(self) -> None:
        """Read whose it is."""
        patient_id = self._patient_id

        def rule(viewer: Viewer) -> PatientRow:
            from clinic_tui.patients.lookup import rows_by_id

            for row in rows_by_id(viewer, [patient_id]):
                return row
            raise NotFound("The patient is gone, or out of your reach.", "There is nothing to mend here.")

        self.ask(rule, self._begin)

    def _begin(self, row: PatientRow) -> None:
        self._known = True
        self.query_one("#patient", Static).update(person(row))
        email = self.query_one(AddressTwice).email
        email.value = line(row.email)
        email.cursor_position = len(email.value)
        email.focus()
        self.refresh_keys()

    def offers(self, action: str) -> bool:
        """Nothing is stored before it is known whose it is."""
        return action != "store" or (self._known and not self._storing)

    @on(Field.Submitted, "#confirm")
    def _confirmed(self) -> None:
        self.action_store()

    def action_store(self) -> None:
        """Store it; a refusal comes back to its field."""
        address, patient_id = self.query_one(AddressTwice), self._patient_id
        if not self.offers("store"):
            return
        email, confirm = address.email.value, address.confirm.value
        self._storing = True
        self.clear_notice()
        self.refresh_keys()

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.eligibility import check_address
            from clinic_tui.patients.profile import store_email

            checked = check_address(viewer, email, confirm)
            store_email(viewer, patient_id, checked)
            return checked

        self.do(rule, self._stored, failed=self._refused)

    def _stored(self, email: str) -> None:
        self.dismiss(email)

    def _refused(self, error: ClinicError) -> None:
        self._storing = False
        self.refresh_keys()
        if isinstance(error, FieldError) and error.field in ("email", "confirm"):
            self.query_one(AddressTwice).refused(error)
        else:
            self.show_error(error)
