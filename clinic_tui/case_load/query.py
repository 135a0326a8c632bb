"""The case load itself: its first rows, its ids, its count, and rows by id.

`first_ids` answers at once; `ids` streams the same order whole, for an `array("q")` behind a table whose pages are read
by `rows`. Each reads one snapshot of the database.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import Any, NamedTuple

import peewee
from peewee import fn

from clinic_tui import access, dates
from clinic_tui.access import Viewer
from clinic_tui.case_load import activity
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.matching import Matching
from clinic_tui.case_load.orders import Phase, Sort, phases
from clinic_tui.case_load.period import EACH, Period
from clinic_tui.clock import now, today
from clinic_tui.db.connection import database, is_postgres, session, snapshot
from clinic_tui.patients.lookup import PatientRow, rows_by_id

PAGE = 50
# How many patients are looked at in the order of an index before all of them are: the second look only where the
# first finds too few.
WALKS = (400, 8_000)
# How many phases are walked, at the most: each is a query of its own, and there may be one for each practitioner.
WALKED = 20
_ASKED_AT_ONCE = 1_000
_STREAMED_AT_ONCE = 20_000
_AS_PEEWEE = vars(peewee)["__exception_wrapper__"]  # a driver's errors as Peewee's, as in queries of its own
_BY_NAME = Sort()
_EVERYBODY = Filters()


class CaseRow(NamedTuple):
    """One patient of a case load. `appointments`: how many were seen in its period; the rest is of all time."""

    patient: PatientRow
    age: int | None
    appointments: int
    first_seen: datetime | None
    last_seen: datetime | None
    next_appointment: datetime | None


def first_rows(
    viewer: Viewer, filters: Filters = _EVERYBODY, sort: Sort = _BY_NAME, limit: int = PAGE
) -> list[CaseRow]:
    """The first rows, in order, without waiting for the others."""
    with session():
        return rows(viewer, filters, first_ids(viewer, filters, sort, limit))


def first_ids(viewer: Viewer, filters: Filters = _EVERYBODY, sort: Sort = _BY_NAME, limit: int = PAGE) -> list[int]:
    """The ids of the first rows: the first `limit` of what `ids` gives."""
    with session():
        _follow_time(filters, sort)
        with snapshot():
            matching = Matching(viewer, filters)
            found = _walked(matching, phases(viewer, matching, sort), limit)
            if found is not None:
                return found
            found = []
            for phase in phases(viewer, matching, sort, whole=True):
                if len(found) < limit:
                    found += [row[0] for row in phase.whole(matching, limit - len(found)).tuples()]
            return found


def ids(viewer: Viewer, filters: Filters = _EVERYBODY, sort: Sort = _BY_NAME) -> Generator[array[int], None, None]:
    """All ids, in order, in arrays of type "q" as they come. Close it to leave it.

    The thread that reads it does nothing else with the database until it is done: use a worker's own.
    """
    with session():
        _follow_time(filters, sort)
        with snapshot():
            matching = Matching(viewer, filters)
            for phase in phases(viewer, matching, sort, whole=True):
                yield from _streamed(phase.whole(matching, None))


def all_ids(viewer: Viewer, filters: Filters = _EVERYBODY, sort: Sort = _BY_NAME) -> array[int]:
    """All ids, in order."""
    found = array("q")
    for some in ids(viewer, filters, sort):
        found.extend(some)
    return found


def count(viewer: Viewer, filters: Filters = _EVERYBODY) -> int:
    """How many patients match."""
    with session():
        _follow_time(filters, _BY_NAME)
        with snapshot():
            matching = Matching(viewer, filters)
            return int(matching.select(fn.COUNT(matching.patient.id)).scalar() or 0)


def may_be_more_than(number: int) -> bool:
    """Whether there have ever been more patients than so many, whoever may see them: quickly told."""
    with session():
        return access.newest_patient() > number


def rows(viewer: Viewer, filters: Filters, patient_ids: Iterable[int]) -> list[CaseRow]:
    """The rows of these patients, in this order, whether they still match or not; those out of reach are left out."""
    with session():
        people = rows_by_id(viewer, patient_ids)
        if not people:
            return []
        kept = _activity_of([row.id for row in people])
        period = Period.of(filters)
        visits = _visits_of(period, [row.id for row in people]) if period.is_set else None
    born = {row.id: None if row.birth_date is None else age(row.birth_date) for row in people}
    found = []
    for row in people:
        first, last, coming, ever = kept.get(row.id, (None, None, None, 0))
        seen = ever if visits is None else visits.get(row.id, 0)
        found.append(CaseRow(row, born[row.id], seen, first, last, coming))
    return found


def age(born: date) -> int:
    """Full years lived until today."""
    return dates.age(born, today())


def _activity_of(patient_ids: Sequence[int]) -> dict[int, tuple[Any, Any, Any, int]]:
    """First, last and next seen, and how often, of patients that the viewer has been shown."""
    table: Any = access.activity()
    at = now()
    query = table.select(table.patient, table.first_seen, table.last_seen, table.next_at, table.seen_count)
    found = {row[0]: tuple(row[1:]) for row in query.where(table.patient.in_(patient_ids)).tuples()}
    passed = [key for key, row in found.items() if row[2] is not None and row[2] < at]
    following = activity.next_of(passed) if passed else {}
    for key in passed:
        first, last, _, ever = found[key]
        found[key] = (first, last, following.get(key), ever)
    return found


def _visits_of(period: Period, patient_ids: Sequence[int]) -> dict[int, int]:
    query, appointment = period.seen()
    query = query.select(appointment.patient, fn.COUNT(EACH)).group_by(appointment.patient)
    return dict(query.where(appointment.patient.in_(patient_ids)).tuples())


def _follow_time(filters: Filters, sort: Sort) -> None:
    if filters.next_from or filters.next_to or sort.column == "next_appointment":
        activity.keep_up()


def _walked(matching: Matching, order: list[Phase], limit: int) -> list[int] | None:
    """The first ids by walking along indexes; None where that was not enough to tell."""
    for most in WALKS:
        found: list[int] = []
        looked = 0
        for number, phase in enumerate(order):
            if phase.walk is None or looked >= most or number == WALKED:
                break
            walked = [row[0] for row in phase.walk.limit(most - looked).tuples()]
            for at in range(0, len(walked), _ASKED_AT_ONCE):
                found += _kept(matching, phase, walked[at : at + _ASKED_AT_ONCE])
                if len(found) >= limit:
                    return found[:limit]
            if len(walked) == most - looked:
                break
            looked += len(walked)
        else:
            return found
    return None


def _kept(matching: Matching, phase: Phase, walked: list[int]) -> list[int]:
    """Those of the patients walked past who match, in the same order."""
    query = matching.select(matching.patient.id, few=True)
    query = query.where(matching.patient.id.in_(walked), *phase.where(True))
    kept = {row[0] for row in query.tuples()}
    return [key for key in walked if key in kept]


def _streamed(query: Any) -> Iterator[array[int]]:
    statement, values = query.sql()
    connection: Any = database.connection()
    if is_postgres():
        database.execute_sql("SET LOCAL cursor_tuple_fraction = 1")  # planned to be read to its end
        cursor = connection.cursor(name="case_load")
    else:
        cursor = connection.cursor()
    with _AS_PEEWEE, closing(cursor):
        cursor.execute(statement, values)
        while some := cursor.fetchmany(_STREAMED_AT_ONCE):
            yield array("q", [row[0] for row in some])
