"""The outbox: what waits, taken back, paused, resumed, and marked as sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from clinic_tui import clock, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import NotAllowed
from clinic_tui.invitations import inviting
from clinic_tui.outbox import copies
from screens.dialogs.confirm import ConfirmDialog
from screens.outbox.copy import CopyDialog
from screens.outbox.screen import OutboxScreen
from screens.profile import ProfileScreen
from screens.theme import Look
from tests.screens import people, story
from tests.screens.conftest import Desk, settle, shown
from tests.screens.story import front, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
WIDE_TOO = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
DESK = "desk@example.org"


def to(viewer: Viewer, number: str, given: str, family: str, *, hold: int | None = None) -> int:
    """An invitation to a new patient; its id."""
    patient = people.patient(number, given, family, email=f"{given.lower()}@example.org")
    return inviting.invite(viewer, patient, hold=hold).invitation_id


def at_the_server() -> outbox.Claim:
    """The one message that is due, its body on the way."""
    (claimed,) = outbox.claim("test", 1)
    envelope = outbox.prepare(claimed, DESK)
    assert envelope is not None
    assert outbox.begin([envelope]) == {claimed}
    return claimed


def in_doubt(viewer: Viewer) -> int:
    """John's invitation, unconfirmed; its id."""
    invitation = inviting.invite(viewer, story.john(), hold=0).invitation_id
    outbox.unconfirmed(at_the_server(), "The line dropped after the final dot.")
    return invitation


@pytest.fixture
def busy(practice: Viewer) -> None:
    """A message in every state."""
    with clock.frozen_at(now() - timedelta(days=1)):
        story.invited(practice, people.patient("1", "Greta", "Łoś", email="greta@example.org"))
    story.invited(practice, people.patient("2", "Ada", "Lovelace", email="ada@example.org"))
    in_doubt(practice)
    to(practice, "3", "Fay", "Led", hold=0)
    outbox.failed(at_the_server(), "550 5.1.1 no such \x1b[31muser [/]")
    to(practice, "4", "Dee", "Ferred", hold=0)
    claimed = at_the_server()
    outbox.deferred(claimed, "451 4.7.1 come back later")
    Message.update(due_at=now() + timedelta(minutes=5)).where(Message.id == claimed.message_id).execute()
    to(practice, "5", "Sen", "Ding", hold=0)
    outbox.claim("test", 1)
    inviting.invite(practice, story.hostile())
    to(practice, "6", "Hel", "Din")


def states() -> list[str]:
    with session():
        return [row.state for row in Message.select().order_by(Message.id)]


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f3")
    assert front(pilot) is OutboxScreen


@WIDE_TOO
@pytest.mark.usefixtures("busy")
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@SIZES
def test_empty(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@SIZES
@pytest.mark.usefixtures("busy")
def test_paused_by_the_server(desk: Desk, size: tuple[int, int]) -> None:
    outbox.pause_queue("The mail server refuses the login: 535 5.7.8 \x1b[31m[/]")
    assert desk.snap(open_screen, size)


@pytest.mark.usefixtures("busy")
def test_plain_narrow(desk: Desk) -> None:
    assert desk.snap(open_screen, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


@pytest.mark.usefixtures("busy")
def test_database_lost(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        Message._meta.database.execute_sql("ALTER TABLE message RENAME TO gone")
        await open_screen(pilot)

    assert desk.snap(acts)


@pytest.mark.usefixtures("busy")
async def test_counts_say_what_is_where(desk: Desk) -> None:
    async with desk.open(size=(100, 24)) as pilot:
        await open_screen(pilot)
        said = "2 held 1 sending 1 sent today 1 deferred 1 unconfirmed 1 failed"
        assert said in read(pilot)


async def test_take_back_while_it_is_held(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john())
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "held Smyth, John john.smyth@example.com goes 09:32" in read(pilot)
        await press(pilot, "u")
        assert "Taken back: nothing goes to john.smyth@example.com." in read(pilot)
        assert "u take back" not in read(pilot)
        await press(pilot, "u")  # there is no such key any more
        assert "▹ 1 held" not in read(pilot)
    assert states() == ["cancelled"]
    with session():
        assert [row.state for row in Invitation.select()] == ["cancelled"]


async def test_taken_by_a_sender_in_the_meantime(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john(), hold=0)
    async with desk.open() as pilot:
        await open_screen(pilot)
        at_the_server()
        await press(pilot, "u")
        assert "being sent at this moment" in read(pilot)
    assert states() == ["data"]


async def test_what_was_sent_cannot_be_taken_back(desk: Desk, practice: Viewer) -> None:
    story.invited(practice, story.john())
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "u take back" not in read(pilot)
        await press(pilot, "u")
    assert states() == ["sent"]


async def test_pause_and_resume(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john())
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "p")
        assert "Paused by alice." in read(pilot)
        assert "when resumed" in read(pilot)
        assert "outbox paused" in read(pilot)  # the header, too
        assert outbox.paused_reason() == "Paused by alice."
        await press(pilot, "p")
        assert "Resumed: what is due goes out." in read(pilot)
        assert "outbox paused" not in read(pilot)
        assert outbox.paused_reason() is None


def put_back() -> None:
    """The database is a copy from now on, as `backup` leaves one."""
    Queue.update(copied_at=now(), paused_at=now(), paused_reason=copies.marked("2026-11-20 09:00")).execute()


async def test_an_owner_goes_on_in_a_copy_by_typing_the_word(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john())
    put_back()
    story.promote()
    async with desk.open() as pilot:
        assert front(pilot) is CopyDialog, "it is said at once"
        assert "This is a copy, made on 2026-11-20 09:00." in read(pilot)
        assert "1 message waits in it: if you go on, each counts as unconfirmed." in read(pilot)
        await press(pilot, "escape")
        await open_screen(pilot)
        await press(pilot, "p")
        assert front(pilot) is CopyDialog
        await press(pilot, "n", "o", "enter")
        assert "Type the word copy" in read(pilot)
        assert (states(), outbox.is_copy()) == (["queued"], True)
        await press(pilot, *["backspace"] * 2, *"copy", "enter")
        assert "This is the practice's database now." in read(pilot)
    assert (states(), outbox.is_copy(), outbox.paused_reason()) == (["unconfirmed"], False, None)


async def test_others_are_told_that_an_owner_goes_on_in_a_copy(desk: Desk, practice: Viewer) -> None:
    put_back()
    async with desk.open(size=(200, 40)) as pilot:
        assert "sent from it until an owner goes on with it." in read(pilot)
        await open_screen(pilot)
        await press(pilot, "p")
        assert "An owner goes on" in read(pilot)
    with pytest.raises(NotAllowed):
        outbox.resume(practice, copy=True)
    assert outbox.is_copy()


async def test_an_unconfirmed_one_is_marked_as_sent_after_a_question(desk: Desk, practice: Viewer) -> None:
    invitation = in_doubt(practice)
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "The line dropped after the final dot." in read(pilot)
        await press(pilot, "m")
        assert front(pilot) is ConfirmDialog
        await press(pilot, "escape")
        assert states() == ["unconfirmed"]
        await press(pilot, "m", "enter")
        assert "Marked as sent to john.smyth@example.com." in read(pilot)
    assert states() == ["sent"]
    assert story.invitation(invitation).state == "sent"


async def test_enter_opens_the_patient(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john())
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen


async def test_it_is_read_again_only_when_something_moved(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john())
    async with desk.open() as pilot:
        await open_screen(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, OutboxScreen)
        asked: list[str] = []
        listed = screen._came
        screen._came = lambda answer: (asked.append("read"), listed(answer))[1]  # type: ignore[method-assign, func-returns-value]
        for _ in range(3):
            pilot.app.poll()  # type: ignore[attr-defined]
            await settle(pilot)
        assert asked == []
        to(practice, "9", "Ada", "New")
        pilot.app.poll()  # type: ignore[attr-defined]
        await settle(pilot)
        assert asked == ["read"]
        assert "New, Ada" in read(pilot)


# By state


def listed(pilot: Pilot[int]) -> list[str]:
    """The rows that are listed, each by its state."""
    found = re.findall(r"\[[ x–]\] . (\w+)", shown(pilot))
    return [state for state in found if state in outbox.STATES]


@pytest.mark.usefixtures("busy")
async def test_left_and_right_show_one_state(desk: Desk) -> None:
    async with desk.open(size=(100, 24)) as pilot:
        await open_screen(pilot)
        assert listed(pilot) == ["sending", "held", "held", "deferred", "failed", "unconfirmed", "sent", "sent"]
        await press(pilot, "right")
        assert listed(pilot) == ["held", "held"]
        await press(pilot, "left", "left")
        assert listed(pilot) == ["failed"]
        await press(pilot, "right")
        assert len(listed(pilot)) == 8


@pytest.mark.usefixtures("busy")
async def test_narrowed_to_a_patient(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "slash", *"smy", "enter")
        assert listed(pilot) == ["unconfirmed"]
        await press(pilot, "escape")
        assert len(listed(pilot)) == 8


# Several at once


async def test_what_is_ticked_is_taken_back_after_a_question(desk: Desk, practice: Viewer) -> None:
    for number in range(4):
        to(practice, f"{number}", "Pat", f"Number{number}")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "space", "down", "space", "u")
        assert front(pilot) is ConfirmDialog
        assert "Take back 2 messages?" in read(pilot)
        await press(pilot, "escape")
        assert states() == ["queued"] * 4
        await press(pilot, "u", "enter")
        assert "2 taken back." in read(pilot)
        assert "0 ticked" in read(pilot)
    assert states() == ["cancelled", "cancelled", "queued", "queued"]


async def test_of_what_is_ticked_what_went_meanwhile_is_left_and_said(desk: Desk, practice: Viewer) -> None:
    to(practice, "1", "Pat", "One", hold=0)
    to(practice, "2", "Pat", "Two", hold=0)
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "a")
        assert outbox.sent(at_the_server())
        await press(pilot, "u", "enter")
        assert "1 taken back; 1 could not be." in read(pilot)
    assert states() == ["sent", "cancelled"]


@pytest.mark.usefixtures("busy")
async def test_only_what_has_not_gone_is_ticked(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "space")
        assert "Only what has not gone out yet can be ticked" in read(pilot)
        await press(pilot, "a")
        assert "3 ticked" in read(pilot)


async def test_try_now(desk: Desk, practice: Viewer) -> None:
    to(practice, "4", "Dee", "Ferred", hold=0)
    assert outbox.deferred(at_the_server(), "451 4.7.1 come back later")
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert outbox.claim("test", 1) == []
        await press(pilot, "y")
        assert "It is due now." in read(pilot)
        assert len(outbox.claim("test", 1)) == 1
