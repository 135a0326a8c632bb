"""A result that stays in the database: its ids in order, as they come, and the few rows of it that are at hand."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

Row = TypeVar("Row")
CACHED = 1_000


class PagedResult(Generic[Row]):
    """Ids in an array of eight bytes each. The first page may be known before the stream of all of them begins."""

    def __init__(self) -> None:
        self.ids: array[int] = array("q")
        self.done = True
        self.broken = False
        self.run = 0
        self._stream: array[int] = self.ids
        self._until = 0
        self._rows: dict[int, tuple[int, Row]] = {}
        self._gone: set[int] = set()
        self._left: dict[int, Row] = {}
        self._asked: frozenset[int] = frozenset()
        self._age = 0

    # Ids

    def begin(self, ids: Iterable[int], done: bool, hold: int = 0) -> bool:
        """Another result, of which these are the first ids. `hold`: until as many of it are known, what was listed
        before stays (one who reads on page 100 does not see page 1 in between). Whether `self.ids` are its own yet.
        """
        self.run += 1
        first = array("q", ids)
        if done or len(first) >= hold:
            self.ids = first
        self.done = done
        self.broken = False
        self._stream = first if done else array("q")
        self._until = max(len(first), hold)
        return self.ids is first

    def take(self, ids: array[int], done: bool) -> array[int]:
        """More of the stream, which begins with the first id; the ids that are new in `self.ids` by it.

        What the first page said holds until the stream says more.
        """
        self._stream.extend(ids)
        self.done = done
        if self._stream is self.ids:
            return ids
        if len(self._stream) >= self._until or done:
            self.ids = self._stream
            return self.ids
        return array("q")

    # Rows

    def row(self, number: int) -> Row | None:
        """The row of an id, where it is at hand."""
        kept = self._rows.get(number)
        return None if kept is None else kept[1]

    def at_hand(self) -> list[int]:
        """The ids of the rows that are at hand, and of those that are gone."""
        return [*self._rows, *self._gone]

    def known(self) -> dict[int, Row]:
        """The rows that are at hand; those that are gone as they last were."""
        return self._left | {number: row for number, (_, row) in self._rows.items()}

    def is_gone(self, number: int) -> bool:
        """Whether it was asked for and is no longer there."""
        return number in self._gone

    def keep(self, rows: Mapping[int, Row], asked: Iterable[int] = ()) -> None:
        """Rows that were read; of `asked`, what is not in them is gone."""
        for number, row in rows.items():
            self._rows.pop(number, None)
            self._rows[number] = (self._age, row)
        self._gone.difference_update(rows)
        missing = set(asked).difference(rows)
        self._gone |= missing
        for number in missing & self._rows.keys():
            self._left[number] = self._rows.pop(number)[1]
        self._asked -= self._asked.intersection(asked)
        while len(self._rows) > CACHED:
            del self._rows[next(iter(self._rows))]

    def grow_old(self) -> None:
        """What is at hand may have changed: it is shown until it was read again."""
        self._age += 1
        self._gone.clear()
        self._asked = frozenset()

    def to_read(self, first: int, last: int, ahead: int) -> list[int]:
        """The ids to ask for so that rows `first` to `last` (excluded) can be shown, and `ahead` more at both ends, so
        that the next page is there before it is turned to; none where all are at hand or asked for.
        """
        around = self.ids[max(0, first - ahead) : last + ahead]
        wanted = [number for number in around if not self._is_known(number)]
        if self._asked.issuperset(wanted):
            return []
        self._asked = frozenset(wanted)
        return wanted

    def _is_known(self, number: int) -> bool:
        kept = self._rows.get(number)
        return number in self._gone or (kept is not None and kept[0] == self._age)
