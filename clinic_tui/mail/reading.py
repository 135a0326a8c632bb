"""What one mail means, the entry to the reading side of `mail`: bytes in, a `Reading` out; no database, no network."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from clinic_tui.mail import automatic
from clinic_tui.mail.addresses import WIDE
from clinic_tui.mail.authentication import doubt_of
from clinic_tui.mail.bounce_reasons import Failure
from clinic_tui.mail.bounces import failure_in
from clinic_tui.mail.first_line import first_new_line, new_text, unflowed
from clinic_tui.mail.html_lines import html_to_text
from clinic_tui.mail.parts import Headers, Mail, Part, split_header, take_apart
from clinic_tui.mail.returned import RETURNED, original_message_id, returned_headers
from clinic_tui.mail.senders import doubt_of_from, sender_of
from clinic_tui.mail.tokens import ADDRESSED, tokens_in
from clinic_tui.messages.answers import Answer, answer_of
from clinic_tui.text import fold_email

Kind = Literal[
    "bounce", "auto_reply", "feedback", "delivered", "acceptance", "decline", "stop", "not_me", "reply", "other"
]

MAX_ADDRESSES = 50
MAX_REFERENCES = 50

_ID = re.compile(r"<[^<>\s]{1,250}>")
_SUBJECT_ANSWER = re.compile(r"(.{1,40}?)(?:\s+[\[(]?[a-z2-7]{26}[\])]?)?", re.IGNORECASE)
_WORDS: dict[Answer, str] = {"acceptance": "ACCEPT", "decline": "NO", "stop": "STOP", "not_me": "NOT ME"}


@dataclass(frozen=True)
class Reading:
    """What a mail is and what it holds. Text in it is foreign: clean it on its way to a screen."""

    kind: Kind
    sender: str  # address of From, folded; empty where there is none
    recipients: tuple[str, ...]  # of a bounce the failed ones, else those the mail was for; folded
    status: str | None  # "5.1.1"
    permanent: bool | None  # None where it is no bounce
    evidence: str  # one sentence: why this kind
    subject: str
    message_id: str | None
    references: tuple[str, ...]  # In-Reply-To, then References; with their angle brackets
    original_message_id: str | None  # of the message that a report returns
    tokens: tuple[str, ...]  # candidates, the most trusted first
    new_text: str
    received: datetime | None  # with a time zone
    plain_reason: str  # of a bounce, else empty
    delayed: bool = False  # a bounce that is a warning only: the mail system is still trying
    doubt: str = ""  # what our own mail server found wrong with the sender: "dmarc=fail"
    unreadable: bool = False  # the reader itself broke on it: a person has to look


@dataclass(frozen=True)
class _Found:
    kind: Kind
    evidence: str
    failure: Failure | None = None


@dataclass(frozen=True)
class _Texts:
    """New text of the plain part (of the HTML where there is no plain), and that of the HTML beside it."""

    new: str
    other: str


def read_mail(raw: bytes, authserv_id: str | None = None) -> Reading:
    """Read a mail. Never raises for what it holds: a mail that cannot be read is of kind "other" and says so.

    `authserv_id`: the name of the server whose Authentication-Results count; None: no server's do.
    """
    try:
        return _read(take_apart(raw), authserv_id)
    except Exception as broken:  # the boundary: one crafted mail must not stop the mailbox
        return unreadable(raw, broken)


def unreadable(raw: bytes, broken: Exception) -> Reading:
    """A mail that broke its reader: named by what stands at its top, where even that can be had."""
    sender = subject = ""
    with suppress(Exception):
        headers, _ = split_header(raw[:20_000].replace(b"\r\n", b"\n"))
        sender, subject = sender_of(headers), headers.text("subject")
    why = f"this mail cannot be read ({type(broken).__name__})"
    return Reading("other", sender, (), None, None, why, subject, None, (), None, (), "", None, "", unreadable=True)


def _read(mail: Mail, authserv_id: str | None) -> Reading:
    headers = mail.headers
    sender = sender_of(headers)
    texts = _texts(mail)
    found = _judge(mail, sender, texts)
    report = found.kind in ("bounce", "delivered", "feedback")
    returned = returned_headers(mail) if report else Headers()
    original = original_message_id(mail) if report else None
    references = _references(headers)
    subject = headers.text("subject")
    evidence = f"{found.evidence}; {mail.cut}" if mail.cut else found.evidence
    own = _ID.search(headers.get("message-id") or "")
    return Reading(
        kind=found.kind,
        sender=sender,
        recipients=found.failure.recipients if found.failure else _addressed(headers),
        status=found.failure.status if found.failure else None,
        permanent=_for_good(found.failure) if found.failure and found.kind == "bounce" else None,
        evidence=evidence,
        subject=subject,
        message_id=own[0] if own else None,
        references=references,
        original_message_id=original,
        tokens=tokens_in(headers, references, original, returned, subject, _bodies(mail)),
        new_text=texts.new,
        received=_received(headers),
        plain_reason=found.failure.reason.plain if found.failure and found.kind == "bounce" else "",
        delayed=bool(found.failure and found.failure.delayed),
        doubt=doubt_of(headers, authserv_id),
    )


def _for_good(failure: Failure) -> bool | None:
    """Whether it will never arrive; a warning that the mail system is still trying says no such thing."""
    return failure.reason.permanent and not failure.delayed


def _judge(mail: Mail, sender: str, texts: _Texts) -> _Found:
    """The kind of a mail. Machines are told from people first, and only what is left can be an answer."""
    headers = mail.headers
    if not headers.fields:
        return _Found("other", "no header: not a mail")
    by_subject, in_subject = _subject_answer(headers.text("subject"))
    if by_subject == "stop" and in_subject and "x-apple-unsubscribe" in headers:
        return _Found("stop", "the unsubscribe button of Apple Mail sent our STOP")
    if why := automatic.feedback(mail):
        return _Found("feedback", why)
    if why := automatic.receipt(mail):
        return _Found("delivered", why)
    if failure := failure_in(mail, sender):
        return _Found("delivered" if failure.delivered else "bounce", failure.evidence, failure)
    if why := automatic.auto_reply(headers, texts.new):
        return _Found("auto_reply", why)
    if why := automatic.list_mail(headers):
        return _Found("other", why)
    if why := automatic.service_mail(mail, sender, texts.new):
        return _Found("other", why)
    if not sender:
        return _Found("other", "no sender")
    if why := automatic.reaction(mail, texts.new):
        return _Found("reply", f"{why}: no answer we know")
    return _answer(headers, texts, by_subject)


def _answer(headers: Headers, texts: _Texts, by_subject: Answer | None) -> _Found:
    """The answer of a person's mail: positive evidence, and nothing that speaks against it."""
    first = first_new_line(texts.new)
    answer = answer_of(first) if first else by_subject
    if answer is None:
        return _Found("reply", f'first new line is "{_short(first)}"' if first else "no new text")
    word = _WORDS[answer]
    if by_subject and by_subject != answer:
        return _Found("reply", f'the subject is {_WORDS[by_subject]}, the first new line "{_short(first)}"')
    for line in texts.new.split("\n"):
        if (later := answer_of(line)) and later != answer:
            return _Found("reply", f"says both {word} and {_WORDS[later]}")
    shown = first_new_line(texts.other)
    if shown and answer_of(shown) != answer:
        return _Found("reply", f'says {word} as plain text, but "{_short(shown)}" as HTML')
    if doubt := doubt_of_from(headers) or automatic.never_an_answer(headers):
        return _Found("reply", f"says {word}, but {doubt}")
    if first:
        return _Found(answer, f'first new line is "{_short(first)}"')
    return _Found(answer, f'the subject is "{_short(headers.text("subject"))}" and the body is empty')


def _subject_answer(subject: str) -> tuple[Answer | None, bool]:
    """The answer that is the whole subject, as our mailto links write it, and whether it is an English keyword.

    A reply's subject begins with Re: and never counts.
    """
    match = _SUBJECT_ANSWER.fullmatch(subject.strip()) if len(subject) < 120 else None
    answer = answer_of(match[1]) if match else None
    return answer, bool(answer and match and match[1].strip().upper() == _WORDS[answer])


def _texts(mail: Mail) -> _Texts:
    plain = next((p for p in mail.of_type("text/plain") if not p.attached and p.text.strip()), None)
    page = next(
        (p for p in mail.of_type("text/html", "application/xhtml+xml") if not p.attached and p.body.strip()), None
    )
    from_page = new_text(html_to_text(page.text)) if page else ""
    if plain is None:
        return _Texts(from_page, "")
    return _Texts(new_text(_plain(plain)), from_page)


def _plain(part: Part) -> str:
    if part.parameters.get("format", "").lower() == "flowed":
        return unflowed(part.text, part.parameters.get("delsp", "").lower() == "yes")
    return part.text


def _bodies(mail: Mail) -> list[str]:
    kinds = ("text/", *RETURNED)
    return [part.text for part in mail.parts if part.type.startswith(kinds) and not part.attached][:6]


def _addressed(headers: Headers) -> tuple[str, ...]:
    values = (value for name in ADDRESSED for value in headers.all(name))
    found = (fold_email(match[0]) for value in values for match in WIDE.finditer(value))
    return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]


def _references(headers: Headers) -> tuple[str, ...]:
    values = (value for name in ("in-reply-to", "references") for value in headers.all(name))
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(value)))[:MAX_REFERENCES]


def _received(headers: Headers) -> datetime | None:
    """When our side took the mail in, else the date that its sender gave."""
    stamps = [(headers.get("received") or "").rpartition(";")[2], headers.get("delivery-date"), headers.get("date")]
    for stamp in stamps:
        try:
            when = parsedate_to_datetime(stamp.strip()[:100]) if stamp and stamp.strip() else None
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if when is not None:
            return when if when.tzinfo else when.replace(tzinfo=UTC)
    return None


def _short(line: str) -> str:
    return line if len(line) <= 60 else line[:59] + "…"
