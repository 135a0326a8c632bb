"""A field for what must be typed a second time: it is never filled, and nothing can be pasted into it."""

from __future__ import annotations

from textual.events import Paste
from textual.message import Message

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
