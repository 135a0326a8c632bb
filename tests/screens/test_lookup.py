"""The home screen: what one sees for what one types."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from clinic_tui.db.connection import close_database
from clinic_tui.patients.lookup import PatientRow
from screens.lookup import LookupScreen
from screens.profile import ProfileScreen
from screens.theme import Look
from screens.widgets.cells import cell_len
from screens.widgets.paged_table import PagedTable
from tests.screens import people
from tests.screens.conftest import Desk, settle, shown
from tests.screens.line import Line
from tests.screens.story import press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def type_smi(pilot: Pilot[int]) -> None:
    await pilot.press(*"smi")


@SIZES
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()
    assert desk.snap(type_smi, size)


@SIZES
def test_empty_database(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(None, size)


@SIZES
def test_no_match(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()

    async def acts(pilot: Pilot[int]) -> None:
        await pilot.press(*"zzz [/]")

    assert desk.snap(acts, size)


@SIZES
def test_database_lost(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()
    _spoil(desk)
    assert desk.snap(None, size)


def test_hostile_names(desk: Desk) -> None:
    people.hostile()
    assert desk.snap(None)


def test_forty_columns(desk: Desk) -> None:
    people.smiths()
    assert desk.snap(None, (40, 20))


def test_very_wide(desk: Desk) -> None:
    people.smiths()
    assert desk.snap(None, (200, 60))


@pytest.mark.parametrize("theme", ["clinic-light", "clinic-plain"])
def test_other_themes(desk: Desk, theme: str) -> None:
    people.smiths()
    assert desk.snap(type_smi, look=Look(theme, theme == "clinic-plain", theme == "clinic-light"))


async def test_results_follow_every_key(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        counts = []
        for key in "smit":
            await pilot.press(key)
            await settle(pilot)
            counts.append(_count(pilot))
        assert counts == [
            "5 of 5 patients match",
            "5 of 5 patients match",
            "4 of 5 patients match",
            "3 of 5 patients match",
        ]
        assert "Smyth" not in shown(pilot)


async def test_arrows_move_and_enter_opens_while_typing(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await pilot.press("s", "m", "i")
        await settle(pilot)
        table = _table(pilot)
        await pilot.press("down", "down", "end", "home", "pagedown", "up")
        wanted = table.current
        assert wanted == table.ids[-2]
        assert pilot.app.screen.query_one(Input).has_focus
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert pilot.app.screen.patient_id == wanted


async def test_the_terminals_cursor_is_in_the_search_or_on_the_row(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        field, table = pilot.app.screen.query_one(Input), _table(pilot)
        assert pilot.app.cursor_position == field.cursor_screen_offset
        await pilot.press("s", "down")
        await settle(pilot)
        assert pilot.app.cursor_position == field.cursor_screen_offset
        assert field.cursor_screen_offset.y == field.region.y == 2
        await pilot.press("tab", "down")
        assert pilot.app.cursor_position == (table.region.x, table.region.y + 3)
        await pilot.press("m")  # goes on in the search
        await settle(pilot)
        assert field.value == "sm"
        assert pilot.app.cursor_position == field.cursor_screen_offset


async def test_no_key_of_the_table_is_taken_from_the_search(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        for key in "/svan t":
            await pilot.press("tab", key)
        assert pilot.app.screen.query_one(Input).value == "/svan t"


async def test_a_click_goes_to_a_patient_and_another_opens_them(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        wanted = _table(pilot).ids[2]
        await pilot.click(PagedTable, offset=(10, 3))
        assert not isinstance(pilot.app.screen, ProfileScreen)
        assert _table(pilot).current == wanted
        await pilot.click(PagedTable, offset=(10, 3))
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert pilot.app.screen.patient_id == wanted


async def test_enter_never_opens_a_patient_of_an_older_search(desk: Desk) -> None:
    ids = people.smiths()
    async with desk.open() as pilot:
        assert _table(pilot).current != ids["Smyth"]
        for key in "smyth":
            pilot.app.screen.query_one(Input).insert_text_at_cursor(key)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert pilot.app.screen.patient_id == ids["Smyth"]


async def test_all_matches_can_be_gone_through(desk: Desk) -> None:
    _families(120)
    async with desk.open() as pilot:
        assert "Family000" in shown(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert shown(pilot).splitlines()[-2].startswith(" ▸ Family119, Given")
        assert _count(pilot) == "120 patients"
        await pilot.press(*"family1")
        await settle(pilot)
        assert _count(pilot) == "20 of 120 patients match"
        await pilot.press("backspace", "end", "up")
        await settle(pilot)
        assert "▸ Family118" in shown(pilot)
        assert _count(pilot) == "120 of 120 patients match"


@pytest.mark.parametrize("at", [3, 90])
async def test_the_cursor_stays_on_its_row_when_something_moved(desk: Desk, at: int) -> None:
    _families(120)
    async with desk.open() as pilot:
        await pilot.press(*"given")
        await settle(pilot)
        _table(pilot).go(at)
        await settle(pilot)
        line = next(y for y, text in enumerate(shown(pilot).splitlines()) if f"▸ Family{at:03}" in text)
        added = [people.patient(f"1{i:05}", "Given", f"Earlier{i}") for i in range(2)]
        pilot.app.screen.pulse_changed()  # type: ignore[attr-defined]
        await settle(pilot)
        assert set(added) <= set(_table(pilot).ids)
        assert f"▸ Family{at:03}" in shown(pilot).splitlines()[line]
        assert _table(pilot).count == 122


async def test_a_database_found_again(desk: Desk) -> None:
    people.smiths()
    _spoil(desk)
    async with desk.open() as pilot:
        assert "Ctrl+R" in shown(pilot)
        _mend(desk)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert "Smithers, Joel" in shown(pilot)
        assert "Ctrl+R" not in shown(pilot)


async def test_a_database_lost_while_open_keeps_the_rows(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        _spoil(desk)
        await pilot.press("s")
        await settle(pilot)
        said = shown(pilot)
        assert "Smithers, Joel" in said
        assert "Ctrl+R try again" in said
        assert "Traceback" not in said


def test_bytes_of_a_key(desk: Desk) -> None:
    """On a line of 120x40; a typed letter that every name begins with changes only itself and the count."""
    _families(90)
    config = desk.config
    imports = "import sys; from pathlib import Path; from clinic_tui.config import Config; from screens.app import run"
    runs = f"{imports}; run(Config(sys.argv[1], Path(sys.argv[2])))"
    line = Line("-c", runs, config.database, str(config.key_file))
    try:
        line.wait_for("90 patients")
        line.read()
        for key in (b"\x1b[B", b"\x1b[A", b"f", b"a", b"\x1b[B"):
            assert 0 < line.bytes_for(key) <= 700
    finally:
        line.close()


async def test_every_line_is_as_wide_as_the_terminal(desk: Desk) -> None:
    people.hostile()
    for width in (40, 62, 80, 120, 200):
        async with desk.open((width, 24)) as pilot:
            strips = pilot.app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {width}
            assert {cell_len(strip.text) for strip in strips} == {width}
            assert not [c for strip in strips for c in strip.text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]


async def test_nobody_is_offered_to_be_opened_where_nobody_is(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        assert "Enter open" in read(pilot)
        await write(pilot, "zzq")
        assert "Enter open" not in read(pilot)
        await press(pilot, "escape")
        assert "Enter open" in read(pilot)


async def test_escape_clears(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await pilot.press(*"smyth", "escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)
        assert _count(pilot) == "5 patients"


def _table(pilot: Pilot[int]) -> PagedTable[PatientRow]:
    return pilot.app.screen.query_one(PagedTable)


def _families(count: int) -> None:
    for i in range(count):
        people.patient(f"{i:06}", "Given", f"Family{i:03}")


def _count(pilot: Pilot[int]) -> str:
    return str(pilot.app.screen.query_one("#count").render())


def _spoil(desk: Desk) -> None:
    """Put a folder where the database file is: it cannot be opened any more."""
    close_database()
    file = _file(desk)
    file.rename(file.with_suffix(".kept"))
    file.mkdir()


def _mend(desk: Desk) -> None:
    """Put the database file back."""
    file = _file(desk)
    file.rmdir()
    file.with_suffix(".kept").rename(file)


def _file(desk: Desk) -> Path:
    return Path(desk.config.database.removeprefix("sqlite:///"))
