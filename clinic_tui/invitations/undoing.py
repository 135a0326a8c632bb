"""Undoing an acceptance that the desk made by mistake: as long as nothing went out that cannot be called back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from clinic_tui import access, history, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.errors import Refused
from clinic_tui.invitations import portal_line
from clinic_tui.invitations.accepting import locked
from clinic_tui.messages.gather import runs_until

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation, Message

# What an acceptance wrote into an invitation.
_WRITTEN = ("accepted_at", "accepted_how", "identity_at", "identity_by", "identity_how", "steps_at")
_GONE = ("data", "sent", "unconfirmed")


def undo_accept(viewer: Viewer, invitation_id: int) -> str:
    """Put an invitation that the desk accepted back to where it was: `sent` or `unconfirmed`, or `cancelled` where it
    never went out. A reply that was taken as a yes waits for a person again. The state that it has now.

    Raises Refused where it is not accepted, where the patient accepted by a reply, and where the set-up steps went out.
    """
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        row = locked(viewer, invitation_id)
        refused = refusal(viewer, row)
        if refused is not None:
            raise refused
        outbox.withdraw(row.id)  # the set-up steps that still wait
        before = {"state": row.state, **{name: _plain(getattr(row, name)) for name in _WRITTEN}}
        for name in _WRITTEN:
            setattr(row, name, None)
        _put_back(viewer, row)
        row.save()
        _ask_again(viewer, row.id)
        notifications.accept_undone(viewer, row.id)
        portal_line.refresh(row.patient_id)
        kept = {name: value for name, value in before.items() if value is not None}
        history.record(viewer, "accept undone", patient=row.patient_id, invitation=row.id, before=kept,
                       after={"state": row.state})  # fmt: skip
        return str(row.state)


def refusal(viewer: Viewer, row: Invitation) -> Refused | None:
    """Why the acceptance of this invitation cannot be undone; None where it can."""
    if row.state != "accepted":
        return Refused("state", f"The invitation is {row.state}: there is no acceptance to undo.")
    if row.accepted_how == "reply":
        return Refused("reply", "The patient accepted by a reply: the desk did not.", "To take it back, revoke it.")
    if any(message.kind == "invitation" and message.state == "data" for message in _messages(viewer, row.id)):
        return Refused("being_sent", "The invitation is being sent at this moment.", "Try again in a minute.")
    if any(message.kind == "setup" and message.state in _GONE for message in _messages(viewer, row.id)):
        return Refused(
            "steps_sent",
            "The set-up steps have gone out: the acceptance cannot be undone.",
            "Revoke the invitation, and see in the portal that nobody sets up an account with it; if the steps reached "
            "the wrong person, say so (w in the profile).",
        )
    other = access.invitations(viewer)
    live = (other.columns.patient == row.patient_id) & other.columns.state.in_(access.LIVE_STATES)
    if other.select().where(live).exists():
        return Refused("already_invited", "Another invitation of the patient's is out.", "Revoke that one first.")
    return None


def _messages(viewer: Viewer, invitation_id: int) -> list[Message]:
    return access.messages(viewer).among([invitation_id], "invitation")


def _put_back(viewer: Viewer, row: Invitation) -> None:
    """The state that the message which carried it says."""
    carried = max((one for one in _messages(viewer, row.id) if one.kind == "invitation"), key=lambda one: one.id)
    if carried.state in ("sent", "unconfirmed"):
        row.state, row.closed_at, row.closed_by = carried.state, None, None
        if row.sent_at is None:  # it went while it was accepted
            row.sent_at = carried.sent_at or now()
            row.expires_at = runs_until(row.sent_at, row.expires_days)
    else:
        row.state, row.closed_at, row.closed_by = "cancelled", now(), viewer.login


def _ask_again(viewer: Viewer, invitation_id: int) -> None:
    """The replies that somebody took for a yes wait again."""
    replies = access.replies(viewer)
    column = replies.columns
    taken = (column.invitation == invitation_id) & (column.outcome == "accepted")
    replies.update(outcome="review", handled_at=None, handled_by=None).where(taken).execute()


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
