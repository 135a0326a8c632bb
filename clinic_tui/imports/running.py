"""Whether any import runs: each shares a lock for as long as it lives, and who undoes one wants the lock alone.

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
    """Be counted as an import for as long as the block runs; it begins once nobody undoes one."""
    if is_postgres():
        bulk.fetch("SELECT pg_advisory_lock_shared(?)", _LOCK)
        try:
            yield
        finally:
            with suppress(peewee.PeeweeException):  # where the connection is lost, so is the lock
                bulk.fetch("SELECT pg_advisory_unlock_shared(?)", _LOCK)
        return
    handle = _open()
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextmanager
def nobody_imports() -> Iterator[None]:
    """No import begins as long as the block runs, which is inside a transaction. Raises Refused where one runs."""
    if is_postgres():
        if not bulk.fetch("SELECT pg_try_advisory_xact_lock(?)", _LOCK)[0][0]:
            raise _refused()
        yield
        return
    handle = _open()
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refused() from None
        yield
    finally:
        os.close(handle)


def _refused() -> Refused:
    return Refused(
        "running", "An import is still running: none is undone meanwhile.", "Wait until it has ended, or stop it."
    )


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
