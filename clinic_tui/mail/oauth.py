"""Logging in with an OAuth 2 access token: XOAUTH2 (Google's and Microsoft's) and OAUTHBEARER (RFC 7628).

The token comes from the account's `token_command`: whatever got the consent keeps and renews it. Here it is only shown
to the server, and one that was kept and is refused is fetched anew, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

from clinic_tui.mail.passwords import tokens
from clinic_tui.text import clean

MECHANISMS = ("OAUTHBEARER", "XOAUTH2")  # the standard first
_SAID = 120

_Opened = TypeVar("_Opened")


class TokenRefused(Exception):
    """The server does not take this token. Its text is the server's, cleaned."""


class Exchange(NamedTuple):
    """One login: what to send, and to what the server says of it. Call it with a challenge, as SASL libraries do."""

    mechanism: str
    user: str
    token: str
    host: str
    port: int
    heard: list[str]

    def first(self) -> str:
        """The initial response."""
        if self.mechanism == "XOAUTH2":
            return f"user={self.user}\1auth=Bearer {self.token}\1\1"
        user = self.user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801, section 4
        return f"n,a={user},\1host={self.host}\1port={self.port}\1auth=Bearer {self.token}\1\1"

    def answer(self, challenge: bytes | None = None) -> str:
        """The token; to a challenge that is the server's error, what lets it say no (RFC 7628, section 3.2.3)."""
        if not challenge:
            return self.first()
        self.heard.append(_error_in(challenge))
        return "" if self.mechanism == "XOAUTH2" else "\1"


def begin(offered: Collection[str], user: str, token: str, host: str, port: int) -> Exchange | None:
    """A login by the best mechanism that the server offers; None where it takes no token."""
    known = {name.upper() for name in offered}
    mechanism = next((name for name in MECHANISMS if name in known), None)
    return None if mechanism is None else Exchange(mechanism, user, token, host, port, [])


def with_token(command: Sequence[str], log_in: Callable[[str], _Opened]) -> _Opened:
    """What `log_in` hands back for a token. Raises TokenRefused for one that was fetched just now; ConfigError."""
    while True:
        token, new = tokens.get(command)
        try:
            return log_in(token)
        except TokenRefused:
            tokens.forget(command, token)
            if new:
                raise


def said(exchange: Exchange, answer: str) -> str:
    """What the server says of a token that it refuses, in one clean line that cannot hold the token."""
    texts = dict.fromkeys(text for text in (answer.rstrip("."), *exchange.heard) if text)
    return clean("; ".join(texts).replace(exchange.token, "..."), 200)


def _error_in(challenge: bytes) -> str:
    """The server's error as RFC 7628 has it: JSON with a status."""
    try:
        read = json.loads(challenge)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(read, dict):
        return ""
    return clean(", ".join(f"{key} {read[key]}" for key in ("status", "scope") if read.get(key)), _SAID)
