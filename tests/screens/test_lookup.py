"""The home screen: what one sees for what one types."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from clinic_tui.db.connection import close_database
from screens.lookup import LookupScreen
from screens.profile import ProfileScreen
from screens.theme import Look
from screens.widgets.cells import cell_len
from screens.widgets.rows import Rows
from tests.screens import people
from tests.screens.conftest import Desk, settle, shown

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
        assert counts == ["5 of 5 patients", "5 of 5 patients", "4 of 5 patients", "3 of 5 patients"]
        assert "Smyth" not in shown(pilot)


async def test_arrows_move_and_enter_opens_while_typing(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await pilot.press("s", "m", "i")
        await settle(pilot)
        rows = pilot.app.screen.query_one(Rows)
        await pilot.press("down", "down", "end", "home", "pagedown", "up")
        wanted = rows.current
        assert wanted is rows.rows[-2]
        assert pilot.app.screen.query_one(Input).has_focus
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert pilot.app.screen.patient_id == wanted.id


async def test_enter_never_opens_a_patient_of_an_older_search(desk: Desk) -> None:
    ids = people.smiths()
    async with desk.open() as pilot:
        assert pilot.app.screen.query_one(Rows).rows[0].id != ids["Smyth"]
        for key in "smyth":
            pilot.app.screen.query_one(Input).insert_text_at_cursor(key)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert pilot.app.screen.patient_id == ids["Smyth"]


async def test_more_are_read_at_the_end_of_the_list(desk: Desk) -> None:
    for i in range(120):
        people.patient(f"{i:06}", "Given", f"Family{i:03}")
    async with desk.open() as pilot:
        rows = pilot.app.screen.query_one(Rows)
        assert len(rows.rows) == 50
        await pilot.press("end")
        await settle(pilot)
        assert len(rows.rows) == 120
        assert rows.rows[rows.cursor].family == "Family049"
        assert "120 patients" in shown(pilot)


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


async def test_every_line_is_as_wide_as_the_terminal(desk: Desk) -> None:
    people.hostile()
    for width in (40, 62, 80, 120, 200):
        async with desk.open((width, 24)) as pilot:
            strips = pilot.app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {width}
            assert {cell_len(strip.text) for strip in strips} == {width}
            assert not [c for strip in strips for c in strip.text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]


async def test_escape_clears(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await pilot.press(*"smyth", "escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)
        assert _count(pilot) == "5 patients"


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
