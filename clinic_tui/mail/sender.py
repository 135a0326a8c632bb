"""Sending: one message through one connection, each phase's answer recorded; nothing is ever sent a second time.

What each answer means (RFC 5321; RFC 1047 for the answer that never comes):

- before the body: 4xx or a lost connection, later; 5xx to RCPT or DATA, this message failed; 5xx to MAIL, or any
  answer that wants another login or is about us (`refusals`), the whole queue waits, for it is not the patient's
  fault; 421, later, elsewhere.
- once the body was begun: the answer decides, and without one the message is unconfirmed.

Where the server takes commands in groups (PIPELINING, RFC 2920), all that comes before the body is said at once, with
the body of the message before it where one is coming: the first answer that refuses decides, as it does one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from typing import TYPE_CHECKING, Literal, NamedTuple

from clinic_tui.mail.refusals import refuses_us, without_address
from clinic_tui.mail.smtp import Answer, Connection, Lost, connect
from clinic_tui.mail.wire import Wire
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config_mail import Smtp

_GO_ON = 354  # the answer to DATA that asks for the body

Coming = Callable[[], tuple[str, str, EmailMessage] | None]
Fate = Literal["sent", "deferred", "failed", "unconfirmed", "paused", "closing", "abandoned"]


class Delivery(NamedTuple):
    """What became of one message, and the server's last word on it (cleaned).

    `paused`: the server refuses us, not the message. `closing`: it wants to be left alone for now (deferred).
    `abandoned`: the claim was lost before the body; somebody else has the message.
    """

    fate: Fate
    answer: str


class Sender:
    """One connection, opened when first needed, used for message after message."""

    def __init__(self, account: Smtp) -> None:
        self._account = account
        self._connection: Connection | None = None
        self._idle = False
        self._said: Wire | None = None  # what comes before its body was said already
        self._looks_ahead = True

    def deliver(
        self, sender: str, to: str, mail: EmailMessage, mark_data: Callable[[], bool], coming: Coming = lambda: None
    ) -> Delivery:
        """Bring one message to the server. `mark_data` is called once, right before the body, and may forbid it.

        `coming`: sender, recipient and mail of the one that will be brought after it, if it is known by then. Raises
        MailError where the server cannot be reached or refuses the login: then nothing was sent.
        """
        if self._said is not None and self._said.mail is not mail:
            self.hang_up()
        wire = self._said or Wire.of(sender, to, mail)
        if wire is None:
            return Delivery("failed", f"{clean(to, 100)} cannot be written as a mail address.")
        for _ in range(2):
            if self._connection is None:
                self._connection, self._idle = connect(self._account), False
            try:
                return _of_us(self._converse(self._connection, wire, mark_data, coming))
            except Lost as lost:
                self._looks_ahead = self._looks_ahead and not (self._idle and self._said)
                self.hang_up()
                answer = f"The mail server {lost} before the message was sent."
                if not self._idle:
                    break
                # The server had closed an idle connection; nothing of a body was said: once more is safe.
        return Delivery("deferred", answer)

    def _converse(self, smtp: Connection, wire: Wire, mark_data: Callable[[], bool], coming: Coming) -> Delivery:
        if wire.utf8 and not smtp.takes_utf8:
            return Delivery(
                "failed", "The mail server takes no address with letters beyond a to z before the @ (SMTPUTF8)."
            )
        if smtp.takes_groups and self._said is None:
            smtp.say(*wire.lines, utf8=wire.utf8)
        for number, line in enumerate(wire.lines):
            if not smtp.takes_groups:
                smtp.say(line, utf8=wire.utf8)
            answer = smtp.answer()
            self._idle, self._said = False, None  # from here on a lost connection is this message's own
            goes_on = answer.code == _GO_ON if line == "DATA" else answer.is_good
            if not goes_on:
                unheard = wire.lines[number + 1 :] if smtp.takes_groups else ()
                return self._refused(smtp, answer, "failed" if number else "paused", unheard)
        following = self._following(coming) if smtp.takes_groups else None
        try:
            if not mark_data():
                self.hang_up()
                return Delivery("abandoned", "")
            self._said = following
            answer = smtp.body(wire.body, following.lines if following is not None else ())
        except Lost as lost:
            self.hang_up()
            return Delivery("unconfirmed", f"The mail server {lost} after it was sent the message.")
        except BaseException:
            self.hang_up()  # half a message is on the line: not a word more
            raise
        self._idle = True
        if answer.is_good:
            return Delivery("sent", answer.line)
        if answer.code < 400:  # neither taken nor refused
            self.hang_up()
            return Delivery("unconfirmed", f"The mail server's answer to the message means nothing: {answer.line}")
        return self._refused(smtp, answer, "failed", reset=False)

    def _following(self, coming: Coming) -> Wire | None:
        """The message after this one, where it can be begun with this one's body."""
        mail = coming() if self._looks_ahead else None
        try:
            wire = None if mail is None else Wire.of(*mail)
        except Exception:  # an error of ours over it is not this one's: it meets it again when its turn comes
            return None
        return None if wire is None or wire.utf8 else wire

    def _refused(
        self, smtp: Connection, answer: Answer, permanent: Fate, unheard: Sequence[str] = (), *, reset: bool = True
    ) -> Delivery:
        if answer.code == 421:
            self.hang_up()
            return Delivery("closing", answer.line)
        try:
            kept = _heard_out(smtp, unheard) and (answer.is_about_us or not reset or smtp.command("RSET").is_good)
        except Lost:
            kept = False
        if not kept:
            self.hang_up()
        if answer.is_about_us:
            self.close()
            return Delivery("paused", answer.line)
        self._idle = True
        return Delivery(permanent if answer.code >= 500 else "deferred", answer.line)

    def close(self) -> None:
        """Say goodbye; the next message opens a new connection."""
        if self._said is not None:
            self.hang_up()  # the server waits for a body: a goodbye would be one
        if self._connection is not None:
            self._connection.quit()
            self._connection = None

    def hang_up(self) -> None:
        """Close without a word: what was begun stays unfinished."""
        self._said = None
        if self._connection is not None:
            self._connection.hang_up()
            self._connection = None


def _heard_out(smtp: Connection, unheard: Sequence[str]) -> bool:
    """Hear the answers to what was said in the same group as a line that was refused; whether the line can be used on.

    A server that would take a body even so gets none: a dot alone, which goes to nobody (RFC 2920, section 3.1). Where
    that might go to somebody it does not even get the dot.
    """
    codes = [smtp.answer().code for _ in unheard]
    if 421 in codes:
        return False
    if _GO_ON not in codes:
        return True
    return not any(200 <= code < 300 for code in codes) and smtp.command(".").code != 421


def _of_us(delivery: Delivery) -> Delivery:
    """The same; paused where it was refused for what the server thinks of us."""
    if delivery.fate == "paused" or (delivery.fate == "failed" and refuses_us(delivery.answer)):
        return Delivery("paused", without_address(delivery.answer))
    return delivery
