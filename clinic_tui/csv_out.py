"""CSV that goes out: no cell that a spreadsheet would run, and a file for its owner alone."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clinic_tui.errors import ClinicError
from clinic_tui.text import clean

# What a spreadsheet takes for the beginning of a formula, in ASCII and in the full width of East Asian keyboards.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def line(cells: Iterable[Any]) -> str:
    """One line, with its end."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(value) for value in cells])
    return out.getvalue()


def write(path: Path, lines: Iterable[str]) -> None:
    """Write lines to `path`, 0600, in place of what was there; all of them, or nothing.

    Raises ClinicError where the file cannot be written.
    """
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".clinic-tui-")  # made 0600
        beside = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        beside = None
    except OSError as error:
        raise ClinicError(f"{clean(str(path))} cannot be written: {error.strerror}.", "Choose another file.") from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def plain(cell: str) -> str:
    """A cell that `line` wrote, as it was before."""
    return cell[1:] if cell[:1] == "'" and cell[1:].lstrip().startswith(_FORMULA) else cell


def _cell(value: Any) -> str:
    text = "" if value is None else clean(str(value))
    return "'" + text if text.lstrip().startswith(_FORMULA) else text
