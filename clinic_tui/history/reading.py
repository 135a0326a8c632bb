"""Reading lines: the newest for the screen, all that are asked for as CSV for an auditor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from clinic_tui import access, csv_out
from clinic_tui.access import Viewer
from clinic_tui.clock import begins, ends, local
from clinic_tui.db.connection import session
from clinic_tui.db.models.practice import History
from clinic_tui.history.writing import record

HEADER = ("line", "at", "login", "action", "patient", "invitation", "detail", "hash")
_AT_ONCE = 2_000
_COLUMNS = (History.at, History.login, History.action, History.patient_id, History.invitation_id, History.detail)


class Event(NamedTuple):
    """One line of the history."""

    at: datetime
    login: str
    action: str
    patient_id: int | None
    invitation_id: int | None
    detail: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: about a patient, from one day to another (both included), by a login. None: any."""

    patient: int | None = None
    first: date | None = None
    last: date | None = None
    login: str | None = None

    def among(self, query: Any) -> Any:
        """The query with these conditions."""
        if self.patient is not None:
            query = query.where(History.patient_id == self.patient)
        if self.first is not None:
            query = query.where(History.at >= begins(self.first))
        if self.last is not None:
            query = query.where(History.at < ends(self.last))
        return query if self.login is None else query.where(History.login == self.login)


def latest(viewer: Viewer, limit: int = 200, wanted: Wanted = Wanted()) -> list[Event]:
    """The newest lines first; for owners."""
    viewer.need("owner")
    query: Any = wanted.among(History.select(*_COLUMNS))
    with session():
        return [Event(*row) for row in query.order_by(History.id.desc()).limit(limit).tuples()]


def about(viewer: Viewer, patient_id: int, limit: int = 500) -> list[Event]:
    """The lines about one patient in the viewer's reach, the oldest first, without their details. Raises NotFound."""
    access.patients(viewer).get(patient_id)
    query: Any = History.select(*_COLUMNS).where(History.patient_id == patient_id).order_by(History.id.desc())
    with session():
        return [Event(*row)._replace(detail=None) for row in query.limit(limit).tuples()][::-1]


def csv_lines(viewer: Viewer, wanted: Wanted = Wanted()) -> Iterator[str]:
    """The lines as CSV, the oldest first, under a header; moments as ISO 8601 on the practice's clock. For owners.

    That they were taken out is told in the history first, and is not among them.
    """
    viewer.need("owner")
    with session():
        upto = History.select(History.id).order_by(History.id.desc()).limit(1).scalar() or 0
        record(viewer, "export history", patient=wanted.patient)
        return _csv_lines(wanted, upto)


def _csv_lines(wanted: Wanted, upto: int) -> Iterator[str]:
    yield csv_out.line(HEADER)
    last = 0
    while page := _page(wanted, last, upto):
        for key, at, login, action, patient, invitation, detail, digest in page:
            said = "" if detail is None else json.dumps(detail, ensure_ascii=False, sort_keys=True)
            when = local(at).isoformat(timespec="milliseconds")
            yield csv_out.line((key, when, login, action, patient, invitation, said, digest))
        last = page[-1][0]


def _page(wanted: Wanted, after: int, upto: int) -> list[tuple[Any, ...]]:
    query: Any = wanted.among(History.select(History.id, *_COLUMNS, History.hash))
    with session():
        query = query.where((History.id > after) & (History.id <= upto)).order_by(History.id)
        return list(query.limit(_AT_ONCE).tuples())
