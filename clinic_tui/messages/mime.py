"""A composed message as a mail: headers that cannot be bent, a plain part and an HTML part."""

from __future__ import annotations

import quopri
import secrets
from email.headerregistry import Address, HeaderRegistry
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


class _Line(str):
    """A header that goes as it is: ASCII without control characters, and short, or of a kind that is never folded.

    The library reads each header in order to fold it, which takes longer than all else about a mail.
    """

    name: str

    def fold(self, *, policy: Policy[Any]) -> str:
        """The whole line."""
        return f"{self.name}: {self}{policy.linesep}"


_FOLDED_FROM, _LONGEST = 78, 998  # characters in a line (RFC 5322, section 2.1.1)
# A link cut in pieces is none to a mail program; an address is hardly ever longer than a line may be.
_WHOLE = frozenset(("Message-ID", "List-Unsubscribe", "From", "To", "Reply-To"))


def _put(mail: Mail, name: str, value: str | Address) -> None:
    text = str(value)
    if (
        text.isascii()
        and text.isprintable()
        and len(name) + 2 + len(text) <= (_LONGEST if name in _WHOLE else _FOLDED_FROM)
    ):
        line = _Line(text)
        line.name = name
        mail.set_raw(name, line)  # no header is put twice, so none is looked for
    else:
        mail[name] = value


class _Headers(HeaderRegistry):
    """The library makes a class anew for each header of each mail, half of what a mail costs: once is enough."""

    def __getitem__(self, name: str) -> Any:
        return self._made(name.lower())

    @cache  # noqa: B019 (there is one of these)
    def _made(self, name: str) -> Any:
        return super().__getitem__(name)


_RULES = SMTP.clone(cte_type="7bit", header_factory=_Headers())


class Mail(EmailMessage):
    """A mail of ours, with what `_fill` puts in: headers, and one text or the two of an alternative."""

    boundary = ""

    def as_bytes(self, unixfrom: bool = False, policy: Policy[Any] | None = None) -> bytes:
        """As the library writes it, which looks at each of its lines for what is known of them here."""
        rules = policy or self.policy
        end = rules.linesep
        head = b"".join(rules.fold_binary(name, value) for name, value in self.raw_items()) + end.encode()
        if not self.boundary:
            return head + str(self.get_payload()).replace("\n", end).encode("ascii")
        between = f"--{self.boundary}".encode()
        parts = (between + end.encode() + part.as_bytes(policy=rules) for part in self.iter_parts())
        return head + end.encode().join((*parts, between + b"--")) + end.encode()


def to_mail(composed: Composed, facts: Facts, *, sender: str, to: str, message_id: str, automatic: bool) -> Mail:
    """The mail from the practice's address `sender` to `to`, with the Message-ID fixed when it was queued."""
    mail = Mail(policy=_RULES)
    _put(mail, "From", _address(facts.practice, sender))
    _put(mail, "To", _address("", to))
    _put(mail, "Reply-To", _address(facts.practice, facts.reply_to))
    _put(mail, "Subject", header_safe(composed.subject))
    _put(mail, "Date", format_datetime(local(now())))
    _put(mail, "Message-ID", message_id)
    _put(mail, "List-Unsubscribe", f"<{mailto(facts.reply_to, f'STOP {facts.token}')}>")
    if automatic:
        _put(mail, "Auto-Submitted", "auto-generated")
    _fill(mail, composed.text, composed.html)
    return mail


def notice_mail(notice: Notice, *, practice: str, sender: str, html: str = "") -> Mail:
    """A mail of the program's own, from the practice's address `sender`; plain, unless `html` goes with it."""
    mail = Mail(policy=_RULES)
    _put(mail, "From", _address(practice, sender))
    _put(mail, "To", _address("", notice.address))
    _put(mail, "Subject", header_safe(notice.subject))
    _put(mail, "Date", format_datetime(local(now())))
    _put(mail, "Message-ID", f"<{notice.ref}@{sender.rpartition('@')[2]}>")
    _put(mail, "Auto-Submitted", "auto-generated")
    _fill(mail, clean_text(notice.body), html)
    return mail


def _fill(mail: Mail, text: str, html: str) -> None:
    _put(mail, "MIME-Version", "1.0")
    if not html:
        _write(mail, "plain", text)
        return
    # A boundary of ours, or the library searches every line for one that is free.
    mail.boundary = f"={secrets.token_hex(12)}"
    _put(mail, "Content-Type", f'multipart/alternative; boundary="{mail.boundary}"')
    for subtype, content in (("plain", text), ("html", html)):
        part = Mail(policy=_RULES)
        _write(part, subtype, content)
        mail.attach(part)


def _write(part: Mail, subtype: str, content: str) -> None:
    _put(part, "Content-Type", f'text/{subtype}; charset="utf-8"')
    _put(part, "Content-Transfer-Encoding", "quoted-printable")
    part.set_payload(quopri.encodestring(content.encode()).decode("ascii"))


def plus_address(address: str, token: str) -> str:
    """`desk@host` with the token: `desk+token@host`."""
    local_part, _, domain = address.rpartition("@")
    return f"{local_part}+{token}@{domain}"


def _address(name: str, address: str) -> Address:
    local_part, _, domain = address.rpartition("@")
    return Address(header_safe(name), username=header_safe(local_part), domain=header_safe(domain))
