"""The training copy: the sample practice, in a process of its own that knows nothing of the real one.

It is told neither config nor database, is handed no open file, makes its practice in a temporary folder that goes with
it, and mails to its own server on loopback, which hands on to nobody. It prints nothing and writes no file for anybody:
whoever came by a forced command gets no further by it than the app itself lets them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

LEFT_IDLE = 7  # its exit status where it left because nobody was at the keyboard
_OF_THE_PRACTICE = ("CLINIC_TUI_CONFIG", "CLINIC_TUI_DATABASE", "SSH_ORIGINAL_COMMAND")
_ENDED_BY = (signal.SIGHUP, signal.SIGTERM)


def open_training() -> int:
    """Open it on this process's terminal and wait until it is left; its exit status (negative: ended by a signal)."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "clinic_tui", "demo", "--training"], env=environment(os.environ)
    ) as process, _signals_handed_to(process):  # fmt: skip
        return process.wait()


def environment(of: Mapping[str, str]) -> dict[str, str]:
    """The environment without what names the practice."""
    return {name: value for name, value in of.items() if name not in _OF_THE_PRACTICE}


@contextmanager
def _signals_handed_to(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """While the block runs, what would end this process ends the other first; Ctrl+C is for the other alone.

    Whoever is waiting here hears of them too, once it goes on: an app's event loop keeps count of its own.
    """

    def hand_on(number: int, _frame: object) -> None:
        if number in _ENDED_BY:
            process.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in (*_ENDED_BY, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
