"""Nobody at the keyboard: blank after a while, any key shows it again and does nothing else, then the app leaves."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from textual.pilot import Pilot

from clinic_tui import clock, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from screens.app import ClinicApp
from screens.base import Room
from screens.idle import Idle, Limits
from tests.screens import people
from tests.screens.conftest import Desk, settle, until
from tests.screens.story import read, write
from tests.screens.terminal import Terminal

# SIGUSR1 puts the clock that the app looks at six minutes forward; at SIGUSR2 it draws everything anew.
LATER = """
import asyncio, signal
from datetime import timedelta
from clinic_tui import clock
from screens import app, idle

class Later(app.ClinicApp):
    __module__ = "screens.app"  # where its style sheets are

    def on_mount(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.later)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, self.action_lights)

    def later(self):
        idle.now = lambda: clock.now() + timedelta(minutes=6)

app.ClinicApp = Later
"""


@contextmanager
def after(minutes: float) -> Iterator[None]:
    """So many minutes later."""
    with clock.frozen_at(now() + timedelta(minutes=minutes)):
        yield


def of(pilot: Pilot[int]) -> ClinicApp:
    assert isinstance(pilot.app, ClinicApp)
    return pilot.app


def test_what_is_due(still_clock: object) -> None:
    idle = Idle()
    with after(600):
        assert idle.due() is None, "never, unless it is set"
    idle.limits = Limits(5, 30)
    with after(4.9):
        assert idle.due() is None
    with after(5):
        assert idle.due() == "blank"
        idle.blanked = True
        assert idle.due() is None
        assert idle.touched(), "the key that shows it again does nothing else"
        assert not idle.touched()
    with after(34.9):
        assert idle.due() == "blank"
    with after(35):
        assert idle.due() == "leave"


async def test_a_key_on_a_blank_screen_only_shows_it_again(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        with after(6):
            of(pilot).look_idle()
            assert of(pilot).idle.blanked
            await pilot.hover()  # somebody bumped the desk
            assert of(pilot).idle.blanked
            await write(pilot, "s")
            assert not of(pilot).idle.blanked
            assert "Smithers" in read(pilot)
            await write(pilot, "jo")
            assert "sjo" not in read(pilot)
        with after(10.9):
            of(pilot).look_idle()
            assert not of(pilot).idle.blanked, "it was touched six minutes after the start"


async def test_the_owner_says_after_how_long(desk: Desk, practice: Viewer) -> None:
    settings.change(Viewer.system(), "desk.blank_minutes", "0")
    settings.change(Viewer.system(), "desk.leave_minutes", "60")
    async with desk.open() as pilot:
        with after(59):
            of(pilot).look_idle()
            assert not of(pilot).idle.blanked
        with after(60):
            of(pilot).look_idle()
            await until(pilot, lambda: not of(pilot).is_running)
    assert of(pilot).left_idle


async def test_it_does_not_leave_while_something_is_being_changed(desk: Desk) -> None:
    go_on = threading.Event()
    async with desk.open() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Room)
        screen.do(lambda _viewer: go_on.wait(20), lambda _answer: None)
        with after(60):
            of(pilot).look_idle()
            assert not of(pilot).left_idle
            go_on.set()
            await settle(pilot)
            of(pilot).look_idle()
            assert of(pilot).left_idle


def test_a_real_terminal_holds_nothing_while_it_is_blank(desk: Desk) -> None:
    people.smiths()
    app = Terminal(desk.config, first=LATER)
    try:
        app.wait_for("Smithers, Joel")
        app.read(2)  # the setting is read with what waits
        app.process.send_signal(signal.SIGUSR1)
        app.wait_for("Press a key.")
        app.process.send_signal(signal.SIGUSR2)
        app.read(2)
        assert b"Smith" not in app.seen.rpartition(b"\x1b[2J")[2]
        app.send(b"s")
        app.wait_for("Smithers, Joel")
        app.send(b"\x11")
        assert app.ended() == 0
        before, _, _ = app.seen.rpartition(b"\x1b[?1049l")
        assert b"\x1b[2J" in before[-200:], "cleared before it is given back"
    finally:
        app.close()
