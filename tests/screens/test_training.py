"""The training copy: a header that nobody mistakes, and the way there and back on a real terminal."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.case_load.filters import Filters
from clinic_tui.db.connection import close_database
from clinic_tui.training import LEFT_IDLE
from screens.app import SCREENS, ClinicApp
from screens.reports.export import ExportDialog
from screens.reports.ticked import Ticked
from screens.theme import Look
from screens.widgets.ticks import Ticks
from tests.screens import people
from tests.screens.conftest import Desk, settle, shown
from tests.screens.story import press, read
from tests.screens.terminal import Terminal

ASCII = Look("clinic-plain", ansi=True, unicode=False)
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@SIZES
def test_it_says_so(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()
    assert desk.snap(None, size, demo=True, training=True)


def test_it_says_so_in_ascii(desk: Desk) -> None:
    people.smiths()
    assert desk.snap(None, look=ASCII, demo=True, training=True)


@pytest.mark.parametrize("size", [(80, 24), (40, 20)], ids=["80x24", "40x20"])
async def test_on_every_screen(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size, demo=True, training=True) as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        for name in SCREENS.keys() - {"mailbox"}:  # that one wants a sample practice's own folder
            await app.run_action(name)
            await settle(pilot)
            assert shown(pilot).startswith(" TRAINING"), name
        await press(pilot, "f10")  # on a small terminal it stands before the header
        assert "TRAINING" in shown(pilot)
        assert "Training copy" not in read(pilot), "there is no way further in"


async def test_whoever_learns_reaches_no_file_of_the_host(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample practice opens as its owner, without a login: a file that is written there is the account's."""
    async with desk.open(demo=True, training=True) as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        app.login = None
        await app.push_screen(ExportDialog(Filters(), Ticked(Ticks(), array("q"), {})))
        await settle(pilot)
        assert not app.screen.check_action("write", ())


async def test_without_a_terminal_it_says_what_to_do(desk: Desk) -> None:
    async with desk.open() as pilot:
        await pilot.app.run_action("training")
        await settle(pilot)
        assert "The training copy needs a terminal" in read(pilot)


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path, practice: Viewer) -> Iterator[Terminal]:
    """The app on a real practice of five Smiths, in a terminal."""
    people.smiths()
    close_database()
    environ = {"TMPDIR": str(tmp_path / "tmp"), "XDG_STATE_HOME": str(tmp_path / "state")}
    (tmp_path / "tmp").mkdir()
    found = Terminal(desk.config, environ=environ)
    yield found
    found.close()


def learning(terminal: Terminal) -> int:
    """The process of the training copy."""
    found = Path(f"/proc/{terminal.process.pid}/task/{terminal.process.pid}/children").read_text().split()
    assert len(found) == 1
    return int(found[0])


def open_files(process: int) -> set[str]:
    return {str(one.readlink()) for one in Path(f"/proc/{process}/fd").iterdir()}


def kept(folder: Path) -> str:
    return hashlib.sha256((folder / "clinic.db").read_bytes()).hexdigest()


def test_there_and_back_and_nothing_of_the_practice_is_touched(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until_shown("5 patients")
    before = kept(tmp_path)
    terminal.press("\x1b[21~")  # F10
    terminal.until_shown("Type to narrow")
    terminal.press("training", "enter")
    terminal.until_shown("TRAINING: invented patients")
    terminal.until_shown("300 patients")
    copy = learning(terminal)
    files = open_files(copy)
    assert any("clinic-tui-demo-" in file for file in files)
    assert not any(file.startswith(str(tmp_path / "clinic.")) for file in files), files
    words = Path(f"/proc/{copy}/environ").read_bytes() + Path(f"/proc/{copy}/cmdline").read_bytes()
    assert str(tmp_path / "clinic.db").encode() not in words
    assert b"CLINIC_TUI_" not in words
    terminal.press("\x11")  # Ctrl+Q
    terminal.until_shown("Back in Harbour Street Practice.")
    terminal.until_shown("5 patients")
    assert not terminal.screen()[0].startswith(" TRAINING")
    assert list((tmp_path / "tmp").iterdir()) == []
    terminal.press("jo")
    terminal.until_shown("Smithers, Joel")
    terminal.press("\x11")
    assert terminal.ended() == 0
    assert kept(tmp_path) == before


def test_a_hang_up_ends_both(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until_shown("5 patients")
    terminal.press("\x1b[21~")
    terminal.until_shown("Type to narrow")
    terminal.press("training", "enter")
    terminal.until_shown("300 patients")
    copy = learning(terminal)
    terminal.process.terminate()
    assert terminal.ended() == 128 + 15
    assert not Path(f"/proc/{copy}").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_where_it_was_left_idle_the_app_leaves_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from screens import training

    monkeypatch.setattr(training, "open_training", lambda: LEFT_IDLE)
    async with desk.open() as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        monkeypatch.setattr(app, "suspend", nullcontext)
        await app.run_action("training")
    assert app.left_idle
    assert app.return_code == 0
