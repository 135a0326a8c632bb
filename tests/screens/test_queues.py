"""The work queues: counts in sight, a list behind each, the next thing as one key."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from textual.pilot import Pilot

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, Patient
from clinic_tui.invitations import accepting, answering, asking_again
from screens.dialogs.identity import IdentityDialog
from screens.dialogs.invite import InviteDialog
from screens.profile import ProfileScreen
from screens.queues.one import QueueScreen
from screens.queues.screen import QueuesScreen
from screens.review import ReviewScreen
from screens.theme import Look
from tests.invitations.test_minors import guardian
from tests.screens import people, story
from tests.screens.conftest import Desk
from tests.screens.story import front, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def waiting(practice: Viewer) -> dict[str, int]:
    """Somebody in most of the queues; the patients' ids by queue."""
    moment = now()
    ids = {
        "bounced": people.patient("7", "Greta", "Łoś", email="greta@example.org"),
        "accepted": story.john(),
        "ask-again": story.hostile(),
        "review": people.patient("8", "Max", "Mustermann", email="max@example.org"),
        "today": people.patient("9", "Ada", "Tran", email="ada@example.org", practitioner=people.practitioner()),
        "of-age": people.patient("10", "Mia", "Brennan", birth_date=date(2010, 12, 1)),
    }
    guardian(ids["of-age"])
    with clock.frozen_at(moment - timedelta(days=2)):
        sent = {name: story.invited(practice, key) for name, key in ids.items() if name != "today"}
        answering.bounce(sent["bounced"], "no such mailbox at example.org (550 5.1.1)")
        accepting.accept_by_code(practice, sent["accepted"], story.read_out(sent["accepted"]))
        answering.decline(sent["ask-again"])
    asking_again.ask_again(practice, sent["ask-again"], date(2027, 2, 1))
    story.reply(sent["review"], "yes please!", why="it says something else than ACCEPT")
    with transaction():
        Appointment.create(patient=ids["today"], starts_at=moment + timedelta(hours=5), status="booked")
    return ids


async def open_queues(pilot: Pilot[int]) -> None:
    await press(pilot, "f5")
    assert front(pilot) is QueuesScreen


async def open_one(pilot: Pilot[int], title: str) -> None:
    await open_queues(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, QueuesScreen)
    titles = [row.queue.title for row in screen.rows.rows]
    await press(pilot, *["down"] * titles.index(title), "enter")
    assert front(pilot) is QueueScreen


@SIZES
@pytest.mark.usefixtures("waiting")
def test_all(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_queues, size)


@SIZES
@pytest.mark.usefixtures("waiting")
def test_one(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_one(pilot, "Came of age")

    assert desk.snap(acts, size)


@SIZES
@pytest.mark.usefixtures("waiting")
def test_hostile_names_are_only_text(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_one(pilot, "Declined, to ask again")

    assert desk.snap(acts, size)


def test_plain_narrow(desk: Desk) -> None:
    assert desk.snap(open_queues, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


@pytest.mark.usefixtures("waiting")
def test_database_lost(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_queues(pilot)
        with transaction():
            Patient._meta.database.execute_sql("ALTER TABLE reply RENAME TO gone")
        await press(pilot, "enter")

    assert desk.snap(acts)


@pytest.mark.parametrize(
    ("title", "key", "dialog"),
    [
        ("Bounced", "r", InviteDialog), ("Accepted, set-up not done", "k", IdentityDialog),
        ("Coming today, never invited", "i", InviteDialog), ("Declined, to ask again", "i", InviteDialog),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("waiting")
async def test_one_key_does_the_next_thing_and_only_that_one_is_offered(
    desk: Desk, title: str, key: str, dialog: type
) -> None:
    async with desk.open() as pilot:
        await open_one(pilot, title)
        for other in set("irkv") - {key}:
            await press(pilot, other)
            assert front(pilot) is QueueScreen
        await press(pilot, key)
        assert front(pilot) is dialog
        await press(pilot, "escape")
        assert front(pilot) is QueueScreen


@pytest.mark.usefixtures("waiting")
async def test_enter_opens_the_patient_and_the_way_back_is_the_same(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_one(pilot, "Bounced")
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        assert "Łoś, Greta" in read(pilot)
        await press(pilot, "escape", "escape")
        assert front(pilot) is QueuesScreen


@pytest.mark.usefixtures("waiting")
async def test_enter_on_a_reply_opens_that_reply(desk: Desk) -> None:
    story.reply(None, "A later one.", why="no invitation was found for it")
    async with desk.open() as pilot:
        await open_one(pilot, "Needs review")
        assert "no patient found" in read(pilot)
        await press(pilot, "down", "enter")
        assert front(pilot) is ReviewScreen
        assert "A later one." in read(pilot)


@pytest.mark.usefixtures("waiting")
async def test_who_is_invited_leaves_the_queue(desk: Desk) -> None:
    async with desk.open((120, 40)) as pilot:
        await open_one(pilot, "Coming today, never invited")
        assert "1 waiting" in read(pilot)
        await press(pilot, "i")
        await story.write(pilot, "ada@example.org")
        await press(pilot, "ctrl+s")
        assert front(pilot) is QueueScreen
        assert "Nobody waits here." in read(pilot)


@pytest.mark.usefixtures("waiting")
async def test_who_came_of_age_is_seen_to_once(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_one(pilot, "Came of age")
        await press(pilot, "v")
        assert "Seen to" in read(pilot)
        assert "Nobody waits here." in read(pilot)


@pytest.mark.usefixtures("waiting")
async def test_who_sees_no_names_opens_no_queue_that_asks_for_them(desk: Desk) -> None:
    from clinic_tui.db.models.practice import Staff

    with transaction():
        Staff.update(names_hidden=True).where(Staff.login == "alice").execute()
    async with desk.open() as pilot:
        await open_queues(pilot)
        await press(pilot, "down", "down")
        assert "It asks for what is hidden from you." in read(pilot)
        await press(pilot, "enter")
        assert front(pilot) is QueuesScreen
        await press(pilot, "down", "enter")
        assert "Patient 7" in read(pilot)
        assert "Greta" not in read(pilot)
        await press(pilot, "r")
        assert front(pilot) is QueueScreen


@pytest.mark.usefixtures("waiting")
async def test_counts_follow_what_happens(desk: Desk, waiting: dict[str, int]) -> None:
    async with desk.open() as pilot:
        await open_queues(pilot)
        assert "Bounced 1" in read(pilot)
        with transaction():
            Patient.update(status="archived").where(Patient.id == waiting["bounced"]).execute()
        await press(pilot, "down", "enter", "escape")
        assert "Bounced 0" in read(pilot)
