"""The post, worked once or for as long as it is wanted: send what is due, read the mailbox, close what has run out."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from clinic_tui import log, outbox, retention
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Message
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import ClinicError, DatabaseLost, Refused
from clinic_tui.invitations import codes, keys, reminding
from clinic_tui.invitations.expiring import close_lapsed
from clinic_tui.mail import notices as notices_by_mail
from clinic_tui.mail.drain import drain
from clinic_tui.mail.mailbox import Incoming, Mailbox, open_mailbox
from clinic_tui.mail.stopping import until_signalled
from clinic_tui.mail.taking import UNREADABLE, Taken, set_aside, take
from clinic_tui.outbox import notices
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config import Config

_SYSTEM = Viewer.system()
_COUNTED_AS = {"accepted": "accepted", "declined": "declined", "stopped": "declined", "not_me": "declined",
               "bounced": "bounced", "review": "review"}  # fmt: skip
_LOOK_FOR, _LOOK_BACK = 50, timedelta(days=3)  # unconfirmed messages that are looked for in Sent


@dataclass
class SyncCounts:
    """What one pass did. `troubles`: sentences for a person on what could not be done; other work went on."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    unconfirmed: int = 0
    accepted: int = 0
    declined: int = 0
    bounced: int = 0
    auto_replies: int = 0
    review: int = 0
    troubles: list[str] = field(default_factory=list)

    def numbers(self) -> dict[str, int]:
        """The counts alone, as the command line's JSON has them."""
        return {name: value for name, value in asdict(self).items() if name != "troubles"}

    @property
    def did_anything(self) -> bool:
        """Whether something came of it; what is deferred waits as before."""
        return any(number for name, number in self.numbers().items() if name != "deferred")

    def count(self, taken: Taken) -> None:
        """Count a mail that was taken."""
        if taken.outcome in _COUNTED_AS:
            name = _COUNTED_AS[taken.outcome]
            setattr(self, name, getattr(self, name) + 1)
        elif taken.outcome == "noted" and taken.kind == "auto_reply":
            self.auto_replies += 1


def run_once(config: Config, viewer: Viewer = _SYSTEM, *, senders: int = 1) -> SyncCounts:
    """One pass over everything. The practice is open (`practice.open_practice`). Raises DatabaseLost, NotAllowed.

    SIGTERM, SIGINT and SIGHUP end it in order: what is at the mail server is heard out.
    """
    viewer.need("owner", "practitioner", "front-desk")
    counts, halt = SyncCounts(), threading.Event()
    with until_signalled(halt):
        tidy(counts)
        send_notices(config, counts)
        if not halt.is_set():
            send(config, counts, halt, senders)
        if config.mailbox is not None and not halt.is_set():
            mailbox = open_mailbox(config.mailbox)
            try:
                read(mailbox, counts, halt)
            finally:
                mailbox.close()
        finish()
    if halt.is_set():
        counts.troubles.append("It was told to stop. What is left goes on with the next pass.")
    return counts


def tidy(counts: SyncCounts) -> None:
    """Take back what dead workers left, close what has run out, see to batches and reminders, and to what is kept."""
    counts.unconfirmed += outbox.release_lapsed()
    close_lapsed()
    reminding.queue_due()
    outbox.tend_batches()
    keys.drop_closed()
    notices.queue_head(_SYSTEM)
    retention.purge()


def send_notices(config: Config, counts: SyncCounts) -> None:
    """Send what is due to staff members; none while the outbox is paused, or where no mail server is named."""
    if config.smtp is not None and outbox.is_original() and outbox.paused_reason() is None:
        trouble = notices_by_mail.send(config.smtp)
        if trouble is not None:
            counts.troubles.append(trouble)


def send(
    config: Config, counts: SyncCounts, halt: threading.Event, senders: int = 1, seconds: float | None = None
) -> bool:
    """Send what is due with `senders` connections, for about so many seconds. False where sending had to stop: a
    sentence is in `counts`.
    """
    due = outbox.next_due()
    if due is None or due > now():
        return True
    if config.smtp is None:
        counts.troubles.append("Mail waits to be sent, and the config names no mail server: add a section [smtp].")
        return False
    outbox.is_original()  # a copy is paused now, and says so
    paused = outbox.paused_reason()
    if paused is not None:
        counts.troubles.append(f"Mail waits, and the outbox is paused: {paused} {outbox.way_on()}")
        return True
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    result = drain(config.smtp, name, halt, senders, seconds)
    for fate, number in result.fates.items():
        setattr(counts, fate, getattr(counts, fate) + number)
    if result.trouble is not None:
        counts.troubles.append(result.trouble)
    return result.trouble is None


def read(mailbox: Mailbox, counts: SyncCounts, halt: threading.Event) -> bool:
    """Take the new mail, then look in Sent for what is unconfirmed. False where the mailbox could not be read."""
    try:
        with session(), closing(mailbox.new_mail()) as mails:  # type: ignore[type-var]
            for incoming in mails:
                if _take(incoming, mailbox, counts):
                    mailbox.was_ours(incoming)
                mailbox.done(incoming)
                if halt.is_set():
                    return True
        _look_for_unconfirmed(mailbox)
        with transaction():
            Queue.update(mailbox_read_at=now()).execute()
    except DatabaseLost:
        raise
    except ClinicError as error:
        counts.troubles.append(str(error))
        return False
    return True


def _take(incoming: Incoming, mailbox: Mailbox, counts: SyncCounts) -> bool:
    """Take one mail; whether it was ours. What breaks on it is kept aside, and does not keep the others waiting."""
    try:
        taken = take(incoming.raw, folder=incoming.folder, authserv_id=mailbox.authserv_id)
    except DatabaseLost:
        raise
    except Exception as error:
        log.trouble(error, "taking a mail")
        taken = set_aside(incoming.raw, error, incoming.folder)
    counts.count(taken)
    if taken == ("review", UNREADABLE):
        counts.troubles.append(
            f"A mail in {clean(incoming.folder, 60)} could not be read. See: clinic-tui review list."
        )
    return taken.outcome not in ("nothing", "known") and taken.kind != UNREADABLE


def _look_for_unconfirmed(mailbox: Mailbox) -> None:
    """A message that lies in Sent was taken by the server after all."""
    with session():
        recent = (Message.state == "unconfirmed") & (Message.sent_at > now() - _LOOK_BACK)
        for row in Message.select().where(recent).order_by(Message.id.desc()).limit(_LOOK_FOR):
            invitation = row.invitation
            token = codes.token(invitation.ref, invitation.key_id)
            if not mailbox.find_sent(codes.message_id(row.ref, token, row.domain)):
                continue
            with suppress(Refused):  # somebody else has just settled it
                outbox.confirm_sent(_SYSTEM, invitation.id, "found in the folder of sent mail")


def finish() -> None:
    """Write down that the post was worked."""
    with transaction():
        Queue.update(last_sync_at=now()).execute()


def watch(
    config: Config,
    *,
    for_app: bool = False,
    senders: int = 1,
    stop: threading.Event | None = None,
    told: Callable[[SyncCounts], None] | None = None,
) -> bool:
    """Pass after pass, until told to stop: see `watching.watch`."""
    from clinic_tui.mail.watching import watch as keep_on

    return keep_on(config, for_app=for_app, senders=senders, stop=stop, told=told)
