"""A message as it is sent, broken to the width there is: a code, which is read out, stays in one piece."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from screens.theme import Look
from screens.widgets.cells import lines

_NOTHING = Content("")


class MessageText(Static):
    """`say` shows another one. It is broken anew whenever the width changes."""

    def __init__(self, look: Look, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._look = look
        self._head, self._text = _NOTHING, ""
        self._width = 0

    def say(self, text: str, head: Content = _NOTHING) -> None:
        """Show the text, foreign as it is, below a `head`."""
        self._head, self._text = head, self._look.masked(lines(text).rstrip("\n"))
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self.say("")

    def on_resize(self) -> None:
        """Break it anew, where it got wider or narrower."""
        if self.content_size.width != self._width:
            self._draw()

    def _draw(self) -> None:
        from clinic_tui.messages.wrapping import wrapped

        self._width = self.content_size.width
        rows = self._text.split("\n")
        if self._width:
            rows = [part for row in rows for part in wrapped(row, self._width, 0)]
        self.update(Content.assemble(self._head, "\n".join(rows)))
