"""What else comes back: no, stop, not me, a bounce. Each closes its invitation, whole, and tells the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_tui import access, history, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.invitations import incidents, portal_line
from clinic_tui.invitations.accepting import locked

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

_SYSTEM = Viewer.system()
_STILL_OUT = ("queued", "sent", "unconfirmed")


def decline(invitation_id: int, reply_id: int | None = None, *, viewer: Viewer = _SYSTEM) -> bool:
    """The patient said NO. False where the invitation was closed already and stays as it is."""
    return _end(viewer, invitation_id, "declined", "declined", "said no", reply_id)


def stop(invitation_id: int, reply_id: int | None = None, *, viewer: Viewer = _SYSTEM) -> bool:
    """The patient said STOP: no more invitations; the record's communication preference becomes `phone`."""
    with transaction():
        row = locked(viewer, invitation_id)
        ended = _end(viewer, invitation_id, "declined", "declined", "said stop: no more mail", reply_id)
        patients = access.patients(viewer)
        changed = (patients.columns.id == row.patient_id) & patients.columns.communication.in_(("all", "email"))
        if patients.update(communication="phone").where(changed).execute():
            history.record(viewer, "stop", patient=row.patient_id, invitation=row.id, communication="phone")
        return ended


def not_me(invitation_id: int, reply_id: int | None = None, *, viewer: Viewer = _SYSTEM) -> bool:
    """Somebody else has that mailbox: the invitation is revoked at once, the address never written to again.

    An incident is opened, for a person to assess. False where the invitation was closed already.
    """
    with transaction():
        row = locked(viewer, invitation_id)
        access.block_address(viewer, row.email_fold, "reached the wrong person")
        incidents.open_incident(viewer, row, reply_id)
        if row.state == "accepted":  # they may have accepted before they noticed
            row.state = "sent"
            row.save()
        return _end(viewer, invitation_id, "revoked", "declined", "wrong person: the address is blocked", reply_id)


def wrong_person(viewer: Viewer, invitation_id: int, reply_id: int | None = None) -> int:
    """The same, found by the desk: by what somebody wrote or said. The incident's id."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        not_me(invitation_id, reply_id, viewer=viewer)
        return incidents.open_incident(viewer, locked(viewer, invitation_id))


def bounce(invitation_id: int, reason: str, reply_id: int | None = None) -> bool:
    """The mail could not be delivered, for good; `reason` in plain words."""
    with transaction():
        row = locked(_SYSTEM, invitation_id)
        messages = access.messages(_SYSTEM)
        column = messages.columns
        # Once it is accepted, what comes back is what was sent after that.
        invites = column.kind.in_(("invitation", "reminder"))
        came_back = invites if row.state in _STILL_OUT else ~invites
        out = (column.invitation == row.id) & came_back & column.state.in_(("sent", "unconfirmed", "data"))
        messages.update(state="bounced", answer=reason).where(out).execute()
        return _end(_SYSTEM, invitation_id, "bounced", "bounced", reason, reply_id)


def _end(viewer: Viewer, invitation_id: int, state: str, kind: str, reason: str, reply_id: int | None) -> bool:
    with transaction():
        row: Invitation = locked(viewer, invitation_id)
        if row.state not in _STILL_OUT:
            return False
        row.state, row.reason, row.closed_at, row.closed_by = state, reason, now(), viewer.login
        row.save()
        outbox.withdraw(row.id)
        portal_line.refresh(row.patient_id)
        history.record(viewer, state, patient=row.patient_id, invitation=row.id)
        notifications.tell(kind, row, reply=reply_id, detail=reason)
        return True
