"""The parts of the pages that are made: what stands between `<!-- made: NAME -->` and `<!-- made: end -->`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from docs import keys, tables

FOLDER = Path(__file__).parent
MAN_PAGE = FOLDER / "clinic-tui.1"
PARTS: dict[str, Callable[[], str]] = {
    "keys": keys.sections,
    "settings": tables.settings,
    "headers": tables.headers,
    "commands": tables.commands,
    "over-ssh": tables.over_ssh,
    "faults": lambda: _faults().overview(),
    "faults-in-groups": lambda: _faults().in_groups(),
    "each-fault": lambda: _faults().everything(),
}


def _faults() -> ModuleType:
    from docs import faults  # it brings the tests' servers along

    return faults


_PART = re.compile(r"(?<=<!-- made: )(?!end )(\w[\w-]*)( -->\n)(?:.*?\n)??(?=<!-- made: end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The page with its made parts as the program would have them now."""
    return _PART.sub(lambda part: f"{part[1]}{part[2]}{PARTS[part[1]]()}", text)
