"""The paged table: what it shows, what its keys do, what they cost on the line."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from screens.theme import Look
from screens.widgets.paged_table import PagedTable
from tests.screens.conftest import shown, until
from tests.screens.line import Line
from tests.screens.table_app import TableApp, make

ROWS = 1_000
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
Acts = Callable[[Pilot[int]], Awaitable[None]]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("table") / "people.db"
    make(file, ROWS)
    return file


def app_of(pilot: Pilot[int]) -> TableApp:
    assert isinstance(pilot.app, TableApp)
    return pilot.app


async def settle(pilot: Pilot[int]) -> None:
    await pilot.pause()
    await until(pilot, lambda: not app_of(pilot).reading)


async def press(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def snap(snap_compare: Any, app: TableApp, size: tuple[int, int], *keys: str) -> bool:
    async def before(pilot: Pilot[int]) -> None:
        await settle(pilot)
        await press(pilot, *keys)

    return bool(snap_compare(app, terminal_size=size, run_before=before))


# What it looks like


@SIZES
def test_ticked_and_sorted(snap_compare: Any, people: Path, size: tuple[int, int]) -> None:
    assert snap(snap_compare, TableApp(people), size, "right", "s", "down", "space", "down", "space", "down")


@SIZES
def test_a_range_is_begun(snap_compare: Any, people: Path, size: tuple[int, int]) -> None:
    assert snap(snap_compare, TableApp(people), size, "down", "v", "down", "down", "down")


@SIZES
def test_narrowed(snap_compare: Any, people: Path, size: tuple[int, int]) -> None:
    assert snap(snap_compare, TableApp(people), size, "space", "slash", "f", "o", "x", "down")


def test_no_boxes(snap_compare: Any, people: Path) -> None:
    assert snap(snap_compare, TableApp(people, ticking=False), (80, 24), "down", "v", "a", "space")


def test_forty_columns(snap_compare: Any, people: Path) -> None:
    assert snap(snap_compare, TableApp(people), (40, 20), "space")


@pytest.mark.parametrize("look", [Look("clinic-light", False, True), Look("clinic-plain", True, False)])
def test_other_looks(snap_compare: Any, people: Path, look: Look) -> None:
    assert snap(snap_compare, TableApp(people, look=look), (80, 24), "a", "down", "space", "s")


def test_nothing_matches(snap_compare: Any, people: Path) -> None:
    assert snap(snap_compare, TableApp(people), (80, 24), "slash", "z", "z", "z", "enter")


# Keys


def last_line(pilot: Pilot[int]) -> str:
    return shown(pilot).splitlines()[-1].strip()


async def test_pages_are_read_when_they_are_seen(people: Path) -> None:
    async with TableApp(people).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        table = app_of(pilot).table
        await press(pilot, "end")
        assert table.current == ROWS
        assert "▸[ ] Łukasiewicz, Żane…    16" in shown(pilot)
        assert "]  …" not in shown(pilot)
        assert last_line(pilot).startswith("row 1,000 of 1,000 patients")
        await press(pilot, "pageup", "up")
        assert table.current == ROWS - 22
        await press(pilot, "home")
        assert table.current == 1
        await press(pilot, "enter")
        (chosen,) = app_of(pilot).heard
        assert isinstance(chosen, PagedTable.Chosen)
        assert chosen.id == 1


async def test_what_cannot_be_ticked_says_why(people: Path) -> None:
    async with TableApp(people).run_test() as pilot:
        await settle(pilot)
        table = app_of(pilot).table
        table.go(12)
        await press(pilot, "space")
        (refused,) = app_of(pilot).heard
        assert isinstance(refused, PagedTable.Refused)
        assert refused.reason == "Names are hidden from you."
        assert not table.ticks


async def test_a_range_ticks_then_unticks(people: Path) -> None:
    async with TableApp(people).run_test() as pilot:
        await settle(pilot)
        table = app_of(pilot).table
        await press(pilot, "down", "down", "v", "up", "up", "v")
        assert list(table.ticks) == [1, 2, 3]
        await press(pilot, "down", "v", "down", "space")
        assert list(table.ticks) == [1]
        await press(pilot, "v", "down", "escape", "v", "v")
        assert list(table.ticks) == [1, 4]


async def test_ticks_survive_sorting_narrowing_and_another_run(people: Path) -> None:
    async with TableApp(people).run_test() as pilot:
        await settle(pilot)
        app, table = app_of(pilot), app_of(pilot).table
        await press(pilot, "space", "down", "space")
        await press(pilot, "right", "right", "s")
        assert app.order == ("age", True)
        assert "▼Age" in shown(pilot)
        await press(pilot, "s")
        assert app.order == ("age", False)
        assert "▲Age" in shown(pilot)
        assert "2 ticked" in last_line(pilot)
        await press(pilot, "slash", *"fox", "enter")
        assert "2 of them not listed" in last_line(pilot)
        await press(pilot, "space", "escape")
        assert table.narrow == ""
        assert "3 ticked" in last_line(pilot)
        assert "not listed" not in last_line(pilot)
        app.list_them(keep=True)
        await settle(pilot)
        assert len(table.ticks) == 3
        await press(pilot, "n")
        assert not table.ticks


async def test_narrowing_leaves_the_arrows_and_escape_takes_it_away(people: Path) -> None:
    async with TableApp(people).run_test() as pilot:
        await settle(pilot)
        table = app_of(pilot).table
        await press(pilot, "slash", "b", "o", "b", "down", "pagedown")
        assert table.count == ROWS // 12
        assert table.current == 9 + 12 * 22
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "escape")
        assert table.count == ROWS
        assert table.has_focus


async def test_escape_is_the_screens_where_nothing_is_under_way(people: Path) -> None:
    class Leaving(TableApp):
        BINDINGS = [("escape", "exit_it", "Leave")]
        left = 0

        def action_exit_it(self) -> None:
            self.left += 1

    app = Leaving(people)
    async with app.run_test() as pilot:
        await settle(pilot)
        for keys in (["v"], ["right"], ["slash", "x"], ["slash", "x", "enter"]):
            await press(pilot, *keys, "escape")
            assert app.left == 0, keys
        await press(pilot, "escape")
        assert app.left == 1


async def test_the_terminals_cursor_is_on_the_row(people: Path) -> None:
    async with TableApp(people).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert pilot.app.cursor_position == (0, 1)
        await press(pilot, "down", "down")
        assert pilot.app.cursor_position == (0, 3)
        await press(pilot, "end")
        assert pilot.app.cursor_position == (0, 22)


async def test_the_mouse(people: Path) -> None:
    async with TableApp(people).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app, table = app_of(pilot), app_of(pilot).table
        await pilot.click(PagedTable, offset=(2, 4))
        assert list(table.ticks) == [4]
        await pilot.click(PagedTable, offset=(20, 2))
        assert table.current == 2
        await pilot.click(PagedTable, offset=(20, 2))
        assert isinstance(app.heard[-1], PagedTable.Chosen)
        await pilot.click(PagedTable, offset=(6, 0))
        await settle(pilot)
        assert app.order == ("name", False)


# Ids that come late


@pytest.fixture
def held() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


async def test_the_first_page_is_there_before_the_rest(people: Path, held: Event) -> None:
    app = TableApp(people, hold=held)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.table.count == 50)
        await pilot.press("down", "end")
        assert app.table.current == 50
        assert "50 of 50 patients so far" in last_line(pilot)
        assert "to the end" in last_line(pilot)
        held.set()
        await settle(pilot)
        assert app.table.current == ROWS


async def test_all_are_ticked_once_they_have_come(people: Path, held: Event) -> None:
    app = TableApp(people, hold=held)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.table.count == 50)
        await pilot.press("a")
        assert not app.table.ticks
        assert "ticking all as they come" in last_line(pilot)
        held.set()
        await settle(pilot)
        await until(pilot, lambda: len(app.table.ticks) > 900)
        refused = app.heard[-1]
        assert isinstance(refused, PagedTable.Refused)
        assert "could not be ticked" in refused.reason


async def test_what_waits_can_be_left(people: Path, held: Event) -> None:
    app = TableApp(people, hold=held)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.table.count == 50)
        await pilot.press("down", "a", "space", "escape", "end", "escape")
        held.set()
        await settle(pilot)
        assert not app.table.ticks
        assert app.table.current == 50


async def test_a_stream_that_breaks_leaves_what_came(people: Path, held: Event) -> None:
    app = TableApp(people, hold=held)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.table.count == 50)
        await pilot.press("a")
        app.table.stopped()
        await pilot.pause()
        assert not app.table.ticks
        assert "1 of 50 patients, the rest did not come" in last_line(pilot)
        await pilot.press("a")
        assert len(app.table.ticks) == 47
        held.set()


async def test_one_who_reads_far_down_stays_there(people: Path) -> None:
    app = TableApp(people)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.go(700)
        await settle(pilot)
        before = shown(pilot)
        held = app.hold = Event()
        app.list_them(keep=True)
        await until(pilot, lambda: app.table.run == 2)
        assert shown(pilot).splitlines()[:-1] == before.splitlines()[:-1]
        held.set()
        await settle(pilot)
        assert shown(pilot) == before


async def test_a_row_that_is_gone_says_so(people: Path) -> None:
    app = TableApp(people)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.take_rows({}, [3])
        app.table.go(2)
        await pilot.press("space")
        assert "▸[–] no longer there" in shown(pilot)
        assert not app.table.ticks


# What a key costs on the line


def test_bytes_of_a_key(tmp_path: Path) -> None:
    line = Line("-m", "tests.screens.table_app", str(tmp_path / "people.db"), "100000")
    try:
        line.wait_for("of 100,000 patients ·")
        line.read()
        for _ in range(3):
            assert 0 < line.bytes_for(b"\x1b[B") <= 700
            assert 0 < line.bytes_for(b" ") <= 600
        assert 0 < line.bytes_for(b"\x1b[A") <= 700
        assert 0 < line.bytes_for(b" ") <= 600
    finally:
        line.close()


async def test_ids_that_come_behind_what_is_seen_draw_no_row(
    people: Path, held: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = TableApp(people, hold=held)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.table.count > 0)
        await pilot.pause()
        first = array("q", app.table.ids)
        app.table.take_ids(first, False)
        drawn: list[int] = []
        line = app.table.line
        monkeypatch.setattr(app.table, "line", lambda y: drawn.append(y) or line(y))  # type: ignore[func-returns-value]
        app.table.take_ids(array("q", range(first[-1] + 1, first[-1] + 101)), False)
        assert set(drawn) == {1, 39}, "the row of the cursor, and the number of rows"
        assert f"1 of {len(first) + 100} patients so far" in shown(pilot)
        held.set()
