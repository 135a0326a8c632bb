"""One of a few words on one line: `‹ Invitation (English) ›`; Left and Right choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.binding import Binding
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from screens.widgets.cells import cut, line

if TYPE_CHECKING:
    from screens.theme import Look

T = TypeVar("T")


class Choice(Widget, Generic[T], can_focus=True):
    """Posts `Changed` when another one is chosen by a key."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; background: $surface;
        &:focus { background: $panel; }
        &:ansi { text-style: underline; }
    }
    """
    BINDINGS = [
        Binding("right,space", "step(1)", "Next", show=False),
        Binding("left", "step(-1)", "Before", show=False),
    ]

    class Changed(Message):
        """Another one is chosen."""

        def __init__(self, choice: Widget) -> None:
            super().__init__()
            self._choice = choice

        @property
        def control(self) -> Widget:
            """Which of several."""
            return self._choice

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._of: Sequence[tuple[T, str]] = ()
        self._at = 0

    def put(self, of: Sequence[tuple[T, str]], value: T) -> None:
        """The choices, each with its words, and the one to begin with."""
        self._of = [(each, line(words)) for each, words in of]
        self._at = next((at for at, (each, _) in enumerate(of) if each == value), 0)
        self.refresh()

    @property
    def value(self) -> T | None:
        """The one that is chosen; None where there is nothing to choose from."""
        return self._of[self._at][0] if self._of else None

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor goes (see `FollowsFocus`)."""
        return self.content_region.offset

    def render(self) -> Content:
        """The words of the chosen one, between arrows."""
        if not self._of:
            return Content("")
        before, after = ("‹ ", " ›") if self._look.unicode else ("< ", " >")
        words = cut(self._of[self._at][1], max(0, self.content_size.width - 4), self._look.symbols.ellipsis)
        return Content.assemble((before, "$accent"), words, (after, "$accent"))

    def action_step(self, by: int) -> None:
        """The next one, round and round."""
        if len(self._of) > 1:
            self._at = (self._at + by) % len(self._of)
            self.refresh()
            self.post_message(self.Changed(self))
