"""A consistent copy of the database while everybody works on; without the key, encrypted where a recipient is named.

Encrypted is the age format (age-encryption.org/v1), by pyrage: `age --decrypt` reads it anywhere. An SQLite copy is
made beside the database, marked as a copy, and streamed from there; a PostgreSQL is dumped by its own `pg_dump`, and
what is restored from that is known by its tables' numbers (see `outbox.copies`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import sqlite_path, transaction
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import ClinicError, DatabaseLost, NotAllowed
from clinic_tui.outbox import copies
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config import Config

_PIECE = 1 << 20


def to_file(viewer: Viewer, config: Config, file: Path, recipients: Sequence[str] = ()) -> int:
    """Write a copy to a new file, 0600 from its first byte; its size in bytes. For owners.

    Nothing is written over; a copy that could not be finished is removed. Raises ClinicError.
    """
    _may(viewer)
    keys = readable_by(recipients)
    if file.exists():
        raise ClinicError(f"There is a file {file} already.", "Name another one: a backup writes over nothing.")
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as target:
            if os.fstat(target.fileno()).st_mode & 0o077 and not keys:
                raise ClinicError(f"{file.parent} keeps no modes: everybody could read the copy.", "Encrypt it: --to.")
            _write(viewer, config, target, keys)
            target.flush()
            os.fsync(target.fileno())
            size = target.tell()
        _name(new, file)
    except OSError as error:
        raise ClinicError(f"The copy {file} cannot be written: {error.strerror}.", "Check the folder and the disk.") \
            from error  # fmt: skip
    finally:
        new.unlink(missing_ok=True)
    return size


def to_stream(viewer: Viewer, config: Config, target: IO[bytes], recipients: Sequence[str] = ()) -> None:
    """The same to standard output."""
    _may(viewer)
    _write(viewer, config, target, readable_by(recipients))
    target.flush()


def _may(viewer: Viewer) -> None:
    """A copy holds every patient, names and all: it is for an owner from whom nothing is kept."""
    viewer.need("owner")
    viewer.need_names()
    if not viewer.sees_all:
        raise NotAllowed("A copy holds patients who are out of your reach.", "Ask an owner who sees all.")


def readable_by(recipients: Sequence[str]) -> list[Any]:
    """The recipients' keys: `age1...`, or a public key of SSH. Raises ClinicError for what is none."""
    if not recipients:
        return []
    import pyrage

    keys: list[Any] = []
    for recipient in recipients:
        kind = pyrage.ssh if recipient.startswith("ssh-") else pyrage.x25519
        try:
            keys.append(kind.Recipient.from_str(recipient.strip()))
        except pyrage.RecipientError as error:
            secret = recipient.strip().upper().startswith("AGE-SECRET-KEY")
            shown = "A secret key" if secret else repr(clean(recipient, 30))
            raise ClinicError(
                f"{shown} is no key that can be encrypted to.",
                "Give a public one: age1..., made by age-keygen, or a line that begins with ssh-ed25519 or ssh-rsa.",
            ) from error
    return keys


def _write(viewer: Viewer, config: Config, target: IO[bytes], keys: list[Any]) -> None:
    sqlite = config.database.startswith("sqlite:")
    with _copied(sqlite_path(config.database)) if sqlite else _dumped(config.database) as source:
        if keys:
            import pyrage

            pyrage.encrypt_io(source, target, keys)
        else:
            shutil.copyfileobj(source, target, _PIECE)
    with transaction():
        history.record(viewer, "backup", encrypted=bool(keys))


@contextlib.contextmanager
def _copied(path: Path) -> Iterator[IO[bytes]]:
    """A copy of an SQLite file, marked as one; beside the file, where such data lies anyway, until it is read."""
    folder = Path(tempfile.mkdtemp(prefix=".clinic-backup-", dir=path.parent))  # 0700
    copy = folder / path.name
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with (
            contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(copy)) as made,
        ):
            source.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
            _mark(made)
        with copy.open("rb") as opened:
            yield opened
    except sqlite3.Error as error:
        raise DatabaseLost(f"The database {path} cannot be copied: {clean(str(error), 100)}.", "Check the disk.") \
            from error  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _mark(made: sqlite3.Connection) -> None:
    moment = local(now()).strftime("%Y-%m-%d %H:%M")
    values = (Queue.copied_at.db_value(now()), Queue.paused_at.db_value(now()), copies.marked(moment))
    with made:
        made.execute("UPDATE queue SET copied_at = ?, paused_at = ?, paused_reason = ?", values)


@contextlib.contextmanager
def _dumped(url: str) -> Iterator[IO[bytes]]:
    """What `pg_dump` writes, in its custom format."""
    words, environment = pg_dump(url)
    with tempfile.TemporaryFile() as said:
        try:
            dump = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
            )
        except OSError as error:
            raise ClinicError(
                f"pg_dump, which copies a PostgreSQL, cannot be run: {error.strerror}.",
                "Install PostgreSQL's client programs on this host, of the server's version or newer.",
            ) from error
        with dump:
            assert dump.stdout is not None
            try:
                yield dump.stdout
            except BaseException:
                dump.kill()
                raise
        if dump.returncode:
            said.seek(0)
            first = clean(said.read(500).decode(errors="replace").partition("\n")[0], 200)
            raise DatabaseLost(f"pg_dump could not copy the database: {first}.", "Nothing was kept.")


def pg_dump(url: str) -> tuple[list[str], dict[str, str]]:
    """The words of the command, which every user of the host may see, and the environment, which has the password."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    password = options.pop("password", None) or (unquote(parts.password) if parts.password else None)
    options["dbname"] = unquote(parts.path.lstrip("/"))
    for key, value in (("host", parts.hostname), ("port", parts.port), ("user", parts.username)):
        if value:
            options[key] = unquote(str(value))
    said = " ".join(f"{key}='{_escaped(value)}'" for key, value in options.items())
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    return ["pg_dump", "--format=custom", "--no-password", f"--dbname={said}"], environment


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _name(new: Path, file: Path) -> None:
    """Give the finished copy its name; where somebody else took that meanwhile, it stays theirs."""
    try:
        os.link(new, file)
    except FileExistsError:
        raise ClinicError(f"There is a file {file} already.", "Name another one.") from None
    except OSError:  # a file system without links
        new.rename(file)
