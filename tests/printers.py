"""A printer: an `lp` of ours at the front of PATH, that keeps what it was called with and what it was given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PRINTS = """#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$0" "$@" > "$here/argv"
env > "$here/environment"
cat > "$here/printed"
"""


class Printer:
    """`lp` in a folder of its own; `does` writes another script in its place."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        self.does(_PRINTS)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def does(self, script: str) -> None:
        lp = self.folder / "lp"
        lp.write_text(script, encoding="utf-8")
        lp.chmod(0o755)

    @property
    def printed(self) -> str:
        """What came by standard input; "" for nothing."""
        file = self.folder / "printed"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def called(self) -> list[str]:
        """The words of the command line, without the program."""
        return (self.folder / "argv").read_text(encoding="utf-8").splitlines()[1:]
