"""What the desk is told, for two months, until somebody archives it: who archived, and when, is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import peewee

from clinic_tui import access, history, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction

if TYPE_CHECKING:
    from clinic_tui.access import Scoped
    from clinic_tui.db.models.post import Invitation, Notification

Shelf = Literal["new", "archived", "all"]
SHOWN = timedelta(days=61)  # older ones are in the database, and in no list and no count


class NotificationRow(NamedTuple):
    """One notification, with the patient it is about (None where it is about none)."""

    id: int
    kind: str
    patient_id: int | None
    given: str | None
    family: str | None
    preferred: str | None
    number: str | None
    invitation_id: int | None
    reply_id: int | None
    detail: str | None
    created_at: datetime
    archived_at: datetime | None
    archived_by: str | None


def listing(
    viewer: Viewer, *, shelf: Shelf = "new", kind: str | None = None, limit: int = 500
) -> list[NotificationRow]:
    """Newest first, of the last two months, as far as the viewer is told of them: those nobody has archived, or others;
    of one kind, or all.
    """
    notification, patient = _told(viewer), access.patients(viewer)
    n, p = notification.columns, patient.columns
    query: Any = notification.select(
        n.id, n.kind, n.patient, p.given, p.family, p.preferred, p.number,
        n.invitation, n.reply, n.detail, n.created_at, n.archived_at, n.archived_by,
    )  # fmt: skip
    query = query.left_outer_join(patient.model, on=(n.patient == p.id)).where(_on(n, shelf))
    if kind is not None:
        query = query.where(n.kind == kind)
    with session():
        return [NotificationRow(*row) for row in query.order_by(n.id.desc()).limit(limit).tuples()]


def counts(viewer: Viewer, shelf: Shelf = "new") -> dict[str, int]:
    """How many of each kind there are in what `listing` lists; kinds without any are left out."""
    notification = _told(viewer)
    n = notification.columns
    query: Any = notification.select(n.kind, peewee.fn.COUNT(n.id)).where(_on(n, shelf)).group_by(n.kind)
    with session():
        found = dict(query.tuples())
    return {kind: found[kind] for kind in access.NOTIFICATION_KINDS if kind in found}


def unread(viewer: Viewer) -> int:
    """How many wait for somebody."""
    notification = _told(viewer)
    with session():
        return int(notification.select().where(_on(notification.columns, "new")).count())


def archive(viewer: Viewer, notification_id: int) -> bool:
    """Put one away; False where somebody did so before."""
    return bool(_archive_told(viewer, _told(viewer).columns.id == notification_id))


def archive_all(viewer: Viewer, *, kind: str | None = None, up_to: int | None = None) -> list[int]:
    """Put away all that `listing` shows of new ones, of one kind or all; the ids of those that were.

    `up_to`: only those that a list read so far, whose ids are not higher.
    """
    column = _told(viewer).columns
    which = _on(column, "new")
    if kind is not None:
        which &= column.kind == kind
    return _archive_told(viewer, which if up_to is None else which & (column.id <= up_to))


def restore(viewer: Viewer, notification_ids: Sequence[int]) -> int:
    """Take these out of the archive again, whoever put them there; how many were in it."""
    viewer.need("owner", "practitioner", "front-desk")
    notification = _told(viewer)
    put_away = notification.is_one_of("id", notification_ids), notification.columns.archived_at.is_null(False)
    with transaction():
        number = int(notification.update(archived_at=None, archived_by=None).where(*put_away).execute())
        if number:
            history.record(viewer, "notifications restored", number=number, **_span(notification_ids))
        return number


def settle(viewer: Viewer, reply_id: int) -> None:
    """The reply has been dealt with: so has what was told of it as needing a review."""
    notification = access.notifications(viewer)
    column = notification.columns
    _archive(viewer, notification, (column.reply == reply_id) & (column.kind == "review"))


def accept_undone(viewer: Viewer, invitation_id: int) -> None:
    """The acceptance of the invitation was a mistake: it is no news any more, and what was settled by it is open."""
    notification = access.notifications(viewer)
    column = notification.columns
    mine = column.invitation == invitation_id
    _archive(viewer, notification, mine & (column.kind == "accepted"))
    open_again = notification.update(archived_at=None, archived_by=None)
    open_again.where(mine & (column.kind == "review") & column.reply.in_(_in_review(viewer, invitation_id))).execute()


def _in_review(viewer: Viewer, invitation_id: int) -> Any:
    reply = access.replies(viewer)
    waits = (reply.columns.invitation == invitation_id) & (reply.columns.outcome == "review")
    return reply.select(reply.columns.id).where(waits)


def _told(viewer: Viewer) -> Scoped[Notification]:
    """Those that the viewer is told of, as the practice wants it."""
    return access.notifications(viewer, settings.load(viewer).text("patient_access.notified"))


def _on(column: Any, shelf: Shelf) -> Any:
    """The condition that a notification is not too old to be listed, and on this shelf."""
    condition = column.created_at >= now() - SHOWN
    return condition if shelf == "all" else condition & column.archived_at.is_null(shelf == "new")


def _archive_told(viewer: Viewer, which: Any) -> list[int]:
    """Put away what a person chose, with a line in the history; the ids."""
    notification = _told(viewer)
    with transaction():
        found: Any = notification.select(notification.columns.id).where(which)
        ids = [key for (key,) in found.where(notification.columns.archived_at.is_null()).tuples()]
        if ids and _archive(viewer, notification, notification.is_one_of("id", ids)):
            history.record(viewer, "notifications archived", number=len(ids), **_span(ids))
        return ids


def _archive(viewer: Viewer, notification: Scoped[Notification], which: Any) -> int:
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        update = notification.update(archived_at=now(), archived_by=viewer.login)
        return int(update.where(notification.columns.archived_at.is_null() & which).execute())


def _span(ids: Sequence[int]) -> dict[str, int]:
    return {"first": min(ids), "last": max(ids)}


def tell(kind: str, row: Invitation | None, *, reply: int | None = None, detail: str = "") -> None:
    """Tell the desk, inside the transaction of what is told."""
    access.notifications(Viewer.system()).add(
        kind=kind,
        patient=row and row.patient_id,
        invitation=row and row.id,
        reply=reply,
        detail=detail,
        created_at=now(),
    )
