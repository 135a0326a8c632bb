"""Work to be done aside, for the tests: found by name in the other process too."""

from __future__ import annotations

import os
import time
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_tui.access import Viewer
from clinic_tui.aside import Tell
from clinic_tui.errors import FieldError


@dataclass(frozen=True)
class Forever:
    """Leaves the number of its process in a file, tells an empty array, and does not end by itself."""

    file: Path

    def __call__(self, viewer: Viewer, tell: Tell) -> None:
        """What was told is in the file before."""
        self.file.with_suffix(".new").write_text(str(os.getpid()))
        self.file.with_suffix(".new").rename(self.file)
        tell(array("q"))
        time.sleep(600)


@dataclass(frozen=True)
class Telling:
    """Tells one thing again and again, until nobody waits for it any more."""

    thing: Any

    def is_long(self) -> bool:
        """In a thread."""
        return False

    def __call__(self, viewer: Viewer, tell: Tell) -> None:
        """It ends by what `tell` raises."""
        while True:
            tell(self.thing)
            time.sleep(0.01)


def refuses(viewer: Viewer, tell: Tell) -> None:
    """As a rule does."""
    raise FieldError("pace", "There is no such pace.", "Leave it out.")


def breaks(viewer: Viewer, tell: Tell) -> None:
    """As nobody foresaw, with what must not be told."""
    raise KeyError("Ada Lovelace")


def dies(viewer: Viewer, tell: Tell) -> None:
    """As a process does that is killed."""
    os._exit(9)


def asks(viewer: Viewer, tell: Tell) -> tuple[Any, ...]:
    """Who asks, by the rights that they have now."""
    print("a stray line")
    tell(1)
    return viewer.login, viewer.names_hidden, os.getpid()
