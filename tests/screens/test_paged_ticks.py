"""Ticks in the table: a million rows, and any order of sorting, narrowing, ticking, ranges and further runs."""

from __future__ import annotations

import asyncio
from array import array
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import ComposeResult

from screens.widgets import ticking
from screens.widgets.columns import Column
from screens.widgets.paged_table import PagedTable
from tests.screens.conftest import DARK, shown
from tests.screens.table_app import Themed
from tests.screens.tick_model import TickModel


class Bare(Themed):
    """A table that is fed by the test."""

    def compose(self) -> ComposeResult:
        yield PagedTable[int](
            [Column("id", "Id", 8, 12), Column("double", "Double", 8, 12)],
            DARK,
            draw=lambda row, key: str(row if key == "id" else 2 * row),
            may_tick=lambda row: "barred" if row % 10 == 3 else None,
        )

    def on_mount(self) -> None:
        self.query_one(PagedTable).focus()

    def on_paged_table_need_rows(self, need: PagedTable.NeedRows) -> None:
        self.query_one(PagedTable).take_rows({id: id for id in need.ids}, need.ids)


async def test_a_million_rows() -> None:
    async with Bare().run_test() as pilot:
        table: PagedTable[int] = pilot.app.query_one(PagedTable)
        table.show_first(range(50), {})
        for start in range(0, 1_000_000, 50_000):
            table.take_ids(array("q", range(start, start + 50_000)), start == 950_000)
        table.bar(range(3, 1_000_000, 10))
        await pilot.press("a")
        async with asyncio.timeout(60):
            while len(table.ticks) != 900_000:
                await pilot.pause(0.01)
        await pilot.press("end", "pageup", "space")
        assert len(table.ticks) == 899_999
        assert table.unseen == 0


# Any order of everything

STEP = st.one_of(
    st.tuples(st.sampled_from(["a", "n", "t"])),
    st.tuples(st.just("space"), st.integers(0, 60)),
    st.tuples(st.just("v"), st.integers(0, 60), st.integers(0, 60)),
    st.tuples(st.just("sort"), st.randoms(use_true_random=False)),
    st.tuples(st.just("narrow"), st.integers(1, 6)),
    st.tuples(st.just("run"), st.sets(st.integers(0, 60))),
    st.tuples(st.just("untick"), st.sets(st.integers(0, 60))),
)


class Model(TickModel):
    """A table of 60 numbers, of which only those that a divisor divides are listed."""

    def __init__(self) -> None:
        self.ids = list(range(60))
        self.divisor = 1
        super().__init__(self.ids)

    def may(self, id: int) -> bool:
        return id % 10 != 3

    def do(self, step: tuple[Any, ...]) -> None:
        self.tick(step)
        match step:
            case ("sort", chance):
                chance.shuffle(self.ids)
            case ("narrow", divisor):
                self.divisor = divisor
            case ("run", ids):
                self.ids = sorted(ids)
        self.listed = [id for id in self.ids if id % self.divisor == 0]


async def _in_the_table(steps: list[tuple[Any, ...]], piece: int) -> None:
    model = Model()
    async with Bare().run_test(size=(60, 12)) as pilot:
        table: PagedTable[int] = pilot.app.query_one(PagedTable)
        table.bar(range(3, 60, 10))
        table.show_first(model.ids, {}, done=True)
        for step in steps:
            model.do(step)
            match step:
                case ("space", at):
                    table.go(at)
                    table.action_tick()
                case ("v", start, end):
                    table.go(start)
                    table.action_range()
                    table.go(end)
                    table.action_range()
                case ("untick", ids):
                    table.untick(ids)
                case ("a",) | ("n",) | ("t",):
                    await pilot.press(step[0])
                case _:
                    listed = model.listed
                    table.show_first(listed[:20], {}, keep=step[0] == "run")
                    for start in range(0, len(listed), piece):
                        table.take_ids(array("q", listed[start : start + piece]), False)
                    table.take_ids(array("q"), True)
            await pilot.pause()
            async with asyncio.timeout(60):
                while table._work is not None or table.unseen is None:
                    await pilot.pause(0.005)
            assert set(table.ticks) == model.ticks, step
            assert list(table.ids) == model.listed
            assert table.unseen == model.unseen
            assert f"{len(model.ticks)} ticked" in shown(pilot).splitlines()[-1]


@settings(max_examples=25)
@given(st.lists(STEP, max_size=12), st.integers(1, 25), st.integers(3, 30))
def test_any_order_of_everything(steps: list[tuple[Any, ...]], piece: int, at_once: int) -> None:
    before, ticking.AT_ONCE = ticking.AT_ONCE, at_once
    try:
        asyncio.run(_in_the_table(steps, piece))
    finally:
        ticking.AT_ONCE = before
