"""Mail providers that practices use: where their servers are, and how one logs in. `init` fills the config from it.

`plus`: whether desk+word@ addresses reach the mailbox of desk@; None where nobody could tell: they are switched off
then until `check --send` has tried. `tokens`: how far a token (OAuth 2) is needed.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Literal, NamedTuple

Tokens = Literal["only", "also", "no"]


class Provider(NamedTuple):
    """One provider. The mailbox is read at port 993 with TLS everywhere."""

    key: str
    name: str
    smtp: str
    port: int
    security: Literal["tls", "starttls"]
    imap: str
    plus: bool | None
    tokens: Tokens = "no"
    advice: str = ""


_APP = "It wants a password made for this program alone (an app password), not the one of the account."
_SIGN_IN = "An administrator has to allow IMAP and authenticated SMTP for the mailbox."

PROVIDERS: tuple[Provider, ...] = (
    Provider("microsoft365", "Microsoft 365", "smtp.office365.com", 587, "starttls", "outlook.office365.com", True,
             "only", _SIGN_IN),
    Provider("google", "Google Workspace, Gmail", "smtp.gmail.com", 587, "starttls", "imap.gmail.com", True, "also",
             _APP),
    Provider("fastmail", "Fastmail", "smtp.fastmail.com", 465, "tls", "imap.fastmail.com", True, advice=_APP),
    Provider("migadu", "Migadu", "smtp.migadu.com", 465, "tls", "imap.migadu.com", True),
    Provider("icloud", "iCloud Mail", "smtp.mail.me.com", 587, "starttls", "imap.mail.me.com", True, advice=_APP),
    Provider("yahoo", "Yahoo Mail", "smtp.mail.yahoo.com", 465, "tls", "imap.mail.yahoo.com", None, advice=_APP),
    Provider("zoho", "Zoho Mail", "smtppro.zoho.com", 465, "tls", "imappro.zoho.com", True,
             advice="In Europe the hosts end with .eu, in Australia with .com.au: change them in the config."),
    Provider("mailbox.org", "mailbox.org", "smtp.mailbox.org", 465, "tls", "imap.mailbox.org", True),
    Provider("posteo", "Posteo", "posteo.de", 465, "tls", "posteo.de", True),
    Provider("infomaniak", "Infomaniak", "mail.infomaniak.com", 465, "tls", "mail.infomaniak.com", True),
    Provider("gmx", "GMX", "mail.gmx.net", 465, "tls", "imap.gmx.net", None,
             advice="IMAP has to be switched on in its settings."),
    Provider("web.de", "WEB.DE", "smtp.web.de", 587, "starttls", "imap.web.de", None,
             advice="IMAP has to be switched on in its settings."),
    Provider("ionos", "IONOS", "smtp.ionos.com", 465, "tls", "imap.ionos.com", None,
             advice="In Germany the hosts end with .de: change them in the config."),
    Provider("strato", "STRATO", "smtp.strato.de", 465, "tls", "imap.strato.de", None),
    Provider("ovh", "OVHcloud", "ssl0.ovh.net", 465, "tls", "ssl0.ovh.net", None),
)  # fmt: skip
BY_KEY = {each.key: each for each in PROVIDERS}

# Programs that sign in once in a browser, keep the token fresh, and print it: their words, the address left out.
# No library here does that: it takes a client registered with the provider, and Google hands mail no device codes.
_TOOLS: tuple[tuple[str, ...], ...] = (("oama", "access"), ("pizauth", "show"))


def named(text: str) -> Provider | None:
    """The provider that somebody named by its key, in any case."""
    return BY_KEY.get(text.strip().lower())


def token_command(address: str) -> list[str]:
    """The command that prints tokens for this address: of a program that is installed, else of the first."""
    words: Sequence[str] = next((words for words in _TOOLS if shutil.which(words[0])), _TOOLS[0])
    return [*words, address]


def has_token_tool() -> bool:
    """Whether a program is installed that prints tokens."""
    return any(shutil.which(words[0]) for words in _TOOLS)
