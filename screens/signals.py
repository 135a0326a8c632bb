"""The terminal may go away, send nonsense, or be taken from us: each ends well.

SIGHUP and SIGTERM leave by the front door (the terminal is restored, the exit status is 128 + the signal's number); a
terminal that is gone is neither read from nor written to any more; an invalid byte becomes a replacement character.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import signal
import sys
import threading
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from screens.escapes import Escapes
from screens.idle import BLANK

if TYPE_CHECKING:
    from textual.app import App

# What hangs for longer than this after a hang-up (a database that does not answer) is left behind.
PATIENCE_SECONDS = 5.0


def leave_on_signals(app: App[Any]) -> None:
    """Make SIGHUP and SIGTERM end `app` in order. Call it on the running event loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, leave, app, 128 + number)
        except (ValueError, RuntimeError, NotImplementedError):
            return  # not the main thread: whoever runs the loop there decides


_last_resorts: list[threading.Timer] = []


def leave(app: App[Any], status: int) -> None:
    """End the app with `status`; by force where that takes longer than PATIENCE_SECONDS (see `left`)."""
    if not app.is_headless:
        last_resort = threading.Timer(PATIENCE_SECONDS, os._exit, (status,))
        last_resort.daemon = True
        last_resort.start()
        _last_resorts.append(last_resort)
    app.exit(return_code=status)


def left() -> None:
    """The app has ended by itself: no force is needed any more."""
    while _last_resorts:
        _last_resorts.pop().cancel()


def let_go_of_the_terminal() -> None:
    """Where the terminal is gone, what was still to be written to it goes nowhere: Python would end with status 120."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Writer(WriterThread):
    """Textual's writer thread, that falls silent instead of dying when the terminal is gone."""

    def run(self) -> None:
        """Write what is queued, until told to stop."""
        gone = False
        while (text := self._queue.get()) is not None:
            if gone:
                continue
            try:
                self._file.write(text)
                if self._queue.empty():
                    self._file.flush()
            except (OSError, ValueError):
                gone = True


class ClinicDriver(LinuxDriver):
    """Textual's terminal driver, made to outlive a bad line: see the module."""

    def start_application_mode(self) -> None:
        """Take the terminal; write to it by a thread that cannot die of it."""
        from textual.drivers import linux_driver

        linux_driver.WriterThread = _Writer  # type: ignore[attr-defined]
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back with nothing of a patient's on it, even where it has no second screen to leave."""
        self.write(BLANK)
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read the terminal until the app ends or the terminal does."""
        encoding = "utf-8" if _is_utf8(sys.__stdin__) else str(getattr(sys.__stdin__, "encoding", "utf-8"))
        decode = getincrementaldecoder(encoding)(errors="replace").decode
        parser, escapes = XTermParser(self._debug), Escapes()
        selector = selectors.SelectSelector()
        selector.register(self.fileno, selectors.EVENT_READ)
        try:
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    try:
                        read = os.read(self.fileno, 4096)
                    except OSError:
                        read = b""
                    if not read:
                        self._hung_up()
                        return
                    for at, piece in enumerate(escapes.cut(decode(read))):
                        if at and parser._timeout_time is not None:
                            parser._timeout_time = 0.0  # it need not wait for what may follow an Escape
                            for event in parser.tick():
                                self.process_message(event)
                        if piece:  # "" would be the end of the input
                            for event in parser.feed(piece):
                                self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        finally:
            selector.close()
            try:
                for _event in parser.feed(""):
                    pass
            except (EOFError, ParseError):
                pass

    def _hung_up(self) -> None:
        """The terminal is gone: nothing will ever be typed again."""
        loop = self._loop
        if not loop.is_closed():
            loop.call_soon_threadsafe(leave, self._app, 128 + signal.SIGHUP)


def _is_utf8(stream: Any) -> bool:
    return str(getattr(stream, "encoding", "") or "utf-8").lower().replace("-", "") == "utf8"
