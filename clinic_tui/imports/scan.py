"""The first reading of a file: what must be known of all of it before a row of it is merged. Memory is flat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from clinic_tui.dates import Order
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.dates import DateTally
from clinic_tui.imports.headers import Columns
from clinic_tui.patients.slips import Mistyped

_AT_ONCE = 10_000
_MOST_BITS = 1 << 27  # 16 MB: for a million rows one number in 130 is suspected of standing there twice


class Scan(NamedTuple):
    """The file's date order; numbers and ids that may stand in it twice; its highest patient number."""

    order: Order
    suspects: frozenset[str]
    highest: int


def scan(
    file: CsvFile, columns: Columns, order: Order | None, today: date, tick: Callable[[], None],
    mistyped: Mistyped | None = None,
) -> Scan:  # fmt: skip
    """Read all of `file` once; `mistyped` counts the patients' addresses.

    Raises ClinicError where its encoding breaks or its dates leave their order open.
    """
    dated = [columns.at[field] for field in ("birth_date", "death_date") if field in columns.at and order is None]
    keyed = [columns.at[field] for field in ("number", "source_id") if field in columns.at]
    number_at = columns.at.get("number", -1)
    email_at = columns.at.get("email", -1)
    tally = DateTally(today)
    twice = Twice(file.size)
    suspects: set[str] = set()
    dates: list[str] = []
    highest = 0
    for row in file.rows():
        cells = row.cells
        if not cells:
            continue
        if mistyped is not None and email_at >= 0 and "@" in (email := cells[email_at]):
            mistyped.count([email.strip()])
        for index in dated:
            dates.append(cells[index])
        for index in keyed:
            if (key := cells[index].strip()) and twice.met(key):
                suspects.add(key)
        if number_at >= 0 and (number := cells[number_at]).isdecimal() and len(number) < 16:
            highest = max(highest, int(number))
        if len(dates) > _AT_ONCE:
            tally.add(dates)
            dates.clear()
            tick()
    tally.add(dates)
    names = columns.shown("birth_date", "death_date")
    return Scan(order or tally.decide(names, file.shown), frozenset(suspects), highest)


class Twice:
    """Whether a key may have been met before: never says no wrongly, seldom yes."""

    def __init__(self, size: int) -> None:
        # Some 40 bytes a row or more, and 128 bits for each.
        bits = 1 << min(_MOST_BITS.bit_length() - 1, max(16, (size * 3).bit_length()))
        self._mask = bits - 1
        self._bits = bytearray(bits // 8)

    def met(self, key: str) -> bool:
        """Whether it may have been asked about before; it has been now."""
        at = hash(key) & self._mask
        byte, bit = at >> 3, 1 << (at & 7)
        if self._bits[byte] & bit:
            return True
        self._bits[byte] |= bit
        return False
