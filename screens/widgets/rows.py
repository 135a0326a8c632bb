"""A list of one-line rows with a cursor, where only the lines that changed are drawn: few bytes for a key over SSH.

It holds a page or a few of rows, never a table: that is `PagedTable`. It needs no focus: a dialog whose text field has
the focus moves it by `move` and `page`. When the cursor leaves the window the window jumps by a third, so that most
keys draw two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from screens.commands import bindings
from screens.widgets.moving import LIST_MOVES

if TYPE_CHECKING:
    from screens.theme import Look

T = TypeVar("T")


class Rows(Widget, Generic[T]):
    """Rows drawn by `draw(row, width, marked)` into exactly one line; `marked`: the cursor is on it.

    `key(row)` says which row is which when rows are replaced. `passive(row)` true: the cursor passes over it (a
    heading). `takes_keys`: it can have the focus and moves itself.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor"}
    DEFAULT_CSS = """
    Rows { height: 1fr; background: $background; color: $foreground;
        & > .rows--cursor { background: $row-cursor; color: $foreground; text-style: bold; }
        &:ansi > .rows--cursor { text-style: bold reverse; }
        &:nocolor > .rows--cursor { text-style: bold reverse; }
    }
    """
    BINDINGS = list(bindings(LIST_MOVES, "list"))

    class Moved(Message):
        """The cursor is on another row."""

    class Chosen(Message):
        """Enter (or a click) on a row."""

    def __init__(
        self,
        draw: Callable[[T, int, bool], Content],
        look: Look,
        *,
        key: Callable[[T], Hashable] = id,
        passive: Callable[[T], bool] = lambda _row: False,
        takes_keys: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.can_focus = takes_keys
        self._draw = draw
        self._look = look
        self._key = key
        self._passive = passive
        self._rows: Sequence[T] = ()
        self._cursor = 0
        self._top = 0
        self._drawn: list[tuple[str, object, bool]] = []

    @property
    def rows(self) -> Sequence[T]:
        """What is listed."""
        return self._rows

    @property
    def cursor(self) -> int:
        """The index of the row under the cursor."""
        return self._cursor

    @property
    def current(self) -> T | None:
        """The row under the cursor; None where there is none."""
        if self._cursor < len(self._rows) and not self._passive(self._rows[self._cursor]):
            return self._rows[self._cursor]
        return None

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor goes (see `FollowsFocus`): where the row begins."""
        return self.content_region.offset + Offset(0, self._cursor - self._top)

    def show(self, rows: Sequence[T], *, keep: bool = False) -> None:
        """List `rows` instead. `keep`: the cursor stays on the same row (by key), where that is still there."""
        before = self.current
        self._rows = rows
        self._cursor = 0
        if keep and before is not None:
            wanted = self._key(before)
            self._cursor = next((i for i, row in enumerate(rows) if self._key(row) == wanted), 0)
        else:
            self._top = 0
        self._skip_passive(1)
        self._scroll_to_cursor()
        self._refresh_changed()
        self.post_message(self.Moved())

    def redraw(self) -> None:
        """Draw every line again that `draw` now draws otherwise."""
        self._refresh_changed()

    # Moving

    def move(self, by: int) -> None:
        """The cursor down by `by` rows; up where negative. It stops at the ends."""
        self._go(self._cursor + by, 1 if by > 0 else -1)

    def page(self, by: int) -> None:
        """The cursor down by `by` windows."""
        self.move(by * max(1, self.size.height - 1))

    def _go(self, to: int, direction: int) -> None:
        before = self._cursor
        self._cursor = max(0, min(to, len(self._rows) - 1))
        self._skip_passive(direction)
        if self._cursor != before:
            self._scroll_to_cursor()
            self._refresh_changed()
            self.post_message(self.Moved())

    def _skip_passive(self, direction: int) -> None:
        for way in (direction, -direction):
            at = self._cursor
            while 0 <= at < len(self._rows) and self._passive(self._rows[at]):
                at += way
            if 0 <= at < len(self._rows):
                self._cursor = at
                return

    def _scroll_to_cursor(self) -> None:
        height = max(1, self.size.height)
        jump = max(1, height // 3)
        if self._cursor < self._top:
            self._top = max(0, min(self._cursor, self._top - jump))
        elif self._cursor >= self._top + height:
            self._top = max(self._cursor - height + 1, self._top + jump)
        self._top = max(0, min(self._top, len(self._rows) - height))
        if self._top and all(self._passive(row) for row in self._rows[: self._cursor]):
            self._top = 0

    # Drawing

    def _line(self, y: int) -> tuple[Content, bool]:
        at = self._top + y
        if at >= len(self._rows):
            return Content(""), False
        marked = at == self._cursor and not self._passive(self._rows[at])
        return self._draw(self._rows[at], self.size.width, marked), marked

    def _refresh_changed(self) -> None:
        """Ask for those lines only that differ from what is on the terminal."""
        for y in range(self.size.height):
            content, marked = self._line(y)
            if y >= len(self._drawn) or self._drawn[y] != (content.plain, tuple(content.spans), marked):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        content, marked = self._line(y)
        while len(self._drawn) <= y:
            self._drawn.append(("", (), False))
        self._drawn[y] = (content.plain, tuple(content.spans), marked)
        style = self._cursor_style() if marked else self.visual_style
        width = self.size.width
        strips = Visual.to_strips(self, content, width, 1, style, pad=True)
        if not strips:
            return Strip.blank(width, style.rich_style)
        # Without the marks that Textual's own selection needs, neighbours of one style are one: fewer bytes.
        bare = [Segment(part.text, part.style and part.style.clear_meta_and_links()) for part in strips[0]]
        return Strip(bare).crop(0, width).simplify()

    def _cursor_style(self) -> Style:
        style = self.get_visual_style("rows--cursor")  # which leaves `reverse` out, all that a plain terminal has
        reverse = bool(self.get_component_styles("rows--cursor").text_style.reverse)
        return style + Style(reverse=True) if reverse else style

    def on_resize(self, _event: Resize) -> None:
        """More or fewer lines: keep the cursor in the window."""
        self._drawn.clear()
        self._scroll_to_cursor()
        self.refresh()

    def on_click(self, event: Click) -> None:
        """A click goes to the row; on the row under the cursor it opens it."""
        at = self._top + event.y
        if at < len(self._rows) and not self._passive(self._rows[at]):
            if at == self._cursor:
                self.post_message(self.Chosen())
            else:
                self._go(at, 1)

    # Keys, where it has the focus

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.move(by)

    def action_page(self, by: int) -> None:
        """Page up or down."""
        self.page(by)

    def action_home(self) -> None:
        """First."""
        self._go(0, 1)

    def action_end(self) -> None:
        """Last."""
        self._go(len(self._rows) - 1, -1)

    def action_choose(self) -> None:
        """Open."""
        if self.current is not None:
            self.post_message(self.Chosen())
