"""Checking the chain: every line against what it says and against the line before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import session
from clinic_tui.history.chain import BEGINNING, Line, hash_of

ERASED = "erase"  # the action of the line that says that a patient's details were erased
_AT_ONCE = 5_000
_MOST_TOLD = 100


class Misfit(NamedTuple):
    """A line that does not fit, and why. `line` 0: it is about the whole history."""

    line: int
    why: str


class Verdict(NamedTuple):
    """How many lines there are, the hash of the last one ("" where there is none), and what does not fit."""

    lines: int
    head: str
    broken: list[Misfit]

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return not self.broken


def verify(viewer: Viewer, against: str | None = None) -> Verdict:
    """Walk the whole chain; for owners. `against`: a head of earlier, which has to be in it.

    Of the lines that do not fit the first 100 are told, in their order. A chain written anew from some line on fits
    in itself: only an earlier head, kept elsewhere, shows it.
    """
    viewer.need("owner")
    count, before, broken = 0, BEGINNING, list[Misfit]()
    erased: dict[int | None, int] = {}
    known = against is None
    with session():
        for line in _lines():
            count += 1
            why = _misfit(before, line)
            if why:
                broken.append(Misfit(line.id, why))
            if line.was_erased:
                erased.setdefault(line.patient_id, line.id)
            elif line.action == ERASED and line.patient_id is not None:
                erased.pop(line.patient_id, None)
            before = line.hash
            known = known or before == against
    broken += [Misfit(key, "Its detail is gone, and no later line says that it was erased.") for key in erased.values()]
    if not known:
        broken.append(Misfit(0, "No line has that head: the history was rewritten, or its end is cut off."))
    return Verdict(count, before, sorted(broken)[:_MOST_TOLD])


def _misfit(before: str, line: Line) -> str:
    if line.hash != hash_of(before, line):
        return "It was changed, or what stood before it was changed, moved, added or taken away."
    return "" if line.fits_detail() else "Its detail is not the one that was written."


def _lines() -> Iterator[Line]:
    """Every line, in order, a page at a time."""
    select = f"SELECT {', '.join(Line._fields)} FROM history WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}"  # noqa: S608
    last = -(2**63)
    while page := bulk.fetch(select, last):
        yield from (Line(*row) for row in page)
        last = page[-1][0]
