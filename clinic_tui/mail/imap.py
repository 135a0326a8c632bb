"""A mailbox by IMAP: INBOX and the folder of junk, read without a trace (EXAMINE, BODY.PEEK).

How far a folder was read is its UIDVALIDITY and the last UID. Where a server numbers a folder anew, or a folder is
seen for the first time, only mail since the oldest invitation is looked at; what was taken before is known by its
digest. Only where the practice has said so, what was ours is marked or moved when everything is read.
"""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from clinic_tui.config_mail import is_loopback
from clinic_tui.errors import ConfigError, MailAway, MailError
from clinic_tui.mail import oauth
from clinic_tui.mail.mailbox import (
    BEGINNING,
    LARGEST,
    Found,
    Incoming,
    Position,
    answers_since,
    is_junk,
    keep_position,
    position,
)
from clinic_tui.mail.passwords import password_of
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config_mail import Mailbox as Section

CONNECT_SECONDS = 15.0
_KEEP_EVERY = 50


class ImapMailbox:
    """One account; connects when first read, and stays connected until `close` or until the line breaks."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._client: Any = None
        self._specials: dict[bytes, str | None] = {}
        self._done: dict[str, Position] = {}
        self._kept: dict[str, Position] = {}
        self._ours: dict[str, list[int]] = {}
        self.authserv_id = section.authserv_id

    def new_mail(self) -> Iterator[Incoming]:
        """Mail above the last UID of each folder, in order of arrival."""
        try:
            with self._in_words("reading"):
                folders = self._folders()
            for folder in folders:
                with self._in_words("reading"):
                    numbering, uids = self._new_uids(folder)
                for uid in uids:
                    with self._in_words("reading"):
                        raw = self._fetch(uid)
                    if raw is not None:
                        yield Incoming(raw, folder, uid)
                    else:
                        self._done[folder] = Position(numbering, uid)
            self._file()
        finally:
            self._keep()

    def done(self, incoming: Incoming) -> None:
        """This UID was looked at."""
        before = self._done[incoming.folder]
        self._done[incoming.folder] = Position(before.numbering, max(before.last, incoming.place))
        if incoming.place - self._kept[incoming.folder].last >= _KEEP_EVERY:
            self._keep()

    def was_ours(self, incoming: Incoming) -> None:
        """This UID is filed when everything is read, where the practice wants that."""
        if self._section.afterwards != "leave":
            self._ours.setdefault(incoming.folder, []).append(incoming.place)

    def find_sent(self, message_id: str) -> bool:
        """Whether the folder of sent mail holds this Message-ID."""
        from imapclient.imapclient import SENT

        with self._in_words("looking through sent mail"):
            folder = self._special(SENT)
            if folder is None:
                return False
            client = self._connected()
            client.select_folder(folder, readonly=True)
            return bool(client.search(["HEADER", "Message-ID", message_id]))

    def find(self, word: str) -> Found | None:
        """The newest mail with this word in its subject, in the folders that are read."""
        with self._in_words("looking for a mail"):
            for folder in self._folders():
                self._open(folder)
                self._connected().noop()  # what came since is shown from here on
                uids = self._connected().search(["SUBJECT", word])
                raw = self._fetch(max(uids)) if uids else None
                if raw is not None:
                    return Found(raw, folder, folder != self._section.folder)
        return None

    def close(self) -> None:
        """Log out."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.logout()

    def check(self) -> list[str]:
        """Log in, open the folders that are read, and name them in the server's own words."""
        with self._in_words("logging in"):
            folders = self._folders()
            for folder in folders:
                self._open(folder)
            return folders

    def _folders(self) -> list[str]:
        from imapclient.imapclient import JUNK

        junk = self._special(JUNK) or self._named_junk()
        return [self._section.folder] + ([junk] if junk and junk != self._section.folder else [])

    def _named_junk(self) -> str | None:
        """A folder with one of the names that servers give it, wherever it hangs; looked for once a connection."""
        if b"named" not in self._specials:
            found = (
                (flags, name)
                for flags, delimiter, name in self._connected().list_folders()
                if is_junk(name.rsplit(delimiter.decode(), 1)[-1] if delimiter else name)
            )
            self._specials[b"named"] = next((name for flags, name in found if b"\\Noselect" not in flags), None)
        return self._specials[b"named"]

    def _file(self) -> None:
        """Mark or move what was ours. A mail of somebody else is never touched, nor anything deleted but the moved."""
        waiting, self._ours = self._ours, {}
        for folder, uids in waiting.items():
            with self._in_words("filing what was read"):
                client = self._connected()
                if int(client.select_folder(folder)[b"UIDVALIDITY"]) != self._done[folder].numbering:
                    continue
                client.add_flags(uids, [b"\\Seen"])
                if self._section.afterwards == "move":
                    self._move(client, uids)

    def _move(self, client: Any, uids: list[int]) -> None:
        personal = client.namespace().personal if client.has_capability("NAMESPACE") else ()
        to = (personal[0][0] if personal else "") + self._section.move_to
        if not client.folder_exists(to):
            client.create_folder(to)
        if client.has_capability("MOVE"):
            client.move(uids, to)
            return
        client.copy(uids, to)
        client.add_flags(uids, [b"\\Deleted"])
        if client.has_capability("UIDPLUS"):  # a plain EXPUNGE would take what others have marked along
            client.expunge(uids)

    def _special(self, flag: bytes) -> str | None:
        """The folder that the server marks with `flag`, or that has the usual name; looked for once a connection."""
        client = self._connected()
        if flag not in self._specials:
            self._specials[flag] = client.find_special_folder(flag)
        return self._specials[flag]

    def _open(self, folder: str) -> dict[bytes, Any]:
        """Choose a folder, to be read only; what the server says of it."""
        try:
            chosen: dict[bytes, Any] = self._connected().select_folder(folder, readonly=True)
        except imaplib.IMAP4.abort:  # the line broke: that says nothing of the folder
            raise
        except imaplib.IMAP4.error as error:
            raise MailError(
                f"The mailbox at {self._section.host} has no folder {clean(folder, 60)} that we may read.",
                "Check the end of url under [mailbox].",
            ) from error
        return chosen

    def _new_uids(self, folder: str) -> tuple[int, list[int]]:
        client = self._connected()
        chosen = self._open(folder)
        numbering = int(chosen[b"UIDVALIDITY"])
        known = self._done.get(folder) or position(self._name(folder))
        if known is not None and known.numbering == numbering:
            last = known.last
            # "n:*" always holds the newest mail, however small its number
            uids = [uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last]
        else:
            since = answers_since()
            uids = client.search(["SINCE", since.date()]) if since is not None else []
            last = min(uids) - 1 if uids else _newest(client, chosen)
        self._done[folder] = Position(numbering, last)
        self._keep()
        return numbering, sorted(uids)

    def _fetch(self, uid: int) -> bytes | None:
        """The mail, or its beginning where it is very large; None where somebody has removed it."""
        client = self._connected()
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is None:
            return None
        part = "BODY.PEEK[]" if size <= LARGEST else f"BODY.PEEK[]<0.{BEGINNING}>"
        got = client.fetch([uid], [part]).get(uid, {})
        raw = next((value for key, value in got.items() if key.startswith(b"BODY[]")), None)
        return None if raw is None else bytes(raw)[:LARGEST]

    def _name(self, folder: str) -> str:
        """What the position of a folder is kept under."""
        return f"{self._section.user}@{self._section.host}:{self._section.port}/{folder}"

    def _keep(self) -> None:
        for folder, at in self._done.items():
            if self._kept.get(folder) != at:
                keep_position(self._name(folder), at)
                self._kept[folder] = at

    def _connected(self) -> Any:
        if self._client is None:
            self._client = self._connect()
            self._specials.clear()
        return self._client

    def _connect(self) -> Any:
        section = self._section
        if not section.tls and not is_loopback(section.host):
            raise ConfigError(
                f"The mailbox at {section.host} would be read over the network in plain text.",
                "Write its address with imaps://; imap:// is for this machine only.",
            )
        if section.token_command is None:
            password = password_of(section) or ""
            return self._logged_in(lambda client: client.login(section.user, password))
        try:
            return oauth.with_token(
                section.token_command, lambda token: self._logged_in(lambda client: self._show_token(client, token))
            )
        except oauth.TokenRefused as error:
            raise MailError(
                f"The mailbox at {section.host} refuses the token: {error}.",
                "Run the token_command by hand; it may want a new sign-in.",
            ) from error

    def _logged_in(self, log_in: Callable[[Any], object]) -> Any:
        import imapclient

        section = self._section
        timeout = imapclient.SocketTimeout(min(CONNECT_SECONDS, section.timeout), section.timeout)
        context = ssl.create_default_context() if section.tls else None
        client = imapclient.IMAPClient(
            section.host, section.port, ssl=section.tls, ssl_context=context, timeout=timeout
        )
        try:
            log_in(client)
        except BaseException as error:
            with contextlib.suppress(Exception):
                client.shutdown()
            if not isinstance(error, imapclient.exceptions.LoginError):
                raise
            raise MailError(
                f"The mailbox at {section.host} refuses the login.",
                "Check user and password under [mailbox] or [smtp].",
            ) from error
        return client

    def _show_token(self, client: Any, token: str) -> None:
        import imapclient

        section = self._section
        offered = [
            name.decode("ascii", "replace")[5:] for name in client.capabilities() if name[:5].upper() == b"AUTH="
        ]
        exchange = oauth.begin(offered, section.user, token, section.host, section.port)
        if exchange is None:
            raise MailError(
                f"The mailbox at {section.host} takes no token (XOAUTH2 or OAUTHBEARER).",
                "Check url under [mailbox], or set a password in the place of token_command.",
            )
        try:
            client.sasl_login(exchange.mechanism, lambda challenge: exchange.answer(challenge).encode())
        except imapclient.exceptions.LoginError as error:
            raise oauth.TokenRefused(oauth.said(exchange, _server_text(error))) from error

    @contextlib.contextmanager
    def _in_words(self, doing: str) -> Iterator[None]:
        where = self._section.host
        try:
            yield
        except (OSError, imaplib.IMAP4.error, ssl.SSLError) as error:
            client, self._client = self._client, None
            if client is not None:
                with contextlib.suppress(Exception):
                    client.shutdown()
            if isinstance(error, ssl.SSLCertVerificationError):
                title = f"The mailbox at {where} shows a certificate that does not prove who it is."
            elif isinstance(error, TimeoutError):
                title = f"The mailbox at {where} did not answer in time."
            elif isinstance(error, OSError):
                title = f"The mailbox at {where} cannot be reached: {clean(error.strerror or 'connection lost', 100)}."
            elif isinstance(error, imaplib.IMAP4.abort):
                title = f"The mailbox at {where} closed the connection."
            else:
                title = f"The mailbox at {where} did not do as asked while {doing}."
            raise MailAway(title) from error


def _newest(client: Any, chosen: dict[bytes, Any]) -> int:
    """The UID below which a folder that is new to us holds nothing for us."""
    following = chosen.get(b"UIDNEXT")
    if following:
        return int(following) - 1
    return max(client.search(["ALL"]), default=0)


def _server_text(error: Exception) -> str:
    """What the server said as it refused a command: imaplib quotes it as the text of bytes."""
    text = str(error).partition("failed: ")[2] or str(error)
    return text.removeprefix("b'").removesuffix("'")
