"""Working the post for as long as it is wanted: `sync --watch`, and the worker that an app starts for itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from clinic_tui import outbox
from clinic_tui.clock import now
from clinic_tui.db.connection import forget_connection
from clinic_tui.errors import ClinicError, DatabaseLost
from clinic_tui.mail import sync
from clinic_tui.mail.mailbox import open_mailbox
from clinic_tui.mail.stopping import until_signalled
from clinic_tui.mail.worker import Election, apps_open

if TYPE_CHECKING:
    from clinic_tui.config import Config

log = logging.getLogger(__name__)

TICK = 1.0
MAILBOX_SECONDS = 30.0
TIDY_SECONDS = 60.0
SENDING_SECONDS = 60.0  # at a stretch: many messages, or a slow server, must not keep replies waiting
MOST_SECONDS = 300.0  # the longest pause after troubles
STAYS_FOR = timedelta(minutes=20)  # a worker whose apps are gone waits for what is due within


def watch(
    config: Config,
    *,
    for_app: bool = False,
    senders: int = 1,
    mailbox_seconds: float = MAILBOX_SECONDS,
    stop: threading.Event | None = None,
    told: Callable[[sync.SyncCounts], None] | None = None,
) -> bool:
    """Work the post until SIGTERM, SIGINT or SIGHUP, or until `stop` is set. The practice is open.

    `for_app`: only as the one elected worker (False: another is), and only until no app is open and nothing is due
    soon. `told` is called after each round that did something or met a trouble.
    """
    stop = stop or threading.Event()
    election = Election(config)
    rounds = _Rounds(config, senders, mailbox_seconds, stop)
    elected = election.stand()
    if for_app and not elected:
        return False
    try:
        with until_signalled(stop):
            while not stop.is_set():
                counts = rounds.go()
                if told is not None and (any(counts.numbers().values()) or counts.troubles):
                    told(counts)
                if for_app:
                    if not apps_open(config) and rounds.idle():
                        # An app that opens now finds the lock free, or is seen by the second look.
                        election.step_down()
                        if not apps_open(config) or not election.stand():
                            break
                else:
                    election.stand()
                stop.wait(TICK)
    finally:
        rounds.end()
        election.step_down()
    return True


class _Rounds:
    """What is done when: sending as it falls due, mailbox and tidying now and then, troubles less and less often."""

    def __init__(self, config: Config, senders: int, mailbox_seconds: float, stop: threading.Event) -> None:
        self._config = config
        self._senders = senders
        self._stop = stop
        self._mailbox = open_mailbox(config.mailbox) if config.mailbox is not None else None
        self._sending = _Pace(0.0)
        self._reading = _Pace(mailbox_seconds)
        self._tidying = _Pace(TIDY_SECONDS)
        self._lost = False

    def go(self) -> sync.SyncCounts:
        """One round. A database that is away is waited for."""
        counts = sync.SyncCounts()
        try:
            self._work(counts)
            self._lost = False
        except DatabaseLost as error:
            counts.troubles.append(str(error))
            forget_connection()
            if not self._lost:
                log.warning("the database is lost; trying on")
            self._lost = True
            self._stop.wait(TICK * 4)
        return counts

    def _work(self, counts: sync.SyncCounts) -> None:
        worked = False
        if self._tidying.is_due():
            sync.tidy(counts)
            sync.send_notices(self._config, counts)
            self._tidying.went(True)
        if self._sending.is_due() and self._something_due():
            self._sending.went(sync.send(self._config, counts, self._stop, self._senders, SENDING_SECONDS))
            worked = True
        if self._mailbox is not None and not self._stop.is_set() and self._reading.is_due():
            self._reading.went(sync.read(self._mailbox, counts, self._stop))
            worked = True
        if worked:
            sync.finish()

    def _something_due(self) -> bool:
        due = outbox.next_due()
        return due is not None and due <= now() and outbox.paused_reason() is None

    def idle(self) -> bool:
        """Whether nothing falls due soon (or nothing can be known, because the database is away)."""
        try:
            due = outbox.next_due()
            return due is None or due > now() + STAYS_FOR or outbox.paused_reason() is not None
        except DatabaseLost:
            return True

    def end(self) -> None:
        """Leave the mailbox."""
        if self._mailbox is not None:
            try:
                self._mailbox.close()
            except ClinicError:
                log.warning("the mailbox could not be left in order")


class _Pace:
    """When something is due again: after `seconds`; after a trouble at first in 15 s, then ever later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._troubles = 0
        self._next = 0.0

    def is_due(self) -> bool:
        """Whether its time has come."""
        return time.monotonic() >= self._next

    def went(self, well: bool) -> None:
        """It was done, well or not."""
        self._troubles = 0 if well else self._troubles + 1
        pause = 0.0 if well else min(MOST_SECONDS, 15.0 * 2 ** (self._troubles - 1))
        self._next = time.monotonic() + max(self._seconds, pause)
