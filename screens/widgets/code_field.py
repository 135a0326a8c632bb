"""A field for a code that somebody reads out: digits only, in threes; the spaces come by themselves."""

from __future__ import annotations

from textual.events import Paste

from clinic_tui.text import digits
from screens.widgets.marks import Field

LENGTH = 10


def in_threes(number: str) -> str:
    """`4829137065` as `482 913 706 5`."""
    return " ".join(number[at : at + 3] for at in range(0, len(number), 3))


class CodeField(Field):
    """Whatever is typed or pasted, its digits count; the first ten."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(placeholder=in_threes("0" * LENGTH), id=id)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put digits in place of what stands from `start` to `end`; over a space, the digit before it counts."""
        start, end = sorted((max(0, start), max(0, end)))
        if not text and self.value[start:end] == " ":
            start -= 1
        before, after = digits(self.value[:start]) + digits(text), digits(self.value[end:])
        self.value = in_threes((before + after)[:LENGTH])
        self.cursor_position = len(in_threes(before[:LENGTH]))

    def _on_paste(self, event: Paste) -> None:
        """Only its digits come in."""
        event.prevent_default()
        event.stop()
        self.replace(event.text, *self.selection)
