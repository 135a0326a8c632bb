"""The identity check: who, when and how are recorded, and the set-up steps go into the queue."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session
from clinic_tui.db.models.post import Message
from clinic_tui.invitations.accepting import accept_by_reply, check_identity
from screens.dialogs.identity import WAYS, IdentityDialog
from screens.profile import ProfileScreen
from tests.screens import story
from tests.screens.conftest import Desk
from tests.screens.story import front, pictured, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 24)], ids=["80x24", "120x40", "40x24"])


@pytest.fixture
def accepted(practice: Viewer) -> int:
    """John's invitation, accepted by reply."""
    invitation = story.invited(practice, story.john())
    accept_by_reply(invitation, None)
    return invitation


async def open_dialog(pilot: Pilot[int]) -> None:
    """By keys, from the lookup: the only patient, then the check."""
    await press(pilot, "enter", "k")
    assert front(pilot) is IdentityDialog


def setup_messages() -> int:
    with session():
        return Message.select().where(Message.kind == "setup").count()


@SIZES
@pytest.mark.usefixtures("accepted")
def test_begun(desk: Desk, size: tuple[int, int]) -> None:
    assert pictured(desk, open_dialog, size)


@SIZES
@pytest.mark.usefixtures("accepted")
def test_in_error(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_dialog(pilot)
        await press(pilot, "5", "enter")

    assert pictured(desk, acts, size)


def test_hostile_name(desk: Desk, practice: Viewer) -> None:
    accept_by_reply(story.invited(practice, story.hostile()), None)
    assert pictured(desk, open_dialog)


@pytest.mark.parametrize("key", [1, 2, 3, 4])
async def test_a_number_chooses_and_enter_records(desk: Desk, accepted: int, key: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, str(key))
        assert setup_messages() == 0
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        assert "Identity checked by alice. The set-up steps are queued." in read(pilot)
    row = story.invitation(accepted)
    assert (row.identity_by, row.identity_at, row.identity_how) == ("alice", now(), WAYS[key - 1])
    assert setup_messages() == 1


async def test_in_other_words(desk: Desk, accepted: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "5")
        await write(pilot, "brought letter 12")  # digits are text here
        assert pilot.app.screen.query_one("#how", Input).value == "brought letter 12"
        await press(pilot, "enter")
    assert story.invitation(accepted).identity_how == "brought letter 12"


async def test_other_words_must_be_said(desk: Desk, accepted: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "end", "enter")
        assert "Say how you know that it is the patient." in read(pilot)
        await write(pilot, "s")
        assert "Say how you know" not in read(pilot)
        await press(pilot, "up", "enter")
    assert story.invitation(accepted).identity_how == WAYS[-1]


async def test_escape_leaves_it_for_later(desk: Desk, accepted: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "escape")
        assert front(pilot) is ProfileScreen
    assert story.invitation(accepted).identity_at is None


async def test_one_that_was_checked_meanwhile_says_by_whom(desk: Desk, practice: Viewer, accepted: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        check_identity(practice, accepted, "seen by bob")
        await press(pilot, "1", "enter")
        assert "alice has checked the identity already" in read(pilot)
        await press(pilot, "escape")
        pilot.app.push_screen(IdentityDialog(accepted))
        await press(pilot, "enter")
        assert "by alice: seen by bob" in read(pilot)
    assert setup_messages() == 1
