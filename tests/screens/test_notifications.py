"""The notifications: what came back, opened, put away, and by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from clinic_tui import clock, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Notification
from clinic_tui.invitations import accepting, answering
from screens.dialogs.confirm import ConfirmDialog
from screens.notifications import NotificationsScreen
from screens.outbox.screen import OutboxScreen
from screens.profile import ProfileScreen
from screens.review import ReviewScreen
from screens.theme import Look
from tests.screens import people, story
from tests.screens.conftest import Desk, settle
from tests.screens.story import front, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def came_back(practice: Viewer) -> dict[str, int]:
    """One notification of each kind that a patient causes, and a paused outbox; their ids, by kind."""
    moment = now()
    with clock.frozen_at(moment - timedelta(days=2)):
        john = story.invited(practice, story.john())
        greta = story.invited(practice, people.patient("7", "Greta", "Łoś", email="greta@example.org"))
        bob = story.invited(practice, story.hostile())
        max_ = story.invited(practice, people.patient("8", "Max", "Mustermann", email="max@example.org"))
    with clock.frozen_at(moment - timedelta(hours=3)):
        answering.bounce(greta, "no such mailbox at example.org (550 5.1.1)")
        accepting.accept_by_reply(john, None)
    with clock.frozen_at(moment - timedelta(minutes=8)):
        answering.decline(bob)
        story.reply(max_, "yes please!", why="it came from another address than the invited one")
        outbox.pause_queue("The mail server refuses the login: 535 5.7.8 \x1b[31m[/]")
    with session():
        return {row.kind: row.id for row in Notification.select()}


def archived() -> dict[str, str | None]:
    with session():
        return {row.kind: row.archived_by for row in Notification.select() if row.archived_at is not None}


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f4")
    assert front(pilot) is NotificationsScreen


@SIZES
@pytest.mark.usefixtures("came_back")
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@SIZES
def test_empty(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@SIZES
@pytest.mark.usefixtures("came_back")
def test_with_archived_ones(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "down", "a", "a", "h")

    assert desk.snap(acts, size)


@pytest.mark.usefixtures("came_back")
def test_plain_narrow(desk: Desk) -> None:
    assert desk.snap(open_screen, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


@pytest.mark.usefixtures("came_back")
def test_database_lost(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        with transaction():
            Notification._meta.database.execute_sql("ALTER TABLE notification RENAME TO gone")
        await press(pilot, "h")

    assert desk.snap(acts)


async def test_enter_opens_the_patient(desk: Desk, practice: Viewer) -> None:
    accepting.accept_by_reply(story.invited(practice, story.john()), None)
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "accepted Smyth, John by reply just now" in read(pilot)
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        assert "Smyth, John" in read(pilot)
        await press(pilot, "escape")
        assert front(pilot) is NotificationsScreen


@pytest.mark.usefixtures("came_back")
async def test_enter_on_a_reply_opens_that_reply(desk: Desk, practice: Viewer) -> None:
    story.reply(None, "A later one.", why="no invitation was found for it")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down", "down")
        assert "It came from another address than the invited one" in read(pilot)
        await press(pilot, "enter")
        assert front(pilot) is ReviewScreen
        assert "yes please!" in read(pilot)
        await press(pilot, "escape", "home", "enter")
        assert front(pilot) is ReviewScreen
        assert "A later one." in read(pilot)


@pytest.mark.usefixtures("came_back")
async def test_enter_on_a_paused_outbox_opens_it(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "enter")
        assert front(pilot) is OutboxScreen


async def test_archive_puts_one_away_and_stays_in_place(desk: Desk, came_back: dict[str, int]) -> None:
    async with desk.open() as pilot:
        assert "● 5" in read(pilot)
        await open_screen(pilot)
        await press(pilot, "down", "down", "a")
        assert archived() == {"declined": "alice"}
        assert "4 new" in read(pilot)
        assert "● 4" in read(pilot)
        await press(pilot, "a")  # the next one has moved under the cursor
        assert archived() == {"declined": "alice", "accepted": "alice"}


@pytest.mark.usefixtures("came_back")
async def test_archived_ones_are_shown_with_who_and_when(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "a")
        assert "paused" not in read(pilot).split("new")[1].split("Enter")[0]
        await press(pilot, "h", "home")
        assert "1 archived" in read(pilot)
        assert "archived by alice, Sun 22 Nov 09:30" in read(pilot)
        await press(pilot, "h")
        assert "archived by" not in read(pilot)


@pytest.mark.usefixtures("came_back")
async def test_an_archived_one_is_taken_out_right_after_and_from_the_list(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "a", "u")
        assert archived() == {}
        assert "5 new" in read(pilot)
        await press(pilot, "A", "enter")
        assert len(archived()) == 5
        await press(pilot, "u")
        assert "5 are new again." in read(pilot)
        assert archived() == {}
        await press(pilot, "down", "a", "home", "a", "h", "end", "u")
        assert archived() == {"paused": "alice"} or archived() == {"review": "alice"}
        assert "1 archived" in read(pilot)


@pytest.mark.usefixtures("came_back")
async def test_one_kind_at_a_time_and_all_of_that_kind_are_archived(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "right", "right")
        assert "said no" in read(pilot)
        assert "by reply" not in read(pilot)
        await press(pilot, "A", "enter")
        assert archived() == {"declined": "alice"}
        assert "0 declined" in read(pilot)
        await press(pilot, "right")
        assert "by reply" in read(pilot)
        await press(pilot, "left", "left")
        assert "paused" in read(pilot)


async def test_those_of_two_months_ago_are_in_no_list_and_no_count(desk: Desk, practice: Viewer) -> None:
    for days in (60, 62):
        with clock.frozen_at(now() - timedelta(days=days)), transaction():
            notifications.tell("paused", None, detail=f"{days} days ago")
    assert notifications.unread(practice) == 1
    async with desk.open() as pilot:
        assert "● 1" in read(pilot)
        await open_screen(pilot)
        assert "60 days ago" in read(pilot)
        assert "62 days ago" not in read(pilot)


@pytest.mark.usefixtures("came_back")
async def test_archive_all_asks_first(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "A")
        assert front(pilot) is ConfirmDialog
        await press(pilot, "escape")
        assert archived() == {}
        await press(pilot, "A", "enter")
        assert "5 archived." in read(pilot)
        assert "Nothing waits for you." in read(pilot)
        assert len(archived()) == 5


@pytest.mark.usefixtures("came_back")
async def test_archive_all_spares_what_came_while_it_was_asked(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "A")
        with transaction():
            notifications.tell("paused", None, detail="a newer one")
        await press(pilot, "enter")
        assert "5 archived." in read(pilot)
        assert "1 new" in read(pilot)


async def test_what_comes_in_is_listed_when_the_pulse_tells(desk: Desk, practice: Viewer) -> None:
    invitation = story.invited(practice, story.john())
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "Nothing waits for you." in read(pilot)
        accepting.accept_by_reply(invitation, None)
        pilot.app.poll()  # type: ignore[attr-defined]
        await settle(pilot)
        assert "accepted Smyth, John" in read(pilot)
