"""Columns of a table: how wide each is in the room there is, which are left out, and a cell in exactly its width."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual.content import Content

from screens.widgets.cells import fit, line, shorten

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """`least` to `most` cells wide. `flex`: its share of the room beyond `least`; columns without one grow once those
    with one are as wide as they get. Of the highest `rank` are left out first where there is too little room, from
    the right; rank 0 never. `down_first`: sorted downwards at first.
    """

    key: str
    title: str
    least: int
    most: int
    flex: int = 0
    right: bool = False
    sortable: bool = True
    down_first: bool = False
    rank: int = 0


class Placed(NamedTuple):
    """A column from cell `x` on, `width` cells wide."""

    column: Column
    x: int
    width: int


def place(columns: Sequence[Column], room: int, start: int = 0) -> list[Placed]:
    """Those columns that have a place in `room` cells, from cell `start` on, `GAP` cells apart."""
    kept = list(columns)
    while len(kept) > 1 and sum(column.least + GAP for column in kept) - GAP > room:
        worst = max(column.rank for column in kept)
        at = max(at for at, column in enumerate(kept) if column.rank == worst)
        if worst == 0:
            at = len(kept) - 1
        del kept[at]
    widths = [column.least for column in kept]
    spare = room - sum(widths) - GAP * (len(kept) - 1)
    for growing in (lambda column: column.flex, lambda column: 0 if column.flex else 1):
        spare = _grow(kept, widths, [growing(column) for column in kept], spare)
    placed = []
    x = start
    for column, width in zip(kept, widths, strict=True):
        placed.append(Placed(column, x, max(0, min(width, start + room - x))))
        x += width + GAP
    return placed


def _grow(columns: Sequence[Column], widths: list[int], shares: list[int], spare: int) -> int:
    """Give out `spare` cells by `shares`, to nobody more than its `most`; what is left."""
    while spare > 0:
        open_ = [at for at, column in enumerate(columns) if shares[at] and widths[at] < column.most]
        if not open_:
            break
        every = sum(shares[at] for at in open_)
        for at in open_:
            more = min(columns[at].most - widths[at], spare, max(1, spare * shares[at] // every))
            widths[at] += more
            spare -= more
    return spare


def cell(value: str | Content, width: int, *, right: bool = False, ellipsis: str = "…") -> str | Content:
    """`value` in exactly `width` cells. A string is foreign, and is cleaned; a `Content` is taken as it is."""
    if isinstance(value, str):
        return fit(line(value), width, right=right, ellipsis=ellipsis)
    value = shorten(value, width, ellipsis)
    padding = width - value.cell_length
    return value.pad_left(padding) if right else value.pad_right(padding)


def across(start: str, placed: Iterable[Placed], value: Callable[[Placed], str | Content], ellipsis: str) -> Content:
    """One line: `start`, then each column's value in its place."""
    parts: list[str | Content] = [start]
    end = len(start)
    for one in placed:
        parts += [" " * (one.x - end), cell(value(one), one.width, right=one.column.right, ellipsis=ellipsis)]
        end = one.x + one.width
    return Content.assemble(*parts)
