"""The config's [smtp] and [mailbox]: how mail goes out, and where replies are read."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from clinic_tui.config_table import Table

Security = Literal["tls", "starttls", "none"]
SECURITY = ("starttls", "tls", "none")
PORTS = {"tls": 465, "starttls": 587, "none": 25}
SECRETS = ("password_command", "password_file", "token_command")
SMTP_KEYS = ("host", "port", "security", "from", "user", *SECRETS, "timeout")
MAILBOX_KEYS = ("url", *SECRETS, "timeout", "authserv_id", "afterwards", "move_to")
TIMEOUT = 30
Afterwards = Literal["leave", "seen", "move"]
MOVE_TO = "Portal replies"


@dataclass(frozen=True, slots=True)
class Smtp:
    """The server that mail goes out by. `sender` is the address patients see; `timeout` in seconds.

    `token_command`: prints an OAuth 2 access token, which stands in for a password.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password_command: tuple[str, ...] | None = None
    password_file: Path | None = None
    timeout: int = TIMEOUT
    token_command: tuple[str, ...] | None = None

    @property
    def domain(self) -> str:
        """The domain of the sender's address."""
        return self.sender.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where replies are read: a Maildir (`path`), or an IMAP folder at `host`.

    `authserv_id`: the name that the practice's own server writes into Authentication-Results (RFC 8601).
    `afterwards`: what becomes of a mail that was ours, and of no other: left as it is, marked as read, or moved to
    the folder `move_to`.
    """

    url: str
    kind: Literal["maildir", "imap"]
    path: Path | None = None
    host: str = ""
    port: int = 0
    tls: bool = True
    user: str = ""
    folder: str = "INBOX"
    password_command: tuple[str, ...] | None = None
    password_file: Path | None = None
    timeout: int = TIMEOUT
    token_command: tuple[str, ...] | None = None
    authserv_id: str | None = None
    afterwards: Afterwards = "leave"
    move_to: str = MOVE_TO


class _Secret(NamedTuple):
    """What an account proves itself with: at most one of the three."""

    password_command: tuple[str, ...] | None
    password_file: Path | None
    token_command: tuple[str, ...] | None


def smtp(table: Table) -> Smtp:
    """What [smtp] says. Raises ConfigError."""
    host = table.text("host")
    security = cast(Security, table.word("security", SECURITY, "starttls"))
    if security == "none" and not is_loopback(host):
        raise table.wrong(
            "security", 'is "none"', 'Only a server on this host may go without: use "starttls" or "tls".'
        )
    user = table.text("user", "") or None
    sender = table.text("from", user or "")
    if not _is_address(sender):
        key = "from" if "from" in table or not user else "user"
        raise table.wrong(key, "is no e-mail address", "Set from to the address that patients know: desk@example.org.")
    secret = _secret(table)
    if any(secret) and user is None:
        what = "a token_command" if secret.token_command else "a password"
        raise table.wrong("user", f"is missing, yet there is {what}", f"Set user, or take {what} out.")
    port = table.number("port", PORTS[security], 1, 65_535)
    timeout = table.number("timeout", TIMEOUT, 1, 600)
    return Smtp(
        host, port, security, sender, user, secret.password_command, secret.password_file, timeout,
        secret.token_command,
    )  # fmt: skip


def mailbox(table: Table, server: Smtp | None) -> Mailbox:
    """What [mailbox] says; without a password of its own it logs in with the one for sending. Raises ConfigError."""
    afterwards = cast(Afterwards, table.word("afterwards", ("leave", "seen", "move"), "leave"))
    move_to = table.text("move_to", MOVE_TO)
    if not move_to or "/" in move_to or move_to.startswith("."):
        raise table.wrong("move_to", "is no name of a folder", 'Write one beside the inbox, such as "Portal replies".')
    return replace(
        _where(table, server),
        authserv_id=table.text("authserv_id", "") or None,
        afterwards=afterwards,
        move_to=move_to,
    )


def _where(table: Table, server: Smtp | None) -> Mailbox:
    url = table.text("url")
    timeout = table.number("timeout", TIMEOUT, 1, 600)
    advice = 'Write "imaps://desk@imap.example.org/INBOX" or "maildir:/var/mail/desk".'
    scheme, _, rest = url.partition(":")
    if scheme == "maildir":
        path = Path(rest.removeprefix("//")).expanduser()
        if not path.is_absolute():
            raise table.wrong("url", "names no folder by its whole path", advice)
        return Mailbox(url, "maildir", path, timeout=timeout)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise table.wrong("url", "cannot be read", advice) from None
    if scheme not in ("imaps", "imap") or not parts.hostname:
        raise table.wrong("url", "is neither IMAP nor a Maildir", advice)
    if parts.password is not None:
        raise table.wrong("url", "holds a password", "Name it by password_command or password_file instead.")
    if scheme == "imap" and not is_loopback(parts.hostname):
        raise table.wrong("url", "begins with imap://, which is not encrypted", 'Use "imaps://".')
    # `desk@example.org@imap.example.org`: the login may be an address; its last @ ends it.
    user = unquote(parts.username or "") or (server.user if server and server.user else "")
    if not user:
        raise table.wrong("url", "names no login", advice)
    secret = _secret(table)
    if not any(secret) and server is not None:
        secret = _Secret(server.password_command, server.password_file, server.token_command)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    port = port or (993 if scheme == "imaps" else 143)
    return Mailbox(
        url, "imap", None, parts.hostname, port, scheme == "imaps", user, folder, secret.password_command,
        secret.password_file, timeout, secret.token_command,
    )  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether the host is this one: only here may a connection go without TLS."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    """Whether text has the shape of an address. (Who may be written to is another question: see eligibility.)"""
    local, at, domain = text.rpartition("@")
    return bool(at and local and domain) and not any(c.isspace() or c in '<>,;"()' for c in text)


def _secret(table: Table) -> _Secret:
    named = [key for key in SECRETS if key in table]
    if len(named) > 1:
        raise table.wrong(named[1], f"stands beside {named[0]}", "Keep one of the two.")
    return _Secret(
        table.words("password_command") if "password_command" in table else None,
        table.path("password_file") if "password_file" in table else None,
        table.words("token_command") if "token_command" in table else None,
    )
