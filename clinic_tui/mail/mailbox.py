"""The mailbox that answers come back to: one small protocol, by IMAP or from a Maildir.

It is only ever read, but for one thing, where the practice has said so: a mail that was ours is marked or moved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import MailboxPosition

if TYPE_CHECKING:
    from clinic_tui.config_mail import Mailbox as Section

LARGEST = 5_000_000  # bytes of one mail; of a larger one the beginning is read
BEGINNING = 1_000_000
JUNK = ("junk", "spam", "junk email", "junk e-mail", "junk mail", "bulk", "bulk mail", "spamverdacht", "junk-e-mail",
        "correo no deseado", "courrier indésirable", "posta indesiderata")  # fmt: skip
_BEFORE = timedelta(days=2)  # clocks and date lines differ


class Incoming(NamedTuple):
    """One mail as it lies in the mailbox, and where: folder and place in it (and its file's name, in a Maildir)."""

    raw: bytes
    folder: str
    place: int
    name: str = ""


class Found(NamedTuple):
    """A mail that was looked for, and the folder that it lies in."""

    raw: bytes
    folder: str
    junk: bool


class Mailbox(Protocol):
    """What both kinds of mailbox do. Each method raises MailError, in words, where the mailbox cannot be read.

    `authserv_id`: the server whose Authentication-Results count in it (see `authentication`), or None.
    """

    authserv_id: str | None

    def new_mail(self) -> Iterator[Incoming]:
        """The mails that are not `done` yet, in order, folder by folder; on its way out it keeps how far it came."""

    def done(self, incoming: Incoming) -> None:
        """This mail, and all before it in its folder, need not be looked at again."""

    def was_ours(self, incoming: Incoming) -> None:
        """This mail was about an invitation: what [mailbox] wants done `afterwards` is done, at the end of the pass."""

    def find_sent(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID lies in the folder of sent mail."""

    def find(self, word: str) -> Found | None:
        """The newest mail with this word in its subject, None where there is none."""

    def close(self) -> None:
        """Leave the mailbox."""


def open_mailbox(section: Section) -> Mailbox:
    """The mailbox that the config names. Connects to nothing yet."""
    if section.path is not None:
        from clinic_tui.mail.maildir import MaildirMailbox

        return MaildirMailbox(section)
    from clinic_tui.mail.imap import ImapMailbox

    return ImapMailbox(section)


class Position(NamedTuple):
    """How far a folder was read: the numbering that `last` belongs to (IMAP's UIDVALIDITY), and the last place."""

    numbering: int
    last: int


def position(folder: str) -> Position | None:
    """How far `folder` (its whole address) was read; None where it never was."""
    with session():
        row = MailboxPosition.get_or_none(MailboxPosition.mailbox == folder)
    return None if row is None else Position(row.uidvalidity, row.last_uid)


def keep_position(folder: str, at: Position) -> None:
    """Keep how far `folder` was read."""
    row = {"mailbox": folder, "uidvalidity": at.numbering, "last_uid": at.last}
    update = {MailboxPosition.uidvalidity: at.numbering, MailboxPosition.last_uid: at.last}
    with transaction():
        MailboxPosition.insert(row).on_conflict(conflict_target=[MailboxPosition.mailbox], update=update).execute()


def is_junk(name: str) -> bool:
    """Whether a folder of this name (its last part) is where suspected junk goes, as servers usually call it."""
    return name.casefold() in JUNK


def answers_since() -> datetime | None:
    """No answer of interest is older than this: a little before the oldest invitation that may still be answered.

    None where nothing was ever sent: then the mailbox holds nothing for us, whatever lies in it.
    """
    messages = access.messages(Viewer.system())
    column = messages.columns
    with session():
        row = messages.select().where(column.data_at.is_null(False)).order_by(column.data_at).first()
    first: datetime | None = None if row is None else row.data_at
    if first is None:
        return None
    # The mailbox's clock is not ours: where ours is ahead of it, its own must do.
    return min(first, datetime.fromtimestamp(time.time(), UTC)) - _BEFORE
