"""The app in a real terminal that drops, is signalled, or sends nonsense."""

from __future__ import annotations

import re
import signal
import subprocess
import termios
from collections.abc import Callable, Iterator

import pytest

from tests.screens import people
from tests.screens.conftest import Desk
from tests.screens.terminal import SECONDS, Terminal


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Callable[..., Terminal]]:
    people.smiths()
    opened: list[Terminal] = []

    def open_one(size: tuple[int, int] = (80, 24)) -> Terminal:
        opened.append(Terminal(desk.config, size))
        opened[-1].wait_for("Smithers, Joel")
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


def _restored(terminal: Terminal) -> None:
    assert b"\x1b[?1049l" in terminal.seen
    assert b"\x1b[?25h" in terminal.seen
    assert termios.tcgetattr(terminal.slave) == terminal.before
    assert b"Traceback" not in terminal.seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(terminal: Callable[..., Terminal], number: signal.Signals) -> None:
    app = terminal()
    app.process.send_signal(number)
    assert app.ended() == 128 + number
    _restored(app)


def test_leaving_restores_the_terminal(terminal: Callable[..., Terminal]) -> None:
    app = terminal()
    app.send(b"\x11")
    assert app.ended() == 0
    _restored(app)


def test_a_line_that_drops_ends_the_app(terminal: Callable[..., Terminal]) -> None:
    app = terminal()
    app.hang_up()
    try:
        assert app.process.wait(SECONDS) == 128 + signal.SIGHUP
    except subprocess.TimeoutExpired:
        pytest.fail("it spins, or hangs")


def test_an_invalid_byte_is_replaced(terminal: Callable[..., Terminal]) -> None:
    app = terminal()
    app.send(b"smi\xff\xc3\x28")
    app.wait_for("smi\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}(")
    assert app.process.poll() is None
    app.send(b"\x15smith")
    app.wait_for("Smithers, Joel")


def test_an_arrow_key_draws_two_lines(terminal: Callable[..., Terminal]) -> None:
    app = terminal(size=(120, 40))
    app.until(lambda: not app.read(0.5))
    app.send(b"\x1b[B")
    app.wait_for("Smidt")
    down = len(app.read(0.3)) + len("Smidt")
    assert down <= 700
    app.until(lambda: not app.read(1.0))  # and then nothing blinks


def test_what_nobody_foresaw_ends_in_a_sentence(desk: Desk) -> None:
    people.smiths()
    app = Terminal(desk.config, first="import screens.lookup as s; s.LookupScreen.action_clear = lambda self: 1 / 0\n")
    try:
        app.wait_for("Smithers, Joel")
        app.send(b"\x1b")
        assert app.ended() == 1
        _restored(app)
        assert b"ZeroDivisionError" not in app.seen
        assert b"The app had to stop." in app.seen
    finally:
        app.close()


@pytest.mark.parametrize("look", [{"NO_COLOR": "1"}, {"TERM": "vt100", "COLORTERM": ""}, {"CLINIC_TUI_THEME": "light"}])
def test_readable_everywhere(desk: Desk, look: dict[str, str]) -> None:
    """Under NO_COLOR and in the plain theme no colour is set at all, or only the terminal's own."""
    people.smiths()
    app = Terminal(desk.config, environ=look)
    try:
        app.wait_for("Smithers, Joel")
        app.read(0.3)
        coloured = b"38;2;" in app.seen
        assert coloured == ("CLINIC_TUI_THEME" in look)
        assert ("\N{BOX DRAWINGS LIGHT HORIZONTAL}".encode() in app.seen) == (look.get("TERM") != "vt100")
        if "NO_COLOR" in look:
            assert re.search(rb"\x1b\[[0-9;]*\b7[;m][^\x1b]*de Smit", app.seen), "the cursor is reversed"
            assert not any(f"\x1b[{code}m".encode() in app.seen for code in (*range(30, 38), *range(40, 48)))
    finally:
        app.close()
