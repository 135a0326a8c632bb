"""The outbox as it is shown: counts, ids, and rows by id."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import peewee

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session
from clinic_tui.outbox.batches import WAITING
from clinic_tui.outbox.pausing import paused_reason
from clinic_tui.patients.narrowing import narrowed

STATES = ("held", "queued", "sending", "sent", "deferred", "failed", "unconfirmed", "bounced", "cancelled")
MOST = 10_000
_ON_THE_WAY = (*WAITING, "claimed", "data")
_LONGEST_ON_THE_WAY = timedelta(days=7)


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


def since(viewer: Viewer) -> Any:
    """The condition on messages that went out today, or were made today where they did not go out."""
    m = access.messages(viewer).columns
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    # There is an index of when they were made, and nothing is tried for longer.
    made_lately = m.created_at >= midnight - _LONGEST_ON_THE_WAY
    return made_lately & ((m.sent_at >= midnight) | (m.sent_at.is_null() & (m.created_at >= midnight)))


def counts(viewer: Viewer) -> Counts:
    """Counts of the messages to patients in the viewer's reach."""
    message = access.messages(viewer)
    column = message.columns
    with session():
        found = by_state(viewer, column.state != "sent")
        found["sent"] = message.select().where((column.state == "sent") & since(viewer)).count()
        found["sending"] = found.get("claimed", 0) + found.get("data", 0)
        found["held"] = message.select().where((column.state == "queued") & (column.due_at > now())).count()
        found["queued"] = found.get("queued", 0) - found["held"]
        return Counts(**{state: found.get(state, 0) for state in STATES[:-1]}, paused=paused_reason())


def by_state(viewer: Viewer, which: Any) -> dict[str, int]:
    """How many of these messages are in each state that the database knows."""
    message = access.messages(viewer)
    query: Any = message.select(message.columns.state, peewee.fn.COUNT(message.columns.id)).where(which)
    return dict(query.group_by(message.columns.state).tuples())


def ids(viewer: Viewer, *, state: str | None = None, text: str = "", limit: int = MOST) -> array[int]:
    """The ids of up to `limit` messages: those that wait, in the order in which they go, then the newest.

    `state`: one of STATES, or all; `text`: only those to patients whom the lookup finds by it.
    """
    m = access.messages(viewer).columns
    waits = m.state.in_(_ON_THE_WAY)
    with session():
        found = _ids(viewer, waits, state, (m.due_at.asc(), m.id.asc()), limit)
        if len(found) < limit:
            found += _ids(viewer, ~waits, state, (m.id.desc(),), limit - len(found))
        return _of_patients(viewer, found, text) if text.strip() else found


def rows_by_id(viewer: Viewer, message_ids: Iterable[int]) -> list[OutboxRow]:
    """The rows of these messages, in this order; those out of reach are left out."""
    wanted = list(message_ids)
    message, invitation, patient = access.messages(viewer), access.invitations(viewer), access.patients(viewer)
    m, i, p = message.columns, invitation.columns, patient.columns
    query: Any = message.select(
        m.id, i.id, p.id, p.given, p.family, p.preferred, p.number, m.kind, i.email,
        m.state, m.due_at, m.attempts, m.answer, m.sent_at,
    )  # fmt: skip
    query = query.join(invitation.model, on=(m.invitation == i.id)).join(patient.model, on=(i.patient == p.id))
    with session():
        found = {row[0]: OutboxRow(*row) for row in query.where(m.id.in_(wanted)).tuples()}
    return [_shown(found[key]) for key in wanted if key in found]


def rows(viewer: Viewer, *, state: str | None = None, limit: int = 200) -> list[OutboxRow]:
    """The first `limit` rows of what `ids` gives."""
    found: list[OutboxRow] = []
    wanted = ids(viewer, state=state, limit=limit)
    for first in range(0, len(wanted), 500):
        found += rows_by_id(viewer, wanted[first : first + 500])
    return found


def _ids(viewer: Viewer, which: Any, state: str | None, order: Sequence[Any], limit: int) -> array[int]:
    message = access.messages(viewer)
    m = message.columns
    query: Any = message.select(m.id).where(which)
    if state is not None:
        kept_as = {"held": ("queued",), "sending": ("claimed", "data")}.get(state, (state,))
        query = query.where(m.state.in_(kept_as))
        if state in ("held", "queued"):
            query = query.where(m.due_at > now() if state == "held" else m.due_at <= now())
    return array("q", (row[0] for row in query.order_by(*order).limit(limit).tuples()))


def _of_patients(viewer: Viewer, message_ids: array[int], text: str) -> array[int]:
    message, invitation = access.messages(viewer), access.invitations(viewer)
    whose: dict[int, int] = {}
    for first in range(0, len(message_ids), 1_000):
        query: Any = message.select(message.columns.id, invitation.columns.patient)
        query = query.join(invitation.model, on=(message.columns.invitation == invitation.columns.id))
        some = message.columns.id.in_(list(message_ids[first : first + 1_000]))
        whose.update(dict(query.where(some).tuples()))
    meant = set(narrowed(viewer, text, dict.fromkeys(whose.values())))
    return array("q", (key for key in message_ids if whose.get(key) in meant))


def _shown(row: OutboxRow) -> OutboxRow:
    if row.state in ("claimed", "data"):
        return row._replace(state="sending")
    return row._replace(state="held") if row.state == "queued" and row.due_at > now() else row
