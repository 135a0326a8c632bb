"""A field for what must be typed a second time: it is never filled, and nothing can be pasted into it."""

from __future__ import annotations

from textual.events import Paste
from textual.message import Message

from screens.widgets.cells import line
from screens.widgets.marks import Field


class TypedAgain(Field):
    """Refuses bracketed paste and Ctrl+V; posts `PasteRefused`. (An unbracketed paste is keys, and cannot be told.)"""

    class PasteRefused(Message):
        """Somebody tried to paste."""

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        self.post_message(self.PasteRefused())

    def action_paste(self) -> None:
        """Ctrl+V."""
        self.post_message(self.PasteRefused())


def told_apart(typed: str, confirm: str, span: tuple[int, int]) -> tuple[str, int, int]:
    """A sentence on how `confirm` differs from `typed`, and the span in `confirm` that a marker may point at.

    The sentence names the whole piece (between `@`, `.` and the like), which is easier to read than two letters.
    """
    start, end = span
    first = start
    while first > 0 and confirm[first - 1].isalnum():
        first -= 1
    wrong, right = _piece(confirm, first), _piece(typed, first)
    if wrong == right or not wrong or not right:
        wrong, right = confirm[first:], typed[first:]
    return f'differs: "{line(wrong)}" here, "{line(right)}" above', start, end


def _piece(address: str, first: int) -> str:
    last = first
    while last < len(address) and address[last].isalnum():
        last += 1
    return address[first:last]
