"""Accepting by code: the code as it is read out, wrong ones, and what comes next."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Message
from screens.dialogs.accept import AcceptDialog
from screens.dialogs.identity import IdentityDialog
from screens.profile import ProfileScreen
from screens.widgets.code_field import CodeField
from tests.screens import story
from tests.screens.conftest import Desk, settle
from tests.screens.story import front, pictured, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20)], ids=["80x24", "120x40", "40x20"])


async def open_dialog(pilot: Pilot[int]) -> None:
    """By keys, from the lookup: the only patient, then the code."""
    await press(pilot, "enter", "c")
    assert front(pilot) is AcceptDialog


def field(pilot: Pilot[int]) -> Input:
    return pilot.app.screen.query_one(CodeField)


def wrong(code: str) -> str:
    """A code that checks out and is another invitation's."""
    from clinic_tui.invitations.codes import read_code

    return next(f"{n:09}{d}" for n in range(100) for d in range(10) if read_code(f"{n:09}{d}") not in (None, code))


@SIZES
def test_begun(desk: Desk, practice: Viewer, size: tuple[int, int]) -> None:
    story.invited(practice, story.john())
    assert pictured(desk, open_dialog, size)


@SIZES
def test_in_error(desk: Desk, practice: Viewer, size: tuple[int, int]) -> None:
    story.invited(practice, story.john())

    async def acts(pilot: Pilot[int]) -> None:
        await open_dialog(pilot)
        await write(pilot, "0000000001")
        await press(pilot, "enter")

    assert pictured(desk, acts, size)


def test_hostile_name(desk: Desk, practice: Viewer) -> None:
    story.invited(practice, story.hostile())
    assert pictured(desk, open_dialog)


async def test_spaces_come_by_themselves(desk: Desk, practice: Viewer) -> None:
    story.invited(practice, story.john())
    async with desk.open(size=(40, 20)) as pilot:
        await open_dialog(pilot)
        for typed, expected in (("4829", "482 9"), ("13x7", "482 913 7"), ("06599", "482 913 706 5")):
            await write(pilot, typed)
            assert field(pilot).value == expected
            assert field(pilot).cursor_position == len(expected)
        await press(pilot, "backspace", "backspace", "backspace", "backspace")
        assert field(pilot).value == "482 913"
        await press(pilot, "home", "right", "right", "right", "right", "backspace")  # over the space: the 2 goes
        assert field(pilot).value == "489 13"
        await press(pilot, "ctrl+u")
        pilot.app.post_message(events.Paste("code: 482-913 706.5\x1b[31m"))
        await settle(pilot)
        assert field(pilot).value == "482 913 706 5"


async def test_the_right_code_accepts_and_the_identity_check_follows(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john())
    async with desk.open(size=(40, 24)) as pilot:
        await open_dialog(pilot)
        await write(pilot, story.read_out(invitation))
        await press(pilot, "enter")
        assert front(pilot) is IdentityDialog
        assert story.invitation(invitation).state == "accepted"
        await press(pilot, "1", "enter")
        assert front(pilot) is ProfileScreen
        assert "set-up steps are queued" in read(pilot)
    row = story.invitation(invitation)
    assert (row.accepted_how, row.identity_by, row.identity_how) == ("code", "alice", "photo card seen at the desk")
    with session():
        assert [m.kind for m in Message.select().where(Message.state == "queued")] == ["setup"]


async def test_the_identity_check_can_wait(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john())
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, story.read_out(invitation))
        await press(pilot, "enter", "escape")
        assert front(pilot) is ProfileScreen
        assert "set-up steps wait for the identity check" in read(pilot)
    assert story.invitation(invitation).identity_at is None


async def test_where_no_check_is_wanted_the_steps_are_queued(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john())
    settings.change(Viewer.system(), "patient_access.identity_check", "off")
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, story.read_out(invitation))
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        assert "The set-up steps are queued." in read(pilot)


async def test_a_wrong_code_says_how_many_tries_are_left(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john())
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, wrong(story.read_out(invitation)))
        await press(pilot, "enter")
        assert "not the code of this invitation; 9 tries" in read(pilot)
        await press(pilot, "backspace")
        assert "9 tries" not in read(pilot)
        await press(pilot, "enter")  # nine digits: no try is lost
        assert "A code has ten digits" in read(pilot)
    assert story.invitation(invitation).failed_codes == 1


async def test_the_tenth_wrong_code_locks(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john(), failed_codes=9)
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, wrong(story.read_out(invitation)))
        await press(pilot, "enter")
        assert "it is locked now" in read(pilot)
        await press(pilot, "ctrl+u")
        await write(pilot, story.read_out(invitation))
        await press(pilot, "enter")
        assert "Ten wrong codes have locked this invitation" in read(pilot)
    assert story.invitation(invitation).state == "sent"


async def test_enter_twice_counts_once(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john())
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, wrong(story.read_out(invitation)))
        pilot.app.screen.action_accept()  # type: ignore[attr-defined]
        pilot.app.screen.action_accept()  # type: ignore[attr-defined]
        await settle(pilot)
    assert story.invitation(invitation).failed_codes == 1


async def test_run_out_while_it_was_read(desk: Desk, practice: Viewer, still_clock: object) -> None:
    invitation = story.invited(practice, story.john())
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, story.read_out(invitation))
        with transaction():
            Invitation.update(expires_at=now()).where(Invitation.id == invitation).execute()
        await press(pilot, "enter")
        assert "The invitation has run out" in read(pilot)
        assert front(pilot) is AcceptDialog
    assert story.invitation(invitation).state == "sent"
