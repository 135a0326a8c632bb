"""Rows in blocks, each written in one transaction that others wait for: short ones, with a turn for them in between.

A block is at most BLOCK rows, and fewer where they take longer than HOLD seconds: a fifth of what others may have to
wait, as a busy machine takes longer from one block to the next. Between two of them others get PAUSE
seconds, a little more than the longest time for which SQLite lets a waiting writer sleep (0.1 s); as a rule the next
block takes longer than that to make ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from time import monotonic, sleep
from typing import TypeVar

from clinic_tui.db import bulk

BLOCK = 8_000
HOLD = 0.2
PAUSE = 0.11
_FIRST = 2_000
_FEWEST = 500
_CHECKPOINT = 25_000  # rows between two: in a large practice they leave some 250 MB of log

T = TypeVar("T")


class Turns:
    """The blocks of one import, whichever rows they are of. `first`: how many the first block is of."""

    def __init__(self, first: int = _FIRST) -> None:
        self._size = min(BLOCK, first)
        self._ended = monotonic() - PAUSE
        self._unsaved = 0

    def blocks(self, rows: Iterator[T]) -> Iterator[list[T]]:
        """The rows, as many at a time as can be written in time."""
        while block := list(islice(rows, self._size)):
            yield block

    def wait(self) -> None:
        """Called before a block is written: whoever waits gets their turn."""
        if self._unsaved > _CHECKPOINT:
            bulk.checkpoint()
            self._unsaved = 0
        sleep(max(0.0, self._ended + PAUSE - monotonic()))

    def written(self, rows: int, seconds: float) -> None:
        """Called after a block was written: `rows` of it changed something, and others waited for `seconds`."""
        self._ended = monotonic()
        self._unsaved += rows
        # So many that writing them takes about HOLD; never suddenly many more than before.
        fitting = int(self._size * min(1.5, HOLD / max(seconds, 0.001)))
        self._size = min(BLOCK, max(_FEWEST, fitting))
