"""Escape the key, told from Escape the first byte of an arrow key or of a paste's end.

Textual waits ESCDELAY for what may follow an Escape, and takes whatever does for one sequence: over SSH, Escape and
then the first letters of the next search would come as Alt and a letter, typed where Escape should have led away
from; Escape and Enter as Enter alone. And an Escape inside pasted text would turn the rest of it into keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ESC = "\x1b"
PASTE, PASTED = f"{ESC}[200~", f"{ESC}[201~"
# What a terminal itself sends after an Escape: a sequence, or Alt+Backspace.
_SENT = r"\x1b\[O\x7f\x08"
# In one read also replies to questions, and the words left and right of some terminals (Alt and b, f).
_ALONE = re.compile(rf"(?<=\x1b)(?=[^{_SENT}P\]_^bf])")
_ALONE_AT_THE_END = re.compile(rf"[^{_SENT}]")
_IN_A_PASTE = re.compile(r"\x1b(?!\[201~)(?!(?:\[(?:2(?:0(?:1)?)?)?)?\Z)")
_MARKS = re.compile(f"({re.escape(PASTE)}|{re.escape(PASTED)})")


class Escapes:
    """What was read from the terminal, cut where an Escape stands for itself."""

    def __init__(self) -> None:
        self._pasting = False
        self._open = False  # the last read ended in an Escape

    def cut(self, read: str) -> Iterator[str]:
        """The pieces of one read, in order; before each but the first stands an Escape that is the key itself."""
        was_open, self._open = self._open, read.endswith(ESC)
        if was_open and not self._pasting and _ALONE_AT_THE_END.match(read):
            yield ""
        told = ""
        for part in _MARKS.split(read):
            if part in (PASTE, PASTED):
                self._pasting = part == PASTE
                told += part
            elif self._pasting:
                told += _IN_A_PASTE.sub("", part)
            else:
                first, *more = _ALONE.split(part)
                told += first
                for piece in more:
                    yield told
                    told = piece
        yield told
