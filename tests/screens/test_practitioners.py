"""Settings > Practitioners."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.patients import practitioners
from screens.practitioners import PractitionersScreen
from tests.screens import people, story
from tests.screens.conftest import Desk
from tests.screens.story import front, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
DESK = Viewer("bea", "front-desk")


@pytest.fixture(autouse=True)
def three(practice: Viewer) -> None:
    people.practitioner()
    practitioners.add(DESK, name="Dr A. Lee", email="lee@clinic.example")
    practitioners.add(DESK, name="Ms Gone", active=False)


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f10")
    await write(pilot, "treats")
    await press(pilot, "enter")
    assert front(pilot) is PractitionersScreen


@SIZES
def test_the_list(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


async def test_one_is_added_and_changed(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "n")
        await write(pilot, "dr a. lee")
        await press(pilot, "ctrl+s")
        assert "There is a practitioner of this name already." in read(pilot)
        await write(pilot, "ung")
        await press(pilot, "ctrl+s")
        assert "dr a. leeung is added." in read(pilot)
        await press(pilot, "home", "enter", "tab", "ctrl+u")
        await write(pilot, "a.lee@clinic.example")
        practitioners.change(DESK, practitioners.meant("Dr A. Lee")[0], email="theirs@clinic.example")
        await press(pilot, "ctrl+s")
        assert "theirs is theirs@clinic.example" in read(pilot)
        await press(pilot, "ctrl+s")
        assert "Dr A. Lee is changed." in read(pilot)
    assert practitioners.listing(DESK)[0].email == "a.lee@clinic.example"
    event = history.latest(Viewer.system())[0]
    assert (event.action, event.detail and event.detail["before"]) == (
        "practitioner changed", {"email": "theirs@clinic.example"},
    )  # fmt: skip


async def test_a_hostile_name_is_text(desk: Desk) -> None:
    with transaction():
        Practitioner.create(name=story.HOSTILE[0], name_fold="a", email="a[/]\x1b[31m@x")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "home", "enter")
        assert "Bob [/]" in read(pilot) and "\x1b" not in read(pilot)


async def test_practitioners_are_not_offered_it(desk: Desk) -> None:
    story.promote("alice", "practitioner")
    async with desk.open() as pilot:
        await pilot.app.run_action("app.practitioners")
        assert front(pilot) is not PractitionersScreen
