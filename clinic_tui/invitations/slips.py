"""Slips: code and steps on paper, handed over at the desk to somebody whom the desk has just known to be the patient.

The check comes first, every time: whoever stands there now may be another than who accepted. A slip's code is not the
mail's, which staff never see: typing that one still proves that the patient read their mail. Whoever reads out a slip's
code was known when it was handed over, so the set-up steps go out at once (see `accepting`); an answer from the mailbox
is checked as ever. Who had a slip shown, and who printed it, is in the history; its code is nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from clinic_tui import access, history, printing, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.errors import FieldError, Refused
from clinic_tui.invitations import accepting, codes, eligibility
from clinic_tui.messages import gather
from clinic_tui.messages.facts import Facts
from clinic_tui.messages.slip import slip
from clinic_tui.messages.values import Whom
from clinic_tui.patients import guardians, lookalikes

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient
    from clinic_tui.db.models.post import Invitation


class Slip(NamedTuple):
    """A slip that was handed over: what stands on it, and the printer that the practice has for it, "" for none."""

    invitation_id: int
    patient_id: int
    text: str
    printer: str


def hand_over(viewer: Viewer, patient_id: int, how: str) -> Slip:
    """The slip for the patient's invitation, live or accepted; `how` the desk knows that it is the patient is kept.

    For one who has accepted and was not checked yet this is the check: the steps go out by mail too. Raises FieldError
    on `how`, Refused where there is nothing to hand over, NotFound, NotAllowed.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_names()
    how = accepting.read_how(how)
    with transaction():
        patient = access.patients(viewer).get(patient_id)
        enabled = eligibility.invitations_enabled(viewer)
        if enabled is not None:
            raise enabled
        if patient.status in ("deceased", "blocked"):
            raise Refused("status", f"The patient is {patient.status}.")
        if patient.portal in ("active", "disabled"):
            raise Refused("has_portal", "The patient has a portal account already.")
        row = accepting.locked(viewer, _newest(viewer, patient_id))
        row.slip_at, row.slip_by, row.slip_how = now(), viewer.login, how
        if row.state == "accepted":
            accepted, code = True, ""
        else:
            accepting.still_acceptable(row)
            accepted, code = False, codes.slip_code(row.ref, row.key_id)
        row.save()
        if accepted and row.identity_at is None:
            accepting.check_identity(viewer, row.id, how)
        text = slip(_facts(viewer, row, patient, code))
        history.record(viewer, "slip", patient=patient_id, invitation=row.id, how=how)
        return Slip(row.id, patient_id, text, settings.load(viewer).text("desk.printer"))


def print_out(viewer: Viewer, handed: Slip) -> str:
    """Print a slip that was handed over; the printer's name. Raises ClinicError where it cannot be printed."""
    viewer.need_names()
    with session():
        access.invitations(viewer).get(handed.invitation_id)
        printer = need_printer(viewer)
    printing.print_text(printer, handed.text)
    with transaction():
        history.record(viewer, "slip printed", patient=handed.patient_id, invitation=handed.invitation_id)
    return printer


def need_printer(viewer: Viewer) -> str:
    """The practice's printer for slips. Raises FieldError where it has none."""
    printer = settings.load(viewer).text("desk.printer")
    if not printer:
        raise FieldError(
            "desk.printer", "The practice has no printer for slips.",
            "An owner names one in the setting desk.printer; until then, copy the slip from the screen.",
        )  # fmt: skip
    return printer


def _newest(viewer: Viewer, patient_id: int) -> int:
    """The id of the patient's invitation that is live or accepted. Raises Refused where there is none."""
    invitation = access.invitations(viewer)
    column = invitation.columns
    theirs: Any = invitation.select(column.id, column.state).where(column.patient == patient_id)
    newest = theirs.order_by(column.id.desc()).tuples().first()
    if newest is None or newest[1] not in (*access.LIVE_STATES, "accepted"):
        said = "has no invitation" if newest is None else f"has an invitation that is {newest[1]}"
        raise Refused("state", f"The patient {said}: there is nothing to hand over.", "Invite the patient first.")
    return int(newest[0])


def _facts(viewer: Viewer, row: Invitation, patient: Patient, code: str) -> Facts:
    """What the slip says, as the mail with the steps would say it now."""
    theirs = guardians.of(viewer, [patient.id]).get(patient.id, [])
    to = next((one for one in theirs if one.id == row.guardian_id), None)
    whom = Whom.of(patient, guardians.name_of(to, theirs), to_guardian=row.for_guardian)
    shared = lookalikes.sharing(viewer, row.email_fold, besides=patient.id) > 0
    letters = gather.Letters(viewer, settings.load(viewer))
    return letters.facts(row, "setup", whom, shared=shared, code=code, token="", reply_to="")
