"""Incidents: opened by one key, read, closed with a note."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.invitations import answering, incidents
from screens.incidents import IncidentsScreen
from tests.screens import story
from tests.screens.conftest import Desk, settle
from tests.screens.story import front, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def invitation(practice: Viewer) -> int:
    """John's, that went out."""
    return story.invited(practice, story.john())


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f10", *"incidents", "enter")
    assert front(pilot) is IncidentsScreen


@SIZES
def test_full(desk: Desk, invitation: int, size: tuple[int, int]) -> None:
    answering.not_me(invitation)
    assert desk.snap(open_screen, size)


def test_empty(desk: Desk) -> None:
    assert desk.snap(open_screen)


async def test_w_in_the_profile_asks_then_opens_one(desk: Desk, practice: Viewer, invitation: int) -> None:
    async with desk.open() as pilot:
        pilot.app.open_patient(story.invitation(invitation).patient_id)  # type: ignore[attr-defined]
        await settle(pilot)
        await press(pilot, "w")
        assert "wrong person? It is revoked" in read(pilot)
        await press(pilot, "escape")
        assert incidents.listing(practice) == []
        await press(pilot, "w", "enter")
        assert "the address is blocked. Incident 1 is open" in read(pilot)
        assert [row.opened_by for row in incidents.listing(practice)] == ["alice"]


async def test_w_in_review(desk: Desk, practice: Viewer, invitation: int) -> None:
    story.reply(invitation, "I am not John, and I do not know you.")
    async with desk.open() as pilot:
        await press(pilot, "f10", *"replies", "enter")
        await press(pilot, "w", "enter")
        assert "Incident 1 is open" in read(pilot)
        assert "No reply needs you." in read(pilot)


async def test_an_owner_closes_it_with_a_note(desk: Desk, practice: Viewer, invitation: int) -> None:
    answering.not_me(invitation)
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "Smyth, John" in read(pilot)
        assert "1 mail went to the address." in read(pilot)
        await press(pilot, "c")  # alice is no owner
        assert front(pilot) is IncidentsScreen
    story.promote()
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "c", "enter")
        assert "Say what was found and what was decided." in read(pilot)
        await write(pilot, "Told him.")
        await press(pilot, "enter")
        assert "No incident is open." in read(pilot)
        await press(pilot, "h")
        assert "Told him." in read(pilot)
    assert [row.note for row in incidents.listing(practice, include_closed=True)] == ["Told him."]
