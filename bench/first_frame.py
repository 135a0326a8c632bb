"""The first frame of the lookup with 100,000 patients, against a bare Textual app; rows, and bytes per key.

Each app runs in a process of its own on a pty of 120x40. The first frame counts from the start of the process until
the field's placeholder stands on the terminal; the rows, from there until the first patient does.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from bench.practice_of import build
from clinic_tui.invitations import codes

PATIENTS = int(os.environ.get("BENCH_FRAME_PATIENTS", "100000"))
RUNS = 9
SECONDS = 30.0
BAR, ROWS_BAR = 1.5, 200.0

BARE = """
from textual.app import App
from textual.widgets import Input
class Bare(App):
    def compose(self):
        yield Input(placeholder="Name, birth date, phone")
Bare().run()
"""
OURS = """
import sys
from pathlib import Path
from clinic_tui.config import Config
from screens.app import run
sys.exit(run(Config(sys.argv[1], Path(sys.argv[2]))))
"""


class _Terminal:
    def __init__(self, program: str, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TEXTUAL")}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )  # fmt: skip
        os.close(slave)

    def until(self, text: bytes) -> float:
        """Seconds since the start until `text` was written."""
        seen = b""
        while text not in seen:
            assert select.select([self._master], [], [], SECONDS)[0], seen[-500:]
            seen = seen[-200:] + os.read(self._master, 65536)
        return time.perf_counter() - self.began

    def bytes_for(self, key: bytes) -> int:
        """Bytes written in answer to a key, until nothing comes for 0.3 s."""
        os.write(self._master, key)
        count = 0
        while select.select([self._master], [], [], 0.3)[0]:
            count += len(os.read(self._master, 65536))
        return count

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def close(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._master)


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url, key = f"sqlite:///{folder}/clinic.db", f"{folder}/clinic.key"
        build(url, PATIENTS)
        codes.use_key_file(Path(key))
        bare, ours, rows = [], [], []
        for number in range(RUNS + 1):
            terminal = _Terminal(BARE)
            seconds = terminal.until(b"birth date")
            terminal.close()
            app = _Terminal(OURS, url, key)
            first = app.until(b"birth date")
            then = app.until(f"{PATIENTS:,} patients".encode()) if number == 0 else app.until(b"invited")
            if number:  # the first of each warms the disk
                bare.append(seconds)
                ours.append(first)
                rows.append((then - first) * 1000)
            if number < RUNS:
                app.close()
        app.bytes_for(b"")
        keys = {name: app.bytes_for(key) for name, key in (("cursor down", b"\x1b[B"), ("a letter", b"s"))}
        memory = app.memory()
        app.close()
    ratio = statistics.median(o / b for o, b in zip(ours, bare, strict=True))
    print(f"   bare Textual app   {statistics.median(bare) * 1000:6.0f} ms")
    print(f"   lookup, {PATIENTS:,}    {statistics.median(ours) * 1000:6.0f} ms   ratio {ratio:.2f}   bar {BAR}")
    print(f"   rows after it      {statistics.median(rows):6.0f} ms   bar {ROWS_BAR:.0f} ms")
    print(f"   bytes on the line  {', '.join(f'{name} {number}' for name, number in keys.items())}")
    print(f"   resident memory    {memory:6.0f} MB")
