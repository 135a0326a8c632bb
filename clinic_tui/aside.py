"""Long work aside: in a process of its own, so that threads and keys of who waits for it are not held up.

The process is `python -m clinic_tui.aside`; `screens.aside` starts it. On its standard input it is told the practice,
the viewer and the work: `work(viewer, tell)`, anything that pickle knows by name. On its standard output come what the
work tells, then its answer or its error. It is left by closing its input, which the end of whoever started it does too:
work that only reads ends at once; work that writes ends where it tells how far it is, its transaction undone, and its
answer says which it was. (Pickle is safe here: both ends are this program, and nobody else holds the pipes.)
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from clinic_tui.errors import ClinicError
from clinic_tui.log import in_words

if TYPE_CHECKING:
    from pathlib import Path

    from clinic_tui.access import Viewer

Tell = Callable[[Any], None]  # raises where nobody waits for the work any more
Work = Callable[["Viewer", Tell], Any]

NICE = 5  # the app goes first
_AT_ONCE = 1 << 20


class Practice(NamedTuple):
    """Which practice: its database's URL, which may hold a password, and its key file."""

    database: str
    key_file: Path


class Left(ClinicError):
    """Nobody waits for the work any more, or it was asked to stop: nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__("It was stopped: nothing was done.")


class Pipe:
    """One end of a pipe, for pickle. Each read and write lets other threads have the interpreter.

    `wait` is called before each read.
    """

    def __init__(self, handle: int, wait: Callable[[], None] = lambda: None) -> None:
        self._handle = handle
        self._wait = wait

    def read(self, size: int) -> bytes:
        """So many bytes. Raises EOFError."""
        read = bytearray()
        while len(read) < size:
            self._wait()
            some = os.read(self._handle, min(size - len(read), _AT_ONCE))
            if not some:
                raise EOFError
            read += some
        return bytes(read)

    def readline(self) -> bytes:
        """Of pickle's first protocol, which nobody speaks here."""
        raise EOFError

    def write(self, data: Any) -> int:
        """All of it. Raises BrokenPipeError."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._handle, view) :]
        return len(data)

    def put(self, thing: Any) -> None:
        """Write one thing."""
        pickle.dump(thing, self, protocol=5)

    def take(self) -> Any:
        """Read one thing. Raises EOFError."""
        return pickle.load(self)  # noqa: S301


def main() -> int:
    """Do the work that is asked for on standard input; the exit status."""
    asked, said = Pipe(os.dup(0)), Pipe(os.dup(1))
    _close_standard()
    os.nice(NICE)
    try:
        kind, answer = "answer", None
        try:
            answer = _worked(asked, said)
        except BrokenPipeError:
            raise
        except Exception as error:
            kind, answer = "error", in_words(error)
        said.put((kind, answer))
    except BrokenPipeError:  # whoever asked is gone
        _end(1)
    _end(0)


def _worked(asked: Pipe, said: Pipe) -> Any:
    from clinic_tui import log
    from clinic_tui.drivers import only_for

    log.start()
    practice: Practice = asked.take()
    only_for(practice.database)  # before the work brings the database in
    from clinic_tui import staff
    from clinic_tui.db.connection import open_database
    from clinic_tui.invitations import codes

    viewer, writes, work = asked.take()
    left = threading.Event()

    def listen() -> None:
        try:
            asked.read(1)
        except (EOFError, OSError):
            left.set()
            if not writes:
                _end(0)

    def tell(thing: Any) -> None:
        if left.is_set():
            raise Left
        said.put(("told", thing))

    threading.Thread(target=listen, daemon=True).start()
    open_database(practice.database)
    codes.use_key_file(practice.key_file)
    return work(staff.again(viewer), tell)


def _close_standard() -> None:
    """What anything prints goes nowhere: the pipes are for what is asked and said."""
    null = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(null, handle)
    os.close(null)


def _end(status: int) -> NoReturn:
    """Without waiting for anything: a transaction that is under way is undone by the database."""
    os._exit(status)


if __name__ == "__main__":
    from clinic_tui import aside  # noqa: PLW0406  (by its name, which pickle tells the other process)

    sys.exit(aside.main())
