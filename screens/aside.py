"""Starting long work aside (see clinic_tui.aside) and waiting for it, in a thread."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clinic_tui.aside import Left, Pipe, Practice, Tell, Work
from clinic_tui.errors import ClinicError

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.config import Config

# Where more than so many patients are acted on, or may be listed, starting a process costs less than it spares.
MANY = 1_000
LONG = 50_000

_LOOK_SECONDS = 0.1
_ENDED = ClinicError("The work ended before it was done.", "Try again: what is done already is not done twice.")


def aside(
    config: Config, viewer: Viewer, work: Work, tell: Tell, left: Callable[[], bool], *, writes: bool = False
) -> Any:
    """What `work(viewer, tell)` answers, done in a process of its own. It raises what the work raised.

    `left()`, asked several times a second: whether nobody waits for it any more. Then work that `writes` is asked to
    stop, and its own answer says whether it did: all of it is done, or it raises `Left`.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "clinic_tui.aside"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    asked, said = process.stdin, process.stdout

    def wait() -> None:
        while not select.select([said], [], [], _LOOK_SECONDS)[0]:
            if left():
                asked.close()

    try:
        telling = Pipe(asked.fileno())
        telling.put(Practice(config.database, config.key_file))
        telling.put((viewer, writes, work))
        hearing = Pipe(said.fileno(), wait)
        while True:
            kind, thing = hearing.take()
            if kind == "answer":
                return thing
            if kind == "error":
                raise thing
            if not asked.closed:
                try:
                    tell(thing)
                except Left:
                    asked.close()
    except (EOFError, BrokenPipeError):
        raise Left if left() and not writes else _ENDED from None
    finally:
        asked.close()
        said.close()
        process.wait()
