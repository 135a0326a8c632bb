"""Who did what, when, to what. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.models.practice import History


class Event(NamedTuple):
    """One line of the history."""

    at: datetime
    login: str
    action: str
    patient_id: int | None
    invitation_id: int | None
    detail: dict[str, Any] | None


def record(
    viewer: Viewer, action: str, *, patient: int | None = None, invitation: int | None = None, **detail: Any
) -> None:
    """Add a line, inside the transaction of what it tells. `detail` holds no code, token or message text."""
    History.create(
        at=now(),
        login=viewer.login,
        action=action,
        patient_id=patient,
        invitation_id=invitation,
        detail=detail or None,
    )


def record_many(viewer: Viewer, action: str, about: Iterable[tuple[int, int | None, dict[str, Any] | None]]) -> None:
    """Add one line for each patient, invitation and detail, inside the transaction of what they tell."""
    bulk.add(History, ("patient_id", "invitation_id", "detail"), about, at=now(), login=viewer.login, action=action)


def latest(viewer: Viewer, limit: int = 200) -> list[Event]:
    """The newest lines first; for owners."""
    viewer.need("owner")
    rows: Any = History.select(
        History.at, History.login, History.action, History.patient_id, History.invitation_id, History.detail
    )
    return [Event(*row) for row in rows.order_by(History.id.desc()).limit(limit).tuples()]
