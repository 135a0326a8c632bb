"""What every test stands on: a clock that stands still, no developer's environment, both engines."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, open_database, session
from clinic_tui.staff import at_the_keyboard
from tests import prepared
from tests.facts import NOW, PRACTICE

__all__ = ["NOW", "PRACTICE"]

_FOREIGN = ("TEXTUAL", "CLINIC_TUI", "XDG_", "SSH_")

# A screen leaves much garbage in circles behind: looked for less often, a run takes an eighth less of the processors.
gc.set_threshold(100_000, 20, 50)

# Nothing fails by the clock: a machine that is busy is no fault of the program's. And a test's practice may be one for
# all of its examples. Those are the same in every run, but where others are looked for: `make search`.
examples.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
examples.register_profile("ours", examples.get_profile("search"), derandomize=True)
examples.load_profile("ours")

# Where there is a file system in memory with room, no test waits for a disk.
_MEMORY = Path("/dev/shm")
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


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
    """A database of each engine, by URL: empty, or that of `practice` where the test has it."""
    if "practice" in request.fixturenames:
        with prepared.practice.copy(request.param, tmp_path) as url:
            yield url
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/clinic.db"
    else:
        from tests.servers.postgres import fresh_database

        with fresh_database() as url:
            yield url


@pytest.fixture
def practice(database_url: str, still_clock: datetime) -> Iterator[Viewer]:
    """A migrated database of each engine with a practice's settings, and its owner's viewer."""
    open_database(database_url)
    with session():
        yield at_the_keyboard()
    close_database()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Four more than there are processors: tests of screens wait most of their time for the screen to be at rest."""
    return (os.cpu_count() or 1) + 4
