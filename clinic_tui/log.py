"""The log file: what went wrong, by type and place. Never a name, an address, a code, a secret, nor what an error says.

`$XDG_STATE_HOME/clinic-tui/clinic-tui.log`, its owner's alone.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import traceback
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from clinic_tui.errors import ClinicError
from clinic_tui.private import make_folder

LARGEST = 1_000_000
KEPT = 3
LOGGERS = ("clinic_tui", "screens")
_DATED = re.compile(rb"\d{4}-\d\d-\d\d ")


def path() -> Path:
    """Where the log is."""
    from platformdirs.unix import Unix

    return Unix("clinic-tui").user_state_path / "clinic-tui.log"


def start(level: int = logging.INFO) -> bool:
    """Send this process's own log lines to the file; libraries' lines go nowhere. False where it cannot be written."""
    # Without a handler of the root, Python prints other people's warnings on standard error.
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    try:
        file = path()
        make_folder(file.parent)
        handler: logging.Handler = _PrivateFile(file, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=False)
    except OSError:
        return False
    handler.setFormatter(_WithoutValues("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for old in logger.handlers[:]:
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.setLevel(level)
        logger.propagate = False
    return True


def forget(before: datetime | None) -> None:
    """Take out the lines from before that day (None: none), as far as the files can be written."""
    if before is None:
        return
    first, current = f"{before.astimezone():%Y-%m-%d}".encode(), path()
    for file in (current, *(current.with_name(f"{current.name}.{number}") for number in range(1, KEPT + 1))):
        with contextlib.suppress(OSError), file.open("r+b") as handle:
            lines = handle.readlines()
            old = next((at for at, line in enumerate(lines) if _DATED.match(line) and line[:10] >= first), len(lines))
            if old:  # in its place: others may be writing to its end
                handle.seek(0)
                handle.writelines(lines[old:])
                handle.truncate()


def trouble(error: BaseException, doing: str) -> None:
    """Write down an error that nobody expected: its type and where it came from, not what it says."""
    logging.getLogger("clinic_tui").error("%s: %s", doing, type(error).__name__, exc_info=error)


def in_words(error: Exception) -> ClinicError:
    """The sentence for an error; what nobody foresaw goes to the log in full, and to the screen in a sentence."""
    if isinstance(error, ClinicError):
        return error
    trouble(error, "unforeseen")
    return ClinicError("Something went wrong in the program itself.", "Try again; its log file says what it was.")


class _PrivateFile(RotatingFileHandler):
    """A log file that is 0600 from its first byte, and quiet when the disk is full."""

    def _open(self) -> io.TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing: the screen is not ours to write on."""


class _WithoutValues(logging.Formatter):
    """Formats an exception as types and places. Messages may quote data, so they are left out; so are causes'."""

    def formatException(self, ei: object) -> str:  # noqa: N802
        """The lines for `exc_info`, the first cause first."""
        error = ei[1] if isinstance(ei, tuple) else None
        lines: list[str] = []
        seen: set[int] = set()
        while isinstance(error, BaseException) and id(error) not in seen:
            seen.add(id(error))
            frames = traceback.extract_tb(error.__traceback__)
            places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            lines[:0] = [*places, f"{type(error).__module__}.{type(error).__qualname__}"]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        """One record, always our own text of its exception: another formatter's may be cached on it."""
        record.exc_text = None
        text = super().format(record)
        record.exc_text = None
        return text
