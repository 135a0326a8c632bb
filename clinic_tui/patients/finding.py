"""Running readings of the lookup against the database: which term's index to walk, and until when.

Each reading is driven by one of its terms, the one with the fewest rows to walk; its index gives the order, so that a
LIMIT ends the walk early. A token of a name holds the patient's other words and birth date (`patients.derived`):
asking those of it costs no look at another row, so a name drives unless some other term is far rarer.

How many rows a term has is counted among all patients. So who sees only some is answered by the same walks whether
there is somebody out of reach or nobody at all: no walk is left out, and none is chosen for a few rows more or less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import peewee

from clinic_tui.access import Viewer
from clinic_tui.db.connection import database
from clinic_tui.patients.query import Born, PhoneEnd, PhoneStart, Reading, Term, Word
from clinic_tui.patients.walks import Walks, covers

_CAP = 2000  # counts stop here; what a commoner term has is guessed
_ALL = 1_000_000  # the practice that guesses are made for
_LOOK = 40  # what looking at another row costs, in rows of an index walked
_REACH = 5000  # the patients in reach, up to which all of them are looked at
_FEW = 100  # rows that are counted as so many for who sees only some patients
_AT_ONCE = 40  # counts asked in one query


class Finder:
    """Finds the ids of patients in one viewer's reach."""

    def __init__(self, viewer: Viewer) -> None:
        self._walks = Walks(viewer)
        self._scoped = not viewer.sees_all
        self._counts: dict[Term | None, int] = {}

    def ids(self, readings: Sequence[Reading], limit: int) -> dict[int, int]:
        """Up to `limit` patients, best first: each id with the place of its reading in `readings`."""
        found: dict[int, int] = {}
        if self._scoped or any(len(reading) > 1 for reading in readings):
            self._count(dict.fromkeys(term for reading in readings for term in reading))
        for place, reading in enumerate(readings):
            for walk in self._of(reading):
                _fill(found, place, walk, limit)
                if len(found) >= limit:
                    return found
        return found

    def _of(self, reading: Reading) -> list[Any]:
        """The walks that give the reading's patients, best first; [] where one of its terms has none."""
        if not self._counts:
            return self._walks.of(reading[0])
        if not reading or not (self._scoped or all(self._counts[term] for term in reading)):
            return []
        driver = min(reading, key=lambda term: self._cost(term, reading))
        if self._scoped and self._counts[None] < _REACH and self._counts[None] * _LOOK < self._cost(driver, reading):
            return [self._walks.in_reach(reading)]
        return self._walks.of(driver, [term for term in reading if term != driver])

    def _cost(self, driver: Term, reading: Reading) -> float:
        """What a whole walk along `driver` costs: its rows, and looks at others where they leave something open."""
        rows = looks = float(self._rows(driver))
        open_terms = self._scoped
        for term in reading:
            if covers(driver, term):
                looks *= 1 if term == driver else min(self._rows(term) / _ALL, 1)
            else:
                open_terms = True
        return rows + looks * _LOOK if open_terms else rows

    def _rows(self, term: Term) -> int:
        """How many rows a term has, by count, or by a guess where it is common."""
        counted = max(self._counts[term], _FEW) if self._scoped else self._counts[term]
        if counted < _CAP:
            return counted
        if isinstance(term, Word):
            return _ALL // (6, 20, 60, 100)[min(len(term.start), 4) - 1]
        if isinstance(term, PhoneStart | PhoneEnd):
            return int(max(_ALL // 10 ** len(term.digits), _CAP))
        if isinstance(term, Born):
            return min((term.last - term.first).days * 40, _ALL)
        return _ALL // 20

    def _count(self, terms: Iterable[Term]) -> None:
        """How many rows each term has, up to a cap, and under None how many patients are in reach."""
        wanted: list[tuple[Term | None, Any]] = [(term, walk) for term in terms for walk in self._walks.to_count(term)]
        if self._scoped:
            wanted.append((None, self._walks.in_reach().order_by()))
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            columns = [
                peewee.Select([walk.limit(_CAP if term else _REACH)], [peewee.fn.COUNT(peewee.SQL("1"))])
                for term, walk in some
            ]
            query: Any = peewee.Select(columns=columns).bind(database).tuples()
            for (term, _), rows in zip(some, next(iter(query)), strict=True):
                self._counts[term] = self._counts.get(term, 0) + int(rows)


def _fill(found: dict[int, int], place: int, walk: Any, limit: int) -> None:
    """Walk until `found` is full. A patient may be met more than once: then the walk is taken again, and further."""
    asked = limit - len(found) + 4
    while True:
        rows = list(walk.limit(asked).tuples())
        for row in rows:
            if len(found) < limit:
                found.setdefault(row[0], place)
        if len(rows) < asked or len(found) >= limit:
            return
        asked *= 4
