"""The mail and the client that the tests of the servers use."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from tests.servers.smtp import SmtpServer

SENDER = "desk@example.org"
PATIENT = "pat@example.net"


def a_mail(body: str = "Hello\n.a dot\n") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, PATIENT, "An invitation"
    mail.set_content(body)
    return mail


def connected(server: SmtpServer, timeout: float = 10) -> smtplib.SMTP:
    return smtplib.SMTP(server.host, server.port, local_hostname="desk", timeout=timeout)
