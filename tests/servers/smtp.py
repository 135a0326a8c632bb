"""A real SMTP server on loopback that does wrong what a test tells it to.

`python -m tests.servers.smtp --port N --store DIR` runs one in a process of its own.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.servers import certificates
from tests.servers.faults import Fault, FaultPlan
from tests.servers.loop import LoopThread
from tests.servers.smtp_conversation import Conversation, Deliver, Received, Security, Shared

__all__ = ["Fault", "Received", "SmtpServer"]


class SmtpServer:
    """An SMTP server in a thread of its own.

    `security`: "tls" is TLS from the first byte. `user`: a login with `password` is required (PLAIN or LOGIN).
    `latency`: seconds added before each answer. `deliver(data, recipients)` is called, in a thread, with each
    message before it is answered. `context`: another certificate than the tests' own. `mechanisms`: the logins that are
    offered; XOAUTH2 and OAUTHBEARER take the `tokens`, which a test may change. `groups`: PIPELINING is offered.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        security: Security = "none",
        user: str | None = None,
        password: str = "",
        faults: Iterable[Fault] = (),
        latency: float = 0.0,
        deliver: Deliver | None = None,
        context: ssl.SSLContext | None = None,
        smtputf8: bool = True,
        groups: bool = False,
        port: int = 0,
        mechanisms: Iterable[str] = ("LOGIN", "PLAIN"),
        tokens: Iterable[str] = (),
    ) -> None:
        if security != "none" and context is None:
            context = certificates.server_context()
        self.port = port
        self.faults = FaultPlan(tuple(faults))
        self._shared = Shared(
            faults=self.faults,
            security=security,
            user=user,
            password=password,
            latency=latency,
            deliver=deliver,
            context=context,
            smtputf8=smtputf8,
            groups=groups,
            mechanisms=tuple(mechanisms),
            tokens=set(tokens),
        )
        self.tokens = self._shared.tokens
        self._loop = LoopThread("smtp-server")
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        # It warns about its own deprecated attribute at each login.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._loop.start()
        try:
            self._loop.run(self._listen())
        except BaseException:
            self._loop.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stops the server, cutting whoever is connected."""
        try:
            self._loop.run(self._close())
        finally:
            self._loop.stop()

    @property
    def messages(self) -> list[Received]:
        with self._shared.changed:
            return list(self._shared.messages)

    @property
    def connections(self) -> int:
        with self._shared.changed:
            return len(self._shared.commands)

    @property
    def logins(self) -> int:
        with self._shared.changed:
            return self._shared.logins

    @property
    def sessions_log(self) -> list[list[str]]:
        """The commands of each connection, in order; what follows AUTH's mechanism is left out."""
        with self._shared.changed:
            return [list(commands) for commands in self._shared.commands]

    def wait_for(self, count: int, seconds: float = 60.0) -> list[Received]:
        """The messages, as soon as there are at least `count`."""
        deadline = time.monotonic() + seconds
        with self._shared.changed:
            while len(self._shared.messages) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self._shared.changed.wait(left):
                    got = len(self._shared.messages)
                    raise AssertionError(f"waited {seconds} s for {count} messages, {got} came")
            return list(self._shared.messages)

    def clear(self) -> None:
        """Forgets messages, commands and logins. Do not call it while a client is connected."""
        with self._shared.changed:
            self._shared.messages.clear()
            self._shared.commands.clear()
            self._shared.logins = 0

    def go_on(self) -> None:
        """Lets the answers go that a fault makes late."""
        self._shared.late_may_go = True

    def drop_clients(self) -> None:
        """Cuts whoever is connected; the server goes on."""
        self._loop.run(self._cut())

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Conversation(self._shared, loop),
            self.host,
            self.port,
            ssl=self._shared.context if self._shared.security == "tls" else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        for conversation in list(self._shared.open):
            conversation.cut()
        while self._shared.open:
            await asyncio.sleep(0.001)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._cut()
            with suppress(TimeoutError):  # a client that never began its TLS is nobody to wait for
                await asyncio.wait_for(self._server.wait_closed(), 1)


if __name__ == "__main__":
    from tests.servers.smtp_process import main

    main()
