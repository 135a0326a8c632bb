"""Settings > Staff: seen and changed by owners only."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import Staff
from clinic_tui.errors import NotFound
from clinic_tui.staff import entrance, members
from screens.dialogs.confirm import ConfirmDialog
from screens.dialogs.member import MemberDialog
from screens.dialogs.way_in import WayInDialog
from screens.staff import StaffScreen
from screens.theme import Look
from tests.screens import people, story
from tests.screens.conftest import Desk
from tests.screens.story import front, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
OWNER = Viewer("alice", "owner")


@pytest.fixture(autouse=True)
def staff(practice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alice owns it; Bea, Dr Okafor, Zoe who is away, and one whose name is markup and escapes."""
    monkeypatch.setattr(members, "os_login", lambda: "alice")
    monkeypatch.setattr(entrance, "_program", lambda: ["/srv/clinic/bin/clinic-tui"])
    monkeypatch.setattr(entrance, "_options", lambda _config: ["--config", "/srv/clinic/Harbour Street.toml"])
    with transaction():
        Staff.update(role="owner").where(Staff.login == "alice").execute()
        Staff.delete().where(Staff.login != "alice").execute()
    people.practitioner()
    members.add(OWNER, "bea", name="Bea Long-Winded of Harbour Street", email="bea@clinic.example", names_hidden=True)
    members.add(OWNER, "okafor", name="Dr R. Okafor", role="practitioner", practitioner="okafor", scope="own")
    members.add(OWNER, "zoe", name="Zoe", scope="okafor", active=False, bulk=False)
    members.add(OWNER, "ann", bulk=False)
    with transaction():
        Staff.update(name=story.HOSTILE[0] + story.HOSTILE[1], email="a[/]\x1b[31m@x").where(
            Staff.login == "ann"
        ).execute()


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f10")
    await write(pilot, "who comes in")
    await press(pilot, "enter")
    assert front(pilot) is StaffScreen


def member(login: str) -> members.Member:
    return members.read(OWNER, login)


@SIZES
def test_the_list(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


def test_plain_narrow(desk: Desk) -> None:
    assert desk.snap(open_screen, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


@SIZES
def test_changing_one(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "down", "down", "enter")

    assert desk.snap(acts, size)


@SIZES
def test_the_way_in(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "down", "p")

    assert desk.snap(acts, size)


async def test_a_hostile_name_is_text(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down", "enter")
        said = read(pilot)
        assert "Bob [/]" in said and "\x1b" not in said and "\u202e" not in said
        await press(pilot, "escape", "x")
        assert front(pilot) is ConfirmDialog
        assert "Bob [/]" in read(pilot)


async def test_one_is_added_and_the_way_in_is_shown(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "n", "down", "up")
        await write(pilot, "carl")
        await press(pilot, "down")
        await write(pilot, "carl gray")
        await press(pilot, "down", "down", "right", "down")
        await write(pilot, "okafor")
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, "own")
        await press(pilot, "tab", "right", "ctrl+s")
        assert front(pilot) is WayInDialog
        assert "/srv/clinic/bin/clinic-tui" in read(pilot)
        line = pilot.app.screen.query_one("#line").content  # type: ignore[attr-defined]
        assert line == entrance.line_for(desk.config, "carl")
        await press(pilot, "c")
        assert pilot.app.clipboard == line
        await press(pilot, "escape")
        assert "carl is a staff member now." in read(pilot)
    carl = member("carl")
    assert (carl.name, carl.role, carl.scope, carl.names_hidden) == ("carl gray", "practitioner", "own", True)


async def test_what_cannot_stand_is_said_beside_its_field(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "n")
        await write(pilot, "-x")
        await press(pilot, "ctrl+s")
        assert "'-x' is no login." in read(pilot)
        await press(pilot, "escape", "enter", *["tab"] * 2, "right", "ctrl+s")
        assert front(pilot) is MemberDialog
        assert "alice owns the practice's data on this host and cannot be demoted." in read(pilot)
    assert member("alice").role == "owner"


async def test_a_change_of_one_field_leaves_the_others(desk: Desk) -> None:
    before = member("okafor")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down", "down", "down", "enter", "ctrl+u")
        await write(pilot, "dr okafor")
        await press(pilot, "ctrl+s")
        assert "okafor is changed." in read(pilot)
    assert member("okafor") == before._replace(name="dr okafor")


async def test_two_who_change_one_at_once_lose_nothing(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down", "down", "enter", "ctrl+u")
        await write(pilot, "mine")
        members.change(OWNER, "bea", name="Theirs", bulk=False)
        await press(pilot, "ctrl+s")
        assert "theirs is Theirs" in read(pilot)
        assert "Somebody else changed bea meanwhile. Ctrl+S puts yours in the place of theirs." in read(pilot)
        assert "one patient at a time" in read(pilot), "what was left as it was takes theirs"
        assert member("bea").name == "Theirs"
        await press(pilot, "ctrl+s")
        assert front(pilot) is StaffScreen
    assert (member("bea").name, member("bea").bulk) == ("mine", False)


async def test_one_is_removed_after_a_question(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "end", "x")
        assert "Is Zoe (zoe) staff no more?" in read(pilot)
        await press(pilot, "escape")
        assert member("zoe").name == "Zoe"
        await press(pilot, "x", "enter")
        assert "zoe is staff no more." in read(pilot)
        await press(pilot, "home", "x", "enter")
        assert "alice owns the practice's data on this host and cannot be removed." in read(pilot)
    with session(), pytest.raises(NotFound):
        member("zoe")


async def test_nobody_else_is_offered_it(desk: Desk) -> None:
    story.promote("alice", "practitioner")
    async with desk.open() as pilot:
        await press(pilot, "f10")
        await write(pilot, "who comes in")
        assert "Settings" not in read(pilot)
        await press(pilot, "enter", "escape")
        await pilot.app.run_action("app.staff")
        assert front(pilot) is not StaffScreen
