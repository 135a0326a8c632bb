"""What waits, for the header: a few indexed counts, cheap enough to ask every second."""

from __future__ import annotations

from typing import Any, NamedTuple

import peewee

from clinic_tui import access, notifications
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session
from clinic_tui.outbox.pausing import paused_reason


class Pulse(NamedTuple):
    """Unread notifications, messages due or on their way, held, put off; replies to review; why the queue stands.

    `mark` changes whenever an invitation, message or notification did, so that a screen knows to read again.
    """

    unread: int
    sending: int
    held: int
    deferred: int
    review: int
    paused: str | None
    mark: tuple[int, ...]


def read(viewer: Viewer) -> Pulse:
    """The pulse of what this viewer may see."""
    message, reply, note = access.messages(viewer), access.replies(viewer), access.notifications(viewer)
    m, r, n = message.columns, reply.columns, note.columns
    with session():
        unread = notifications.unread(viewer)
        review = reply.select().where(r.outcome == "review").count()
        going = message.select().where(m.state.in_(("claimed", "data")))
        due = message.select().where(m.state.in_(("queued", "deferred")) & (m.due_at <= now()))
        deferred = message.select().where((m.state == "deferred") & (m.due_at > now())).count()
        held = message.select().where((m.state == "queued") & (m.due_at > now())).count()
        newest: Any = access.newest_history()
        last = note.select(peewee.fn.COALESCE(peewee.fn.MAX(n.id), 0)).scalar()
        sending = going.count() + due.count()
        return Pulse(unread, sending, held, deferred, review, paused_reason(), (newest, last, sending, held, deferred))
