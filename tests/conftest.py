"""What every test stands on: a clock that stands still, no developer's environment, both engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_tui import clock, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, open_database, session
from clinic_tui.db.migrate import migrate
from clinic_tui.staff import at_the_keyboard

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday

_FOREIGN = ("TEXTUAL", "CLINIC_TUI", "XDG_", "SSH_")

PRACTICE: dict[str, settings.Value] = {
    "practice.name": "Harbour Street Practice",
    "practice.phone": "02 5550 0000",
    "portal.name": "Halaxy",
    "portal.url": "https://portal.example.org",
    "portal.register": "email",
    "portal.appointments": "portal",
    "portal.invoices": "portal",
    "portal.records": "no",
    "portal.health": "no",
}


@pytest.fixture(autouse=True, scope="session")
def _no_developers_environment() -> None:
    for name in [name for name in os.environ if name.startswith(_FOREIGN) and name != "TEXTUAL_SNAPSHOT_TEMPDIR"]:
        del os.environ[name]
    os.environ.pop("NO_COLOR", None)
    os.environ.update(TZ="UTC", LC_ALL="C.UTF-8", TERM="xterm-256color", COLORTERM="truecolor")


@pytest.fixture
def still_clock() -> Iterator[datetime]:
    """The clock stands at NOW in this process."""
    with clock.frozen_at(NOW):
        yield NOW


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each engine, by URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/clinic.db"
        return
    from tests.servers.postgres import fresh_database

    with fresh_database() as url:
        yield url


@pytest.fixture
def practice(database_url: str, still_clock: datetime) -> Iterator[Viewer]:
    """A migrated database of each engine with a practice's settings, and its owner's viewer."""
    open_database(database_url)
    migrate()
    viewer = at_the_keyboard()
    settings.seed(viewer, PRACTICE)
    with session():
        yield viewer
    close_database()
