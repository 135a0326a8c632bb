"""What is kept no longer than the practice wants it: taken out once a day, a block at a time, and told in the history.

Nothing of the history itself goes: who did what and when stays, and so does its chain. 0 days keeps a thing for good.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import fn

from clinic_tui import access, history, log, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import FORGOTTEN, ImportBatch, ImportChange, ImportSaid, Queue, RefusedRow
from clinic_tui.settings import Settings

EVERY = timedelta(days=1)
BLOCK = 500  # whoever sends or writes waits for no more than so many rows
_SYSTEM = Viewer.system()
_ONE = ("text", "reply", "invitation", "notification", "row of an import")
_MANY = ("texts", "replies", "invitations", "notifications", "rows of imports")
_UNDER_WAY = ("queued", "claimed", "data", "deferred")


class Purged(NamedTuple):
    """How much was taken out: texts that were sent, what replies say, what closed invitations hold, notifications,
    and what imports kept: rows that they refused, and what stood before a change.
    """

    texts: int = 0
    replies: int = 0
    invitations: int = 0
    notifications: int = 0
    imports: int = 0


class Last(NamedTuple):
    """When what is kept was last looked through, and what was taken out then."""

    at: datetime
    purged: Purged

    @property
    def sentence(self) -> str:
        """The same in words."""
        here = local(self.at)
        when = f"{here.day} {here:%b %Y %H:%M}"
        named = zip(self.purged, _ONE, _MANY, strict=True)
        some = [f"{count:,} {one if count == 1 else many}" for count, one, many in named if count]
        return f"Taken out {when}: {', '.join(some)}." if some else f"Looked through {when}: nothing was too old."


def last(_viewer: Viewer) -> Last | None:
    """The last time; None where it has not been yet. Every staff member may know."""
    with session():
        row = Queue.select(Queue.purged_at, Queue.purged).get_or_none()
    return None if row is None or row.purged_at is None else Last(row.purged_at, Purged(**(row.purged or {})))


def purge() -> Purged | None:
    """Take out what is too old, where the last time was a day ago; None where it was not. One process does it."""
    moment = now()
    with session():
        known = settings.load(_SYSTEM)
    log.forget(_before(known, "log", moment))  # each host has its own
    due = Queue.purged_at.is_null() | (Queue.purged_at <= moment - EVERY)
    with session():
        if not Queue.select().where(due).exists():
            return None
    with transaction():
        if not Queue.update(purged_at=moment, purged=None).where(due).execute():
            return None
    purged = Purged(*(_all(step, _before(known, name, moment)) for name, step in _STEPS.items()))
    with transaction():
        Queue.update(purged=purged._asdict()).execute()
        if any(purged):
            history.record(_SYSTEM, "purge", **purged._asdict())
    return purged


def _before(known: Settings, name: str, moment: datetime) -> datetime | None:
    """What is older than this goes; None: nothing does."""
    days = known.number(f"retention.{name}_days")
    return moment - timedelta(days=days) if days else None


def _all(step: Callable[[datetime], int], before: datetime | None) -> int:
    """Do `step`, a transaction each, until there is nothing left to do; how much it did."""
    done = 0
    while before is not None:
        with transaction():
            met = step(before)
        done += met
        if met < BLOCK:
            break
    return done


def _texts(before: datetime) -> int:
    text, message = access.sent_texts(_SYSTEM), access.messages(_SYSTEM)
    t, m = text.columns, message.columns
    old: Any = text.select(t.id).join(message.model, on=(t.message == m.id))
    ids = _ids(old.where((t.made_at < before) & m.state.not_in(_UNDER_WAY)).order_by(t.id))
    return int(text.delete().where(t.id.in_(ids)).execute())


def _replies(before: datetime) -> int:
    reply = access.replies(_SYSTEM)
    r = reply.columns
    says = (r.sender != "") | (r.subject != "") | (r.body != "") | (r.why != "")
    old: Any = reply.select(r.id).where((r.received_at < before) & (r.outcome != "review") & says)
    ids = _ids(old.order_by(r.id))
    return int(reply.update(sender="", subject="", body="", why="").where(r.id.in_(ids)).execute())


def _invitations(before: datetime) -> int:
    """Custom messages, why it ended, what servers said: of those that are over with."""
    invitation, message = access.invitations(_SYSTEM), access.messages(_SYSTEM)
    i, m = invitation.columns, message.columns
    over = i.state.not_in(access.LIVE_STATES) & ((i.state != "accepted") | i.steps_at.is_null(False))
    answered = fn.EXISTS(message.select(m.id).where((m.invitation == i.id) & m.answer.is_null(False)))
    holds = (i.custom_message != "") | i.reason.is_null(False) | answered
    old: Any = invitation.select(i.id).where((i.closed_at < before) & over & holds)
    ids = _ids(old.order_by(i.id))
    message.update(answer=None).where(m.invitation.in_(ids)).execute()
    return int(invitation.update(custom_message="", reason=None).where(i.id.in_(ids)).execute())


def _notifications(before: datetime) -> int:
    notification = access.notifications(_SYSTEM)
    n = notification.columns
    old: Any = notification.select(n.id).where(n.archived_at < before)
    return int(notification.delete().where(n.id.in_(_ids(old.order_by(n.id)))).execute())


def _imports(before: datetime) -> int:
    """Cells of refused rows, and what rows held before and after: such an import can be undone no more."""
    old = (ImportBatch.started_at < before) & ImportBatch.undoing.is_null()
    for batch in ImportBatch.select().where(old):
        kept = batch.summary or {}
        if not kept.get(FORGOTTEN):
            ImportBatch.update(summary={**kept, FORGOTTEN: True}).where(ImportBatch.id == batch).execute()
    changed: Any = ImportChange.select(ImportChange.id).join(ImportBatch).where(old)
    refused: Any = RefusedRow.select(RefusedRow.id).join(ImportBatch).where(old & RefusedRow.cells.is_null(False))
    changes, rows = _ids(changed.order_by(ImportChange.id)), _ids(refused.order_by(RefusedRow.id))
    RefusedRow.update(cells=None).where(RefusedRow.id.in_(rows)).execute()
    said: Any = ImportSaid.select(ImportSaid.id).join(ImportBatch).where(old)
    values = _ids(said.order_by(ImportSaid.id))
    gone = ImportChange.delete().where(ImportChange.id.in_(changes)).execute()
    return len(rows) + int(gone) + int(ImportSaid.delete().where(ImportSaid.id.in_(values)).execute())


def _ids(query: Any) -> list[int]:
    return [key for (key,) in query.limit(BLOCK).tuples()]


_STEPS: dict[str, Callable[[datetime], int]] = {
    "texts": _texts, "replies": _replies, "invitations": _invitations, "notifications": _notifications,
    "imports": _imports,
}  # fmt: skip
