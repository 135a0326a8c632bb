"""A composed message as a mail: headers that cannot be bent, a plain part and an HTML part."""

from __future__ import annotations

import secrets
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import cache
from typing import Any, Protocol

from clinic_tui.clock import local, now
from clinic_tui.messages.compose import Composed, mailto
from clinic_tui.messages.facts import Facts
from clinic_tui.text import clean_text, header_safe


class Notice(Protocol):
    """What a plain mail is made of; `ref` makes its Message-ID."""

    @property
    def ref(self) -> str: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def body(self) -> str: ...  # noqa: D102


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: a link cut in pieces, or in encoded words, is none to a mail program."""

    def fold(self, *, policy: Policy[Any]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Headers(HeaderRegistry):
    """The library makes a class anew for each header of each mail, half of what a mail costs: once is enough."""

    def __getitem__(self, name: str) -> Any:
        return self._made(name.lower())

    @cache  # noqa: B019 (there is one of these)
    def _made(self, name: str) -> Any:
        return super().__getitem__(name)


_HEADERS = _Headers()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
_RULES = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


def to_mail(
    composed: Composed, facts: Facts, *, sender: str, to: str, message_id: str, automatic: bool
) -> EmailMessage:
    """The mail from the practice's address `sender` to `to`, with the Message-ID fixed when it was queued."""
    mail = EmailMessage(policy=_RULES)
    mail["From"] = _address(facts.practice, sender)
    mail["To"] = _address("", to)
    mail["Reply-To"] = _address(facts.practice, facts.reply_to)
    mail["Subject"] = header_safe(composed.subject)
    mail["Date"] = format_datetime(local(now()))
    mail["Message-ID"] = message_id
    mail["List-Unsubscribe"] = f"<{mailto(facts.reply_to, f'STOP {facts.token}')}>"
    if automatic:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(composed.text, cte="quoted-printable")
    mail.make_alternative(boundary=f"={secrets.token_hex(16)}")  # else every line is searched for one that is free
    mail.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    return mail


def notice_mail(notice: Notice, *, practice: str, sender: str, html: str = "") -> EmailMessage:
    """A mail of the program's own, from the practice's address `sender`; plain, unless `html` goes with it."""
    mail = EmailMessage(policy=_RULES)
    mail["From"] = _address(practice, sender)
    mail["To"] = _address("", notice.address)
    mail["Subject"] = header_safe(notice.subject)
    mail["Date"] = format_datetime(local(now()))
    mail["Message-ID"] = f"<{notice.ref}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(clean_text(notice.body), cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def plus_address(address: str, token: str) -> str:
    """`desk@host` with the token: `desk+token@host`."""
    local_part, _, domain = address.rpartition("@")
    return f"{local_part}+{token}@{domain}"


def _address(name: str, address: str) -> Address:
    local_part, _, domain = address.rpartition("@")
    return Address(header_safe(name), username=header_safe(local_part), domain=header_safe(domain))
