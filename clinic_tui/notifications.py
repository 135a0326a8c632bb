"""What the desk is told, until somebody archives it: who archived, and when, is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation


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
    """Newest first; those nobody has archived, or all."""
    notification, patient = access.notifications(viewer), access.patients(viewer)
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
    notification = access.notifications(viewer)
    with session():
        return int(notification.select().where(notification.columns.archived_at.is_null()).count())


def archive(viewer: Viewer, notification_id: int) -> bool:
    """Put one away; False where somebody did so before."""
    column = access.notifications(viewer).columns
    return _archive(viewer, column.id == notification_id) == 1


def archive_all(viewer: Viewer, *, up_to: int | None = None) -> int:
    """Put all away that the viewer may see, or those that a list read so far: ids up to `up_to`; how many."""
    column = access.notifications(viewer).columns
    return _archive(viewer, None if up_to is None else column.id <= up_to)


def settle(viewer: Viewer, reply_id: int) -> None:
    """The reply has been dealt with: so has what was told of it as needing a review."""
    column = access.notifications(viewer).columns
    _archive(viewer, (column.reply == reply_id) & (column.kind == "review"))


def _archive(viewer: Viewer, which: Any) -> int:
    viewer.need("owner", "practitioner", "front-desk")
    notification = access.notifications(viewer)
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
