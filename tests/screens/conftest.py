"""The app for tests: a practice in SQLite, a clock that stands still, no blinking, nothing polled behind one's back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.config import Config
from clinic_tui.db.connection import close_database, open_database, transaction
from clinic_tui.db.models.practice import Staff
from clinic_tui.invitations import codes
from clinic_tui.staff import at_the_keyboard
from screens.app import ClinicApp
from screens.base import Room
from screens.theme import Look
from tests import prepared

DARK = Look("clinic-dark", ansi=False, unicode=True)
SECONDS = 60.0
Acts = Callable[[Pilot[int]], Awaitable[None]]


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait until `holds()`; fail after SECONDS."""
    async with asyncio.timeout(SECONDS):
        while not holds():
            await pilot.pause(0.01)
    await pilot.pause()


async def _heard(pilot: Pilot[int]) -> None:
    """Wait until app and screens have heard what was on its way: a process that is starved of processor looks idle to
    Textual while a key or an answer waits. Twice: what the one passed on, the other hears after it.
    """
    async with asyncio.timeout(SECONDS):
        for _ in range(2):
            for pump in (pilot.app, *pilot.app.screen_stack):
                heard = asyncio.Event()
                pump.call_later(heard.set)
                while not heard.is_set() and pump.is_running:
                    await asyncio.sleep(0.001)


async def settle(pilot: Pilot[int]) -> None:
    """Wait until the practice is open and nothing that a screen asked is unanswered."""
    app = pilot.app
    assert isinstance(app, ClinicApp)

    def still() -> bool:
        busy = any(isinstance(screen, Room) and screen.busy for screen in app.screen_stack)
        at_rest = not app.typed_ahead.waiting and not app.opening and not app.reading
        return at_rest and (not busy if app.viewer else app.facts.lost)

    await pilot.pause()
    await _heard(pilot)
    await until(pilot, still)
    while not still():  # what the last answer brought with it may have asked again
        await until(pilot, still)


class Desk:
    """One practice and the app on it."""

    def __init__(self, viewer: Viewer, config: Config, snap_compare: Any) -> None:
        self.viewer = viewer
        self.config = config
        self._snap_compare = snap_compare

    def app(self, look: Look = DARK, **options: Any) -> ClinicApp:
        """A new app, not running yet."""
        return ClinicApp(self.config, "alice", look=look, poll_seconds=None, **options)

    @asynccontextmanager
    async def open(self, size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Pilot[int]]:
        """The app, running, the practice open."""
        async with self.app(**options).run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            yield pilot

    def snap(
        self, acts: Acts | None = None, size: tuple[int, int] = (80, 24), *, busy: bool = False, **options: Any
    ) -> bool:
        """Whether the screen looks as it did when somebody last looked at it; `busy`: while something still runs."""

        async def before(pilot: Pilot[int]) -> None:
            await settle(pilot)
            if acts is not None:
                await acts(pilot)
                if not busy:
                    await settle(pilot)

        return bool(self._snap_compare(self.app(**options), terminal_size=size, run_before=before))


@pytest.fixture
def practice(tmp_path: Path, still_clock: datetime) -> Iterator[Viewer]:
    """A practice in SQLite, and alice at its desk."""
    prepared.practice.copy_to(tmp_path / "clinic.db")
    open_database(f"sqlite:///{tmp_path}/clinic.db")
    with transaction():
        Staff.create(login="alice", name="alice", role="front-desk", created_at=now())
    codes.use_key_file(tmp_path / "clinic.key")
    yield at_the_keyboard("alice")
    close_database()


@pytest.fixture
def desk(practice: Viewer, tmp_path: Path, snap_compare: Any) -> Desk:
    """The practice with the app on it."""
    config = Config(f"sqlite:///{tmp_path}/clinic.db", tmp_path / "clinic.key")
    return Desk(practice, config, snap_compare)


def shown(pilot: Pilot[int]) -> str:
    """What stands on the terminal, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
