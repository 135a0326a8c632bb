"""Invitations as they are shown: of one patient, or listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import peewee

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.errors import NotFound


class InvitationRow(NamedTuple):
    """One invitation with its people and times; `message_state` and `due_at` are of its invitation message.

    `for_guardian`: it went to a guardian's address; `guardian`: their name, where they are still on the record.
    `slip_at`: when a slip was handed over last. `reminded`: how many reminders went out, the last `reminded_at`.
    """

    id: int
    patient_id: int
    email: str | None
    state: str
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    reason: str | None
    accepted_at: datetime | None
    accepted_how: str | None
    identity_at: datetime | None
    identity_by: str | None
    identity_how: str | None
    steps_at: datetime | None
    failed_codes: int
    staff: str | None
    message_state: str | None
    due_at: datetime | None
    answer: str | None
    for_guardian: bool
    slip_at: datetime | None
    slip_by: str | None
    guardian: str | None
    ask_again: date | None
    reminded: int = 0
    reminded_at: datetime | None = None


def of_patient(viewer: Viewer, patient_id: int) -> list[InvitationRow]:
    """The patient's invitations, newest first."""
    return listing(viewer, patient_id=patient_id)


def one(viewer: Viewer, invitation_id: int) -> InvitationRow:
    """One invitation. Raises NotFound."""
    rows = _read(viewer, lambda c: c.id == invitation_id, 1)
    if not rows:
        raise NotFound(f"There is no invitation {invitation_id} that you may see.", "List them again.")
    return rows[0]


class SentText(NamedTuple):
    """What one message says, its code masked. `state`: what became of the message; `email`: where it went, a
    guardian's address where `for_guardian`. None: hidden from the viewer.
    """

    id: int
    invitation_id: int
    email: str | None
    for_guardian: bool
    kind: str
    state: str
    made_at: datetime
    subject: str | None
    body: str | None


def texts(viewer: Viewer, invitation_id: int) -> list[SentText]:
    """What was made to be sent for the invitation, in order. Raises NotFound."""
    one(viewer, invitation_id)
    return _texts(viewer, lambda i: i.id == invitation_id)


def texts_of_patient(viewer: Viewer, patient_id: int) -> list[SentText]:
    """What was made to be sent to the patient, the newest first. Raises NotFound."""
    with session():
        access.patients(viewer).get(patient_id)
        return _texts(viewer, lambda i: i.patient == patient_id)[::-1]


def _texts(viewer: Viewer, wanted: Any) -> list[SentText]:
    text, message, invitation = access.sent_texts(viewer), access.messages(viewer), access.invitations(viewer)
    t, m, i = text.columns, message.columns, invitation.columns
    query: Any = text.select(t.id, i.id, i.email, i.for_guardian, m.kind, m.state, t.made_at, t.subject, t.body)
    query = query.join(message.model, on=(t.message == m.id))
    query = query.join_from(text.model, invitation.model, on=(t.invitation == i.id))
    with session():
        return [SentText(*row) for row in query.where(wanted(i)).order_by(m.id).tuples()]


def listing(
    viewer: Viewer, *, state: str | None = None, patient_id: int | None = None, limit: int = 1000
) -> list[InvitationRow]:
    """Invitations, newest first; of one state, of one patient, or all."""

    def wanted(column: Any) -> Any:
        conditions = []
        if state is not None:
            conditions.append(column.state == state)
        if patient_id is not None:
            conditions.append(column.patient == patient_id)
        return conditions[0] if len(conditions) == 1 else (conditions[0] & conditions[1] if conditions else None)

    return _read(viewer, wanted, limit)


def _read(viewer: Viewer, wanted: Any, limit: int) -> list[InvitationRow]:
    invitation, message, contact = access.invitations(viewer), access.messages(viewer), access.contacts(viewer)
    i, m, c = invitation.columns, message.columns, contact.columns
    staff: Any = access.staff_members()
    query: Any = invitation.select(
        i.id, i.patient, i.email, i.state, i.created_at, i.sent_at, i.expires_at, i.closed_at, i.closed_by, i.reason,
        i.accepted_at, i.accepted_how, i.identity_at, i.identity_by, i.identity_how, i.steps_at, i.failed_codes,
        staff.name, m.state, m.due_at, m.answer, i.for_guardian, i.slip_at, i.slip_by, c.name, i.ask_again,
    )  # fmt: skip
    query = query.left_outer_join(staff, on=(i.staff == staff.id))
    query = query.join_from(invitation.model, contact.model, "LEFT OUTER JOIN", on=(i.guardian == contact.model.id))
    query = query.join_from(
        invitation.model, message.model, "LEFT OUTER JOIN", on=((m.invitation == i.id) & (m.kind == "invitation"))
    )
    condition = wanted(i)
    if condition is not None:
        query = query.where(condition)
    with session():
        rows = [InvitationRow(*row) for row in query.order_by(i.id.desc()).limit(limit).tuples()]
        reminders = _reminders(viewer, [row.id for row in rows])
    return [row._replace(**reminders[row.id]) if row.id in reminders else row for row in rows]


def _reminders(viewer: Viewer, invitation_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Of those invitations that had reminders, how many went out and when the last did."""
    message = access.messages(viewer)
    m = message.columns
    query: Any = message.select(m.invitation, peewee.fn.COUNT(m.id), peewee.fn.MAX(m.sent_at))
    went = message.is_one_of("invitation", invitation_ids) & m.reminder.is_null(False) & m.sent_at.is_null(False)
    return {
        one: {"reminded": count, "reminded_at": last}
        for one, count, last in query.where(went).group_by(m.invitation).tuples()
    }
