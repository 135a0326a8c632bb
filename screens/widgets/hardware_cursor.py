"""The terminal's own cursor: a screen reader reads the line it is on, and an eye looks for it where keys go."""

from __future__ import annotations

from textual.app import App
from textual.geometry import Offset


class FollowsFocus(App[int]):
    """An app whose terminal's cursor is on what has the focus, at every frame: at the widget's `cursor_screen_offset`.

    Textual's fields have one, and set the app's `cursor_position` by it when they are typed in. What moves a field, or
    gives the focus back when a dialog is closed, sets nothing: so it is asked for when a frame is written.
    """

    _last_cursor = Offset(0, 0)

    @property
    def cursor_position(self) -> Offset:
        """Column and line, from 0; where nothing has the focus, where it was last. Textual reads it once a frame."""
        screens = self.screen_stack
        focused = screens[-1].focused if screens else None
        offset: Offset | None = getattr(focused, "cursor_screen_offset", None)
        if offset is not None:
            self._last_cursor = offset
        return self._last_cursor

    @cursor_position.setter
    def cursor_position(self, to: Offset) -> None:
        self._last_cursor = to
