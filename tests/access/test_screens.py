"""No screen shows anything that is out of the right of who sits before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zlib import crc32

import pytest
from textual.pilot import Pilot

from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.orders import Sort
from clinic_tui.config import Config
from clinic_tui.db.connection import close_database, open_database, session
from clinic_tui.db.models.patients import PortalAccount
from clinic_tui.db.models.post import Invitation
from clinic_tui.invitations import answering, codes, incidents
from clinic_tui.staff import at_the_keyboard, members
from screens.app import SCREENS, ClinicApp
from screens.reports.case_load import CaseLoadScreen
from screens.reports.report import Report
from screens.slip import SlipScreen
from tests.access.marked import EVERYBODY, LEES, MARKED, PREFIX, RIGHTS, Right, told
from tests.screens.conftest import DARK, settle, shown, until
from tests.screens.story import press, write

# Each screen that a key opens, and the keys that show more of it. One that is not here fails the first test.
KEYS: dict[str, tuple[str, ...]] = {
    "reports": ("enter", "escape", "n", "escape", "a", "b", "b", "b", "f", "escape", "e", "escape", "escape"),
    "outbox": ("down", "enter", "escape", "space", "a", "slash", "escape", "s"),
    "notifications": ("down", "end", "enter", "escape", "right", "left", "a", "u", "a", "h", "u"),
    "queues": (
        "enter",
        "end",
        "enter",
        "escape",
        "escape",
        "down",
        "enter",
        "escape",
        "down",
        "enter",
        "escape",
        *["down"] * 4,
        "enter",
        "r",
        "escape",
        "enter",
        "escape",
        "escape",
        "end",
        "enter",
    ),
    "imports": ("n", "escape", "d", "down", "o", "escape", "escape", "enter"),
    "review": ("down", "enter", "escape", "a", "escape"),
    "access": ("down", "enter", "escape"),
    "incidents": ("down", "h", "pagedown"),
    "templates": ("down", "p", "escape", "a"),
    "practitioners": ("down", "enter", "escape", "n", "escape"),
    "staff": (),  # for owners alone, from whom nothing is kept
    "mailbox": (),  # of the sample practice alone: it holds mail of nobody's
}


def test_every_screen_is_looked_at() -> None:
    assert set(KEYS) == set(SCREENS)


# From the others nothing is kept.
SOME = [right for right in RIGHTS if right.forbidden or right.login == "desk"]
BLIND = [right for right in RIGHTS if not right.names]


@pytest.fixture(params=SOME, ids=[right.login for right in SOME])
def right(request: pytest.FixtureRequest) -> Right:
    found: Right = request.param
    return found


@pytest.fixture
def config(request: pytest.FixtureRequest, still_clock: datetime, tmp_path: Path) -> Iterator[Config]:
    # Each test on one engine, by its name: so each right has tests on both, and each screen rights on both.
    engine = ("sqlite", "postgres")[crc32(request.node.name.encode()) % 2]
    with MARKED.copy(engine, tmp_path) as url:
        open_database(url)
        codes.use_key_file(tmp_path / "clinic.key")
        yield Config(url, tmp_path / "clinic.key")
        close_database()


class Eyes:
    """Reads the whole screen after each step, and refuses what is out of the right."""

    def __init__(self, pilot: Pilot[int], right: Right) -> None:
        self.pilot, self.right = pilot, right
        self.seen = ""

    async def look(self, after: str) -> None:
        await settle(self.pilot)
        text = shown(self.pilot)
        # As a person reads: what is wrapped or in a frame is one text.
        said = told(text, self.right.forbidden) | told("".join(text.split()), self.right.forbidden)
        assert said == set(), f"after {after}:\n{text}"
        self.seen += text

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.look(f"{key} on {type(self.pilot.app.screen).__name__}")


@asynccontextmanager
async def desk(config: Config, right: Right) -> AsyncIterator[Eyes]:
    app = ClinicApp(config, right.login, look=DARK, poll_seconds=None)
    async with app.run_test(size=(200, 60), notifications=True) as pilot:
        eyes = Eyes(pilot, right)
        await eyes.look("opening")
        yield eyes


@pytest.mark.parametrize("name", [name for name in SCREENS if name != "mailbox"])
async def test_screens_that_a_key_opens(config: Config, right: Right, name: str) -> None:
    async with desk(config, right) as eyes:
        await eyes.pilot.app.run_action(name)
        await eyes.look(f"opening {name}")
        await eyes.press(*KEYS[name])


async def test_lookup_and_profile(config: Config, right: Right) -> None:
    async with desk(config, right) as eyes:
        for text in (PREFIX, "0491 51"):
            await write(eyes.pilot, text)
            await eyes.look(f"typing {text}")
            await press(eyes.pilot, *["backspace"] * len(text))
        for one in right.reach:
            await write(eyes.pilot, one.number)
            await eyes.press("enter", "end", "y", "escape", "i", "escape", "t", "escape", "u", "escape", "escape")
            await press(eyes.pilot, *["backspace"] * len(one.number))
        for one in right.reach:
            assert one.number in eyes.seen
            assert (one.tag in eyes.seen) == right.names


@pytest.mark.parametrize("keys", [("e",), ("o", "enter"), ("o", "n"), ("a",)], ids="".join)
async def test_what_is_done_by_hand(config: Config, right: Right, keys: tuple[str, ...]) -> None:
    async with desk(config, right) as eyes:
        app = eyes.pilot.app
        assert isinstance(app, ClinicApp)
        for one in right.reach:
            app.open_patient(one.id)
            await eyes.look("opening the patient")
            profile = app.screen
            await eyes.press(*keys)
            assert (app.screen is profile) != right.names
            await app.run_action("lookup")
            while len(app.screen_stack) > 1:
                app.pop_screen()
            await settle(eyes.pilot)


async def test_case_load(config: Config, right: Right) -> None:
    async with desk(config, right) as eyes:
        await eyes.pilot.app.push_screen(CaseLoadScreen(Report(Filters(), Sort())))
        await eyes.look("running it")
        await eyes.press("down", "space", "a", "s", "s", "s", "slash")
        await write(eyes.pilot, PREFIX)
        await eyes.press("enter", "escape", "x", "e", "escape", "x", "i", "escape", "f", "escape", "w", "escape")
        for one in right.reach:
            assert one.number in eyes.seen or right.names
            assert (one.tag in eyes.seen) == right.names


@pytest.mark.parametrize("asked", [Filters(age_min=3), Filters(places=(PREFIX,))], ids=["age", "place"])
@pytest.mark.parametrize("right", BLIND, ids=[right.login for right in BLIND])
async def test_a_report_by_what_is_hidden_is_refused(config: Config, right: Right, asked: Filters) -> None:
    async with desk(config, right) as eyes:
        await eyes.pilot.app.push_screen(CaseLoadScreen(Report(asked, Sort())))
        await eyes.look("running it")
        assert "Names are hidden from you." in eyes.seen
        assert not any(one.number in eyes.seen.partition("Names are hidden")[2] for one in right.reach)
        await eyes.press("space", "a", "slash", "x", "f", "escape")


async def test_what_an_owner_changes_holds_at_once_where_the_app_is_open(config: Config) -> None:
    (all_seeing,) = (right for right in RIGHTS if right.login == "desk")
    owner = at_the_keyboard()
    async with desk(config, all_seeing) as eyes:
        app = eyes.pilot.app
        assert isinstance(app, ClinicApp)
        members.change(owner, "desk", names_hidden=True)
        app.poll()
        await settle(eyes.pilot)
        assert app.viewer is not None
        assert app.viewer.names_hidden
        members.change(owner, "desk", active=False)
        app.poll()
        await until(eyes.pilot, lambda: not app.is_running or app.return_code is not None)
    assert app.return_code == 1


async def test_who_acts_on_one_at_a_time_is_offered_no_actions(config: Config) -> None:
    (single,) = (right for right in RIGHTS if right.login == "single")
    async with desk(config, single) as eyes:
        await eyes.pilot.app.push_screen(CaseLoadScreen(Report(Filters(), Sort())))
        await eyes.press("space", "x")
        assert isinstance(eyes.pilot.app.screen, CaseLoadScreen)
        assert "Actions" not in shown(eyes.pilot)


@pytest.mark.parametrize("right", [right for right in SOME if right.login in ("okafor", "kept", "blind-own")],
                         ids=["okafor", "kept", "blind-own"])  # fmt: skip
async def test_slips_and_incidents(config: Config, right: Right) -> None:
    owner = at_the_keyboard()
    with session():
        PortalAccount.delete().execute()  # who has one gets no slip, nor who was not written to
        sent = Invitation.update(state="sent", key_id=codes.current_key_id())
        sent.where(Invitation.state == "queued").execute()
        for one in EVERYBODY:
            incident = answering.wrong_person(owner, one.id + 100_000)
            if one is LEES:
                incidents.close(owner, incident, f"{one.tag} was told")
    async with desk(config, right) as eyes:
        app = eyes.pilot.app
        assert isinstance(app, ClinicApp)
        await app.run_action("incidents")
        await eyes.look("opening incidents")
        await eyes.press("down", "h", "pagedown", "enter", "escape")
        for one in right.reach:
            app.open_patient(one.id)
            await eyes.look("opening the patient")
            await eyes.press("p")
            await write(eyes.pilot, "card")
            await eyes.press("enter", "end")
            assert isinstance(app.screen, SlipScreen) == right.names
            while len(app.screen_stack) > 1:
                app.pop_screen()
            await settle(eyes.pilot)
        for one in right.reach:
            assert (one.tag in eyes.seen) == right.names
