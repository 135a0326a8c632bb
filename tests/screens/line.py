"""A program on a pty of 120x40, to count what it writes."""

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
from collections.abc import Sequence
from pathlib import Path

SECONDS = 120.0


class Line:
    """Python, run with these arguments at the top of the repository."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TEXTUAL")}
        self.process = subprocess.Popen(
            [sys.executable, *arguments], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            cwd=Path(__file__).parents[2], env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )  # fmt: skip
        os.close(slave)

    def read(self, seconds: float = 0.4) -> bytes:
        """What is written until nothing comes for so long."""
        seen = b""
        while select.select([self.master], [], [], seconds)[0]:
            seen += os.read(self.master, 65536)
        return seen

    def wait_for(self, text: str) -> None:
        """Read until `text` is written."""
        self.read_until((text.encode(),))

    def read_until(self, texts: Sequence[bytes]) -> bytes:
        """Read until one of `texts` is written; the last that was read."""
        end, seen = time.monotonic() + SECONDS, b""
        while not any(text in seen for text in texts):
            left = end - time.monotonic()
            assert left > 0, seen[-500:]
            assert select.select([self.master], [], [], left)[0], seen[-500:]
            seen = seen[-500:] + os.read(self.master, 65536)
        return seen

    def seconds_until(self, key: bytes, text: str) -> float:
        """From a key until `text` is written."""
        began = time.perf_counter()
        os.write(self.master, key)
        self.wait_for(text)
        return time.perf_counter() - began

    def bytes_for(self, key: bytes) -> int:
        """How many bytes are written in answer to a key."""
        os.write(self.master, key)
        return len(self.read())

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)
