"""Batches: invitations queued together. The first ones go before the others, all at a pace; where some of the first
come back, the rest waits for a person.

A batch is `gated` where it came from many ticks at once: its first FIRST messages go, then the rest once those are out,
a while has passed, and the mailbox was read after it. MOST_BACK hard bounces or refusals among the first pause it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import fn

from clinic_tui import history, notifications, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import is_postgres, session, transaction
from clinic_tui.db.models.post import Batch, Message
from clinic_tui.db.models.practice import Queue

FIRST = 50
MOST_BACK = 5
WAITING = ("queued", "deferred")
_ON_THE_WAY = ("queued", "claimed", "data")
_UNFINISHED = (*WAITING, "claimed", "data")
_BACK = ("failed", "bounced")
_GONE = ("sent", "unconfirmed", "bounced")
_CATCH_UP = timedelta(minutes=1)  # how much of its pace a sender that comes by now and then makes up for
_SYSTEM = Viewer.system()


class Turn(NamedTuple):
    """What of a batch may go now: messages up to place `upto`, at most `most` of them; None: any."""

    batch_id: int
    upto: int | None
    most: int | None


class BatchRow(NamedTuple):
    """A batch that is under way. `opens_at`: the earliest at which the rest may follow the first; None: it may."""

    id: int
    login: str
    created_at: datetime
    total: int
    pace: int
    paused: str | None
    opens_at: datetime | None


def begin(viewer: Viewer, *, pace: int, gated: bool) -> int:
    """A batch to queue messages in, inside the caller's transaction; its id. `pace`: messages a minute, 0: any."""
    return int(Batch.create(login=viewer.login, total=0, pace=pace, gated=gated, created_at=now()).id)


def fill(batch_id: int, total: int) -> None:
    """So many were queued in it; one without any is none."""
    if total:
        Batch.update(total=total).where(Batch.id == batch_id).execute()
    else:
        Batch.delete().where(Batch.id == batch_id).execute()


def turns() -> list[Turn]:
    """What may go of each batch, the oldest first; inside the transaction that claims it."""
    tend()
    found = []
    for row in _unfinished():
        most = _at_its_pace(row) if row.pace else None
        if row.paused_at is None and most != 0:
            found.append(Turn(row.id, None if _is_open(row) else FIRST, most))
    return found


def took(batch_id: int, number: int) -> None:
    """So many of a batch were claimed: at its pace, others wait."""
    row = Batch.get_by_id(batch_id)
    if row.pace and number:
        began = max(row.next_at or now(), now() - _CATCH_UP)
        Batch.update(next_at=began + number * _interval(row)).where(Batch.id == batch_id).execute()


def tend() -> None:
    """See to each batch: whether it is finished, has to be paused, or may go on beyond its first messages."""
    with transaction():
        for row in _unfinished():
            if not _messages(row, _UNFINISHED).exists():
                Batch.update(finished_at=now()).where(Batch.id == row.id).execute()
            elif row.gated and row.released_by is None and row.paused_at is None:
                _look_at_the_first(row)


def release(viewer: Viewer) -> int:
    """Go on with the batches that are paused, whatever came back, inside the caller's transaction; how many."""
    waits = Batch.paused_at.is_null(False) & Batch.finished_at.is_null()
    update = Batch.update(paused_at=None, paused_reason=None, released_by=viewer.login, opened_at=now())
    changed = int(update.where(waits).execute())
    if changed:
        history.record(viewer, "batch resumed", batches=changed)
    return changed


def next_due() -> datetime | None:
    """When something of a batch falls due, or its first messages have to be looked at; None where nothing will."""
    found: list[datetime] = []
    for row in _unfinished():
        if row.paused_at is not None:
            continue
        is_open = _is_open(row)
        dues = [_messages(row, (state,), None if is_open else FIRST).order_by(Message.due_at).first()
                for state in WAITING]  # fmt: skip
        found += [max(each.due_at, row.next_at or each.due_at) for each in dues if each is not None]
        opens_at = None if is_open else _opens_at(row)
        if opens_at is not None:
            found.append(opens_at)
    return min(found, default=None)


def under_way(viewer: Viewer) -> list[BatchRow]:
    """The batches that are not finished; whoever does not see all patients, sees their own."""
    with session():
        rows = [row for row in _unfinished() if viewer.sees_all or row.login == viewer.login]
        return [
            BatchRow(row.id, row.login, row.created_at, row.total, row.pace,
                     (row.paused_reason or "Paused.") if row.paused_at else None,
                     None if _is_open(row) or row.total <= FIRST else (_opens_at(row) or _latest_due(row)))
            for row in rows
        ]  # fmt: skip


def _unfinished() -> list[Batch]:
    return list(Batch.select().where(Batch.finished_at.is_null()).order_by(Batch.id))


def _messages(row: Batch, states: tuple[str, ...], upto: int | None = None) -> Any:
    found = Message.select().where((Message.batch == row.id) & Message.state.in_(states))
    return found if upto is None else found.where(Message.place <= upto)


def _is_open(row: Batch) -> bool:
    return not row.gated or row.opened_at is not None or row.released_by is not None


def _look_at_the_first(row: Batch) -> None:
    states = _states_of_the_first(row)
    back = sum(states.get(state, 0) for state in _BACK)
    if back >= MOST_BACK:
        _pause(row, back)
    elif row.opened_at is None and not any(states.get(state) for state in _ON_THE_WAY):
        opens_at = _opens_at(row)
        read_at = Queue.get().mailbox_read_at
        if opens_at is not None and opens_at <= now() and (read_at is None or read_at >= opens_at):
            Batch.update(opened_at=now()).where(Batch.id == row.id).execute()


def _states_of_the_first(row: Batch) -> dict[str, int]:
    states = (*_UNFINISHED, "sent", "unconfirmed", *_BACK)
    query: Any = _messages(row, states, FIRST).select(Message.state, fn.COUNT(Message.id)).group_by(Message.state)
    return dict(query.tuples())


def _opens_at(row: Batch) -> datetime | None:
    """From when on the first count as not come back; None while one of them has not been tried yet."""
    if _messages(row, _ON_THE_WAY, FIRST).exists():
        return None
    last = _messages(row, _GONE, FIRST).order_by(Message.sent_at.desc()).first()
    if last is None:  # not one of them went out: either all are put off, or none is left to wait for
        return None if _messages(row, ("deferred",), FIRST).exists() else now()
    wait = settings.load(_SYSTEM).number("patient_access.first_wait_seconds")
    return (last.sent_at or now()) + timedelta(seconds=wait)


def _latest_due(row: Batch) -> datetime:
    last = _messages(row, WAITING, FIRST).order_by(Message.due_at.desc()).first()
    return now() if last is None else max(now(), last.due_at)


def _pause(row: Batch, back: int) -> None:
    of = min(FIRST, row.total)
    made = local(row.created_at)
    reason = (
        f"{back} of the first {of} invitations of {row.login}'s {row.total:,} ({made.day} {made:%b %H:%M}) came back "
        "or were refused: the rest waits. Look at their addresses, then resume the outbox or take the rest back."
    )
    mine = (Batch.id == row.id) & Batch.paused_at.is_null()
    if Batch.update(paused_at=now(), paused_reason=reason).where(mine).execute():
        notifications.tell("paused", None, detail=reason)


def _interval(row: Batch) -> timedelta:
    return timedelta(minutes=1) / row.pace


def _at_its_pace(row: Batch) -> int:
    """How many may go now. On PostgreSQL others who claim of the same batch wait."""
    if is_postgres():
        row = Batch.select().where(Batch.id == row.id).for_update().get()
    since = now() - max(row.next_at or now(), now() - _CATCH_UP)
    return 0 if since < timedelta(0) else int(since / _interval(row)) + 1
