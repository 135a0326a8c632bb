"""Configs, mails and replies for the tests of transport."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.config_mail import Mailbox, Security, Smtp
from clinic_tui.db.models.post import Message
from clinic_tui.invitations import inviting
from tests.invitations.people import patient
from tests.servers.imap import ImapServer
from tests.servers.smtp import Received, SmtpServer

DESK = "desk@example.org"
PATIENT = "pat@example.net"


def account(
    server: SmtpServer,
    *,
    security: Security = "none",
    user: str | None = None,
    password_file: Path | None = None,
    timeout: int = 10,
    token_command: tuple[str, ...] | None = None,
) -> Smtp:
    return Smtp(server.host, server.port, security, DESK, user, None, password_file, timeout, token_command)


def imap_mailbox(server: ImapServer, folder: Path, timeout: int = 10) -> Mailbox:
    return Mailbox(
        server.url(), "imap", None, server.host, server.port, server.security == "tls", server.user, "INBOX",
        None, secret(folder, server.password), timeout,
    )  # fmt: skip


def maildir(folder: Path) -> Mailbox:
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return Mailbox(f"maildir:{folder}", "maildir", folder)


def config(url: str, folder: Path, smtp: Smtp | None = None, mailbox: Mailbox | None = None) -> Config:
    return Config(url, folder / "clinic.key", None, {}, smtp, mailbox)


def secret(folder: Path, password: str) -> Path:
    path = folder / "password"
    path.touch(mode=0o600)
    path.write_text(password + "\n")
    return path


def a_mail(to: str = PATIENT, body: str = "Hello\n.a dot\n") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = DESK, to, "An invitation", "<1@example.org>"
    mail.set_content(body)
    return mail


def reply_to(received: Received, text: str, *, sender: str | None = None, token: bool = True) -> bytes:
    """What a patient's mail program makes of pressing Reply and typing `text`."""
    ours = received.message
    mail = EmailMessage()
    mail["From"] = sender or received.recipients[0]
    mail["To"] = ours["Reply-To"] if token else DESK
    mail["Subject"] = f"Re: {ours['Subject']}" if token else "Hello"
    mail["Message-ID"] = f"<{abs(hash((text, sender, token)))}@example.net>"
    if token:
        mail["In-Reply-To"] = mail["References"] = ours["Message-ID"]
    mail.set_content(f"{text}\n")
    return mail.as_bytes()


def bounce_of(received: Received, *, status: str = "5.1.1", said: str = "550 5.1.1 No such user here") -> bytes:
    """The report of a mail system that could not deliver (RFC 3464)."""
    to = received.recipients[0]
    action = "failed" if status.startswith("5") else "delayed"
    headers = "\r\n".join(
        f"{name}: {received.message[name]}" for name in ("From", "To", "Subject", "Message-ID", "Reply-To")
    )
    return (
        f"From: MAILER-DAEMON@mail.example.net\r\nTo: {received.envelope_from}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <bounce-{status}@mail.example.net>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n\r\n--b--\r\n"
    ).encode()


def invite(viewer: Viewer, count: int = 1, first: int = 1) -> list[int]:
    return [inviting.invite(viewer, patient(str(n)), hold=0).invitation_id for n in range(first, first + count)]


def message_states() -> list[str]:
    return [row.state for row in Message.select().order_by(Message.id)]


def deliver(folder: Path, raw: bytes) -> None:
    """Put a mail into the Maildir below `folder`, as a delivery agent does."""
    name = f"{len(list((folder / 'mail' / 'new').iterdir()))}.host"
    (folder / "mail" / "tmp" / name).write_bytes(raw)
    (folder / "mail" / "tmp" / name).rename(folder / "mail" / "new" / name)


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
