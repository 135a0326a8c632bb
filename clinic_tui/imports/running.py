"""Whether any import runs: each shares a lock for as long as it lives, and who undoes one has the lock alone.

The kernel (PostgreSQL: the server) drops the lock with its holder, however that ends: a killed import can be undone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import peewee

from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.errors import ClinicError, Refused

_LOCK = 7_340_414  # any number, as long as it is ours


@contextmanager
def importing() -> Iterator[None]:
    """Be counted as an import for as long as the block runs. Raises Refused where one is being undone."""
    none_half_undone()
    if is_postgres():
        bulk.fetch("SELECT pg_advisory_lock_shared(?)", _LOCK)
        with _unlocked("pg_advisory_unlock_shared"):
            none_half_undone()
            yield
        return
    with _file() as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        none_half_undone()
        yield


@contextmanager
def nobody_imports() -> Iterator[None]:
    """No import begins, and nobody else undoes one, as long as the block runs. Raises Refused where one does."""
    if is_postgres():
        if not bulk.fetch("SELECT pg_try_advisory_lock(?)", _LOCK)[0][0]:
            raise _refused()
        with _unlocked("pg_advisory_unlock"):
            yield
        return
    with _file() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refused() from None
        yield


def none_half_undone(but: int = 0) -> None:
    """Raises Refused where the undoing of an import, of another than `but`, has begun and not ended."""
    half = bulk.fetch("SELECT id FROM import_batch WHERE undoing IS NOT NULL AND id <> ? LIMIT 1", but)
    if half:
        number = half[0][0]
        raise Refused(
            "undoing", f"Import {number} is being undone, and is not undone whole yet.",
            f"Wait until it is. Where that was cut, this goes on with it: clinic-tui import --undo {number}.",
        )  # fmt: skip


def _refused() -> Refused:
    return Refused(
        "running", "An import is still running, or being undone: none is undone meanwhile.",
        "Wait until it has ended, or stop it.",
    )  # fmt: skip


@contextmanager
def _unlocked(unlock: str) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(peewee.PeeweeException):  # where the connection is lost, so is the lock
            bulk.fetch(f"SELECT {unlock}(?)", _LOCK)


@contextmanager
def _file() -> Iterator[int]:
    handle = _open()
    try:
        yield handle
    finally:
        os.close(handle)


def _open() -> int:
    """The lock file beside the database, open to whoever may open that."""
    path = Path(bulk.fetch("PRAGMA database_list")[0][2])
    beside = path.with_name(f"{path.name}-importing")
    try:
        return os.open(beside, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, path.stat().st_mode & 0o660)
    except OSError as error:
        raise ClinicError(
            f"The lock file {beside} cannot be opened: {error.strerror}.", "Check who owns its folder, and the disk."
        ) from error
