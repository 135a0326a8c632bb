"""Which ids are ticked: a set of whole numbers that is small where they stand close together, as keys of a database do.

A million ticks take a few megabytes, where a `set` takes 65: one byte for each of the 512 numbers around a tick.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

_BITS = 9
_SPAN = 1 << _BITS
_LAST = _SPAN - 1


class Ticks:
    """Ids that are ticked. Nothing here knows what is shown, or in which order."""

    __slots__ = ("_blocks", "_count")

    def __init__(self, ids: Iterable[int] = ()) -> None:
        self._blocks: dict[int, bytearray] = {}
        self._count = 0
        self.add(ids)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        block = self._blocks.get(number >> _BITS)
        return block is not None and block[number & _LAST] == 1

    def __iter__(self) -> Iterator[int]:
        for key in sorted(self._blocks):
            block, first = self._blocks[key], key << _BITS
            at = block.find(1)
            while at >= 0:
                yield first + at
                at = block.find(1, at + 1)

    def ids(self) -> array[int]:
        """All of them, ascending."""
        return array("q", self)

    def copy(self) -> Ticks:
        """The same ticks, to be changed apart."""
        other = Ticks()
        other._blocks = {key: bytearray(block) for key, block in self._blocks.items()}
        other._count = self._count
        return other

    def among(self, ids: Iterable[int]) -> int:
        """How many of `ids` are ticked."""
        return sum(map(self.__contains__, ids)) if self._count else 0

    def add(self, ids: Iterable[int]) -> None:
        """Tick them."""
        blocks, more = self._blocks, 0
        for number in ids:
            block = blocks.get(number >> _BITS)
            if block is None:
                block = blocks[number >> _BITS] = bytearray(_SPAN)
            if not block[number & _LAST]:
                block[number & _LAST] = 1
                more += 1
        self._count += more

    def remove(self, ids: Iterable[int]) -> None:
        """Take their ticks away."""
        for number in ids:
            if number in self:
                self._blocks[number >> _BITS][number & _LAST] = 0
                self._count -= 1
        if not self._count:
            self._blocks.clear()

    def flip(self, ids: Iterable[int]) -> None:
        """Tick those of `ids` that are not, untick those that are."""
        blocks, more = self._blocks, 0
        for number in ids:
            block = blocks.get(number >> _BITS)
            if block is None:
                block = blocks[number >> _BITS] = bytearray(_SPAN)
            block[number & _LAST] ^= 1
            more += 1 if block[number & _LAST] else -1
        self._count += more

    def clear(self) -> None:
        """None is ticked."""
        self._blocks.clear()
        self._count = 0
