"""The signals that end a process end the post in order: what is at the mail server is heard out, nothing is begun."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def until_signalled(stop: threading.Event) -> Iterator[None]:
    """Let those signals set `stop` instead, where this is the main thread; a second one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def told(*_: Any) -> None:
        stop.set()
        back()

    def back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in SIGNALS:
        signal.signal(number, told)
    try:
        yield
    finally:
        back()
