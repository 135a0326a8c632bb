"""Runs `clinic-tui` as a user would: a process of its own, a home of its own."""

from __future__ import annotations

import functools
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_tui.db.connection import sqlite_path
from tests.commands import forked
from tests.commands.forked import Streams

ROOT = forked.ROOT
PATIENTS = """\
Number,First Name,Last Name,DOB,Email,Mobile
17,Joanna,Smith,1980-02-03,jo@patients.example,0400 000 001
18,Łukasz,Łoś,1990-12-30,lukasz@patients.example,
19,Marie,Curie,1967-11-07,,0400 000 003
"""


@dataclass(frozen=True)
class Ran:
    """How it ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@functools.cache
def empty_practice() -> bytes:
    """The SQLite file of a practice that is new."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        ran = desk.run("migrate", "--new", "--database", desk.database)
        assert ran.status == 0, ran
        return (desk.home / "clinic.db").read_bytes()


def _write_new(path: Path, content: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)


class Desk:
    """One OS account: its home, its config, its commands. `new_interpreter`: a Python of its own starts for each."""

    def __init__(self, home: Path, database: str | None = None, *, new_interpreter: bool = False) -> None:
        self.home = home
        self.new_interpreter = new_interpreter
        self.folder = home / ".config" / "clinic-tui"
        self.config = self.folder / "config.toml"
        self.log = home / ".local" / "state" / "clinic-tui" / "clinic-tui.log"
        self.maildir = home / "Maildir"
        self.database = database or f"sqlite:///{home}/clinic.db"
        self.env = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "LC_ALL", "TZ", "LANG", "TMPDIR")},
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
        }

    def write_config(self, *, smtp_port: int = 9, more: str = "", mode: int = 0o600, new: bool = True) -> None:
        """A whole config: mail goes to loopback, replies are read from a Maildir. `new`: with key and database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in ("new", "cur", "tmp"):
            (self.maildir / part).mkdir(parents=True, exist_ok=True)
        self.config.write_text(
            f'database = "{self.database}"\n'
            '[practice]\nname = "Harbour Street Practice"\nphone = "02 5550 0000"\n'
            '[portal]\nname = "Halaxy"\nurl = "https://portal.example.org"\nregister = "email"\n'
            'appointments = "portal"\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\nsecurity = "none"\nfrom = "desk@clinic.example"\n'
            f'timeout = 10\n[mailbox]\nurl = "maildir:{self.maildir}"\n{more}',
            encoding="utf-8",
        )
        self.config.chmod(mode)
        if new:
            _write_new(self.folder / "clinic.key", f"0badcafe {'5a' * 32}\n".encode())
            if self.database.startswith("sqlite:"):
                _write_new(sqlite_path(self.database), empty_practice())

    def write_patients(self, text: str = PATIENTS) -> Path:
        path = self.home / "patients.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *words: str | int | Path, given: str | bytes = "", seconds: float = 60, **env: str) -> Ran:
        """Run a command with `given` on its standard input."""
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(given.encode() if isinstance(given, str) else given)
            for file in (stdin, out, err):
                file.seek(0)
            status = self._run([str(word) for word in words], (stdin, out, err), {**self.env, **env}, seconds)
            out.seek(0)
            err.seek(0)
            return Ran(status, out.read().decode("utf-8", "surrogateescape"), err.read().decode())

    def _run(self, words: list[str], streams: Streams, env: dict[str, str], seconds: float) -> int:
        if not self.new_interpreter:
            return forked.run(words, streams, env, self.home, seconds)
        stdin, out, err = streams
        return subprocess.run(
            [sys.executable, "-m", "clinic_tui", *words],
            stdin=stdin, stdout=out, stderr=err, env=env, cwd=self.home, timeout=seconds, check=False,
        ).returncode  # fmt: skip

    def ask(self, *words: str | int | Path, **options: Any) -> Any:
        """Run a command with --json, expect it to have run, hand back its document."""
        ran = self.run(*words, "--json", **options)
        assert ran.status == 0, ran
        return ran.json


def one_sentence(text: str) -> bool:
    """Whether the text is one line for a person, without a traceback."""
    return text.count("\n") == 1 and text.rstrip().endswith((".", "?", ")")) and "Traceback" not in text


class Terminal:
    """`clinic-tui`, or another program, on a real terminal."""

    def __init__(self, desk: Desk, *words: str, program: Sequence[str] = (sys.executable, "-m", "clinic_tui")) -> None:
        self.child, self.end = pty.fork()
        if self.child == 0:
            os.chdir(desk.home)
            os.execve(program[0], [*program, *words], {**desk.env, "TERM": "xterm-256color"})
        self.seen = b""
        self.at = 0

    def until(self, wanted: bytes, seconds: float = 60) -> None:
        """Wait until `wanted` is on the screen, after what was waited for before."""
        deadline = time.monotonic() + seconds
        while (found := self.seen.find(wanted, self.at)) < 0:
            assert self._read(deadline), f"{wanted!r} never came: {self.seen!r}"
        self.at = found + len(wanted)

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def drain(self, seconds: float = 0.1) -> None:
        """Read what comes within `seconds`, so that the program never waits for us."""
        ready, _, _ = select.select([self.end], [], [], seconds)
        if ready:
            self.seen += os.read(self.end, 10_000)

    def interrupt(self, said: bytes) -> None:
        """Press ctrl+c until `said` comes: Python misses a press that comes just before it begins to read."""
        deadline = time.monotonic() + 60
        while said not in self.seen:
            assert time.monotonic() < deadline, self.seen
            self.type("\x03")
            quiet = False
            while not quiet and said not in self.seen:
                before = len(self.seen)
                self.drain(1.0)
                quiet = len(self.seen) == before

    def status(self, seconds: float = 60) -> int:
        """Read to the end; the exit status."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        os.close(self.end)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self.end], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(self.child, signal.SIGKILL)
            return False
        try:
            piece = os.read(self.end, 1000)
        except OSError:  # the other end is gone
            return False
        self.seen += piece
        return bool(piece)
