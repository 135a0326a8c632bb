"""The sample practice's own mail server: on loopback alone, delivering into two folders, handing on to nobody."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.controller import Controller

from clinic_tui.demo.maildir import deliver

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
# Two domains that make trouble, so that the sample shows what comes of it.
REFUSED_DOMAIN = "no-such-host.example"
DROPPED_DOMAIN = "line-drops.example"


class MailServer:
    """An SMTP server on a free port.

    Mail to `desk` (and `desk+word`) goes to the Maildir `practice`, all other to `patients`.
    """

    def __init__(self, desk: str, practice: Path, patients: Path) -> None:
        self._controller = _Controller(_Delivery(desk, practice, patients))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def __enter__(self) -> Self:
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it would write addresses to standard error
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop(no_assert=True)


class _Controller(Controller):
    def __init__(self, handler: _Delivery) -> None:
        super().__init__(handler, hostname=HOST, port=0, server_hostname="demo.localhost", enable_SMTPUTF8=True)

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Delivery:
    """What the server does with a mail: writes it down, with its envelope above it, for whom it is."""

    def __init__(self, desk: str, practice: Path, patients: Path) -> None:
        self._desk = desk.lower()
        self._practice = practice
        self._patients = patients

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.lower().endswith(f"@{REFUSED_DOMAIN}"):
            return f"550 5.1.2 {REFUSED_DOMAIN}: no such host"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        body: Any = envelope.content
        if any(address.lower().endswith(f"@{DROPPED_DOMAIN}") for address in envelope.rcpt_tos):
            transport: Any = server.transport
            transport.abort()
        for recipient in envelope.rcpt_tos:
            local, _, domain = recipient.lower().rpartition("@")
            is_desk = f"{local.partition('+')[0]}@{domain}" == self._desk
            above = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipient}\r\n".encode()
            deliver(self._practice if is_desk else self._patients, above + body)
        return "250 2.0.0 Delivered in the sample practice"
