"""`python -m clinic_tui` in a process of its own, forked from one that has loaded the program: to load it takes most
of a short command's time.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import os
import pickle
import pkgutil
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[2]
Streams = tuple[IO[bytes], IO[bytes], IO[bytes]]
_NUMBER = struct.Struct("!q")


@dataclass(frozen=True)
class _Asked:
    words: Sequence[str]
    env: Mapping[str, str]
    folder: Path


def run(words: Sequence[str], streams: Streams, env: Mapping[str, str], folder: Path, seconds: float) -> int:
    """Run `clinic-tui` with these words, standard streams, environment and working directory; its exit status.

    Raises TimeoutError where it takes longer than `seconds`; it is killed then.
    """
    here, there = socket.socketpair()
    with here:
        with there:
            socket.send_fds(_loaded(), [b"?"], [there.fileno(), *(stream.fileno() for stream in streams)])
        here.sendall(pickle.dumps(_Asked(words, env, folder)))
        here.shutdown(socket.SHUT_WR)
        process = _told(here)
        here.settimeout(seconds)
        try:
            return _told(here)
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise


def _told(asked: socket.socket) -> int:
    return int(_NUMBER.unpack(asked.recv(_NUMBER.size, socket.MSG_WAITALL))[0])


def _tell(asking: socket.socket, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # who has waited too long is gone
        asking.sendall(_NUMBER.pack(number))


@functools.cache
def _loaded() -> socket.socket:
    """The way to this process's own one that has the program loaded, which ends when this process does."""
    ours, its = socket.socketpair()
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(its.fileno())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[its.fileno()], cwd=ROOT,
            start_new_session=True,
        )  # fmt: skip
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def _load() -> None:
    """All of the program but its screens, which look at the environment as they are loaded."""
    import clinic_tui

    for module in pkgutil.walk_packages(clinic_tui.__path__, "clinic_tui."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            import_module(module.name)
    for name in ("psycopg", "playhouse.pool", "yagmail", "imapclient", "platformdirs.unix", "dns.resolver"):
        import_module(name)
    gc.collect()
    gc.freeze()


def _serve(way: socket.socket) -> None:
    """Fork for each who asks, until nobody is left to. Returns in the process that is to run what was asked for."""
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([way, woken], [], [])
        if woken in ready:
            woken.recv(1000)
            while running and (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with running.pop(ended[0]) as asking:
                    _tell(asking, os.waitstatus_to_exitcode(ended[1]))
        if way in ready:
            question, descriptors, _, _ = socket.recv_fds(way, 1, 4)
            if not question:
                sys.exit()
            asking, streams = socket.socket(fileno=descriptors[0]), descriptors[1:]
            process = os.fork()
            if not process:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return _become(asking, streams)
            running[process] = asking
            _tell(asking, process)
            for stream in streams:
                os.close(stream)


def _become(asking: socket.socket, streams: list[int]) -> None:
    """Take the streams, environment, working directory and words of a new process."""
    with asking, asking.makefile("rb") as file:
        asked = pickle.load(file)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(asked.env)
    time.tzset()
    os.chdir(asked.folder)
    sys.path[0] = str(asked.folder)
    sys.argv[1:] = asked.words


def _leave(status: object) -> NoReturn:
    """Leave as the interpreter does, but take nothing apart first: that takes longer than a short command."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


if __name__ == "__main__":
    _load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        runpy.run_module("clinic_tui", run_name="__main__", alter_sys=True)
    except SystemExit as left:
        _leave(left.code)
