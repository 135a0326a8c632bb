"""A field for text of several lines; it grows as it is written, up to what its style allows."""

from __future__ import annotations

from textual.content import Content
from textual.events import Paste
from textual.widgets import TextArea

from screens.widgets.cells import lines


class Written(TextArea):
    """No frame, no blinking cursor, Tab leaves it; what is pasted is cleaned."""

    DEFAULT_CSS = """
    Written { height: auto; min-height: 1; max-height: 4; width: 1fr; padding: 0; border: none; background: $surface;
        scrollbar-size: 0 0;
        &:focus { border: none; background: $panel; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $quiet; }
        &:ansi { text-style: underline; }
    }
    """

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(
            id=id, tab_behavior="focus", compact=True, placeholder=Content(placeholder), highlight_cursor_line=False
        )
        self.cursor_blink = False

    async def _on_paste(self, event: Paste) -> None:
        """What is foreign is cleaned on its way in."""
        event.prevent_default()
        event.stop()
        if result := self._replace_via_keyboard(lines(event.text), *self.selection):
            self.move_cursor(result.end_location)
