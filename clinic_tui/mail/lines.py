"""A line: one connection to the mail server and the thread that works it, message after message."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from clinic_tui import log
from clinic_tui.errors import ClinicError
from clinic_tui.mail.sender import Delivery, Sender

if TYPE_CHECKING:
    from email.message import EmailMessage

    from clinic_tui.config_mail import Smtp
    from clinic_tui.outbox import Envelope


class Begin:
    """A line asks for the mark without which no body goes out, and waits."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self._answer: bool | ClinicError = False
        self._heard = threading.Event()

    def answer(self, answer: bool | ClinicError) -> None:
        """True: it is on disk. False: the body must not go. An error: it could not be written. The first word holds."""
        if self.waits:
            self._answer = answer
            self._heard.set()

    @property
    def waits(self) -> bool:
        """Whether it was not answered yet."""
        return not self._heard.is_set()

    def wait(self) -> bool:
        """Whether the body may go. Raises what kept the mark from being written."""
        self._heard.wait()
        if isinstance(self._answer, ClinicError):
            raise self._answer
        return self._answer


class Done:
    """What became of a message; an error where the server could not even be asked, None where nobody asked it."""

    def __init__(self, envelope: Envelope, result: Delivery | ClinicError | None) -> None:
        self.envelope = envelope
        self.result = result


class Line(threading.Thread):
    """Takes envelopes from `stock` until None comes; says what it needs, and what became of them.

    Where `stop` is set nothing more is begun: a line sets it itself when the server gives reason to.
    """

    def __init__(
        self, account: Smtp, stock: SimpleQueue[Envelope | None], said: SimpleQueue[Any], stop: threading.Event
    ) -> None:
        super().__init__(name="line", daemon=True)
        self._enough = stop
        self._sender = Sender(account)
        self._stock = stock
        self._said = said
        self._left = False
        self._asks: Begin | None = None
        self._next: Envelope | None = None

    def leave(self) -> None:
        """End after the message at hand; whose body was not allowed by now, goes no more."""
        self._left = True
        self._stock.put(None)
        if self._asks is not None:
            self._asks.answer(False)

    def run(self) -> None:
        """Message after message."""
        try:
            while not self._left:
                envelope, self._next = self._next or self._stock.get(), None
                if envelope is None:
                    break
                result = None if self._enough.is_set() else self._deliver(envelope)
                if isinstance(result, ClinicError) or (result is not None and result.fate in ("paused", "closing")):
                    self._enough.set()
                self._said.put(Done(envelope, result))
        finally:
            if self._next is not None:
                self._said.put(Done(self._next, None))
            self._sender.close()

    def _coming(self) -> tuple[str, str, EmailMessage] | None:
        """Take the message after the one at hand, unless there is reason to begin no more."""
        if not self._enough.is_set():
            with suppress(Empty):
                self._next = self._stock.get_nowait()
        one = self._next
        return None if one is None else (one.sender, one.to, one.mail)

    def _deliver(self, envelope: Envelope) -> Delivery | ClinicError:
        marked = False

        def mark_data() -> bool:
            nonlocal marked
            begin = self._asks = Begin(envelope)
            if self._left:  # nobody may be there to answer
                return False
            self._said.put(begin)
            marked = begin.wait()
            return marked

        try:
            return self._sender.deliver(envelope.sender, envelope.to, envelope.mail, mark_data, self._coming)
        except ClinicError as error:
            return error
        except Exception as error:  # an error of ours: this message stops here, the others go on
            log.trouble(error, f"sending message {envelope.claim.message_id}")
            self._sender.hang_up()
            return Delivery("unconfirmed" if marked else "failed", error_of_ours(error))


def error_of_ours(error: Exception) -> str:
    """The sentence kept with a message that an error of ours has stopped."""
    return f"The program met an error of its own ({type(error).__name__}); its log has the place."
