"""What the ticks of a table should be, in plain Python."""

from __future__ import annotations

from typing import Any


class TickModel:
    """`listed`: the ids in the order in which they stand there; whoever lists others says so."""

    def __init__(self, listed: list[int]) -> None:
        self.listed = listed
        self.ticks: set[int] = set()

    def may(self, id: int) -> bool:
        """Whether it may be ticked."""
        return True

    def tick(self, step: tuple[Any, ...]) -> None:
        """One key, or a range from a place to another; what is no ticking leaves the ticks as they are."""
        listed = self.listed
        may = {id for id in listed if self.may(id)}
        match step:
            case ("a",):
                self.ticks |= may
            case ("n",):
                self.ticks.clear()
            case ("t",):
                self.ticks = (self.ticks - set(listed)) | (may - self.ticks)
            case ("space", at) if listed:
                self.ticks ^= {listed[min(at, len(listed) - 1)]} & (may | self.ticks)
            case ("v", start, end) if listed:
                start, end = sorted((min(start, len(listed) - 1), min(end, len(listed) - 1)))
                some = set(listed[start : end + 1])
                self.ticks = self.ticks - some if some <= self.ticks else self.ticks | (some & may)
            case ("untick", ids):
                self.ticks -= ids

    @property
    def unseen(self) -> int:
        """How many of the ticks are not listed."""
        return len(self.ticks.difference(self.listed))
