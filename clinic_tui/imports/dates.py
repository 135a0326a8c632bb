"""The one date format of a file, found from all of its dates; asked for where they leave it open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from clinic_tui.dates import ORDERS, Order, parse_date
from clinic_tui.errors import ClinicError
from clinic_tui.text import clean

_DISTINCT = 50_000
# Where neither order reads every date, so many of a hundred may be slips of the pen; more, and the file is mixed.
_SLIPS = 0.02

_SAID: dict[Order, str] = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


class OpenOrder(ClinicError):
    """A file leaves it open in which order its dates are written: somebody must say it."""


def order_named(text: str) -> Order:
    """The order that `--date-format` names: dmy, mdy, ymd, or iso; ClinicError for anything else."""
    word = "".join(c for c in text.lower() if c.isalpha())
    word = {"iso": "ymd", "ddmmyyyy": "dmy", "mmddyyyy": "mdy", "yyyymmdd": "ymd"}.get(word, word)
    for order in ORDERS:
        if word == order:
            return order
    raise ClinicError(f"{clean(text, 40)!r} is no date format.", "Use dmy, mdy or ymd.")


class DateTally:
    """Counts which orders could read the dates of a file. Memory stays flat however many there are."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._waiting: Counter[str] = Counter()
        self._fits = dict.fromkeys(ORDERS, 0)
        # (order, rival): how many dates only the first can read; and one that they read differently.
        self._only: Counter[tuple[Order, Order]] = Counter()
        self._differ: dict[tuple[Order, Order], list[str]] = {}
        self._sample: dict[tuple[Order, Order], str] = {}

    def add(self, cells: Iterable[str]) -> None:
        """Take in the cells of a date column; blank ones count for nothing."""
        self._waiting.update(cells)
        if len(self._waiting) > _DISTINCT:
            self._weigh()

    def _weigh(self) -> None:
        for cell, times in self._waiting.items():
            read = {order: parse_date(cell, order, self._today) for order in ORDERS}
            for order, day in read.items():
                if day is None:
                    continue
                self._fits[order] += times
                for rival, other in read.items():
                    pair = (order, rival)
                    if other is None:
                        self._only[pair] += times
                        self._sample.setdefault(pair, cell)
                    elif other != day and len(self._differ.setdefault(pair, [])) < 2:
                        self._differ[pair].append(cell)
        self._waiting.clear()

    def decide(self, columns: str, file: str) -> Order:
        """The order that reads the most dates. `columns` and `file` are named in the errors.

        Raises OpenOrder where two orders read as many and not alike, or where the file mixes two orders.
        """
        self._weigh()
        # Of orders that read as much, year first: it says the least about cells still to come.
        best = max(reversed(ORDERS), key=lambda order: self._fits[order])
        doubt = self._doubt(best, columns, file)
        if doubt and best != "ymd" and self._fits["ymd"] >= (1 - _SLIPS) * self._fits[best]:
            return "ymd"  # a few strays among years first: they are refused
        if doubt:
            raise doubt
        return best

    def _doubt(self, best: Order, columns: str, file: str) -> OpenOrder | None:
        for rival in ORDERS:
            if rival == best:
                continue
            one, two = sorted((best, rival), key=ORDERS.index)
            ways = f"--date-format {one} or --date-format {two}"
            if self._fits[rival] == self._fits[best] and (best, rival) in self._differ:
                samples = " and ".join(repr(clean(cell.strip(), 30)) for cell in self._differ[best, rival])
                return OpenOrder(
                    f"The dates in column {columns} of {file} can be read as {_SAID[one]} or as {_SAID[two]}: "
                    f"{samples}.",
                    f"Say which it is with {ways}.",
                )
            if self._only[rival, best] > _SLIPS * self._only[best, rival]:
                mine, other = self._sample[best, rival], self._sample[rival, best]
                return OpenOrder(
                    f"The dates in column {columns} of {file} are not all of one format: "
                    f"{clean(mine.strip(), 30)!r} can only be read as {_SAID[best]}, "
                    f"{clean(other.strip(), 30)!r} only as {_SAID[rival]}.",
                    f"Say which it is with {ways}; rows of the other kind are then refused.",
                )
        return None
