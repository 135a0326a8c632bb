"""Emptying the queue: claims in small batches, each message through the sender, each outcome written down."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import log, outbox
from clinic_tui.db.connection import session
from clinic_tui.errors import ClinicError, DatabaseLost, KeyMissing
from clinic_tui.mail.sender import Delivery, Sender
from clinic_tui.mail.smtp import LoginRefused
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config_mail import Smtp

BATCH = 5  # few at a time, so that a slow server does not outlast the lease
PATIENCE = (0.5, 1, 2, 5, 10, 20, 30)  # seconds between tries to write an outcome down; well within a lease


class Drained(NamedTuple):
    """How many messages met which fate, and why it ended before the queue was empty (None: it is empty)."""

    fates: Counter[str]
    trouble: str | None


def drain(account: Smtp, worker: str, halt: threading.Event) -> Drained:
    """Send what is due, on one connection, until nothing is, the server gives a reason to stop, or `halt` is set.

    Raises DatabaseLost; what was claimed then lapses.
    """
    fates: Counter[str] = Counter()
    sender = Sender(account)
    try:
        with session():
            while not halt.is_set() and outbox.is_original():
                batch = outbox.claim(worker, BATCH)
                if not batch:
                    break
                trouble = _send(sender, account, batch, fates, halt)
                if trouble is not None:
                    halt.set()
                    return Drained(fates, trouble)
    finally:
        sender.close()
    return Drained(fates, None)


def _send(
    sender: Sender, account: Smtp, batch: list[outbox.Claim], fates: Counter[str], halt: threading.Event
) -> str | None:
    """Send a batch; a sentence where sending has to stop, and then no claim of it is left."""
    for index, claimed in enumerate(batch):
        if halt.is_set():
            _release(batch[index:])
            return None
        try:
            delivery = _deliver(sender, account, claimed)
        except (LoginRefused, KeyMissing) as error:
            _release(batch[index:])
            outbox.pause_queue(str(error))
            return str(error)
        except DatabaseLost:
            raise
        except ClinicError as error:  # the server is away, or the password is: later
            for waiting in batch[index:]:
                _record(waiting, Delivery("deferred", str(error)), fates)
            return str(error)
        if delivery is None:
            continue
        if delivery.fate == "paused":
            _release(batch[index:])
            reason = f"The mail server {clean(account.host, 100)} refuses us: {delivery.answer}"
            outbox.pause_queue(reason)
            return reason
        _record(claimed, delivery, fates)
        if delivery.fate == "closing":
            for waiting in batch[index + 1 :]:
                _record(waiting, delivery, fates)
            return f"The mail server {clean(account.host, 100)} wants to be left alone: {delivery.answer}"
    return None


def _deliver(sender: Sender, account: Smtp, claimed: outbox.Claim) -> Delivery | None:
    """What became of one message; None where the rules, or another worker, have taken it away."""
    marked = False

    def mark_data() -> bool:
        nonlocal marked
        marked = outbox.mark_data(claimed)
        if marked:
            outbox.about_to_send(claimed)
        return marked

    try:
        envelope = outbox.prepare(claimed, account.sender)
        if envelope is None:
            return None
        return sender.deliver(envelope.sender, envelope.to, envelope.mail, mark_data)
    except ClinicError:
        raise
    except Exception as error:  # an error of ours: this message stops here, the others go on
        log.trouble(error, f"sending message {claimed.message_id}")
        sender.hang_up()
        said = f"The program met an error of its own ({type(error).__name__}); its log has the place."
        return Delivery("unconfirmed" if marked else "failed", said)


def _record(claimed: outbox.Claim, delivery: Delivery, fates: Counter[str]) -> None:
    """Write the outcome down; counted only where the claim was still ours.

    The server has spoken: a database that is busy or away for a moment is waited for, or what is known would be doubt.
    """
    for pause in (*PATIENCE, None):
        try:
            _record_once(claimed, delivery, fates)
            return
        except DatabaseLost:
            if pause is None:
                raise
            threading.Event().wait(pause)


def _record_once(claimed: outbox.Claim, delivery: Delivery, fates: Counter[str]) -> None:
    if delivery.fate == "sent":
        fate, kept = "sent", outbox.sent(claimed, delivery.answer)
    elif delivery.fate == "unconfirmed":
        fate, kept = "unconfirmed", outbox.unconfirmed(claimed, delivery.answer)
    elif delivery.fate == "failed":
        fate, kept = "failed", outbox.failed(claimed, delivery.answer)
    elif delivery.fate in ("deferred", "closing"):
        fate, kept = "deferred", outbox.deferred(claimed, delivery.answer)
    else:
        return
    fates[fate] += kept


def _release(batch: list[outbox.Claim]) -> None:
    for claimed in batch:
        outbox.release(claimed)
