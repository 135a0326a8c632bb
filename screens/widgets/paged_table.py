"""A table over a result that stays in the database: ticks, sorting, narrowing, and few bytes on the line for a key.

It knows rows, columns and keys. Rows are asked for by `NeedRows` when they come in sight; ids may come after the first
page, in pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message

from screens.widgets.cells import cut
from screens.widgets.columns import Column, Placed
from screens.widgets.marks import Field
from screens.widgets.moving import COLUMN_MOVES, own
from screens.widgets.paged_result import Row
from screens.widgets.paged_view import Draw
from screens.widgets.table_keys import PLAIN_KEYS, TABLE_KEYS
from screens.widgets.table_words import Said, said
from screens.widgets.ticked_view import MayTick, TickedView

if TYPE_CHECKING:
    from screens.theme import Look

__all__ = ["PLAIN_KEYS", "TABLE_KEYS", "Column", "PagedTable"]

SCROLLS = 3


class PagedTable(TickedView[Row]):
    """`draw(row, column_key)` gives a cell: a string, which is cleaned here, or a `Content` that is clean.

    `may_tick(row)`: None, or a sentence why it may not be ticked. `noun`: one row, several. `counting`: whether
    it has a last line, to count and to narrow in; a screen that does both by itself needs none. An app that
    `FollowsFocus` has the terminal's cursor on the current row.
    """

    DEFAULT_CSS = """
    PagedTable > Field { dock: bottom; width: 30; display: none; }
    PagedTable.-narrowing > Field { display: block; }
    """
    BINDINGS = own((*COLUMN_MOVES, *PLAIN_KEYS))

    class SortBy(Message, namespace="paged_table"):
        """List the result in this order: `show_first(..., sort=(key, down))`."""

        def __init__(self, key: str, down: bool) -> None:
            super().__init__()
            self.key = key
            self.down = down

    class Narrow(Message, namespace="paged_table"):
        """List only what matches `text`: `show_first`. "" is everything."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        columns: Sequence[Column],
        look: Look,
        *,
        draw: Draw[Row],
        may_tick: MayTick[Row] | None = None,
        ticking: bool = True,
        noun: tuple[str, str] = ("patient", "patients"),
        counting: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(columns, look, draw=draw, may_tick=may_tick, ticking=ticking, id=id)
        self.sort: tuple[str, bool] | None = None
        self.narrow = ""
        self.footing = 1 if counting else 0
        self._noun = noun
        self._column: str | None = None

    def compose(self) -> ComposeResult:
        """The field to narrow in, which is seen only while it is used."""
        if self.footing:
            yield Field(placeholder="narrow")

    def show_first(
        self,
        ids: Iterable[int],
        rows: Mapping[int, Row],
        *,
        sort: tuple[str, bool] | None = None,
        keep: bool = False,
        done: bool = False,
    ) -> None:
        """Another result: its first page at once. `sort`: the column and whether downwards. `keep`: the cursor stays
        on its row. `done`: there are no more; otherwise `take_ids` brings all, from the first on.
        """
        self.sort = sort
        self.begin(ids, rows, keep, done)

    # What is said

    def title(self, place: Placed) -> str | Content:
        """The heading of a column: the order it gives, and whether it is the one that `s` sorts by."""
        column, title = place.column, place.column.title
        if self.sort is not None and self.sort[0] == column.key:
            up, down = ("▲", "▼") if self._look.unicode else ("^", "v")
            sign, short = down if self.sort[1] else up, cut(title, place.width - 1, self._look.symbols.ellipsis)
            title = f"{sign}{short}" if column.right else f"{short}{sign}"
        return Content.styled(title, "$accent reverse") if column.key == self._column else title

    def summary(self) -> Content:
        """Where the cursor is, how many are listed and ticked, and what is under way."""
        chosen = next((column for column in self._columns if column.key == self._column), None)
        words = Said(
            at=self._at, listed=self.count, done=self.done, broken=self._result.broken, noun=self._noun,
            ticked=len(self.ticks) if self._boxes else None, unseen=self.unseen, narrow=self.narrow,
            range_from=self._from, to_end=self._to_end, does=None if self._work is None else self._work.does,
            column=None if chosen is None else chosen.title,
        )  # fmt: skip
        indent = 31 if self.has_class("-narrowing") else 1
        return said(words, self._look, indent, self.size.width)

    # Sorting

    def _sortable(self) -> list[Column]:
        return [column for column in self._columns if column.sortable]

    def action_column(self, by: int) -> None:
        """Choose the column that `s` sorts by, also one that there is no room for."""
        keys = [column.key for column in self._sortable()]
        if not keys:
            return
        if self._column in keys:
            at = keys.index(self._column) + by
        elif self.sort is not None and self.sort[0] in keys:
            at = keys.index(self.sort[0]) + by
        else:
            at = 0 if by >= 0 else len(keys) - 1
        self._column = keys[at % len(keys)]
        self._draw_ends()

    def action_sort(self) -> None:
        """By the chosen column; where it is sorted by that one, the other way. Without one: choose one."""
        column = next((column for column in self._sortable() if column.key == self._column), None)
        if column is not None:
            self._sort_by(column)
        else:
            self.action_column(0)

    def go(self, to: int) -> None:
        """The cursor moves: no column is being chosen any more."""
        if self._column is not None:
            self._column = None
            self.draw_lines([0])
        super().go(to)

    def _sort_by(self, column: Column) -> None:
        down = not self.sort[1] if self.sort is not None and self.sort[0] == column.key else column.down_first
        self.post_message(self.SortBy(column.key, down))

    def _draw_ends(self) -> None:
        self.draw_lines([0, self.size.height - 1])

    # Narrowing

    def narrowed(self, text: str) -> None:
        """It is narrowed to this; nothing is asked."""
        self.narrow = text
        self.query_one(Field).value = text
        self.draw_summary()

    def action_narrow(self) -> None:
        """Type what to look for."""
        field = self.query_one(Field)
        self._column = None
        self.add_class("-narrowing")
        field.cursor_position = len(field.value)
        field.focus()
        self._draw_ends()

    def _close_field(self) -> None:
        self.remove_class("-narrowing")
        self.focus()
        self.draw_summary()

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        event.stop()
        if event.value != self.narrow:
            self.narrow = event.value
            self.post_message(self.Narrow(event.value))
            self.draw_summary()

    @on(Field.Submitted)
    def _entered(self, event: Field.Submitted) -> None:
        event.stop()
        self._close_field()

    # Leaving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the table's only where there is something to leave; narrowing needs the last line."""
        if action == "narrow":
            return bool(self.footing)
        if action == "leave":
            under_way = self._work is not None or self._from is not None or self._to_end
            return under_way or self._column is not None or self.has_class("-narrowing") or bool(self.narrow)
        if action in ("column", "sort"):
            return bool(self._sortable())
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """One thing at a time: ticking or a range, waiting for the end, the column, the narrowing."""
        typing = self.has_class("-narrowing")
        if not typing and self.leave_work():
            return
        if not typing and self._to_end:
            self._to_end = False
        elif not typing and self._column is not None:
            self._column = None
        else:
            self.query_one(Field).value = ""
            if typing:
                self._close_field()
        self._draw_ends()

    # The mouse

    def on_click(self, event: Click) -> None:
        """A title sorts, a box ticks, a row is gone to; the row under the cursor is opened."""
        at = self._top + event.y - 1
        if event.widget is not self:
            return
        if event.y == 0:
            for column, x, width in self.placed():
                if column.sortable and x <= event.x < x + width:
                    self._sort_by(column)
        elif event.y <= self.body and at < self.count:
            if self._boxes and 1 <= event.x <= 3:
                self.go(at)
                if not self.is_busy():
                    self.toggle(self.ids[at])
            elif at == self._at:
                self.action_choose()
            else:
                self.go(at)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """A few rows down."""
        event.stop()
        self.go(self._at + SCROLLS)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """A few rows up."""
        event.stop()
        self.go(self._at - SCROLLS)
