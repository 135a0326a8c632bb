"""One database for the process: an SQLite file or a PostgreSQL database by URL.

`open_database` binds it; `session` gives the calling thread a connection; `transaction` makes a write whole.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import peewee

from clinic_tui.errors import ClinicError, ConfigError, DatabaseLost
from clinic_tui.private import make_folder

database = peewee.DatabaseProxy()

# SQLite has one writer. The longest write, 100,000 invitations queued all or none, holds it for 5 s, on a slow or busy
# machine for longer: who writes meanwhile waits (in a thread, so that no key does) and is not told to try again.
BUSY_SECONDS = 20.0
CONNECT_SECONDS = 10


def open_database(url: str) -> None:
    """Bind the process to `url`: `sqlite:///path`, or `postgresql://user@host/name`. Opens nothing yet.

    Where it is bound to that already it stays so: other threads may be in the middle of a transaction. Raises
    ConfigError where the URL cannot be used, DatabaseLost where the file cannot be made.
    """
    scheme, path = url.partition(":")[0], Path()
    if scheme == "sqlite":
        path = sqlite_path(url).absolute()
        make_private(path)
    there = url, path
    if getattr(database.obj, "opened_as", None) == there:
        return
    made: Any
    if scheme == "sqlite":
        made = _sqlite(path)
    elif scheme in ("postgresql", "postgres"):
        made = _postgres(url)
    else:
        raise ConfigError(
            f"The database URL begins with {scheme!r}, which is no engine we know.",
            "Use sqlite:///path/to/clinic.db or postgresql://user@host/name.",
        )
    made.opened_as = there
    database.initialize(made)


def sqlite_path(url: str) -> Path:
    """The file of an `sqlite:///` URL: three slashes and a relative path or `~`, four and an absolute one."""
    path = unquote(url.removeprefix("sqlite:///").partition("?")[0])
    if not url.startswith("sqlite:///") or not path or path == ":memory:":
        raise ConfigError("The database URL names no file.", "Write it as sqlite:////absolute/path/clinic.db.")
    return Path(path).expanduser()


def _sqlite(path: Path) -> peewee.SqliteDatabase:
    pragmas = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -16_000}
    # mode=rw: a file that has gone is missed, not made anew and empty.
    uri = f"{path.as_uri()}?mode=rw"
    return peewee.SqliteDatabase(uri, pragmas=pragmas, timeout=BUSY_SECONDS, uri=True)


def make_private(path: Path) -> None:
    """Make sure that `path` exists as a file for its owner alone, before anything is written to it.

    SQLite would make it readable by all; its -wal and -shm files take their mode from it.
    """
    try:
        make_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise DatabaseLost(
            f"The database file {path} cannot be made: {error.strerror}.", "Check the folder and the disk."
        ) from error


def _postgres(url: str) -> peewee.Database:
    try:
        import psycopg  # noqa: F401
        from playhouse.pool import PooledPostgresqlDatabase
    except ImportError as error:
        raise ConfigError(
            "The database is a PostgreSQL, and its driver is not installed.",
            "Install it with: pip install 'clinic-tui[postgres]'.",
        ) from error
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    options.setdefault("application_name", "clinic-tui")
    for key, value in (
        ("host", parts.hostname), ("port", parts.port), ("user", parts.username and unquote(parts.username)),
        ("password", parts.password and unquote(parts.password)),
    ):  # fmt: skip
        if value:
            options[key] = value
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ConfigError("The database URL names no database.", "Write it as postgresql://user@host/name.")
    pool: peewee.Database = PooledPostgresqlDatabase(
        name, prefer_psycopg3=True, max_connections=32, stale_timeout=60, **options
    )
    return pool


def is_postgres() -> bool:
    """Whether the process is bound to PostgreSQL (where the two engines want different SQL)."""
    return isinstance(database.obj, peewee.PostgresqlDatabase)


def close_database() -> None:
    """Give back the calling thread's connection, and a pool's idle ones."""
    bound: Any = database.obj
    if bound is None:
        return
    if not bound.is_closed():
        bound.close()
    if hasattr(bound, "close_idle"):  # a pool
        bound.close_idle()


def forget_connection() -> None:
    """Drop the calling thread's connection, which may be broken, and those that nobody uses: the next use of the
    database opens a new one.
    """
    bound: Any = database.obj
    if hasattr(bound, "close_idle"):  # a pool; what broke one broke them all
        with suppress(Exception):
            bound.close_idle()
    if bound is None or bound.is_closed():
        return
    with suppress(Exception):
        # A pool would hand a broken connection to the next who asks.
        bound.manual_close() if hasattr(bound, "manual_close") else bound.close()


@contextmanager
def session() -> Iterator[None]:
    """A connection for the calling thread; may be nested. Raises DatabaseLost, in words, for what goes wrong."""
    if database.obj is None:
        raise DatabaseLost("No database is open, so nothing can be asked of it.", "Mend what is said of it first.")
    with _in_words():
        if not database.is_closed():
            yield
            return
        database.connect()
        try:
            yield
        finally:
            if not database.is_closed():
                database.close()


@contextmanager
def transaction() -> Iterator[None]:
    """All of the block's writes, or none. On SQLite it takes the write lock at once (BEGIN IMMEDIATE)."""
    atomic = database.atomic() if is_postgres() else database.atomic("IMMEDIATE")
    with session(), _in_words(), atomic, _last.written():
        yield


@contextmanager
def in_transaction() -> Iterator[None]:
    """Inside the caller's transaction, which fails as a whole where the block does; without one, in one of its own.

    A `transaction` within another can fail alone, which costs two statements more.
    """
    if database.obj is not None and database.in_transaction():
        yield
    else:
        with transaction():
            yield


def write_last(write: Callable[[list[Any]], None], things: Iterable[Any]) -> None:
    """Have `write` called with these things, and all others kept for it, right before the transaction commits.

    What a part of the transaction kept that was rolled back is dropped with it. For what needs a lock that everybody
    wants: it is held for a moment only, and nothing is waited for while it is.
    """
    if not _last.depth:
        with transaction():
            write_last(write, things)
        return
    _last.kept.setdefault(write, []).extend(things)


class _Last(threading.local):
    """What the thread's transaction will write last, by who writes it."""

    def __init__(self) -> None:
        self.depth = 0
        self.kept: dict[Callable[[list[Any]], None], list[Any]] = {}

    @contextmanager
    def written(self) -> Iterator[None]:
        """One level of a transaction: the outermost one writes, one that fails drops its own."""
        before = {write: len(things) for write, things in self.kept.items()}
        self.depth += 1
        try:
            yield
            if self.depth == 1:
                for write, things in self.kept.items():
                    write(things)
        except BaseException:
            for write, things in self.kept.items():
                del things[before.get(write, 0) :]
            raise
        finally:
            self.depth -= 1
            if not self.depth:
                self.kept = {}


_last = _Last()


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment, and nobody who writes waits; in a transaction, that one's moment."""
    with session(), _in_words():
        if database.in_transaction():
            yield
            return
        with database.atomic():
            if is_postgres():
                database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


def version() -> int | None:
    """A number that stays the same, on the thread's connection, until somebody else has written: of the moment that the
    snapshot or transaction is of (on PostgreSQL a transaction that is no snapshot is of this very moment). There it is
    one number for all its databases, and None while somebody is writing whom a later number would not tell of.
    """
    if not is_postgres():
        return int(database.execute_sql("PRAGMA data_version").fetchone()[0])
    # xmin:xmax:xip. All below xmax that are not in xip have ended, and xmax is one more than the highest that has.
    _, highest, writing = database.execute_sql("SELECT pg_current_snapshot()::text").fetchone()[0].split(":")
    return None if writing else int(highest)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ClinicError:
        raise
    except (peewee.OperationalError, peewee.InterfaceError) as error:
        raise in_words(error) from error
    except peewee.DatabaseError as error:
        if type(error) is peewee.DatabaseError:  # SQLite's word for a file that is no database
            raise in_words(error) from error
        if isinstance(error, peewee.InternalError) and "read-only" in str(error):  # PostgreSQL's for one that is read
            raise in_words(error) from error
        raise


_SAYINGS: tuple[tuple[str, str, str], ...] = (
    (r"database is locked|lock timeout", "The database is busy: another program holds it.", "Try again in a moment."),
    (r"deadlock detected|could not serialize", "Somebody else was changing the same records at that moment.",
     "Nothing was changed. Try again."),
    (r"readonly|read-only", "The database is read-only.", "Check the file's mode, its folder's, and the disk."),
    (r"disk is full|No space left|disk I/O error", "The disk of the database is full or failing.",
     "What did not fit was not kept. Make room, then try again."),
    (r"unable to open database file", "The database file is gone, or cannot be opened.",
     "Check that it is there and yours, or restore it from a backup."),
    (r"malformed|not a database", "The database file is damaged or is no database.", "Restore it from a backup."),
    (r"password authentication failed|no password supplied", "PostgreSQL refuses the login.",
     "Check the user in the database URL, and the password in ~/.pgpass."),
    (r"does not exist", "PostgreSQL has no such database, table or user.",
     "Check the database URL, then run: clinic-tui migrate."),
    (r"no such table|no such column", "The database has not been set up for this version.", "Run: clinic-tui migrate."),
)  # fmt: skip


def in_words(error: Exception) -> DatabaseLost:
    """The sentence for an engine's error; what it quotes of the data stays out of it."""
    cause: BaseException | None = error
    while cause is not None:  # a full disk has ended the transaction: rolling it back is what failed last
        for pattern, title, advice in _SAYINGS:
            if re.search(pattern, str(cause), re.IGNORECASE):
                return DatabaseLost(title, advice)
        cause = cause.__context__
    return DatabaseLost("The database does not answer.", "Check that it runs and can be reached, then try again.")
