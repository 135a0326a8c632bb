"""The part of a paged table that ticks: boxes before the rows, one row, a range, all that is listed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from screens.widgets.columns import Column
from screens.widgets.moving import own
from screens.widgets.paged_result import Row
from screens.widgets.paged_view import Draw, PagedView
from screens.widgets.table_keys import TICK_KEYS
from screens.widgets.ticking import Does, Ticking
from screens.widgets.ticks import Ticks

if TYPE_CHECKING:
    from screens.theme import Look

MayTick = Callable[[Row], "str | None"]


class TickedView(PagedView[Row]):
    """Ticks are of ids: they survive sorting, narrowing and another run. Only rows that are listed change theirs."""

    BINDINGS = own(TICK_KEYS)

    class TicksChanged(Message, namespace="paged_table"):
        """How many are ticked; how many of them are not listed now, None where that is not known yet."""

        def __init__(self, count: int, unseen: int | None) -> None:
            super().__init__()
            self.count = count
            self.unseen = unseen

    class Refused(Message, namespace="paged_table"):
        """A sentence: what could not be ticked, and why."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    def __init__(
        self,
        columns: Sequence[Column],
        look: Look,
        *,
        draw: Draw[Row],
        may_tick: MayTick[Row] | None,
        ticking: bool,
        id: str | None,
    ) -> None:
        super().__init__(columns, look, draw=draw, id=id)
        self.ticks = Ticks()
        self.unseen: int | None = 0
        self._may_tick = may_tick
        self._boxes = ticking
        self._barred: frozenset[int] | None = frozenset()
        self._from: int | None = None
        self._work: Ticking | None = None
        self._census: Ticking | None = None
        self.indent = 5 if ticking else 2

    # What comes

    def begin(self, ids: Iterable[int], rows: Mapping[int, Row], keep: bool, done: bool) -> None:
        """Another result: a range and what is half ticked are left."""
        self._from = self._work = self._census = None
        self.unseen = None if self.ticks else 0
        super().begin(ids, rows, keep, done)
        if done:
            self._take_census()

    def took(self, new: array[int]) -> None:
        """Ids came: what waited for them goes on."""
        replaced = len(new) == self.count
        super().took(new)
        if replaced:
            if self._work is not None:
                self._work = self._ticking(self._work.does) if self._work.to_end else None
            self._take_census()
        else:
            self._step_census()
        self._step()

    def bar(self, ids: Iterable[int] | None) -> None:
        """These may not be ticked, whether their rows are at hand or not; None: no row may."""
        barred = None if ids is None else frozenset(ids)
        if barred != self._barred:
            self._barred = barred
            self.draw_lines()

    def stopped(self) -> None:
        """No more ids come: what has come stays; what waited for all of them is left."""
        self._work = None
        super().stopped()

    # Ticks

    def set_ticks(self, ids: Iterable[int]) -> None:
        """Tick these, and no others."""
        self._put(Ticks(ids), None)

    def untick(self, ids: Iterable[int]) -> None:
        """Take the ticks of these away."""
        ticks = self.ticks.copy()
        ticks.remove(ids)
        self._put(ticks, None)

    def _put(self, ticks: Ticks, unseen: int | None) -> None:
        self._work = None
        self.ticks, self.unseen = ticks, unseen
        self._census = None
        if unseen is None:
            self._take_census()
        self._tell()

    def _tell(self, lines: Iterable[int] | None = None) -> None:
        self.draw_lines(lines)
        self.post_message(self.TicksChanged(len(self.ticks), self.unseen))

    def why_not(self, id: int) -> str | None:
        """Why a row may not be ticked; None where it may."""
        row = self.row(id)
        if self._result.is_gone(id):
            return "It is no longer there."
        reason = None if row is None or self._may_tick is None else self._may_tick(row)
        return reason or ("It may not be ticked." if self._barred is None or id in self._barred else None)

    def _ticking(self, does: Does, start: int = 0, stop: int | None = None) -> Ticking:
        if self._barred is None:
            return Ticking(does, self.ticks, lambda _: True, start, stop)
        known = {number: self.why_not(number) for number in self._result.at_hand()}
        bars = self._barred | {number for number, reason in known.items() if reason}
        return Ticking(does, self.ticks, bars.__contains__ if bars else None, start, stop)

    def _begin(self, does: Does, start: int = 0, stop: int | None = None) -> None:
        self._from = None
        self._work = self._ticking(does, start, stop)
        self._step()
        if self._work is not None:
            self.draw_lines()

    def _step(self) -> None:
        work = self._work
        if work is None:
            return
        more = work.step(self.ids, self.done or self._result.broken)
        if more is False:
            self._put(work.ticks, self.unseen)
            if work.barred:
                those = "One row" if work.barred == 1 else f"{work.barred:,} rows"
                self.post_message(self.Refused(f"{those} could not be ticked."))
        elif more:
            self.call_later(self._step_if, work)

    def _step_if(self, work: Ticking) -> None:
        if self._work is work:
            self._step()

    def _take_census(self) -> None:
        """Count how many of the ticks are not listed. Ticking what is listed does not change that."""
        self.unseen = None if self.ticks else 0
        self._census = Ticking("count", self.ticks, None) if self.ticks else None
        self._step_census()

    def _step_census(self, census: Ticking | None = None) -> None:
        now = self._census
        if now is None or (census is not None and census is not now):
            return
        more = now.step(self.ids, self.done or self._result.broken)
        if more:
            self.call_later(self._step_census, now)
        elif more is False:
            self._census = None
            self.unseen = len(now.ticks) - now.shown
            self._tell()

    def mark(self, at: int) -> str:
        """The cursor's mark, or that of a range; the box."""
        marks = self._look.symbols
        first, last = sorted((self._at if self._from is None else self._from, self._at))
        sign = marks.cursor if at == self._at else "+" if first <= at <= last else " "
        if not self._boxes:
            return f"{sign} "
        number = self.ids[at]
        return f"{sign}[{'x' if number in self.ticks else marks.none if self.why_not(number) else ' '}] "

    def _between(self, before: int, at: int) -> list[int]:
        if self._from is None:
            return super()._between(before, at)
        first, last = sorted((before - self._top + 1, at - self._top + 1))
        return [*range(max(1, first), last + 1), self.size.height - 1]

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without boxes there is nothing to tick."""
        return self._boxes if action in ("tick", "range", "tick_all", "tick_none", "invert") else True

    def action_tick(self) -> None:
        """This row, or the range that was begun. The cursor stays: one sees, and hears, what was ticked."""
        if self._from is not None:
            self.action_range()
        elif self.current is not None and not self.is_busy():
            self.toggle(self.current)

    def toggle(self, number: int) -> None:
        """Tick a row that is listed, or untick it."""
        if number in self.ticks:
            self.ticks.remove((number,))
        elif reason := self.why_not(number):
            self.post_message(self.Refused(reason))
            return
        else:
            self.ticks.add((number,))
        self._tell(self._between(self._at, self._at))

    def action_range(self) -> None:
        """Begin a range; once more: tick it, or untick it where all of it was ticked."""
        if self.current is None or self.is_busy():
            return
        if self._from is None:
            self._from = self._at
            self.draw_lines()
            return
        first, last = sorted((self._from, self._at))
        every = all(map(self.ticks.__contains__, self.ids[first : last + 1]))
        self._begin("remove" if every else "add", first, last + 1)

    def action_tick_all(self) -> None:
        """All that is listed."""
        if not self.is_busy():
            self._begin("add")

    def action_tick_none(self) -> None:
        """None at all, also of what is not listed."""
        self._from = None
        self._put(Ticks(), 0)

    def action_invert(self) -> None:
        """Of what is listed, the other ones."""
        if not self.is_busy():
            self._begin("flip")

    def leave_work(self) -> bool:
        """Leave a range, or ticking that is under way; False where there was none."""
        if self._work is None and self._from is None:
            return False
        self._work = self._from = None
        self.draw_lines()
        return True

    def is_busy(self) -> bool:
        """Whether many rows are being ticked; says so."""
        if self._work is not None:
            self.post_message(self.Refused("Still ticking: wait for it, or leave it with Esc."))
        return self._work is not None
