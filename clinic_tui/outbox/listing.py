"""The outbox as it is shown: counts and rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import peewee

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session
from clinic_tui.outbox.pausing import paused_reason

STATES = ("held", "queued", "sending", "sent", "deferred", "failed", "unconfirmed", "bounced", "cancelled")


class Counts(NamedTuple):
    """How many messages are in each state; `sent` is today's; `paused` is why nothing goes, or None."""

    held: int
    queued: int
    sending: int
    sent: int
    deferred: int
    failed: int
    unconfirmed: int
    bounced: int
    paused: str | None


class OutboxRow(NamedTuple):
    """One message; `state` is one of STATES (a queued one that is not due yet is held)."""

    message_id: int
    invitation_id: int
    patient_id: int
    given: str | None
    family: str | None
    preferred: str | None
    number: str
    kind: str
    email: str | None
    state: str
    due_at: datetime
    attempts: int
    answer: str | None
    sent_at: datetime | None


def counts(viewer: Viewer) -> Counts:
    """Counts of the messages to patients in the viewer's reach."""
    message = access.messages(viewer)
    column = message.columns
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    with session():
        query: Any = message.select(column.state, peewee.fn.COUNT(column.id))
        query = query.where((column.state != "sent") | (column.sent_at >= midnight))
        found = dict(query.group_by(column.state).tuples())
        found["sending"] = found.get("claimed", 0) + found.get("data", 0)
        found["held"] = message.select().where((column.state == "queued") & (column.due_at > now())).count()
        found["queued"] = found.get("queued", 0) - found["held"]
        return Counts(**{state: found.get(state, 0) for state in STATES[:-1]}, paused=paused_reason())


def rows(viewer: Viewer, *, state: str | None = None, limit: int = 200) -> list[OutboxRow]:
    """Messages, those that wait first, then the newest; of one state of STATES, or all."""
    message, invitation, patient = access.messages(viewer), access.invitations(viewer), access.patients(viewer)
    m, i, p = message.columns, invitation.columns, patient.columns
    waiting = peewee.Case(None, ((m.state.in_(("queued", "deferred", "claimed", "data")), 0),), 1)
    query: Any = message.select(
        m.id, i.id, p.id, p.given, p.family, p.preferred, p.number, m.kind, i.email,
        m.state, m.due_at, m.attempts, m.answer, m.sent_at,
    )  # fmt: skip
    query = query.join(invitation.model, on=(m.invitation == i.id))
    query = query.join(patient.model, on=(i.patient == p.id))
    if state is not None:
        inner = {"held": ("queued",), "sending": ("claimed", "data")}.get(state, (state,))
        query = query.where(m.state.in_(inner))
        if state in ("held", "queued"):
            query = query.where(m.due_at > now() if state == "held" else m.due_at <= now())
    with session():
        found = query.order_by(waiting, m.id.desc()).limit(limit).tuples()
        listed = [OutboxRow(*row) for row in found]
    return [row._replace(state=_shown(row.state, row.due_at > now())) for row in listed]


def _shown(state: str, is_held: bool) -> str:
    if state in ("claimed", "data"):
        return "sending"
    return "held" if state == "queued" and is_held else state
