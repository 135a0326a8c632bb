"""Pictures of the main screens: the app on the sample practice, at one moment that never changes, drawn as SVG."""

from __future__ import annotations

import asyncio
import html
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from clinic_tui.clock import frozen_at
from clinic_tui.demo import open_demo
from screens.app import ClinicApp
from screens.base import Room
from screens.theme import Look

FOLDER = Path(__file__).parent / "pictures"
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SIZE = (100, 26)
SECONDS = 30.0
LOOK = Look("clinic-dark", ansi=False, unicode=True)
# Each picture's name, and the keys that lead there from the one before; the first begins at the lookup.
WAYS: dict[str, tuple[str, ...]] = {
    "lookup": (*"smi", "down"),
    "profile": ("down", "down", "down", "enter"),
    "invite": ("i", *"joel.smithers@example.net"),
    "case-load": ("escape", "f2", "n", "ctrl+r", "space", "down", "down", "space"),
    "outbox": ("f3",),
    "notifications": ("f4",),
}


def drawn() -> dict[str, str]:
    """Every picture, as SVG, by its name."""
    with _in_utc(), frozen_at(AT), open_demo() as demo:
        return asyncio.run(_drawn(ClinicApp(demo.config, demo.login, look=LOOK, demo=True, poll_seconds=None)))


def text_of(svg: str) -> list[tuple[str, str, str]]:
    """What can be read in a picture, each piece with its place: what a newer Textual draws otherwise is not content."""
    pieces = re.findall(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg)
    return [(x, y, html.unescape(text)) for x, y, text in pieces]


def write() -> None:
    """Write those that differ from what the program shows now."""
    FOLDER.mkdir(exist_ok=True)
    for name, svg in drawn().items():
        path = FOLDER / f"{name}.svg"
        if not path.exists() or text_of(path.read_text(encoding="utf-8")) != text_of(svg):
            path.write_text(svg, encoding="utf-8")


async def _drawn(app: ClinicApp) -> dict[str, str]:
    pictures: dict[str, str] = {}
    async with app.run_test(size=SIZE) as pilot:
        await _rest(pilot)
        for name, keys in WAYS.items():
            for key in keys:
                await pilot.press({"@": "at", ".": "full_stop"}.get(key, key))
                await _rest(pilot)
            pictures[name] = app.export_screenshot(title="clinic-tui")
    return pictures


async def _rest(pilot: Pilot[int]) -> None:
    """Wait until nothing that was asked is unanswered."""
    app = pilot.app
    assert isinstance(app, ClinicApp)

    def busy() -> bool:
        asking = any(isinstance(screen, Room) and screen.busy for screen in app.screen_stack)
        return asking or app.viewer is None or app.reading or app.typed_ahead.waiting

    await _until(pilot, lambda: not busy())


async def _until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        await pilot.pause()
        while not holds():
            await pilot.pause(0.01)
        await pilot.pause()


@contextmanager
def _in_utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
