"""The lookup: typed text to the first patients that match, and how many there are.

Best match first, in an order that an index gives: a word that is there whole before one that only begins so, family
names before others, then by name. When all matches are on the page, those with more whole words come first.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

import peewee

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.db.connection import session
from clinic_tui.patients.finding import Finder
from clinic_tui.patients.query import Reading, Word, number_readings, readings
from clinic_tui.text import words


class PatientRow(NamedTuple):
    """One patient in a list. Where names are hidden, name, e-mail and phone are None."""

    id: int
    number: str
    given: str | None
    family: str | None
    preferred: str | None
    birth_date: date | None
    phone: str | None
    email: str | None
    practitioner: str | None
    status: str
    portal: str
    portal_at: datetime | None
    portal_until: datetime | None


class Found(NamedTuple):
    """The first matches, best first; `more` says that there are others."""

    rows: list[PatientRow]
    more: bool


def display_name(row: PatientRow, middle: str | None = None) -> str:
    """What to call the patient in a list: "Smith, Joanna (Jo)", or "Patient 000123" where names are hidden; on the
    record with the `middle` names: "Smith, Joanna Mary (Jo)".
    """
    if row.given is None and row.family is None:
        return f"Patient {row.number}"
    given = " ".join(part for part in (row.given, middle) if part)
    name = ", ".join(part for part in (row.family, given) if part)
    return f"{name} ({row.preferred})" if row.preferred and row.preferred != row.given else name


def search(viewer: Viewer, text: str, limit: int = 50) -> Found:
    """The first `limit` patients that match what was typed; of blank text, the first by name."""
    with session():
        if not text.strip():
            ids = _first(viewer, limit + 1)
            rows = _rows(viewer, ids[:limit])
            return Found([rows[i] for i in ids if i in rows], len(ids) > limit)
        meant = _readings(viewer, text)
        found = Finder(viewer).ids(meant, limit + 1)
        rows = _rows(viewer, list(islice(found, limit)))
        if len(found) > limit:
            return Found([rows[i] for i in found if i in rows], True)
        best = sorted(rows.values(), key=lambda row: (found[row.id], -_whole_words(meant[found[row.id]], row)))
        return Found(best, False)


def ids(viewer: Viewer, text: str, limit: int = 1000) -> array[int]:
    """The ids of the first `limit` patients that match, as `search` orders them where there are more than its page."""
    with session():
        if not text.strip():
            return array("q", _first(viewer, limit))
        return array("q", Finder(viewer).ids(_readings(viewer, text), limit))


def count(viewer: Viewer, text: str, cap: int = 1000) -> int:
    """How many patients match; `cap` + 1 where there are more than `cap`."""
    if text.strip():
        return len(ids(viewer, text, cap + 1))
    with session():
        patients = access.patients(viewer)
        return int(patients.select(patients.columns.id).limit(cap + 1).count())


def rows_by_id(viewer: Viewer, ids: Iterable[int]) -> list[PatientRow]:
    """The rows of these patients, in this order; those out of reach are left out."""
    wanted = list(ids)
    with session():
        rows = _rows(viewer, wanted)
    return [rows[i] for i in wanted if i in rows]


def _readings(viewer: Viewer, text: str) -> list[Reading]:
    return number_readings(text) if viewer.names_hidden else readings(text, today())


def _whole_words(reading: Reading, row: PatientRow) -> int:
    """How many of the words typed are in the patient's name as they stand."""
    names = set(words(" ".join(filter(None, (row.family, row.given, row.preferred)))))
    return sum(isinstance(term, Word) and term.start in names for term in reading)


def _first(viewer: Viewer, limit: int) -> list[int]:
    """The first patients by name; by number where names are hidden."""
    patients = access.patients(viewer)
    table: Any = patients.model
    if viewer.names_hidden:
        by_number: Any = patients.select(table.id).order_by(table.number).limit(limit)
        return [row[0] for row in by_number.tuples()]
    by_name: Any = patients.select(table.sort_name, table.id).order_by(table.sort_name, table.id).limit(limit)
    if viewer.scope is None:
        return [row[1] for row in by_name.tuples()]
    # An index lists one practitioner's patients by name: the lists are merged.
    lists: list[Any] = [by_name.where(table.practitioner == one).tuples() for one in sorted(viewer.scope)]
    return [row[1] for row in islice(heapq.merge(*lists), limit)]


def _rows(viewer: Viewer, ids: list[int]) -> dict[int, PatientRow]:
    """The rows in reach, by id, in order of name (of number where names are hidden)."""
    patients = access.patients(viewer)
    columns = patients.columns
    practitioner = access.practitioners()
    query: Any = patients.select(
        columns.id, columns.number, columns.given, columns.family, columns.preferred, columns.birth_date,
        columns.mobile, columns.phone, columns.email, practitioner.name, columns.status,
        columns.portal, columns.portal_at, columns.portal_until, columns.sort_name,
    )  # fmt: skip
    query = query.join(practitioner, peewee.JOIN.LEFT_OUTER).where(columns.id.in_(ids))
    found: list[Any] = sorted(query.tuples(), key=lambda row: (row[14] or row[1], row[0]))
    return {row[0]: PatientRow._make((*row[:6], row[6] or row[7], *row[8:14])) for row in found}
