"""What the desk is told, until somebody archives it: who archived, and when, is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction

if TYPE_CHECKING:
    from clinic_tui.access import Scoped
    from clinic_tui.db.models.post import Invitation, Notification


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


def listing(viewer: Viewer, *, include_archived: bool = False, limit: int = 500) -> list[NotificationRow]:
    """Newest first; those nobody has archived, or all: as far as the viewer is told of them."""
    notification, patient = _told(viewer), access.patients(viewer)
    n, p = notification.columns, patient.columns
    query: Any = notification.select(
        n.id, n.kind, n.patient, p.given, p.family, p.preferred, p.number,
        n.invitation, n.reply, n.detail, n.created_at, n.archived_at, n.archived_by,
    )  # fmt: skip
    query = query.left_outer_join(patient.model, on=(n.patient == p.id))
    if not include_archived:
        query = query.where(n.archived_at.is_null())
    with session():
        return [NotificationRow(*row) for row in query.order_by(n.id.desc()).limit(limit).tuples()]


def unread(viewer: Viewer) -> int:
    """How many wait for somebody."""
    notification = _told(viewer)
    with session():
        return int(notification.select().where(notification.columns.archived_at.is_null()).count())


def archive(viewer: Viewer, notification_id: int) -> bool:
    """Put one away; False where somebody did so before."""
    notification = _told(viewer)
    return _archive(viewer, notification, notification.columns.id == notification_id) == 1


def archive_all(viewer: Viewer, *, up_to: int | None = None) -> int:
    """Put all away that the viewer may see, or those that a list read so far: ids up to `up_to`; how many."""
    notification = _told(viewer)
    return _archive(viewer, notification, None if up_to is None else notification.columns.id <= up_to)


def settle(viewer: Viewer, reply_id: int) -> None:
    """The reply has been dealt with: so has what was told of it as needing a review."""
    notification = access.notifications(viewer)
    column = notification.columns
    _archive(viewer, notification, (column.reply == reply_id) & (column.kind == "review"))


def _told(viewer: Viewer) -> Scoped[Notification]:
    """Those that the viewer is told of, as the practice wants it."""
    return access.notifications(viewer, settings.load(viewer).text("patient_access.notified"))


def _archive(viewer: Viewer, notification: Scoped[Notification], which: Any) -> int:
    viewer.need("owner", "practitioner", "front-desk")
    open_ones = notification.columns.archived_at.is_null()
    with transaction():
        update = notification.update(archived_at=now(), archived_by=viewer.login)
        return int(update.where(open_ones if which is None else open_ones & which).execute())


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
