"""What became of a message: the server's answer written down, its invitation moved along, the desk told."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Literal

from clinic_tui import access, history, notifications
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.errors import Refused
from clinic_tui.invitations import portal_line
from clinic_tui.messages.gather import runs_until
from clinic_tui.outbox.holding import Claim, held
from clinic_tui.text import clean

RETRY_MINUTES = (5, 30, 120, 360, 720, 1440, 1440, 1440)  # together a little over four days
_ANSWER = 200


def sent(claimed: Claim, answer: str = "") -> bool:
    """The server took it. False where the claim was lost meanwhile."""
    with transaction():
        row = held(claimed, "data")
        if row is None:
            return False
        _went_out(row, "sent", answer)
        return True


def unconfirmed(claimed: Claim, answer: str) -> bool:
    """The server may or may not have taken it: never sent again by itself, and the desk is told."""
    with transaction():
        row = held(claimed, "data")
        if row is None:
            return False
        _went_out(row, "unconfirmed", answer)
        notifications.tell("unconfirmed", row.invitation, detail=clean(answer, _ANSWER))
        return True


def in_doubt(row: Message, answer: str) -> None:
    """The same of a message that waited where it may have been sent from elsewhere; inside the caller's transaction."""
    _went_out(row, "unconfirmed", answer)


def deferred(claimed: Claim, answer: str) -> bool:
    """Not now: again later, with jitter; after four days it has failed."""
    with transaction():
        row = held(claimed, "claimed", "data")
        if row is None:
            return False
        if row.attempts >= len(RETRY_MINUTES):
            return _fail(row, f"Given up after {row.attempts} tries: {answer}")
        minutes = RETRY_MINUTES[row.attempts] * random.uniform(0.8, 1.2)  # noqa: S311 (jitter, not a secret)
        row.state, row.attempts, row.due_at = "deferred", row.attempts + 1, now() + timedelta(minutes=minutes)
        row.answer, row.claimed_by, row.lease_until, row.data_at = clean(answer, _ANSWER), None, None, None
        row.save()
        return True


def failed(claimed: Claim, answer: str) -> bool:
    """The server refuses it for good."""
    with transaction():
        row = held(claimed, "claimed", "data")
        return False if row is None else _fail(row, answer)


def confirm_sent(viewer: Viewer, invitation_id: int, how: str) -> None:
    """An unconfirmed message was sent after all: found in the Sent folder, or a person says so. Raises Refused."""
    with transaction():
        invitation = access.invitations(viewer).get(invitation_id)
        access.patients(viewer).lock([invitation.patient_id])
        invitation = access.invitations(viewer).get(invitation_id)
        unsure = (Message.invitation == invitation.id) & (Message.state == "unconfirmed")
        if not Message.update(state="sent").where(unsure).execute():
            raise Refused("state", f"No message of this invitation is unconfirmed (it is {invitation.state}).")
        if invitation.state == "unconfirmed":
            invitation.state = "sent"
            invitation.save()
        portal_line.refresh(invitation.patient_id)
        history.record(viewer, "confirmed sent", patient=invitation.patient_id, invitation=invitation.id, how=how)


def _went_out(row: Message, state: str, answer: str) -> None:
    row.state, row.sent_at, row.answer = state, now(), clean(answer, _ANSWER)
    row.claimed_by, row.lease_until = None, None
    row.save()
    invitation: Invitation = row.invitation
    if row.kind == "invitation" and invitation.state in ("queued", "unconfirmed"):
        invitation.state, invitation.sent_at = state, row.sent_at
        invitation.expires_at = runs_until(now(), invitation.expires_days)
        invitation.save()
    portal_line.refresh(invitation.patient_id)


def _fail(row: Message, answer: str) -> bool:
    end_unsent(row, "failed", answer)
    notifications.tell("failed", row.invitation, detail=row.answer or "")
    return True


def end_unsent(row: Message, state: Literal["failed", "cancelled"], answer: str) -> None:
    """A message that does not go out, and with it the invitation that it would have carried."""
    row.state, row.answer, row.claimed_by, row.lease_until = state, clean(answer, _ANSWER), None, None
    row.save()
    invitation: Invitation = row.invitation
    if row.kind == "invitation" and invitation.state == "queued":
        invitation.state, invitation.reason, invitation.closed_at = state, row.answer, now()
        invitation.closed_by = "system"
        invitation.save()
    portal_line.refresh(invitation.patient_id)
