"""What stands on a terminal, worked out of the bytes that were written to it by an emulator that is not ours (pyte)."""

from __future__ import annotations

import re
from typing import Any


class Emulator:
    """A terminal of `size` (columns, lines): `feed` it what was written, then look."""

    def __init__(self, size: tuple[int, int]) -> None:
        import pyte  # only where a test looks: others need no emulator

        self._screen: Any = pyte.Screen(*size)
        self._stream: Any = pyte.ByteStream(self._screen)

    def feed(self, written: bytes) -> None:
        """More bytes, in the order in which they came; a sequence may be cut anywhere."""
        self._stream.feed(written)

    @property
    def lines(self) -> list[str]:
        """What stands there, a string a line, without the blanks at its end."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the terminal's own cursor is: column and line, from 0."""
        return self._screen.cursor.x, self._screen.cursor.y


def running_text(shown: str) -> str:
    """What stands on a terminal as running text, however it is wrapped and framed."""
    return " ".join(re.sub("[│|]", " ", shown).split())
