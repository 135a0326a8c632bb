"""Emptying the queue: one thread has the database, the others a connection to the mail server each.

What the lines ask for and report within one moment, the database's thread writes in one commit: the marks of bodies
that are about to go, and what became of others. No body goes out before its mark is on disk, and what became of a
line's last message is on disk with the mark of its next one at the latest: a kill leaves one message a line in doubt
at most.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import log, outbox
from clinic_tui.db.connection import forget_connection, session, transaction
from clinic_tui.errors import ClinicError, DatabaseLost, KeyMissing
from clinic_tui.mail.filling import Filled, fill
from clinic_tui.mail.lines import Begin, Done, Line, error_of_ours
from clinic_tui.mail.sender import Delivery, Fate
from clinic_tui.mail.smtp import LoginRefused
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config_mail import Smtp
    from clinic_tui.outbox import Claim, Envelope

FEWEST, MOST = 4, 128  # taken from the queue at a time: few where the server is slow, so that no lease runs out
QUICK = 1.0  # seconds
MOMENT = 0.1  # seconds
TURN = 0.0005  # seconds that one thread may keep the interpreter while another waits for it
PATIENCE = (0.5, 1, 2, 5, 10, 20, 30)  # seconds between tries to write an outcome down; well within a lease

_ONE_BY_ONE: Mapping[Fate, Callable[[Claim, str], bool]] = {
    "unconfirmed": outbox.unconfirmed, "failed": outbox.failed, "deferred": outbox.deferred, "closing": outbox.deferred,
}  # fmt: skip
_COUNTED_AS: Mapping[Fate, str] = {"closing": "deferred"}


class Drained(NamedTuple):
    """How many messages met which fate, and why it ended before the queue was empty (None: it is empty)."""

    fates: Counter[str]
    trouble: str | None


def drain(
    account: Smtp, worker: str, halt: threading.Event, lines: int = 1, seconds: float | None = None
) -> Drained:  # fmt: skip
    """Send what is due, on so many connections, until nothing is, the server gives a reason to stop, or `halt` is set.

    After so many `seconds` it takes no more from the queue: other work waits too.
    Raises DatabaseLost; what was claimed then lapses.
    """
    until = None if seconds is None else time.monotonic() + seconds
    post = _Post(account, worker, halt, max(1, lines), until)
    with session(), _quick_turns():
        try:
            post.work()
        finally:
            post.end()
    return Drained(post.fates, post.trouble)


@contextmanager
def _quick_turns() -> Iterator[None]:
    """A line that hears from the server goes on at once, though mails are being made at that moment."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, TURN))
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class _Either(threading.Event):
    """Set when a line met a reason to stop, or when everything is to stop."""

    def __init__(self, outer: threading.Event) -> None:
        super().__init__()
        self._outer = outer

    def is_set(self) -> bool:
        """Whether either is set."""
        return super().is_set() or self._outer.is_set()


class _Post:
    """The thread that has the database: it feeds the lines, and writes down what they say."""

    def __init__(self, account: Smtp, worker: str, halt: threading.Event, lines: int, until: float | None) -> None:
        self.fates: Counter[str] = Counter()
        self.trouble: str | None = None
        self._account, self._worker, self._most, self._until = account, worker, lines, until
        self._said: SimpleQueue[Begin | Done | Filled] = SimpleQueue()
        self._heard: list[Begin | Done | Filled] = []  # of which not all is written down yet
        self._stock: SimpleQueue[Envelope | None] = SimpleQueue()
        self._lines: list[Line] = []
        self._out = 0  # envelopes handed to the lines, of which nothing was heard yet
        self._size, self._filling, self._filled_at, self._empty = FEWEST, False, 0.0, False
        self._stop = _Either(halt)
        self._filler: threading.Thread | None = None
        self._lost: DatabaseLost | None = None
        self._given_up = False  # the database was waited for, in vain

    @property
    def _stopping(self) -> bool:
        return self._stop.is_set() or self.trouble is not None or self._lost is not None

    def work(self) -> None:
        """Until the queue is empty, or there is a reason to stop. Raises DatabaseLost."""
        self._fill()
        while self._filling or self._out:
            self._listen()
            self._hear()
            self._fill()
        if self._lost is not None:
            raise self._lost

    def _listen(self) -> None:
        """Hear what was said until now. What became of a message waits a moment for the next mark: one commit less."""
        heard = self._heard
        heard.append(self._said.get())
        until = time.monotonic() + MOMENT
        while True:
            alone = not self._stopping and all(isinstance(one, Done) for one in heard) and self._stock.qsize()
            try:
                heard.append(self._said.get(timeout=max(0.0, until - time.monotonic())) if alone
                             else self._said.get_nowait())  # fmt: skip
            except Empty:
                return

    def end(self) -> None:
        """Let the lines go. Whatever cut the work short: what is at the server is heard out and written down first."""
        self._stop.set()
        for line in self._lines:
            line.leave()
        for line in self._lines:
            line.join()
        if self._filler is not None:
            self._filler.join()
        with suppress(Empty):
            while True:
                self._heard.append(self._said.get_nowait())
        self._hear()

    # Feeding the lines

    def _fill(self) -> None:
        """Take some more from the queue, in a thread of its own, before the lines run dry."""
        if self._filling or self._empty or self._stopping or self._stock.qsize() > max(self._most, self._size // 2):
            return
        if self._filled_at:
            if self._until is not None and time.monotonic() >= self._until:
                return
            self._size = min(MOST, self._size * 2) if time.monotonic() - self._filled_at < QUICK else FEWEST
        self._filled_at, self._filling = time.monotonic(), True
        size = max(self._size, 2 * self._most)
        filler = threading.Thread(
            target=lambda: self._said.put(fill(self._account, self._worker, size)), name="post", daemon=True
        )
        filler.start()
        self._filler = filler

    def _hand_out(self, ready: Sequence[Envelope]) -> None:
        while len(self._lines) < min(self._most, self._out + len(ready)):
            line = Line(self._account, self._stock, self._said, self._stop)
            line.start()
            self._lines.append(line)
        for envelope in ready:
            self._out += 1
            self._stock.put(envelope)

    # Writing down what they say

    def _hear(self) -> None:
        """Write down what was heard. It may be done again where it was cut short: what is written stays as it is."""
        heard = self._heard
        fates: list[tuple[Claim, Delivery]] = []
        given_back: list[Claim] = []  # no body of theirs went, or it was refused
        unbegun: list[Claim] = []
        paused: str | None = None
        for one in heard:
            if isinstance(one, Done):
                self._out -= 1
                if one.result is None:
                    unbegun.append(one.envelope.claim)
                else:
                    paused = self._ended(one.envelope.claim, one.result, fates, given_back) or paused
            elif isinstance(one, Filled):
                self._filling, self._empty = False, not one.taken
                fates += one.broken
                if isinstance(one.error, DatabaseLost):
                    self._lost = one.error
                elif one.error is not None:
                    self.trouble = str(one.error)
                    paused = self.trouble if isinstance(one.error, KeyMissing) else paused
                if not self._stopping:
                    self._hand_out(one.ready)
                else:
                    unbegun += [envelope.claim for envelope in one.ready]
        if self._stopping:
            self._put_back(unbegun)
        self._write(fates, [one for one in heard if isinstance(one, Begin) and one.waits])
        try:
            if unbegun or given_back:
                outbox.release(unbegun, refused=given_back)
            if paused is not None:
                outbox.pause_queue(paused)
        except DatabaseLost as error:
            self._lose(error)
        self._heard = []

    def _ended(
        self, claimed: Claim, result: Delivery | ClinicError, fates: list[tuple[Claim, Delivery]],
        given_back: list[Claim],
    ) -> str | None:  # fmt: skip
        """Take what became of one message apart; a sentence where the whole queue has to wait."""
        if isinstance(result, DatabaseLost):  # no mark, so no body
            given_back.append(claimed)
            self._lost = result
        elif isinstance(result, LoginRefused):
            given_back.append(claimed)
            self.trouble = self.trouble or str(result)
            return str(result)
        elif isinstance(result, ClinicError):  # the server is away, or the password is: later
            fates.append((claimed, Delivery("deferred", str(result))))
            self.trouble = self.trouble or str(result)
        elif result.fate == "abandoned":
            given_back.append(claimed)  # where we are told to stop; where somebody else has it, nothing is given back
        elif result.fate == "paused":
            given_back.append(claimed)
            self.trouble = f"The mail server {clean(self._account.host, 100)} refuses us: {result.answer}"
            return self.trouble
        else:
            fates.append((claimed, result))
            if result.fate == "closing":
                host = clean(self._account.host, 100)
                self.trouble = self.trouble or f"The mail server {host} wants to be left alone: {result.answer}"
        return None

    def _put_back(self, unbegun: list[Claim]) -> None:
        """What no line has begun stays as it was: it was not tried, and whoever sends comes again ever later."""
        with suppress(Empty):
            while True:
                envelope = self._stock.get_nowait()
                if envelope is not None:
                    self._out -= 1
                    unbegun.append(envelope.claim)

    def _write(self, fates: Sequence[tuple[Claim, Delivery]], marks: Sequence[Begin]) -> None:
        """Write outcomes and marks down in one commit; where an error of ours forbids that, each by itself."""
        try:
            self._write_patiently(fates, marks)
            return
        except Exception as error:
            log.trouble(error, "writing down what became of messages")
            trouble = ClinicError(error_of_ours(error), "It is tried again later.")
        if len(fates) + len(marks) > 1:
            for fate in fates:
                self._write([fate], [])
            for mark in marks:
                self._write([], [mark])
        for mark in marks:
            mark.answer(trouble)

    def _write_patiently(self, fates: Sequence[tuple[Claim, Delivery]], marks: Sequence[Begin]) -> None:
        """The server has spoken: a database that is busy or away for a moment is waited for, or what is known would be
        doubt. A mark that cannot be written at once forbids its body.
        """
        for pause in (None,) if self._given_up else (*PATIENCE, None):
            try:
                self._write_once(fates, marks)
                return
            except DatabaseLost as error:
                for mark in marks:
                    mark.answer(error)
                marks = ()
                if pause is None or not fates:
                    self._lose(error)
                    self._given_up = bool(fates)
                    return
                forget_connection()
                threading.Event().wait(pause)

    def _lose(self, error: DatabaseLost) -> None:
        forget_connection()
        self._lost = error

    def _write_once(self, fates: Sequence[tuple[Claim, Delivery]], marks: Sequence[Begin]) -> None:
        if not fates and not marks:
            return
        counted: Counter[str] = Counter()
        with transaction():
            taken = {claimed: delivery.answer for claimed, delivery in fates if delivery.fate == "sent"}
            if taken:
                counted["sent"] = outbox.sent_many(taken)
            for claimed, delivery in fates:
                written = _ONE_BY_ONE.get(delivery.fate)
                if written is not None:
                    counted[_COUNTED_AS.get(delivery.fate, delivery.fate)] += written(claimed, delivery.answer)
            alive = outbox.begin([mark.envelope for mark in marks]) if marks else set()
        self.fates += counted
        try:
            if alive:
                outbox.about_to_send(max(alive))
        except ClinicError as error:  # without it an older copy would not be known as one: nothing goes
            for mark in marks:
                mark.answer(error if mark.envelope.claim in alive else False)
            return
        for mark in marks:
            mark.answer(mark.envelope.claim in alive)
