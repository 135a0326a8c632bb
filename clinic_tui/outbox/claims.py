"""Claims: one worker at a time has a message, for as long as its lease runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import in_transaction, is_postgres, session, transaction
from clinic_tui.db.models.post import Message, SentText
from clinic_tui.outbox import batches, outcomes
from clinic_tui.outbox.holding import Claim, held_many
from clinic_tui.outbox.pacing import Pace, beyond
from clinic_tui.outbox.pausing import paused_reason
from clinic_tui.outbox.preparing import Envelope

LEASE = timedelta(minutes=5)


def claim(worker: str, limit: int = 10) -> list[Claim]:
    """Take up to `limit` messages that are due, oldest first, those of batches last; none while the queue is paused.

    Fewer, where the practice's pace wants it.
    """
    with transaction():
        if paused_reason() is not None:
            return []
        pace = Pace()
        limit = pace.most(limit)
        ids = _due(Message.batch.is_null(), limit, pace)
        if len(ids) < limit:
            ids += _of_batches(limit - len(ids), pace)
        if not ids:
            return []
        Message.update(state="claimed", claimed_by=worker, fence=Message.fence + 1, lease_until=now() + LEASE).where(
            Message.id.in_(ids)
        ).execute()
        fences: Any = Message.select(Message.id, Message.fence).where(Message.id.in_(ids)).tuples()
        fence_of = dict(fences)
        return [Claim(key, fence_of[key]) for key in ids]


def _of_batches(limit: int, pace: Pace) -> list[int]:
    ids: list[int] = []
    for turn in batches.turns():
        mine = Message.batch == turn.batch_id
        wanted = limit - len(ids) if turn.most is None else min(limit - len(ids), turn.most)
        some = _due(mine if turn.upto is None else mine & (Message.place <= turn.upto), wanted, pace)
        batches.took(turn.batch_id, len(some))
        ids += some
        if len(ids) == limit:
            break
    return ids


def _due(which: Any, limit: int, pace: Pace) -> list[int]:
    """The ids of those that are due, oldest first. Each state by itself, so that an index gives the order."""
    if limit <= 0:
        return []
    elsewhere = beyond(pace.full)
    which = which if elsewhere is None else which & elsewhere
    found: list[tuple[datetime, int, int]] = []
    for state in batches.WAITING:
        due: Any = Message.select(Message.due_at, Message.place, Message.id)
        due = due.where(which & (Message.state == state) & (Message.due_at <= now()))
        due = due.order_by(Message.due_at, Message.place, Message.id).limit(limit)
        if is_postgres():
            due = due.for_update(skip_locked=True)
        found += [(at, place or 0, key) for at, place, key in due.tuples()]
    return pace.keep(key for _, _, key in sorted(found)[:limit])


_BEGIN = """
    UPDATE message SET state = 'data', data_at = ?, lease_until = ?, domain = going.column3 FROM ({}) AS going
    WHERE id = going.column1 AND fence = going.column2 AND state = 'claimed' AND lease_until > ?
    RETURNING id, fence"""


def begin(envelopes: Sequence[Envelope]) -> set[Claim]:
    """Write down, durably, that these bodies are about to go, and what they say. A body whose claim is not among those
    handed back must not go: somebody else has it, or nobody is to get it any more.
    """
    if not envelopes:
        return set()
    moment, until = (Message.data_at.db_value(at) for at in (now(), now() + LEASE))
    with in_transaction():
        # Plain SQL, here and where they were sent: making it for each message costs more than the rest of its work.
        table, values = bulk.values_of([(*one.claim, one.domain) for one in envelopes])
        met = {Claim(*row) for row in bulk.fetch(_BEGIN.format(table), moment, until, *values, moment)}
        going = [one for one in envelopes if one.claim in met]
        _keep(going)
        return {one.claim for one in going}


_KEEP = """
    INSERT INTO sent_text (message_id, invitation_id, subject, body, made_at) {}
    ON CONFLICT (message_id) DO UPDATE
    SET subject = excluded.subject, body = excluded.body, made_at = excluded.made_at"""


def _keep(envelopes: Sequence[Envelope]) -> None:
    """Keep what the messages say, in the place of what an earlier try said."""
    made = SentText.made_at.db_value(now())
    rows = [(one.claim.message_id, one.invitation_id, one.kept.subject, one.kept.text, made) for one in envelopes]
    if rows:
        values, of_rows = bulk.values_of(rows)
        bulk.run(_KEEP.format(values), *of_rows)


def release(claims: Collection[Claim], *, refused: Collection[Claim] = ()) -> None:
    """Give back what was claimed and not begun, as it was; and of those `refused`, which are certainly not with the
    server, also what was begun. What is lost by now is left alone, and whoever has one of them has lost it.
    """
    with transaction():
        rows = held_many([*claims, *refused], "claimed", "data")
        ids = [row.id for row in rows if row.state == "claimed" or Claim(row.id, row.fence) in refused]
        # A new fence: a begun one that waits again must not look as though it had never been begun (`copies`).
        again = {
            "state": "queued",
            "claimed_by": None,
            "lease_until": None,
            "data_at": None,
            "fence": Message.fence + 1,
        }
        Message.update(again).where(Message.id.in_(ids)).execute()


def release_lapsed() -> int:
    """What dead workers left: claimed goes back to queued, data becomes unconfirmed. How many became unconfirmed."""
    with transaction():
        # A lease that runs on and on was given by a clock that has been put back since.
        lapsed = (Message.lease_until <= now()) | (Message.lease_until > now() + 2 * LEASE)
        Message.update(state="queued", claimed_by=None, lease_until=None).where(
            (Message.state == "claimed") & lapsed
        ).execute()
        in_doubt = list(Message.select().where((Message.state == "data") & lapsed))
    why = "The sender stopped before the server's answer came."
    return sum(outcomes.unconfirmed(Claim(row.id, row.fence), why) for row in in_doubt)


def next_due() -> datetime | None:
    """When the next message is due, held ones included; None where none waits."""
    with session():
        alone = Message.batch.is_null()
        rows = [Message.select(Message.due_at).where(alone & (Message.state == state)).order_by(Message.due_at).first()
                for state in batches.WAITING]  # fmt: skip
        return min([row.due_at for row in rows if row is not None] + _some(batches.next_due()), default=None)


def _some(moment: datetime | None) -> list[datetime]:
    return [] if moment is None else [moment]
