"""The one background process that works the post while an app is open: elected by a lock, never by a number in a file.

Two lock files (flock) in the state directory, named for the database. The worker holds one alone: who cannot have it
is not the worker. Every open app shares the other: where the worker could have it alone, no app is open. The kernel
drops both with their process, however it ends: there is no heartbeat, and a killed app leaves no trace.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from clinic_tui.errors import ClinicError
from clinic_tui.private import make_folder

if TYPE_CHECKING:
    from clinic_tui.config import Config

_TRIES, _BETWEEN_TRIES = 10, 0.01

_started: list[subprocess.Popen[bytes]] = []


@contextmanager
def app_is_open(config: Config) -> Iterator[None]:
    """Be counted as an open app for as long as the block runs. Enter it before `ensure_worker`."""
    handle = _open(_apps(config))
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def apps_open(config: Config) -> bool:
    """Whether any app has this practice open."""
    handle = _open(_apps(config))
    try:
        return not _lock(handle)
    finally:
        os.close(handle)


def worker_runs(config: Config) -> bool:
    """Whether some process works this practice's post."""
    handle = _open(_worker(config))
    try:
        return not _lock(handle)
    finally:
        os.close(handle)


def ensure_worker(config: Config) -> bool:
    """Start a worker where none runs and there is something to work with; whether one was started.

    Cheap: an app calls it when it opens and every minute or so. Two apps at once may start two; one of them leaves.
    """
    _started[:] = [process for process in _started if process.poll() is None]
    if (config.smtp is None and config.mailbox is None) or worker_runs(config):
        return False
    command = [sys.executable, "-P", "-m", "clinic_tui"]
    if config.path is not None:
        command += ["--config", str(config.path)]
    command += ["sync", "--watch", "--for-app"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # A URL may hold a password: in the environment nobody else can read it.
        env={**os.environ, "CLINIC_TUI_DATABASE": config.database},
    )
    _started.append(process)  # kept, so that its end is noticed and no zombie stays
    return True


class Election:
    """This process as a candidate: `stand` for worker, `step_down`; also left by the end of the process."""

    def __init__(self, config: Config) -> None:
        self._path = _worker(config)
        self._handle: int | None = None

    def stand(self) -> bool:
        """Whether this process is the worker now."""
        if self._handle is not None:
            return True
        handle = _open(self._path)
        for _ in range(_TRIES):
            if _lock(handle):
                self._handle = handle
                return True
            time.sleep(_BETWEEN_TRIES)  # it may be an app that only looks whether a worker runs
        os.close(handle)
        return False

    def step_down(self) -> None:
        """Let another be the worker."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    try:
        make_folder(path.parent)
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ClinicError(
            f"The lock file {path} cannot be opened: {error.strerror}.", "Check who owns its folder, and the disk."
        ) from error


def _worker(config: Config) -> Path:
    return _state(config, "worker")


def _apps(config: Config) -> Path:
    return _state(config, "apps")


def _state(config: Config, what: str) -> Path:
    from platformdirs.unix import Unix

    url = config.database
    if url.startswith("sqlite:///"):  # a path may be written in several ways
        url = str(Path(unquote(url.removeprefix("sqlite:///").partition("?")[0])).expanduser().resolve())
    key = hashlib.sha256(url.encode()).hexdigest()[:16]
    return Unix("clinic-tui").user_state_path / f"{what}-{key}.lock"
