"""Replies that need a person: shown as text, accepted, dismissed."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Notification, Reply
from screens.profile import ProfileScreen
from screens.review import ReviewScreen
from screens.theme import Look
from tests.screens import story
from tests.screens.conftest import Desk, shown
from tests.screens.story import front, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
NASTY = "\x1b[31mWho [/] are you?\u202e\x1b]52;c;aGk=\x07\n\n[@click=app.quit]press here[/]\n" + "\n".join(
    f"line {n}" for n in range(60)
)


@pytest.fixture
def waiting(practice: Viewer) -> list[int]:
    """A yes of another kind, and one that belongs to nobody; the replies' ids."""
    invitation = story.invited(practice, story.john())
    return [
        story.reply(invitation, "Yes please, I would like that.\n\nJohn", why="it does not begin with ACCEPT"),
        story.reply(None, NASTY, sender="x@[/].org", subject="[b]hi\x07", why="no invitation was found for it"),
    ]


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f10", *"replies", "enter")
    assert front(pilot) is ReviewScreen


def outcome(reply: int) -> tuple[str, str | None]:
    with session():
        row = Reply.get_by_id(reply)
        return row.outcome, row.handled_by


@SIZES
@pytest.mark.usefixtures("waiting")
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@SIZES
@pytest.mark.usefixtures("waiting")
def test_hostile(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "down")

    assert desk.snap(acts, size)


@SIZES
def test_empty(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@pytest.mark.usefixtures("waiting")
def test_in_error(desk: Desk) -> None:
    with transaction():
        Invitation.update(state="revoked").execute()

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "y")

    assert desk.snap(acts)


@pytest.mark.usefixtures("waiting")
def test_plain_narrow(desk: Desk) -> None:
    assert desk.snap(open_screen, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


async def test_y_takes_it_as_a_yes(desk: Desk, waiting: list[int]) -> None:
    async with desk.open() as pilot:
        assert "? 2 to review" in read(pilot)
        await open_screen(pilot)
        assert "Yes please, I would like that." in read(pilot)
        assert "it does not begin with ACCEPT" in read(pilot)
        await press(pilot, "y")
        assert "Smyth, John has accepted: the identity is still to be checked" in read(pilot)
        assert "? 1 to review" in read(pilot)
    assert outcome(waiting[0]) == ("accepted", "alice")
    with session():
        assert [row.state for row in Invitation.select()] == ["accepted"]
        told = Notification.get(Notification.reply == waiting[0], Notification.kind == "review")
        assert told.archived_by == "alice"


async def test_y_says_when_the_steps_go_at_once(desk: Desk, waiting: list[int]) -> None:
    settings.change(Viewer.system(), "patient_access.identity_check", "off")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "y")
        assert "Smyth, John has accepted: the set-up steps are queued." in read(pilot)


async def test_d_dismisses(desk: Desk, waiting: list[int]) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down", "y")  # belongs to no invitation: there is no yes to take
        assert outcome(waiting[1]) == ("review", None)
        await press(pilot, "d")
        assert "Dismissed: nothing follows from that reply." in read(pilot)
        assert "Yes please" in read(pilot)
        await press(pilot, "d")
        assert "No reply needs you." in read(pilot)
    assert outcome(waiting[0]) == outcome(waiting[1]) == ("dismissed", "alice")
    with session():
        assert [row.state for row in Invitation.select()] == ["sent"]


async def test_the_reply_scrolls_and_is_text(desk: Desk, waiting: list[int]) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down")
        assert "[31mWho [/] are you?" in read(pilot)
        assert "[@click=app.quit]press here[/]" in read(pilot)
        assert not set("\x1b\x07\u202e") & set(shown(pilot))
        assert "line 59" not in read(pilot)
        await press(pilot, *["pagedown"] * 8)
        assert "line 59" in read(pilot)
        await press(pilot, "up", "down")  # another reply begins at its top
        assert "are you?" in read(pilot)


async def test_enter_opens_the_patient(desk: Desk, waiting: list[int]) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        await press(pilot, "escape", "down", "enter")
        assert front(pilot) is ReviewScreen  # that one is nobody's


async def test_somebody_else_dealt_with_it(desk: Desk, waiting: list[int]) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        with transaction():
            Reply.update(outcome="dismissed", handled_by="bob").where(Reply.id == waiting[0]).execute()
        await press(pilot, "y")
        assert "bob has dealt with this reply already" in read(pilot)
