"""Claims: one worker at a time has a message, for as long as its lease runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic_tui.clock import now
from clinic_tui.db.connection import is_postgres, session, transaction
from clinic_tui.db.models.post import Message
from clinic_tui.outbox import outcomes
from clinic_tui.outbox.holding import Claim
from clinic_tui.outbox.pausing import paused_reason

LEASE = timedelta(minutes=5)
_WAITING = ("queued", "deferred")


def claim(worker: str, limit: int = 10) -> list[Claim]:
    """Take up to `limit` messages that are due, oldest first; none while the queue is paused."""
    with transaction():
        if paused_reason() is not None:
            return []
        due = Message.select(Message.id).where(Message.state.in_(_WAITING) & (Message.due_at <= now()))
        due = due.order_by(Message.due_at, Message.id).limit(limit)
        if is_postgres():
            due = due.for_update(skip_locked=True)
        ids = [row.id for row in due]
        if not ids:
            return []
        Message.update(state="claimed", claimed_by=worker, fence=Message.fence + 1, lease_until=now() + LEASE).where(
            Message.id.in_(ids)
        ).execute()
        rows = Message.select(Message.id, Message.fence).where(Message.id.in_(ids))
        return [Claim(row.id, row.fence) for row in rows.order_by(Message.due_at, Message.id)]


def mark_data(claimed: Claim) -> bool:
    """Write down, durably, that the body is about to go. False: the claim is lost, and the body must not go."""
    with transaction():
        mine = (Message.id == claimed.message_id) & (Message.fence == claimed.fence) & (Message.state == "claimed")
        update = Message.update(state="data", data_at=now(), lease_until=now() + LEASE)
        return int(update.where(mine & (Message.lease_until > now())).execute()) == 1


def release(claimed: Claim) -> None:
    """Give back what was claimed and not sent, as it was."""
    with transaction():
        mine = (Message.id == claimed.message_id) & (Message.fence == claimed.fence) & (Message.state == "claimed")
        Message.update(state="queued", claimed_by=None, lease_until=None).where(mine).execute()


def release_lapsed() -> int:
    """What dead workers left: claimed goes back to queued, data becomes unconfirmed. How many became unconfirmed."""
    with transaction():
        lapsed = Message.lease_until <= now()
        Message.update(state="queued", claimed_by=None, lease_until=None).where(
            (Message.state == "claimed") & lapsed
        ).execute()
        in_doubt = list(Message.select().where((Message.state == "data") & lapsed))
    for row in in_doubt:
        outcomes.unconfirmed(Claim(row.id, row.fence), "The sender stopped before the server's answer came.")
    return len(in_doubt)


def next_due() -> datetime | None:
    """When the next message is due, held ones included; None where none waits."""
    with session():
        row = Message.select(Message.due_at).where(Message.state.in_(_WAITING)).order_by(Message.due_at).first()
        return None if row is None else row.due_at
