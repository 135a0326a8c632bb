"""Runs `clinic-tui` as a user would: a process of its own, a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
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


class Desk:
    """One OS account: its home, its config, its commands."""

    def __init__(self, home: Path, database: str | None = None) -> None:
        self.home = home
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

    def write_config(self, *, smtp_port: int = 9, more: str = "", mode: int = 0o600) -> None:
        """A whole config: mail goes to loopback, replies are read from a Maildir."""
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

    def write_patients(self, text: str = PATIENTS) -> Path:
        path = self.home / "patients.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *words: str | int | Path, given: str | bytes = "", seconds: float = 60, **env: str) -> Ran:
        """Run a command with `given` on its standard input."""
        done = subprocess.run(
            [sys.executable, "-m", "clinic_tui", *map(str, words)],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            timeout=seconds,
            env={**self.env, **env},
            cwd=self.home,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode())

    def ask(self, *words: str | int | Path, **options: Any) -> Any:
        """Run a command with --json, expect it to have run, hand back its document."""
        ran = self.run(*words, "--json", **options)
        assert ran.status == 0, ran
        return ran.json


def one_sentence(text: str) -> bool:
    """Whether the text is one line for a person, without a traceback."""
    return text.count("\n") == 1 and text.rstrip().endswith((".", "?", ")")) and "Traceback" not in text
