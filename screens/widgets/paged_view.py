"""The part of a paged table that shows: rows read when they are to be seen, a cursor, a window."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic

from textual.content import Content
from textual.events import Resize
from textual.geometry import Offset
from textual.message import Message
from textual.style import Style

from screens.widgets.changed_lines import ChangedLines
from screens.widgets.columns import Column, Placed, across, place
from screens.widgets.moving import TABLE_MOVES, own
from screens.widgets.paged_result import PagedResult, Row

if TYPE_CHECKING:
    from screens.theme import Look

Draw = Callable[[Row, str], "str | Content"]


class PagedView(ChangedLines, Generic[Row]):
    """A heading, rows, and `footing` lines (one or none) for `summary()`. What a row begins with is `mark(at)`, of
    `indent` cells.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"paged--cursor", "paged--heading"}
    DEFAULT_CSS = """
    PagedView { height: 1fr; background: $background; color: $foreground; text-wrap: nowrap;
        & > .paged--heading { color: $quiet; text-style: bold; }
        & > .paged--cursor { background: $row-cursor; color: $foreground; text-style: bold; }
        &:ansi > .paged--cursor { text-style: bold reverse; }
        &:nocolor > .paged--cursor { text-style: bold reverse; }
    }
    """
    BINDINGS = own(TABLE_MOVES)
    can_focus = True

    class NeedRows(Message, namespace="paged_table"):
        """Read these, then `take_rows(rows, ids)`. The newest asks for all that is missing in sight."""

        def __init__(self, ids: list[int]) -> None:
            super().__init__()
            self.ids = ids

    class Moved(Message, namespace="paged_table"):
        """The cursor is on another row; None where there is none."""

        def __init__(self, id: int | None) -> None:
            super().__init__()
            self.id = id

    class Chosen(Message, namespace="paged_table"):
        """Enter, or a click on the row under the cursor."""

        def __init__(self, id: int) -> None:
            super().__init__()
            self.id = id

    def __init__(self, columns: Sequence[Column], look: Look, *, draw: Draw[Row], id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._look = look
        self._draw_cell = draw
        self._result: PagedResult[Row] = PagedResult()
        self._at = 0
        self._top = 0
        self._back_to: tuple[int, int, int] | None = None  # id, place and line of the row to return to
        self._to_end = False
        self._told: int | None = None
        self._placed: tuple[tuple[int, int], list[Placed]] | None = None  # and what for: the same for every row
        self.indent = 2
        self.footing = 1

    # What is shown

    @property
    def ids(self) -> array[int]:
        """The ids so far, in order; not to be changed."""
        return self._result.ids

    @property
    def count(self) -> int:
        """How many rows, so far."""
        return len(self._result.ids)

    @property
    def done(self) -> bool:
        """Whether these are all."""
        return self._result.done

    @property
    def run(self) -> int:
        """The number of this result: it counts up with `show_first`."""
        return self._result.run

    @property
    def current(self) -> int | None:
        """The id under the cursor."""
        return self.ids[self._at] if self._at < self.count else None

    @property
    def current_row(self) -> Row | None:
        """The row under the cursor, where it is at hand."""
        return None if self.current is None else self.row(self.current)

    @property
    def at_top(self) -> bool:
        """Whether the cursor is on the first row."""
        return self._at == 0

    def in_sight(self) -> array[int]:
        """The ids that there is room for now."""
        return self.ids[self._top : self._top + self.body]

    def row(self, id: int) -> Row | None:
        """The row of an id, where it is at hand."""
        return self._result.row(id)

    def known(self) -> dict[int, Row]:
        """The rows that are at hand, by id; those that are gone as they last were."""
        return self._result.known()

    def begin(self, ids: Iterable[int], rows: Mapping[int, Row], keep: bool, done: bool) -> None:
        """Another result: its first page. `keep`: the cursor goes back to its row, once that has come."""
        if keep and self._back_to is None and self.current is not None:
            self._back_to = (self.current, self._at, self._at - self._top)
        elif not keep:
            self._back_to = None
            self._at = self._top = 0
        self._to_end = False
        its_own = self._result.begin(ids, done, self._top + self.body if self._top else 0)
        self._result.grow_old()
        self._result.keep(rows)
        if its_own:
            self._go_back(0, self.ids)
        self._follow()

    def take_ids(self, ids: array[int], done: bool, run: int | None = None) -> None:
        """The next ids of the whole result, from its first on; those of another `run` are passed over."""
        if run is not None and run != self.run:
            return
        before, top, sight = self._at, self._top, self.in_sight()
        self.took(self._result.take(ids, done))
        if self.in_sight() == sight:  # most come behind what is seen: a key that waits is not kept by drawing it anew
            self._follow(before, top)
        else:
            self._follow()

    def took(self, new: array[int]) -> None:
        """These ids came, or all of them."""
        self._go_back(self.count - len(new), new)
        self._at = max(0, min(self._at, self.count - 1))
        if self.done and self._to_end:
            self._to_end = False
            self._at = max(0, self.count - 1)

    def take_rows(self, rows: Mapping[int, Row], asked: Iterable[int] = ()) -> None:
        """Rows that were read, or that changed. What was asked for and is not among them is gone."""
        self._result.keep(rows, asked)
        self._follow()

    def forget_rows(self) -> None:
        """What is at hand may have changed: it is read again, and until then what is drawn stays."""
        self._result.grow_old()
        self._ask_for_rows()

    def stopped(self) -> None:
        """The stream broke off: what has come stays."""
        self._result.broken = True
        self._to_end = False
        self._follow()

    def _go_back(self, start: int, new: array[int]) -> None:
        if self._back_to is None:
            return
        wanted, at, line = self._back_to
        try:
            self._at = start + new.index(wanted)
        except ValueError:
            self._at = min(at, max(0, self.count - 1))
            if not self.done:
                return
        self._back_to = None
        self._top = max(0, self._at - line)

    # The cursor

    @property
    def body(self) -> int:
        """How many rows there is room for."""
        return max(1, self.size.height - 1 - self.footing)

    def go(self, to: int) -> None:
        """The cursor to the row at `to`, or to the nearest there is."""
        self._back_to = None
        self._to_end = False
        before, top = self._at, self._top
        self._at = max(0, min(to, self.count - 1))
        self._follow(before, top)

    def _follow(self, before: int = -1, top: int = -1) -> None:
        """After whatever happened: the window, the lines, the rows that are missing, the terminal's cursor.

        Where only the cursor moved, from row `before` in the window that began with row `top`, few lines are drawn.
        """
        self._at = max(0, min(self._at, self.count - 1))
        jump = max(1, self.body // 3)
        if self._at < self._top:
            self._top = min(self._at, self._top - jump)
        elif self._at >= self._top + self.body:
            self._top = max(self._at - self.body + 1, self._top + jump)
        self._top = max(0, min(self._top, self.count - self.body))
        self._ask_for_rows()
        self.draw_lines(self._between(before, self._at) if top == self._top else None)
        if self.current != self._told:
            self._told = self.current
            self.post_message(self.Moved(self.current))

    def _ask_for_rows(self) -> None:
        """Those that are to be seen soon, and are not at hand."""
        wanted = self._result.to_read(self._top, self._top + self.body, self.body) if self.size else []
        if wanted:
            self.post_message(self.NeedRows(wanted))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor goes (see `FollowsFocus`): where the row begins."""
        return self.region.offset + Offset(0, 1 + self._at - self._top)

    def _between(self, before: int, at: int) -> list[int]:
        """The lines that a move of the cursor may change."""
        return [before - self._top + 1, at - self._top + 1, self.size.height - 1]

    def draw_summary(self) -> None:
        """Only the last line."""
        self.draw_lines([self.size.height - 1])

    # Drawing

    def mark(self, at: int) -> str:
        """What the row at `at` begins with."""
        return f"{self._look.symbols.cursor if at == self._at else ' '} "

    def title(self, place: Placed) -> str | Content:
        """The heading of a column."""
        return place.column.title

    def summary(self) -> Content:
        """The last line."""
        return Content("")

    def placed(self) -> list[Placed]:
        """The columns there is room for."""
        room = max(0, self.size.width - self.indent - 1)
        if self._placed is None or self._placed[0] != (room, self.indent):
            self._placed = (room, self.indent), place(self._columns, room, self.indent)
        return self._placed[1]

    def line(self, y: int) -> tuple[Content, Style]:
        """Heading, row or summary."""
        if y == 0:
            return self._heading(), self.get_visual_style("paged--heading")
        if y > self.body:
            return self.summary(), self.visual_style
        at = self._top + y - 1
        if at >= self.count:
            return Content(""), self.visual_style
        return self._row(at), self._cursor_style() if at == self._at else self.visual_style

    def _heading(self) -> Content:
        return across("", self.placed(), self.title, self._look.symbols.ellipsis)

    def _row(self, at: int) -> Content:
        number, ellipsis = self.ids[at], self._look.symbols.ellipsis
        row = self.row(number)
        if row is None:
            missing = "no longer there" if self._result.is_gone(number) else ellipsis
            return Content.assemble(self.mark(at), (missing, "$quiet"))
        return across(self.mark(at), self.placed(), lambda place: self._draw_cell(row, place.column.key), ellipsis)

    def _cursor_style(self) -> Style:
        style = self.get_visual_style("paged--cursor")  # which leaves `reverse` out, all that a plain terminal has
        reverse = bool(self.get_component_styles("paged--cursor").text_style.reverse)
        return style + Style(reverse=True) if reverse else style

    def on_resize(self, _event: Resize) -> None:
        """More or fewer lines, or other columns: all of it comes on the terminal again."""
        self.refresh()
        self._follow()

    # Keys

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.go(self._at + by)

    def action_page(self, by: int) -> None:
        """Page up or down."""
        self.go(self._at + by * max(1, self.body - 1))

    def action_home(self) -> None:
        """First."""
        self.go(0)

    def action_end(self) -> None:
        """Last; where rows still come, once they have come."""
        waits = not self.done and not self._result.broken
        self.go(self.count - 1)
        self._to_end = waits
        self.draw_summary()

    def action_choose(self) -> None:
        """Open."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current))
