"""One connection of the SMTP server: aiosmtpd's protocol, with the faults of the plan in its way."""

from __future__ import annotations

import asyncio
import base64
import datetime
import itertools
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any, Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.faults import ACCEPTED_REPLY, FaultPlan, Phase

Security = Literal["none", "starttls", "tls"]
Deliver = Callable[[bytes, Sequence[str]], None]

NULL_SENDER = "<>"
DRIP_SECONDS = 0.05


@dataclass(frozen=True)
class Received:
    """A message that the server took. `data` is what came after DATA, without the dots that SMTP adds."""

    envelope_from: str
    recipients: tuple[str, ...]
    data: bytes
    at: datetime.datetime
    login: str | None = None
    tls: bool = False

    @property
    def message(self) -> EmailMessage:
        """The message parsed, with this machine's line ends."""
        return message_from_bytes(self.data.replace(b"\r\n", b"\n"), policy=policy.default)


@dataclass
class Shared:
    """What all connections share: how the server behaves, and (read and written under `changed`) what it saw."""

    faults: FaultPlan
    security: Security = "none"
    user: str | None = None
    password: str = ""
    latency: float = 0.0
    deliver: Deliver | None = None
    context: SSLContext | None = None
    smtputf8: bool = True
    groups: bool = False
    mechanisms: tuple[str, ...] = ("LOGIN", "PLAIN")
    tokens: set[str] = field(default_factory=set)
    open: set[Conversation] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)
    messages: list[Received] = field(default_factory=list)
    commands: list[list[str]] = field(default_factory=list)
    logins: int = 0
    late_may_go: bool = False


class _Mailroom:
    """aiosmtpd's handler: what happens to a message once its final dot is there."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def handle_EHLO(  # noqa: N802
        self, smtp: Conversation, session: Session, envelope: Envelope, hostname: str, answer: list[str]
    ) -> list[str]:
        session.host_name = hostname
        secure = self._shared.security != "starttls" or smtp.encrypted
        answer = [line for line in answer if not line.startswith("250-AUTH")]
        if self._shared.user is not None and secure:
            answer.insert(1, f"250-AUTH {' '.join(self._shared.mechanisms)}")
        if self._shared.groups:
            answer.insert(1, "250-PIPELINING")  # it reads line after line: all that RFC 2920 asks for
        return answer

    async def handle_DATA(self, smtp: Conversation, session: Session, envelope: Envelope) -> str:  # noqa: N802
        shared = self._shared
        data = envelope.original_content or b""
        text = "\n".join(envelope.rcpt_tos) + "\n" + data.decode("latin-1")
        refusal = await smtp.refusal("body", text)
        if refusal is not None:
            return refusal
        if shared.deliver is not None:
            await asyncio.to_thread(shared.deliver, data, tuple(envelope.rcpt_tos))
        received = Received(
            envelope_from="" if envelope.mail_from == NULL_SENDER else envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            data=data,
            at=datetime.datetime.now(datetime.UTC),
            login=session.auth_data.login.decode() if session.auth_data else None,
            tls=smtp.encrypted,
        )
        with shared.changed:
            shared.messages.append(received)
            shared.changed.notify_all()
        return await smtp.refusal("accepted", text) or ACCEPTED_REPLY


class Conversation(SMTP):
    """One connection."""

    def __init__(self, shared: Shared, loop: asyncio.AbstractEventLoop) -> None:
        self._shared = shared
        self._greeted = False
        self._commands: list[str] = []
        super().__init__(
            _Mailroom(shared),
            hostname="mail.test",
            ident="ESMTP",
            enable_SMTPUTF8=shared.smtputf8,
            # aiosmtpd asks for a STARTTLS of its own kind before AUTH and does not see TLS from the first byte.
            auth_require_tls=False,
            authenticator=self._check,
            tls_context=shared.context if shared.security == "starttls" else None,
            require_starttls=shared.security == "starttls",
            loop=loop,
        )

    @property
    def encrypted(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("ssl_object") is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self._shared.open:
            self._shared.open.add(self)
            with self._shared.changed:
                self._shared.commands.append(self._commands)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._shared.open.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        if self.transport is None:
            self._shared.open.discard(self)
        else:
            cast(asyncio.WriteTransport, self.transport).abort()

    def _check(self, smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        expected = ((self._shared.user or "").encode(), self._shared.password.encode())
        if (data.login, data.password) != expected:
            return AuthResult(success=False, handled=False)
        with self._shared.changed:
            self._shared.logins += 1
        return AuthResult(success=True, auth_data=data)

    async def auth_XOAUTH2(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802
        return await self._by_token(args, b"user=(.*)\1auth=Bearer (.*)\1\1", b"")

    async def auth_OAUTHBEARER(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802
        return await self._by_token(args, b"n,a=(.*),\1host=.*\1port=\\d+\1auth=Bearer (.*)\1\1", b"\1")

    async def _by_token(self, args: list[str], form: bytes, gives_up: bytes) -> AuthResult:
        """Token logins as Google has them: what is refused is told why in a challenge, and then by 535."""
        found = re.fullmatch(form, base64.b64decode(args[1]))
        assert found is not None, "no initial response of that mechanism"
        user, token = found[1].decode(), found[2].decode()
        with self._shared.changed:
            good = user == self._shared.user and token in self._shared.tokens
            self._shared.logins += good
        if good:
            return AuthResult(success=True, auth_data=LoginPassword(user.encode(), b""))
        answered = await self.challenge_auth('{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}')
        assert answered == gives_up
        return AuthResult(success=False, handled=False, message="535 5.7.8 Username and Password not accepted")

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            refusal = await self.refusal("connect", "")
            if refusal is not None:
                await super().push(refusal)
                await self._hang_up()
        # An answer of several lines is one packet, and waits once.
        if self._shared.latency and status[3:4] not in ("-", b"-"):
            await asyncio.sleep(self._shared.latency)
        await super().push(status)
        if status[:4] in ("421 ", b"421 "):
            await self._hang_up()

    async def refusal(self, phase: Phase, text: str) -> str | None:
        """The reply that a fault wants instead of the good one; None if all goes well.

        Does not come back where the fault drops, stalls or breaks the connection.
        """
        fault = self._shared.faults.pick(phase, text)
        if fault is None:
            return None
        if fault.what == "late":
            while not self._shared.late_may_go:
                await asyncio.sleep(0.005)
            return None
        if fault.what == "reply":
            return fault.line
        if fault.what == "drop":
            self.cut()
        elif fault.what == "half":
            transport = cast(asyncio.WriteTransport, self.transport)
            transport.write(fault.line[: len(fault.line) // 2].encode())
            transport.close()
        elif fault.what == "drip":
            await self._drip()
        await self._for_ever()
        return None

    async def _drip(self) -> None:
        transport = cast(asyncio.WriteTransport, self.transport)
        for number in itertools.cycle(b"250-2.0.0 one moment\r\n"):
            if transport.is_closing():
                return
            transport.write(bytes((number,)))
            await asyncio.sleep(DRIP_SECONDS)

    async def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()
        await self._for_ever()

    async def _for_ever(self) -> None:
        # The end of the connection cancels whatever it was doing.
        await self.loop.create_future()

    async def _goes_well(self, command: str, argument: str | None, phase: Phase | None = None) -> bool:
        line = command if argument is None else f"{command} {argument}"
        with self._shared.changed:
            self._commands.append(" ".join(line.split()[:2]) if command == "AUTH" else line)
        refusal = await self.refusal(phase, argument or "") if phase else None
        if refusal is not None:
            await self.push(refusal)
        return refusal is None

    async def check_auth_needed(self, caller_method: str) -> bool:
        assert self.session is not None
        if self._shared.user is None or self.session.authenticated:
            return False
        await self.push("530 5.7.0 Authentication required")
        return True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if await self._goes_well("EHLO", hostname, "ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if await self._goes_well("HELO", hostname, "ehlo"):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if await self._goes_well("STARTTLS", arg):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if await self._goes_well("AUTH", arg, "auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._goes_well("MAIL", arg, "mail"):
            return
        if arg is None or not arg.upper().replace(" ", "").startswith("FROM:<>"):
            await super().smtp_MAIL(arg)
            return
        # aiosmtpd refuses the empty sender of RFC 5321, 4.5.5, which automatic mail has.
        if not (await self.check_helo_needed() or await self.check_auth_needed("MAIL")):
            assert self.envelope is not None
            self.envelope.mail_from = NULL_SENDER
            await self.push("250 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if await self._goes_well("RCPT", arg, "rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        text = "\n".join(self.envelope.rcpt_tos) if self.envelope is not None else ""
        with self._shared.changed:
            self._commands.append("DATA")
        refusal = await self.refusal("data", text)
        if refusal is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(refusal)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        if await self._goes_well("RSET", arg):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if await self._goes_well("QUIT", arg):
            await super().smtp_QUIT(arg)
