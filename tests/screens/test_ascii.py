"""Where the terminal's font or locale has ASCII alone, or the config asks for it, nothing else is drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.orders import Sort
from clinic_tui.config import Config, Terminal
from clinic_tui.db.connection import session
from screens.app import SCREENS, ClinicApp
from screens.places import rooms
from screens.reports.case_load import CaseLoadScreen
from screens.reports.report import Report
from screens.theme import Look
from tests.access.marked import fill
from tests.access.test_screens import KEYS
from tests.screens import story
from tests.screens.conftest import Desk, settle, shown

PLAIN = Look("clinic-dark", ansi=False, unicode=False)
MORE = {"staff": ("down", "p", "escape", "enter", "escape"), "mailbox": ()}


class Eyes:
    """Presses keys, and looks whether anything but ASCII stands on the terminal."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        self.seen: set[str] = set()

    async def press(self, *keys: str) -> None:
        for key in ("", *keys):
            if key:
                await self.pilot.press(key)
            await settle(self.pilot)
            text = shown(self.pilot)
            self.seen.add(type(self.pilot.app.screen).__name__)
            assert text.isascii(), (type(self.pilot.app.screen), key, {letter for letter in text if letter > "\x7f"})


@asynccontextmanager
async def eyes(desk: Desk, size: tuple[int, int]) -> AsyncIterator[Eyes]:
    with session():
        fill()
    story.promote("desk")
    app = ClinicApp(desk.config, "desk", look=PLAIN, poll_seconds=None)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        yield Eyes(pilot)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
async def test_every_screen(desk: Desk, size: tuple[int, int]) -> None:
    async with eyes(desk, size) as look:
        app = look.pilot.app
        await look.press("f1", "escape", "f10", "pagedown", "escape", "up", "down", "x", "x", "x", "escape", "down")
        for name in SCREENS:
            if name != "mailbox":
                await app.run_action(name)
                await look.press(*KEYS[name], *MORE.get(name, ()), "f1", "escape")
                await app.run_action("lookup")
        await look.press("enter", "pagedown", "y", "escape", "i", "tab", "a", "escape", "c", "escape", "escape")
        await app.push_screen(CaseLoadScreen(Report(Filters(), Sort())))
        await look.press("s", "s", "space", "a", "slash", "z", "escape", "x", "i", "enter", "escape", "escape")
        await look.press("x", "e", "escape", "x", "s", "enter", "escape", "f", "escape", "w", "escape")
        app.notify("said")
        await look.press()
    # Those that are left draw with the same widgets.
    assert len(look.seen) >= 20, {room.__name__ for room in rooms()} - look.seen


async def test_the_mailboxes_of_the_sample_practice(desk: Desk, tmp_path: Path) -> None:
    desk.config = replace(desk.config, path=tmp_path / "config.toml", demo=True)
    async with desk.open((120, 40), look=PLAIN, demo=True) as pilot:
        await Eyes(pilot).press("f9")


def test_the_config_asks_for_it(desk: Desk) -> None:
    def app(symbols: str) -> ClinicApp:
        config: Config = replace(desk.config, terminal=Terminal(symbols=symbols))  # type: ignore[arg-type]
        return ClinicApp(config, "alice")

    assert not app("ascii").look.unicode
