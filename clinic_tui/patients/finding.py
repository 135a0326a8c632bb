"""Running readings of the lookup against the database: which term's index to walk, and until when.

Each reading is driven by one of its terms, the one with the fewest rows to walk; its index gives the order, so that a
LIMIT ends the walk early. A token of a name holds the patient's other words and birth date (`patients.derived`):
asking those of it costs no look at another row, so a name drives unless some other term is far rarer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import peewee

from clinic_tui.access import Viewer
from clinic_tui.db.connection import database
from clinic_tui.patients.query import Reading, Term, Word
from clinic_tui.patients.walks import Walks

_CAP = 2000  # counts stop here: beyond it a term is simply common
_COMMON = 50_000  # the rows that a common term is taken to have
_LOOK = 10  # what looking at another row costs, in rows of an index walked
_AT_ONCE = 40  # counts asked in one query


class Finder:
    """Finds the ids of patients in one viewer's reach."""

    def __init__(self, viewer: Viewer) -> None:
        self._walks = Walks(viewer)
        self._scoped = viewer.scope is not None
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
        if not reading or not all(self._counts[term] for term in reading):
            return []
        driver = min(reading, key=self._cost)
        if self._scoped and _weight(self._counts[None]) * _LOOK < self._cost(driver)[0]:
            return [self._walks.in_reach(reading)]
        return self._walks.of(driver, [term for term in reading if term != driver])

    def _cost(self, term: Term) -> tuple[int, int]:
        """What driving by `term` costs; of two common words the longer is the rarer, as a rule."""
        rows = _weight(self._counts[term])
        return (rows, -len(term.start)) if isinstance(term, Word) else (rows * _LOOK, 0)

    def _count(self, terms: Iterable[Term]) -> None:
        """How many rows each term has, up to a cap, and under None how many patients are in reach."""
        wanted: list[tuple[Term | None, Any]] = [(term, walk) for term in terms for walk in self._walks.to_count(term)]
        if self._scoped:
            wanted.append((None, self._walks.in_reach().order_by()))
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            columns = [peewee.Select([walk.limit(_CAP)], [peewee.fn.COUNT(peewee.SQL("1"))]) for _, walk in some]
            query: Any = peewee.Select(columns=columns).bind(database).tuples()
            for (term, _), rows in zip(some, next(iter(query)), strict=True):
                self._counts[term] = self._counts.get(term, 0) + int(rows)


def _weight(rows: int) -> int:
    return rows if rows < _CAP else _COMMON


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
