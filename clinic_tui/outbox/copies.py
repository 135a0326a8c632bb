"""A database that was put back knows nothing of what was sent since: that is found out before anything goes from it.

Three signs, each enough: the mark that `backup` leaves in a copy; tables in another place than those that were sent
from (PostgreSQL numbers them anew when they are restored); and a file beside the key, which names the last message that
this host was about to send: where the database does not know of it, the database is older. A copy sends nothing until a
person says so, and then what waited in it counts as unconfirmed.

What cannot be seen: a whole host put back as it was, its database and that file with it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from clinic_tui import access, history, notifications
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db import bulk
from clinic_tui.db.connection import database, is_postgres, session, transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import ConfigError
from clinic_tui.invitations import codes
from clinic_tui.outbox.holding import Claim
from clinic_tui.outbox.outcomes import in_doubt
from clinic_tui.text import clean

SENT_FILE = "clinic.sent-"  # and the instance
WHAT_NOW = "What waits in it may have been sent since."
_LINE = 48  # bytes: always as many, so that writing it anew never makes the file longer or shorter
_WAITING = ("queued", "claimed", "data", "deferred")


def is_original() -> bool:
    """Whether this is the database that was sent from last. Where it is a copy the outbox is paused, and says why.

    Raises ConfigError where the file beside the key cannot be read or made.
    """
    with session():
        row = Queue.select().get()
        if row.copied_at is not None:
            return False
        if row.instance is None and not _sent_from():
            _begin()
            return True
        why = _sign(row.instance, row.place)
    if why is None:
        return True
    with transaction():
        if Queue.update(copied_at=now()).where(Queue.copied_at.is_null()).execute():
            said = f"{why} {WHAT_NOW}"
            Queue.update(paused_at=now(), paused_reason=clean(said, 300)).execute()
            notifications.tell("paused", None, detail=clean(said, 300))
    return False


def about_to_send(claimed: Claim) -> None:
    """Write down beside the key which message goes out now; its mark in the database stands already.

    Not forced to the disk: a host that loses its power loses a line of it, and is then believed once too often.
    """
    instance = _instance()
    if instance is not None:
        _write(_file(instance), f"{claimed.message_id} {claimed.fence}")


def marked(moment: str) -> str:
    """Why nothing is sent from a copy that `backup` made at this moment."""
    return f"This is a copy, made on {moment}. {WHAT_NOW}"


def is_copy() -> bool:
    """Whether the database is known as a copy that nobody has taken for the practice's own yet."""
    with session():
        return Queue.select(Queue.id).where(Queue.copied_at.is_null(False)).exists()


def way_on() -> str:
    """What goes on with a paused outbox, as a sentence to add to why it is paused."""
    return f"To go on: clinic-tui outbox resume{' --copy' if is_copy() else ''}."


def take_over(viewer: Viewer) -> int:
    """From now on this copy is the practice's database; what waited in it is unconfirmed. How many messages that is.

    Inside the caller's transaction.
    """
    waiting = Message.state.in_(_WAITING)
    patients: Any = Invitation.select(Invitation.patient_id).join(Message).where(waiting).distinct()
    access.patients(Viewer.system()).lock(sorted(key for (key,) in patients.tuples()))
    newest: Any = Message.select(Message.domain).where(Message.domain != "").order_by(Message.id.desc())
    domain = newest.limit(1).scalar() or ""
    # By its Message-ID a message may be found among the sent mail: the domain belongs to it.
    Message.update(domain=domain).where(waiting & (Message.domain == "")).execute()
    claims: Any = Message.select(Message.id, Message.fence).where(waiting).order_by(Message.id).tuples()
    waited = [Claim(*row) for row in claims]
    Message.update(state="data", data_at=now(), lease_until=now()).where(waiting).execute()
    number = in_doubt(waited, "It waited in a copy that was put back; it may have been sent since.")
    for file in _files():  # so that its original, should that come back, is known as the other one
        file.unlink(missing_ok=True)
    Queue.update(copied_at=None, instance=None, place=None).execute()
    _begin()
    history.record(viewer, "take over copy", unconfirmed=number)
    return number


def _begin() -> None:
    """Give the database its name, the file that goes with it, and its place."""
    instance = secrets.token_hex(8)
    with transaction():
        named = Queue.update(instance=instance, place=_place()).where(Queue.instance.is_null())
        if named.execute():  # else another process was a moment earlier
            _write(_file(instance), "0 0", new=True)


def _sign(instance: str | None, place: str | None) -> str | None:
    """How the database is known to be a copy; None where it is not."""
    if instance is None:
        return f"A copy from before anything was sent was put back, by {_today()}."
    if place is not None and place != _place():
        return f"The database was restored, by {_today()}."
    file = _file(instance)
    last = _read(file)
    if last is None:
        if not is_postgres():  # a PostgreSQL may have many hosts, and each has a file of its own
            return f"The database was put here from elsewhere, by {_today()}: {file.name} is not beside the key."
        _write(file, "0 0", new=True)
        return None
    if last.message_id and not _knows(last):
        return f"An older copy of the database was put back, by {_today()}."
    return None


def _knows(last: Claim) -> bool:
    row = Message.get_or_none(Message.id == last.message_id)
    if row is None:  # it may have been removed since: numbers are given once, so a later one proves it
        return bool(Message.select().where(Message.id > last.message_id).exists())
    return bool(row.fence > last.fence or (row.fence == last.fence and row.state not in ("queued", "claimed")))


def _place() -> str | None:
    """Which table it is, where the engine numbers them."""
    if not is_postgres():
        return None
    found = database.execute_sql(
        "SELECT d.oid, 'queue'::regclass::oid FROM pg_database d WHERE d.datname = current_database()"
    )
    return ":".join(str(oid) for oid in found.fetchone())


def _instance() -> str | None:
    found = bulk.fetch("SELECT instance FROM queue")  # plain SQL: it is asked with every few messages
    return str(found[0][0]) if found and found[0][0] else None


def _today() -> str:
    return local(now()).strftime("%Y-%m-%d %H:%M")


def _files() -> list[Path]:
    """One for each database that this host has sent from."""
    return list(codes.key_file().parent.glob(f"{SENT_FILE}*"))


def _sent_from() -> bool:
    """Whether this host has sent from any. A file alone is no sign: it is made a moment before its database is named,
    and a process may be killed in between.
    """
    found = (_read(file) for file in _files())
    return any(last is not None and last.message_id for last in found)


def _file(instance: str) -> Path:
    return codes.key_file().with_name(f"{SENT_FILE}{instance}")


def _read(file: Path) -> Claim | None:
    try:
        message_id, fence = file.read_text(encoding="ascii").split() or ("0", "0")  # empty: it is being made
        return Claim(int(message_id), int(fence))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read.", "Check its owner and mode; or remove it, and see to the outbox.") \
            from error  # fmt: skip


def _write(file: Path, text: str, *, new: bool = False) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CLOEXEC | (os.O_CREAT if new else 0), 0o600)
        try:
            os.pwrite(handle, f"{text:<{_LINE - 1}}\n".encode(), 0)
            if new:
                os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}.", "Nothing is sent without it. Check its folder and the disk."
        ) from error
