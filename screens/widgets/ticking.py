"""Ticking many rows at once in pieces, so that no key waits: begun now, gone on with as ids come, or left."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Literal

from screens.widgets.ticks import Ticks

AT_ONCE = 10_000
Does = Literal["add", "remove", "flip", "count"]


class Ticking:
    """Works on a copy of `ticks`: left half-way, nothing was done. `stop`: up to which row; None is to the end.

    `barred`: how many rows could not be ticked. `shown`: of a count, how many of the ticks are among the rows.
    """

    def __init__(
        self, does: Does, ticks: Ticks, bars: Callable[[int], bool] | None, start: int = 0, stop: int | None = None
    ) -> None:
        self.does = does
        self.ticks = ticks.copy()
        self.barred = 0
        self.shown = 0
        self.to_end = stop is None
        self._bars = bars
        self._at = start
        self._stop = stop

    def step(self, ids: array[int], done: bool) -> bool | None:
        """One piece. True: there is more to do; None: there will be, when more ids have come; False: that was all."""
        stop = len(ids) if self._stop is None else self._stop
        piece = ids[self._at : min(stop, self._at + AT_ONCE)]
        self._at += len(piece)
        self._work(piece)
        if self._at < stop:
            return True
        return None if self.to_end and not done else False

    def _work(self, piece: array[int]) -> None:
        if self.does == "count":
            self.shown += self.ticks.among(piece)
        elif self.does == "remove":
            self.ticks.remove(piece)
        else:
            allowed = piece
            if self._bars is not None:
                allowed = array("q", [number for number in piece if not self._bars(number) or number in self.ticks])
                self.barred += len(piece) - len(allowed)
            if self.does == "add":
                self.ticks.add(allowed)
            else:
                self.ticks.flip(allowed)
