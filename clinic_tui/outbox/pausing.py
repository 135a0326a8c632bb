"""The whole queue paused, by a person or because the fault is the account's, and resumed."""

from __future__ import annotations

from typing import Any

from clinic_tui import history, notifications
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import Refused
from clinic_tui.outbox import batches, copies
from clinic_tui.text import clean


def paused_reason() -> str | None:
    """Why nothing is sent, or None while the queue runs."""
    with session():
        row = Queue.select().where(Queue.paused_at.is_null(False)).get_or_none()
        return None if row is None else (row.paused_reason or "Paused.")


def pause(viewer: Viewer, reason: str = "") -> None:
    """Send nothing until somebody resumes."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        _pause(reason or f"Paused by {viewer.login}.")
        history.record(viewer, "pause")


def pause_queue(reason: str) -> None:
    """The fault is the account's, not a patient's: stop all, and say so once."""
    with transaction():
        if _pause(reason, Queue.paused_at.is_null()):
            notifications.tell("paused", None, detail=clean(reason, 300))


def resume(viewer: Viewer, *, copy: bool = False) -> bool:
    """Send again, the batches that were paused too; False where nothing was paused.

    A copy of the database that was put back has to be named as one: `copy`. What waited in it then counts as
    unconfirmed (see `outbox.copies`), which is an owner's to say. Raises Refused, NotAllowed.
    """
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        if copies.is_copy():
            if not copy:
                raise Refused(
                    "copy",
                    "This database is a copy that was put back: what waits in it may have been sent since.",
                    "An owner goes on, with all that as unconfirmed: clinic-tui outbox resume --copy, or in the app.",
                )
            viewer.need("owner")
            copies.take_over(viewer)
        changed = Queue.update(paused_at=None, paused_reason=None).where(Queue.paused_at.is_null(False)).execute()
        if changed:
            history.record(viewer, "resume")
        return bool(batches.release(viewer) or changed)


def _pause(reason: str, *only: Any) -> bool:
    pausing = Queue.update(paused_at=now(), paused_reason=clean(reason, 300))
    return bool((pausing.where(*only) if only else pausing).execute())
