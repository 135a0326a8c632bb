"""Long work in a process of its own: the same answers and errors, nothing left of it when it is left."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.aside import Left
from clinic_tui.case_load import query
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.orders import Sort
from clinic_tui.config import Config
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import History, Staff
from clinic_tui.errors import ClinicError, FieldError, NotAllowed
from clinic_tui.invitations import codes
from screens import aside as starting
from screens.aside import aside
from screens.help import Help
from screens.reports import case_stream, dry_run
from screens.reports.bulk_invite import BulkInviteDialog
from screens.reports.bulk_plan import Question
from screens.reports.case_load import CaseLoadScreen
from screens.reports.case_stream import Listing
from screens.reports.steps import Invite
from screens.reports.ticked import Ticked
from screens.widgets.marks import Field
from screens.widgets.ticks import Ticks
from tests.screens import caseload, works
from tests.screens.caseload import counted, invite_all, run_all
from tests.screens.conftest import Desk, settle, until
from tests.screens.story import front, press, read

ROOT = Path(__file__).parents[2]
SECONDS = 60.0


@pytest.fixture(autouse=True)
def _found_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(starting, "_LOOK_SECONDS", 0.01)


def stays() -> bool:
    return False


def ended(number: int) -> bool:
    """Whether the process is gone, within SECONDS."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_its_answer_its_rights_and_its_errors(desk: Desk) -> None:
    told: list[Any] = []
    with transaction():
        Staff.update(names_hidden=True).where(Staff.login == "alice").execute()
    login, hidden, process = aside(desk.config, desk.viewer, works.asks, told.append, stays)
    assert (login, hidden, told) == ("alice", True, [1])
    assert process != os.getpid()
    with pytest.raises(FieldError, match="There is no such pace") as refused:
        aside(desk.config, desk.viewer, works.refuses, told.append, stays)
    assert refused.value.field == "pace"
    with pytest.raises(ClinicError, match="Something went wrong in the program itself"):
        aside(desk.config, desk.viewer, works.breaks, told.append, stays)
    with pytest.raises(ClinicError, match="The work ended before it was done"):
        aside(desk.config, desk.viewer, works.dies, told.append, stays)
    with transaction():
        Staff.update(active=False).where(Staff.login == "alice").execute()
    with pytest.raises(NotAllowed, match="alice is not a staff member"):
        aside(desk.config, desk.viewer, works.asks, told.append, stays)


def test_who_leaves_reading_leaves_no_process(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with pytest.raises(Left):
        aside(desk.config, desk.viewer, works.Forever(file), lambda _: None, file.exists)
    assert ended(int(file.read_text()))


def test_an_app_that_is_killed_leaves_no_process(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    program = """
import sys
from pathlib import Path
from clinic_tui.config import Config
from clinic_tui.practice import open_practice
from screens.aside import aside
from tests.screens.works import Forever
config = Config(sys.argv[1], Path(sys.argv[2]))
aside(config, open_practice(config, "alice"), Forever(Path(sys.argv[3])), lambda _: print("told", flush=True),
      lambda: False, writes=False)
"""
    key = str(desk.config.key_file)
    command = [sys.executable, "-c", program, desk.config.database, key, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == "told\n"
        app.send_signal(signal.SIGKILL)
    assert ended(int(file.read_text()))


def test_nothing_of_the_practice_stands_in_its_arguments(desk: Desk, tmp_path: Path) -> None:
    file, said = tmp_path / "pid", []

    def look(_: Any) -> None:
        said.append(Path(f"/proc/{file.read_text()}/cmdline").read_bytes().split(b"\0"))

    with pytest.raises(Left):
        aside(desk.config, desk.viewer, works.Forever(file), look, lambda: bool(said))
    assert said[0][1:] == [b"-P", b"-m", b"clinic_tui.aside", b""]


@pytest.fixture
def filled(tmp_path: Path) -> list[int]:
    codes.use_key_file(tmp_path / "clinic.key")
    return caseload.fill(60)


class TestOnEachEngine:
    """The practice of tests/conftest, in place of the desk's."""

    @pytest.fixture
    def practice(self, database_url: str, still_clock: Any) -> Any:
        from tests.conftest import practice

        yield from practice.__wrapped__(database_url, still_clock)  # type: ignore[attr-defined]

    def test_a_listing_and_a_queueing_and_one_that_is_stopped(
        self, practice: Viewer, database_url: str, filled: list[int], tmp_path: Path
    ) -> None:
        config = Config(database_url, tmp_path / "clinic.key")
        ids, sort = array("q"), Sort("appointments", True)
        aside(config, practice, Listing(Filters(), sort), ids.extend, stays)
        assert ids == query.all_ids(practice, Filters(), sort)

        ticked, words = Ticked(Ticks(ids), ids, {}), ("gets it", "get it")
        shown = aside(config, practice, Question(Invite("", None, 0, None), ticked, words), lambda _: None, stays).plan
        assert len(shown.done) == 54
        queue = Question(Invite("", None, 0, shown.done), ticked, words)
        told: list[int] = []
        before = History.select().count()
        with pytest.raises(Left, match="It was stopped: nothing was done"):
            aside(config, practice, queue, lambda _: None, lambda: True, writes=True)
        assert (Invitation.select().count(), History.select().count()) == (0, before)
        assert aside(config, practice, queue, told.append, stays, writes=True).plan.done == shown.done
        assert Invitation.select().count() == 54
        assert told


# In the app


async def test_a_report_of_many_is_listed_aside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_stream, "LONG", 0)
    ids = caseload.fill(90)
    async with desk.open() as pilot:
        screen = await run_all(pilot)
        await settle(pilot)
        assert sorted(screen.table.ids) == ids
        assert screen.table.done


@pytest.mark.parametrize("leave", ["escape", "ctrl+q"])
async def test_what_is_listed_aside_ends_when_it_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, leave: str
) -> None:
    monkeypatch.setattr(case_stream, "LONG", 0)
    file = tmp_path / "pid"
    monkeypatch.setattr(case_stream, "Listing", lambda _filters, _sort: works.Forever(file))
    caseload.fill(90)
    async with desk.open() as pilot:
        for key in ("f2", "n", "ctrl+r"):
            await pilot.press(key)
            await until(pilot, lambda: not pilot.app.typed_ahead.waiting)  # type: ignore[attr-defined]
        await until(pilot, file.exists)
        assert front(pilot) is CaseLoadScreen
        await pilot.press(leave)
    assert ended(int(file.read_text()))


async def test_many_are_asked_about_and_queued_aside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run, "MANY", 0)
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        assert sum(counted(pilot).values()) == len(ids)
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
        assert "3 invitations queued; 6 patients skipped. F3 shows them going." in read(pilot)


@asynccontextmanager
async def queueing(pilot: Pilot[int], desk: Desk) -> AsyncIterator[BulkInviteDialog]:
    """While the block runs, the queueing of 36 has begun, and waits for somebody else who writes."""
    await invite_all(pilot)
    dialog = pilot.app.screen
    assert isinstance(dialog, BulkInviteDialog)
    dialog.query_one("#number", Field).value = "36"
    other = sqlite3.connect(desk.config.database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        await pilot.press("ctrl+s")
        yield dialog
    finally:
        other.execute("ROLLBACK")
        other.close()
    await settle(pilot)


async def test_stopped_while_it_queues_nothing_is_queued(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run, "MANY", 0)
    begun: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def begins(*command: Any, **how: Any) -> subprocess.Popen[bytes]:
        begun.append(begin(*command, **how))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", begins)
    caseload.fill(40)
    async with desk.open() as pilot:
        async with queueing(pilot, desk) as dialog:
            assert not dialog.holds_keys
            await pilot.press("ctrl+q")
            assert "It is being done now: Esc stops it." in [note.message for note in pilot.app._notifications]
            await pilot.press("escape")
            await until(pilot, lambda: len(begun) == 2 and begun[1].stdin is not None and begun[1].stdin.closed)
        assert front(pilot) is BulkInviteDialog
        assert "It was stopped: nothing was done." in read(pilot)
        with session():
            assert not Invitation.select().exists()
        dialog.query_one("#number", Field).value = "36"
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
        with session():
            assert Invitation.select().count() == 36


async def test_done_while_help_stands_before_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run, "MANY", 0)
    caseload.fill(40)
    async with desk.open() as pilot:
        async with queueing(pilot, desk):
            await pilot.press("f1")
            await until(pilot, lambda: front(pilot) is Help)
        assert front(pilot) is Help
        await press(pilot, "escape")
        assert front(pilot) is CaseLoadScreen
        assert "36 invitations queued" in read(pilot)
