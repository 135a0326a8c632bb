"""A real IMAP server on loopback: pymap with its mailboxes in memory, in a thread of its own."""

from __future__ import annotations

import asyncio
import datetime
import ssl
import time
import uuid
from argparse import Namespace
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.parsing.specials.flag import Flag
from pymap.user import Passwords, UserMetadata
from pysasl import SASLAuth
from pysasl.creds.plain import PlainCredentials
from pysasl.exception import AuthenticationError
from pysasl.hashing import Cleartext
from pysasl.mechanism import ChallengeResponse, ServerChallenge, ServerMechanism
from pysasl.mechanism.oauth import OAuth2Mechanism
from pysasl.mechanism.plain import PlainMechanism

from tests.servers import certificates
from tests.servers.loop import LoopThread

Security = Literal["none", "starttls", "tls"]

OUT_OF_THE_WAY = "being-rebuilt"


@dataclass(frozen=True)
class Stored:
    """A message in a folder, as the server keeps it."""

    uid: int
    flags: frozenset[str]
    data: bytes


class _Config(Config):
    mechanisms: tuple[ServerMechanism, ...] = ()
    lacks: frozenset[str] = frozenset()

    @property
    def login_capability(self) -> Sequence[bytes]:
        return [one for one in super().login_capability if one.decode() not in self.lacks]

    @property
    def greeting(self) -> bytes:
        # pymap would ask the resolver for this machine's name.
        return b"Server ready mail.test"

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth(self.mechanisms) if self.mechanisms else super().tls_auth


class _Tokens(OAuth2Mechanism):
    """pysasl's XOAUTH2, with the tokens that the test has: what is refused is told why, as Google does it."""

    def __init__(self, tokens: set[str], password: str) -> None:
        super().__init__()
        self._tokens, self._password = tokens, password

    def server_attempt(self, responses: Sequence[ChallengeResponse]) -> tuple[Any, None]:
        found, _ = super().server_attempt(responses[:1])
        if found._token in self._tokens:
            return PlainCredentials(found.authzid, self._password), None
        if len(responses) == 1:
            raise ServerChallenge(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}')
        assert responses[1].response == b""
        raise AuthenticationError("Invalid credentials")


class ImapServer:
    """An IMAP server with one account and the folders INBOX and `folders`.

    `security`: "tls" is TLS from the first byte. `silent`: while true, a new connection is taken and never
    greeted. `context`: another certificate than the tests' own. `tokens`: XOAUTH2 is offered, and takes
    these. `lacks`: what it does not offer of MOVE, UIDPLUS and the like.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        user: str = "desk@example.org",
        password: str = "a mailbox password",
        security: Security = "none",
        folders: Iterable[str] = ("Sent", "Junk"),
        context: ssl.SSLContext | None = None,
        tokens: Iterable[str] | None = None,
        lacks: Iterable[str] = (),
    ) -> None:
        self._lacks = frozenset(lacks)
        self.tokens = None if tokens is None else set(tokens)
        self.user = user
        self.password = password
        self.security = security
        self.port = 0
        self.silent = False
        self.connections = 0
        self._folders = tuple(folders)
        self._context = context
        if security != "none" and context is None:
            self._context = certificates.server_context()
        self._loop = LoopThread("imap-server")
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._imap: IMAPServer | None = None
        self._mailboxes: MailboxSet | None = None

    def __enter__(self) -> Self:
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
        """Stops the server, cutting whoever is connected; the mail is gone."""
        try:
            self._loop.run(self._close())
        finally:
            self._loop.stop()

    def url(self, folder: str = "INBOX") -> str:
        """The mailbox's address, with the user and without the password."""
        scheme = "imaps" if self.security == "tls" else "imap"
        return f"{scheme}://{self.user.replace('@', '%40')}@{self.host}:{self.port}/{folder}"

    def append(self, raw: bytes, folder: str = "INBOX", flags: Iterable[str] = ()) -> int:
        """Delivers a message into `folder`; hands back its UID."""
        return self._loop.run(self._append(raw, folder, tuple(flags)))

    def messages(self, folder: str = "INBOX") -> list[Stored]:
        """The messages in `folder`, oldest first."""
        return self._loop.run(self._messages(folder))

    def wait_for(self, count: int, folder: str = "INBOX", seconds: float = 60.0) -> list[Stored]:
        """The messages in `folder`, as soon as there are at least `count`."""
        deadline = time.monotonic() + seconds
        while len(messages := self.messages(folder)) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds} s for {count} in {folder}, {len(messages)} came")
            time.sleep(0.01)
        return messages

    def create_folder(self, name: str) -> None:
        self._loop.run(self._set.add_mailbox(name))

    def uidvalidity(self, folder: str = "INBOX") -> int:
        return self._loop.run(self._uidvalidity(folder))

    def reset_uidvalidity(self, folder: str = "INBOX") -> int:
        """Does what a restored or rebuilt mailbox does: the same messages, numbered anew. The new UIDVALIDITY."""
        return self._loop.run(self._rebuild(folder))

    def drop_clients(self) -> None:
        """Cuts whoever is connected; the server goes on."""
        self._loop.run(self._cut())

    async def _listen(self) -> None:
        arguments = Namespace(passlib_cfg=None, proxy_protocol=None)
        config = _Config(
            arguments,
            host=self.host,
            port=0,
            demo_data=False,
            demo_user=self.user,
            demo_password=self.password,
            ssl_context=self._context,
            tls_enabled=self.security == "starttls",
            # Hashing for real takes pymap a pool of threads, each with a loop that nobody closes.
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0.0,
        )
        if self.tokens is not None:
            config.mechanisms = (PlainMechanism(), _Tokens(self.tokens, self.password))
        config.lacks = self._lacks
        config.apply_context()
        login = Login(config)
        hashed = await Passwords(config).hash_password(self.password)
        await login.demo_user_identity.set(UserMetadata(config, self.user, password=hashed))
        async with login.demo_user_identity.new_session() as session:
            self._mailboxes = session.mailbox_set
        for folder in self._folders:
            await self._mailboxes.add_mailbox(folder)
        self._imap = IMAPServer(login, config)
        implicit = self._context if self.security == "tls" else None
        self._server = await asyncio.start_server(self._serve, self.host, 0, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._imap is not None
        self.connections += 1
        self._writers.add(writer)
        try:
            if self.silent:
                await reader.read()
            else:
                where = SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid.uuid4().bytes)
                await self._imap(reader, writer, where)
        finally:
            writer.close()
            self._writers.discard(writer)

    async def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()
        while self._writers:
            await asyncio.sleep(0.001)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._cut()
            with suppress(TimeoutError):  # a client that never began its TLS is nobody to wait for
                await asyncio.wait_for(self._server.wait_closed(), 1)

    @property
    def _set(self) -> MailboxSet:
        assert self._mailboxes is not None, "the server is not running"
        return self._mailboxes

    async def _folder(self, name: str) -> MailboxData:
        return await self._set.get_mailbox(name)

    async def _append(self, raw: bytes, folder: str, flags: tuple[str, ...]) -> int:
        mail = AppendMessage(raw, datetime.datetime.now(datetime.UTC), frozenset(map(Flag, flags)))
        message = await (await self._folder(folder)).append(mail, recent=True)
        return message.uid

    async def _all(self, folder: str) -> list[tuple[Message, bytes]]:
        messages = [message async for message in (await self._folder(folder)).messages()]
        return [(message, bytes(await message.load_content(FetchRequirement.CONTENT))) for message in messages]

    async def _messages(self, folder: str) -> list[Stored]:
        return [
            Stored(message.uid, frozenset(flag.value.decode() for flag in message.permanent_flags), data)
            for message, data in await self._all(folder)
        ]

    async def _uidvalidity(self, folder: str) -> int:
        return (await self._folder(folder)).uid_validity

    async def _rebuild(self, folder: str) -> int:
        messages = await self._all(folder)
        before = await self._uidvalidity(folder)
        while await self._uidvalidity(folder) == before:
            if folder.upper() == "INBOX":  # which cannot be deleted, only moved out of the way
                await self._set.rename_mailbox("INBOX", OUT_OF_THE_WAY)
                await self._set.delete_mailbox(OUT_OF_THE_WAY)
            else:
                await self._set.delete_mailbox(folder)
                await self._set.add_mailbox(folder)
        rebuilt = await self._folder(folder)
        for message, data in messages:
            await rebuilt.append(AppendMessage(data, message.internal_date, message.permanent_flags))
        return rebuilt.uid_validity
