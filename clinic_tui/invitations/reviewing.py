"""Replies that need a person: shown with what was written, accepted or dismissed with one key."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from clinic_tui import access, history, notifications
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.errors import Refused
from clinic_tui.invitations import accepting, answering

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Reply


class ReviewRow(NamedTuple):
    """A reply that waits for a person. The patient's part is None where no invitation was found for it."""

    id: int
    invitation_id: int | None
    patient_id: int | None
    given: str | None
    family: str | None
    preferred: str | None
    number: str | None
    kind: str
    why: str
    sender: str | None
    subject: str | None
    body: str | None
    received_at: datetime
    invitation_state: str | None
    email: str | None

    @property
    def age_seconds(self) -> int:
        """How long ago it came in."""
        return max(0, int((now() - self.received_at).total_seconds()))


def waiting(viewer: Viewer, limit: int = 500) -> list[ReviewRow]:
    """What waits, oldest first."""
    reply, invitation, patient = access.replies(viewer), access.invitations(viewer), access.patients(viewer)
    r, i, p = reply.columns, invitation.columns, patient.columns
    query: Any = reply.select(
        r.id, r.invitation, i.patient, p.given, p.family, p.preferred, p.number,
        r.kind, r.why, r.sender, r.subject, r.body, r.received_at, i.state, i.email,
    )  # fmt: skip
    query = query.left_outer_join(invitation.model, on=(r.invitation == i.id))
    query = query.left_outer_join(patient.model, on=(i.patient == p.id))
    with session():
        rows = query.where(r.outcome == "review").order_by(r.id).limit(limit).tuples()
        return [ReviewRow(*row) for row in rows]


def kept_aside(viewer: Viewer) -> int:
    """How many mails broke their reader, and wait for a person to look at them in the mailbox."""
    column = access.replies(viewer).columns
    with session():
        query: Any = access.replies(viewer).select(column.id)
        return int(query.where((column.outcome == "review") & (column.kind == "unreadable")).count())


def accept(viewer: Viewer, reply_id: int) -> accepting.Accepted:
    """Take the reply as a yes. Raises Refused where its invitation can no longer be accepted."""
    with transaction():
        row = _open(viewer, reply_id)
        if row.invitation_id is None:
            raise Refused("state", "No invitation was found for this reply.", "Find the patient, and ask for the code.")
        accepted = accepting.accept_at_desk(viewer, row.invitation_id, row.id)
        _handle(viewer, row, "accepted", accepted.patient_id)
        return accepted


def wrong_person(viewer: Viewer, reply_id: int) -> int:
    """Whoever wrote it is not the patient: see `answering.wrong_person`. The incident's id. Raises Refused."""
    with transaction():
        row = _open(viewer, reply_id)
        if row.invitation_id is None:
            raise Refused("state", "No invitation was found for this reply.", "Find the patient; press w there.")
        incident = answering.wrong_person(viewer, row.invitation_id, row.id)
        _handle(viewer, row, "not_me", access.invitations(viewer).get(row.invitation_id).patient_id)
        return incident


def dismiss(viewer: Viewer, reply_id: int) -> None:
    """Put the reply away: nothing follows from it."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        _handle(viewer, _open(viewer, reply_id), "dismissed", None)


def _open(viewer: Viewer, reply_id: int) -> Reply:
    viewer.need_names()
    row = access.replies(viewer).get(reply_id, lock=True)
    if row.outcome != "review":
        raise Refused("state", f"{row.handled_by or 'Somebody'} has dealt with this reply already ({row.outcome}).")
    return row


def _handle(viewer: Viewer, row: Reply, outcome: str, patient_id: int | None) -> None:
    row.outcome, row.handled_at, row.handled_by = outcome, now(), viewer.login
    row.save()
    notifications.settle(viewer, row.id)
    history.record(viewer, f"reply {outcome}", patient=patient_id, invitation=row.invitation_id, reply=row.id)
