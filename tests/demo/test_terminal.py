"""The sample practice on a real terminal: it opens, says what it is, and leaves nothing when it is left."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.demo.test_play import environment

SECONDS = 90
_ESCAPE = re.compile(rb"\x1b(?:\[[0-9;?:<>=!$' ]*[@-~]|[\]P^_][^\x1b\x07]*(?:\x07|\x1b\\)|[@-Z\\-_=>()#].?)")


class Terminal:
    """`clinic-tui demo` on a pseudo-terminal of 80x24."""

    def __init__(self, home: Path) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clinic_tui", "demo"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        os.close(theirs)
        self._drawn = b""

    def wait_for(self, text: str) -> None:
        """Wait until `text` is drawn after whatever was waited for before."""
        wanted, deadline = text.encode(), time.monotonic() + SECONDS
        while wanted not in (plain := _ESCAPE.sub(b"", self._drawn)):
            assert time.monotonic() < deadline, f"{text!r} never came; drawn: {plain[-2000:]!r}"
            self._read()
        self._drawn = b""

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def left(self) -> int:
        """Wait for the end; the exit status."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it does not end"
            self._read()
        return self.process.returncode

    def _read(self) -> None:
        if select.select([self._ours], [], [], 0.2)[0]:
            with suppress(OSError):  # the other end is closed
                self._drawn += os.read(self._ours, 65_536)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    running = Terminal(tmp_path)
    yield running
    running.close()


def remains(home: Path) -> list[str]:
    """Processes that know the sample practice in `home`, and folders of it."""
    found = [str(path) for path in home.glob("clinic-tui-demo-*")]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(home) in entry.read_bytes().decode(errors="replace"):
                found.append(entry.read_text().replace("\0", " "))
    return found


def test_it_opens_says_what_it_is_and_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("DEMO")
    terminal.wait_for("Harbour Street Practice")
    terminal.press("\x1b[20~")  # F9
    terminal.wait_for("linnea@post.example")
    terminal.press("\x11")  # Ctrl+Q
    assert terminal.left() == 0
    assert remains(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_hang_up_leaves_nothing_either(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> None:
    terminal.wait_for("300 patients")
    terminal.process.send_signal(number)
    assert terminal.left() == 128 + number
    assert remains(tmp_path) == []
