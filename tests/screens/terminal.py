"""A real terminal (a pty) with the app in it, in a process of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.screens.emulator import Emulator, running_text

SECONDS = 60.0

_PROGRAM = """
import sys
from pathlib import Path
from clinic_tui.config import Config
from screens.app import run
sys.exit(run(Config(sys.argv[1], Path(sys.argv[2])), sys.argv[3]))
"""
KEYS = {
    "enter": b"\r", "tab": b"\t", "escape": b"\x1b", "up": b"\x1b[A", "down": b"\x1b[B", "home": b"\x1b[H",
    "space": b" ", "f2": b"\x1bOQ", "f3": b"\x1bOR", "ctrl+r": b"\x12", "ctrl+s": b"\x13",
}  # fmt: skip


class Terminal:
    """The app on a pty: `send` types, `seen` is all that was written to it so far; `first` is run before the app."""

    def __init__(
        self,
        config: Any,
        size: tuple[int, int] = (80, 24),
        environ: dict[str, str] | None = None,
        first: str = "",
        login: str = "alice",
    ) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        self._size = size
        self._emulator: Emulator | None = None
        self._fed = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", first + _PROGRAM, config.database, str(config.key_file), login],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})},
        )

    def read(self, seconds: float = 0.1) -> bytes:
        """What is written to the terminal until nothing comes for `seconds`."""
        new = b""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                chunk = os.read(self.master, 65536)
            except OSError:
                break
            if not chunk:
                break
            new += chunk
        self.seen += new
        return new

    def until(self, holds: Callable[[], bool]) -> None:
        """Read until `holds()`."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, self.seen[-2000:]
            self.read(0.05)

    def wait_for(self, text: str) -> None:
        """Read until `text` was written, from here on."""
        start = len(self.seen)
        self.until(lambda: text.encode() in self.seen[start:])

    def send(self, typed: bytes) -> None:
        """Type bytes."""
        os.write(self.master, typed)

    # As a person sees it

    def press(self, *keys: str) -> None:
        """Press keys by the names in KEYS; anything else is typed as it stands."""
        self.send(b"".join(KEYS.get(key, key.encode()) for key in keys))

    def emulator(self) -> Emulator:
        """The terminal after all that was written so far: maybe half a frame, so wait for what is to stand there."""
        if self._emulator is None:
            self._emulator = Emulator(self._size)
        self._emulator.feed(self.seen[self._fed :])
        self._fed = len(self.seen)
        return self._emulator

    def screen(self) -> list[str]:
        """What stands there, line by line."""
        return self.emulator().lines

    def text(self) -> str:
        """What stands there as running text, however it is wrapped and framed."""
        return running_text("\n".join(self.screen()))

    def until_shown(self, text: str) -> None:
        """Read until `text` stands there."""
        self._until(lambda: text in self.text(), f"{text!r} is not shown")

    def until_at(self, text: str) -> None:
        """Read until the terminal's own cursor is on a line that holds `text`."""
        self._until(lambda: text in self.screen()[self.emulator().cursor[1]], f"the cursor is not on {text!r}")

    def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        try:
            self.until(holds)
        except AssertionError:
            raise AssertionError(f"{otherwise}:\n" + "\n".join(self.screen())) from None

    def ended(self) -> int:
        """Wait for the end; the exit status."""
        self.until(lambda: self.process.poll() is not None)
        self.read()
        return self.process.returncode

    def hang_up(self) -> None:
        """The line drops."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def close(self) -> None:
        """End what is still there."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for handle in (self.master, self.slave):
            if handle >= 0:
                os.close(handle)
