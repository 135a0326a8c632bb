"""A box to tick: `[x]` or `[ ]`, so that it is read without colour."""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.geometry import Offset
from textual.widget import Widget

from screens.widgets.cells import cut, line


class Tick(Widget, can_focus=True):
    """Space, Enter or a click ticks it and takes the tick away."""

    DEFAULT_CSS = """
    Tick { height: 1; width: 1fr; color: $quiet;
        &:focus { background: $panel; color: $foreground; }
        &:ansi:focus { text-style: reverse; }
    }
    """
    BINDINGS = [Binding("space,enter", "tick", "Tick", show=False)]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ticked = False
        self._label = ""

    def put(self, label: str, ticked: bool) -> None:
        """What it is about, and whether it begins ticked."""
        self._label, self.ticked = line(label), ticked
        self.refresh()

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor goes (see `FollowsFocus`)."""
        return self.content_region.offset

    def render(self) -> Content:
        """The box and its label."""
        return Content(cut(f"[{'x' if self.ticked else ' '}] {self._label}", self.content_size.width))

    def on_click(self, _event: Click) -> None:
        """The other way round."""
        self.action_tick()

    def action_tick(self) -> None:
        """The other way round."""
        self.ticked = not self.ticked
        self.refresh()
