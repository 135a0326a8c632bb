"""The terminal's own cursor is on what has the focus, on every screen, in every field: a screen reader follows it."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from screens.app import SCREENS
from screens.reports.dry_run import DryRunDialog
from screens.widgets.rows import Rows
from tests.screens import caseload, people, story
from tests.screens.conftest import Desk, settle
from tests.screens.story import press


def on_the_focus(pilot: Pilot[int]) -> bool:
    """Whether it is; true where nothing has the focus."""
    focused = pilot.app.screen.focused
    return focused is None or focused.region.contains_point(pilot.app.cursor_position)


async def tab_round(pilot: Pilot[int]) -> int:
    """Through every field and back; how many there are."""
    first = pilot.app.screen.focused
    assert on_the_focus(pilot), first
    count = 0
    while count == 0 or pilot.app.screen.focused is not first:
        await press(pilot, "tab")
        assert on_the_focus(pilot), pilot.app.screen.focused
        count += 1
    return count


@pytest.mark.parametrize("name", [name for name in SCREENS if name != "mailbox"])
async def test_on_every_screen(desk: Desk, name: str) -> None:
    people.smiths()
    story.promote()
    async with desk.open() as pilot:
        await pilot.app.run_action(f"app.{name}")
        await settle(pilot)
        assert on_the_focus(pilot)


@pytest.mark.parametrize(("key", "fields"), [("i", 3), ("e", 10)], ids=["invite", "edit"])
async def test_in_every_field_of_a_dialog(desk: Desk, key: str, fields: int) -> None:
    story.john()
    async with desk.open() as pilot:
        await press(pilot, *"smyth", "enter", key)
        assert await tab_round(pilot) >= fields


async def test_on_the_row_that_the_keys_go_to(desk: Desk) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await caseload.invite_all(pilot)
        assert isinstance(pilot.app.screen, DryRunDialog)
        rows = pilot.app.screen.query_one(Rows)
        assert pilot.app.cursor_position == rows.region.offset
        third = rows.region.offset + Offset(0, 2)
        await press(pilot, "down", "down")
        assert pilot.app.cursor_position == third
        await press(pilot, "enter", "escape")
        assert pilot.app.cursor_position == third, "where a dialog over it is closed again"
        assert await tab_round(pilot) == 3
