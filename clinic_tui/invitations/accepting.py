"""Accepting: by a reply or a code read to the desk; then the identity check and the set-up steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import access, history, notifications, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.errors import FieldError, Refused
from clinic_tui.invitations import codes, portal_line
from clinic_tui.text import clean, digits

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

MOST_WRONG_CODES = 10


class Accepted(NamedTuple):
    """An invitation that was accepted; `identity_wanted` says whether the steps wait for a check at the desk."""

    invitation_id: int
    patient_id: int
    identity_wanted: bool


def accept_by_code(viewer: Viewer, invitation_id: int, code: str) -> Accepted:
    """The patient read the code of this invitation to the desk, the mail's or that of a slip. Ten wrong ones lock it.

    Who has a slip was known to be the patient when it was handed over: no other check of the identity is wanted.
    Raises FieldError on `code` where it is wrong, Refused where the invitation cannot be accepted.
    """
    viewer.need("owner", "practitioner", "front-desk")
    wrong: FieldError | None = None
    with transaction():
        row = locked(viewer, invitation_id)
        still_acceptable(row)
        if len(digits(code)) != codes.DIGITS:
            raise FieldError("code", "A code has ten digits: three, three, three and one.", "Ask the patient again.")
        if codes.matches(code, row.ref, row.key_id):
            return _accept(viewer, row, "code")
        if row.slip_at is not None and codes.matches(code, row.ref, row.key_id, slip=True):
            return _accept(viewer, row, "code", slip=True)
        row.failed_codes += 1
        row.save()
        left = MOST_WRONG_CODES - row.failed_codes
        history.record(viewer, "wrong code", patient=row.patient_id, invitation=row.id)
        tries = f"{left} tries are left" if left > 1 else "one try is left" if left else "it is locked now"
        heard = "not the code of this invitation" if codes.read_code(code) else "no code: a digit is off or swapped"
        wrong = FieldError("code", f"This is {heard}; {tries}.", "Ask the patient to read it out again.")
    raise wrong


def accept_by_reply(invitation_id: int, reply_id: int | None) -> Accepted:
    """The invited address replied ACCEPT, with the token. Raises Refused where it comes too late."""
    with transaction():
        row = locked(Viewer.system(), invitation_id)
        still_acceptable(row, by_code=False)
        return _accept(Viewer.system(), row, "reply", reply_id)


def accept_at_desk(viewer: Viewer, invitation_id: int, reply_id: int | None = None) -> Accepted:
    """A staff member read what the patient wrote and takes it as a yes."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        row = locked(viewer, invitation_id)
        still_acceptable(row, by_code=False)
        return _accept(viewer, row, "desk", reply_id)


def check_identity(viewer: Viewer, invitation_id: int, how: str) -> None:
    """Record who checked, when and how, that it is the patient who accepted; the set-up steps are queued."""
    viewer.need("owner", "practitioner", "front-desk")
    how = read_how(how)
    with transaction():
        row = locked(viewer, invitation_id)
        if row.state != "accepted":
            raise Refused("state", f"The invitation is {row.state}, not accepted.")
        if row.identity_at is not None:
            raise Refused("state", f"{row.identity_by} has checked the identity already.")
        row.identity_at, row.identity_by, row.identity_how = now(), viewer.login, how
        row.save()
        history.record(viewer, "identity", patient=row.patient_id, invitation=row.id, how=how)
        send_steps(row, automatic=False)


def read_how(typed: str) -> str:
    """How somebody knows that it is the patient, as it is kept. Raises FieldError on `how`."""
    how = clean(typed).strip()
    if not how:
        raise FieldError(
            "how", "Say how you know that it is the patient.", "Such as: photo card, date of birth by phone."
        )
    if len(how) > 200:
        raise FieldError("how", "Say it in at most 200 characters.")
    return how


def send_steps(row: Invitation, *, automatic: bool) -> None:
    """Queue the set-up steps, once; `automatic` where nobody pressed a key for them."""
    if row.steps_at is None:
        row.steps_at = now()
        row.save()
        outbox.queue(row, "setup", now(), automatic=automatic)
    portal_line.refresh(row.patient_id)


def locked(viewer: Viewer, invitation_id: int) -> Invitation:
    """The invitation, its patient's row locked until the transaction ends, so that two acts cannot cross."""
    viewer.need_names()
    row = access.invitations(viewer).get(invitation_id)
    access.patients(viewer).get(row.patient_id, lock=True)
    return access.invitations(viewer).get(invitation_id)


def still_acceptable(row: Invitation, *, by_code: bool = True) -> None:
    """Raise Refused unless the invitation went out, has not run out, and nobody closed it."""
    if row.state == "accepted":
        raise Refused("accepted", "The invitation is accepted already.")
    # One that is still queued may be answered too: by a reply to the invitation whose place it takes, or with a slip.
    if row.state not in ("sent", "unconfirmed") and (row.state != "queued" or (by_code and row.slip_at is None)):
        raise Refused("state", f"The invitation is {row.state}: it cannot be accepted.", "Invite the patient again.")
    if row.expires_at is not None and row.expires_at <= now():
        raise Refused("expired", "The invitation has run out.", "Resend it; the patient gets a new code.")
    if by_code and row.failed_codes >= MOST_WRONG_CODES:
        raise Refused(
            "locked", "Ten wrong codes have locked this invitation.", "Resend it; the patient gets a new code."
        )


def _accept(viewer: Viewer, row: Invitation, how: str, reply_id: int | None = None, *, slip: bool = False) -> Accepted:
    row.state, row.accepted_at, row.accepted_how = "accepted", now(), how
    if slip:
        row.identity_at, row.identity_by, row.identity_how = row.slip_at, row.slip_by, row.slip_how
    row.closed_at, row.closed_by = now(), viewer.login
    row.save()
    outbox.withdraw(row.id)
    wanted = not slip and settings.load(viewer).on("patient_access.identity_check")
    history.record(viewer, "accept", patient=row.patient_id, invitation=row.id, how="slip" if slip else how)
    notifications.tell("accepted", row, reply=reply_id, detail=f"by {how}" if how != "desk" else f"by {viewer.login}")
    if wanted:
        if how == "reply":
            outbox.queue(row, "confirmation", now(), automatic=True)
        portal_line.refresh(row.patient_id)
    else:
        send_steps(row, automatic=how == "reply")
    return Accepted(row.id, row.patient_id, wanted)
