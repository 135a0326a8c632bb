"""The patients' mailboxes in the sample practice: what they got, and what they answer."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from clinic_tui.clock import local, now
from clinic_tui.demo.maildir import deliver, make_maildir
from clinic_tui.errors import NotFound

Answer = Literal["accept", "decline", "stop", "not_me", "out_of_office", "question", "yes_please", "bounce"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
# What each is called beside the message that got it.
LABELS: dict[str, str] = {
    "accept": "ACCEPT",
    "decline": "NO",
    "stop": "STOP",
    "not_me": "NOT ME",
    "out_of_office": "away",
    "question": "question",
    "yes_please": "yes please",
    "bounce": "bounced",
}
_WRITTEN: dict[Answer, str] = {
    "accept": "ACCEPT",
    "decline": "NO",
    "stop": "STOP",
    "not_me": "NOT ME",
    "question": "Hello, is this really from you? And can I see my invoices there too?\n\nKind regards",
    "yes_please": "Yes please, that would be lovely. See you next week!",
    "out_of_office": "Thank you for your message. I am away and read my mail again on Monday week.",
}


class Received(NamedTuple):
    """A message in a patient's mailbox: `id` names it, `answers` says what was replied to it so far."""

    id: str
    to: str
    sender: str
    subject: str
    at: datetime
    answers: tuple[str, ...]


class Opened(NamedTuple):
    """A message as its patient reads it."""

    received: Received
    text: str
    mail: EmailMessage


class Post:
    """The two mail folders in `directory`: the Maildirs `patients` (everybody's) and `practice`. They are made here."""

    def __init__(self, directory: Path) -> None:
        self.patients = directory / "patients"
        self.practice = directory / "practice"
        make_maildir(self.patients)
        make_maildir(self.practice)
        (self.patients / "answers").mkdir(mode=0o700, exist_ok=True)

    def mark(self) -> tuple[int, int]:
        """Changes whenever a message has come or was answered."""
        return tuple((self.patients / part).stat().st_mtime_ns for part in ("new", "answers"))  # type: ignore[return-value]

    def received(self, address: str | None = None, limit: int = 200) -> list[Received]:
        """What patients got (or the one with `address`), newest first."""
        found: list[Received] = []
        for path in sorted((self.patients / "new").iterdir(), reverse=True):
            with path.open("rb") as file:
                mail = BytesHeaderParser(policy=policy.default).parse(file)
            one = self._received(path, mail)
            if address is None or one.to.lower() == address.lower():
                found.append(one)
                if len(found) == limit:
                    break
        return found

    def open(self, message_id: str) -> Opened:
        """The message whole. Raises NotFound."""
        path = self._path(message_id)
        try:
            mail = _parsed(path.read_bytes())
        except FileNotFoundError as error:
            raise NotFound("This message is not in the mailbox any more.", "Choose another one.") from error
        return Opened(self._received(path, mail), plain(mail), mail)

    def answer(self, message_id: str, answer: Answer) -> EmailMessage:
        """The patient, or their mail system, answers: the mail, which is in the practice's mailbox now."""
        opened = self.open(message_id)
        mail = _bounce(opened.mail) if answer == "bounce" else _reply(opened, answer).as_bytes(policy=policy.SMTP)
        deliver(self.practice, mail)
        handle = os.open(self._answers(self._path(message_id)), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as file:
            file.write(f"{answer}\n")
        os.utime(self.patients / "answers")  # a second answer makes no new file, and `mark` must tell all the same
        return _parsed(mail)

    def _path(self, message_id: str) -> Path:
        return self.patients / "new" / Path(message_id).name

    def _answers(self, path: Path) -> Path:
        return self.patients / "answers" / path.name

    def _received(self, path: Path, mail: EmailMessage) -> Received:
        answers = self._answers(path)
        said = tuple(answers.read_text("ascii").split()) if answers.exists() else ()
        date = mail["Date"].datetime if mail["Date"] is not None else now()
        sender, to, subject = (str(mail.get(name, "")) for name in ("From", "Delivered-To", "Subject"))
        return Received(path.name, to, sender, subject, date, said)


def _parsed(raw: bytes) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(mail, EmailMessage)  # what this policy makes
    return mail


def plain(mail: EmailMessage) -> str:
    """The text that a reader sees of a mail."""
    part = mail.get_body(("plain", "html"))
    return str(part.get_content()) if part is not None else ""


def _reply(opened: Opened, answer: Answer) -> EmailMessage:
    """What a mail program makes of Reply: the new words on top, the old ones quoted below."""
    original = opened.mail
    reply = EmailMessage(policy=policy.SMTP)
    _, address = parseaddr(str(original["To"]))
    reply["From"] = address
    reply["To"] = str(original["Reply-To"] or original["From"])
    away = answer == "out_of_office"
    subject = str(original["Subject"])
    reply["Subject"] = f"Automatic reply: {subject}" if away else f"Re: {subject}"
    reply["Date"] = format_datetime(local(now()))
    reply["Message-ID"] = f"<{opened.received.id}.{answer}@{address.rpartition('@')[2]}>"
    reply["In-Reply-To"] = str(original["Message-ID"])
    reply["References"] = str(original["Message-ID"])
    if away:
        reply["Auto-Submitted"] = "auto-replied"
        reply["X-Auto-Response-Suppress"] = "All"
        reply.set_content(_WRITTEN[answer] + "\n")
        return reply
    at = local(opened.received.at)
    quoted = "\n".join(f"> {line}".rstrip() for line in opened.text.rstrip().splitlines())
    head = f"On {at:%a}, {at.day} {at:%b %Y} at {at:%H:%M}, {opened.received.sender} wrote:"
    reply.set_content(f"{_WRITTEN[answer]}\n\n{head}\n{quoted}\n")
    return reply


_BOUNCE = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@{host}>
To: {sender}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: <{id}@{host}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{id}"

--{id}
Content-Type: text/plain; charset=utf-8

This is the mail system at host {host}.

Your message could not be delivered to one or more recipients.

<{to}>: {words}

--{id}
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; {words}

--{id}
Content-Type: text/rfc822-headers

{headers}
--{id}--
"""


def _bounce(original: EmailMessage) -> bytes:
    """What a mail system says of an address that nobody has (RFC 3464), to the envelope's sender."""
    to = str(original["Delivered-To"])
    text = _BOUNCE.format(
        host=f"mx.{to.rpartition('@')[2]}",
        sender=str(original["Return-Path"]).strip("<> "),
        date=format_datetime(local(now())),
        id=secrets.token_hex(12),
        to=to,
        words="550 5.1.1 Recipient address rejected: no such user",
        headers="\n".join(f"{name}: {original[name]}" for name in ("From", "To", "Subject", "Date", "Message-ID")),
    )
    return text.replace("\n", "\r\n").encode()
