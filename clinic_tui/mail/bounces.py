"""Reports that a message was not delivered: RFC 3464, and the many that mail systems write in words.

A report is believed for what only a mail system writes: the fields of RFC 3464, `X-Failed-Recipients`, a sending
service's JSON, or a mail system's words from a sender that no person has. A person's complaint is none of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clinic_tui.mail.bounce_texts import NOTICE, ORIGINAL_FOLLOWS, SUBJECT, Reason, only_a_warning, reason_of
from clinic_tui.mail.delivery_status import ADDRESS, STATUS_TYPES, Group, groups_in, holds_groups
from clinic_tui.mail.html_lines import html_to_text
from clinic_tui.mail.parts import Headers, Mail, split_header, to_text
from clinic_tui.text import fold_email

MAX_RECIPIENTS = 50
MAX_NOTICE = 60_000  # characters of the words of a report
MAX_JSON = 200_000

RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/partial", "message/global")
_DAEMON = re.compile(
    r"mailer[-_.]?daemon|p[o]{1,2}st[-_.]?master|mail[-_. ]?deliver|delivery[-_. ](?:sub|system)|"
    r"mail[-_. ]?system|"
    r"bounce|no-?reply|returned[-_. ]?mail|double-bounce|majordomo|listserv|-admin@|-owner@|<>",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_TOLD = re.compile(r"\b[45]\d\d[- ]['\"#(]?([45]\.(?!0\.0\b)\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.\-#])([45]\d\d)(?=[ \-\s:,>]|$)")
_ID = re.compile(r"<[^<>\s]{1,250}>")
# Where a notice names the address that failed, best evidence first.
_NAMED = tuple(
    re.compile(pattern.replace("ADDRESS", f"(?P<a>{ADDRESS.pattern})"), re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"^[\s>*\-•\"<(\[|]{0,12}(?:(?:recipients?|address|to|for|unknown user|user|"
        r"mailbox)\b[\s:]{1,4})?[<\"]?ADDRESS",
        r"(?:rcpt to:\s?<?|\b[45]\d\d[ -](?:\d\.\d{1,3}\.\d{1,3} )?<?)ADDRESS",
        r"(?:deliver\w*|sent|send\w*|message|mail|recipients?|address\w*|user|mailbox|errors?|attempts|size)\b"
        r"[^\n@]{0,60}?[\s<:'\"(]ADDRESS",
    )
)
_HELP = re.compile(r"contact|questions|for (?:further )?(?:help|assistance)|ご連絡", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """What a report says about the addresses it names."""

    recipients: tuple[str, ...]
    status: str | None  # "5.1.1"
    reason: Reason
    delivered: bool  # it reports a delivery and no failure
    evidence: str
    delayed: bool = False  # a warning: the mail system is still trying


def failure_in(mail: Mail, sender: str) -> Failure | None:
    """The failure (or the delivery) that this mail reports, or None where it is no delivery report."""
    notice = notice_text(mail)
    return _by_fields(mail, notice) or _by_json(mail) or _by_words(mail, sender, notice)


def notice_text(mail: Mail) -> str:
    """The words of a report, without the message that it returns."""
    for part in mail.parts:
        if part.type == "text/plain" and part.text.strip():
            return _before_original(part.text)
    for part in mail.of_type("text/html"):
        return _before_original(html_to_text(part.text).replace("\n> ", "\n"))
    return ""


def _before_original(text: str) -> str:
    text = text[:MAX_NOTICE]
    found = ORIGINAL_FOLLOWS.search(text)
    return text[: found.start()] if found else text


def returned_headers(mail: Mail) -> Headers:
    """The header of the message that a report returns, from its part or from the text that holds a copy."""
    for part in mail.of_type(*RETURNED):
        return split_header(part.body.lstrip(b"\n"))[0]
    for part in mail.parts:
        if part.type.startswith("text/") and (found := ORIGINAL_FOLLOWS.search(part.text[:MAX_NOTICE])):
            rest = part.text[found.end() : found.end() + MAX_NOTICE].partition("\n")[2]
            lines = rest.lstrip("\n -=*>_|").split("\n")
            first = next((n for n, line in enumerate(lines[:8]) if re.match(r"[\w-]{2,40}: ?\S", line)), 0)
            return split_header("\n".join(lines[first:]).encode("utf-8", "replace"))[0]
    for part in reversed(mail.parts):  # some return it as plain text, last
        if part.type.startswith("text/"):
            headers = split_header(part.body.lstrip(b"\n"))[0]
            if "message-id" in headers or "received" in headers:
                return headers
    return Headers()


def original_message_id(mail: Mail) -> str | None:
    """The Message-ID of the message that a report is about, with its angle brackets."""
    headers = returned_headers(mail)
    for name in ("message-id", "x-original-message-id", "original-message-id"):
        if found := _ID.search(headers.get(name) or ""):
            return found[0]
    for part in mail.parts:
        if part.type.startswith(("text/", "message/")):
            text = part.text if part.type.startswith("text/") else to_text(part.body[:MAX_NOTICE], "")
            if found := re.search(
                r"(?:original-)?message-?id\"?\s{0,3}:\s{0,3}\"?(<[^<>\s]{1,250}>)", text[:MAX_NOTICE], re.I
            ):
                return found[1]
    return None


# --- RFC 3464


def _by_fields(mail: Mail, notice: str) -> Failure | None:
    texts = [to_text(part.body[:MAX_NOTICE], "") for part in mail.of_type(*STATUS_TYPES)]
    if not texts and holds_groups(notice):  # some paste the fields into their words, or break the report's boundary
        texts = [notice]
    groups = [group for text in texts for group in groups_in(text)]
    if not groups:
        return None
    undone = [group for group in groups if group.action in ("failed", "delayed")]
    if not undone:
        done = f"RFC 3464 report, action {groups[0].action}, status {groups[0].status or 'not given'}"
        return Failure(_addresses(groups), groups[0].status or None, reason_of("", "2.0.0"), True, done)
    failed = [group for group in undone if group.action == "failed"]
    group = next((group for group in failed or undone if group.address), (failed or undone)[0])
    words = group.diagnostic or notice
    status = _best_status(group.status, words)
    reason = reason_of(words, status or "", not failed, notice)
    names = _addresses(undone) or tuple(_named(mail, notice))
    evidence = f"RFC 3464 report, action {group.action}, status {status or 'not given'}"
    return Failure(names, status, reason, False, evidence, delayed=not failed)


def _addresses(groups: Iterable[Group]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold_email(group.address) for group in groups if group.address))


# --- A notice service's JSON (Amazon SES through SNS)


def _by_json(mail: Mail) -> Failure | None:
    for part in mail.of_type("text/plain", "application/json"):
        text = part.text.strip()[:MAX_JSON]
        if not text.startswith("{") or "otificationType" not in text.replace("eventType", "notificationType"):
            continue
        event = _event(text)
        bounce = event.get("bounce")
        if isinstance(bounce, dict):
            return _json_bounce(bounce)
        delivery = event.get("delivery")
        if isinstance(delivery, dict):
            to = delivery.get("recipients")
            names = tuple(fold_email(a) for a in to if isinstance(a, str)) if isinstance(to, list) else ()
            return Failure(names, "2.0.0", reason_of("", "2.0.0"), True, "a sending service's notice of a delivery")
    return None


def _json_bounce(bounce: dict[str, object]) -> Failure | None:
    listed = bounce.get("bouncedRecipients")
    rows = [row for row in listed[:MAX_RECIPIENTS] if isinstance(row, dict)] if isinstance(listed, list) else []
    found = [ADDRESS.search(str(row.get("emailAddress", ""))) for row in rows]
    words = " ".join(str(row.get("diagnosticCode", ""))[:1000] for row in rows)
    status = _best_status(str(rows[0].get("status", "")) if rows else "", words)
    names = tuple(dict.fromkeys(fold_email(match[0]) for match in found if match))
    return Failure(names, status, reason_of(words, status or ""), False, "a sending service's notice of a bounce")


def _event(text: str) -> dict[str, object]:
    """The notification in a JSON text, also where it is a string inside another (SNS); {} where it is none."""
    if text.count("[") + text.count("{") > 2_000:  # deep nesting would exhaust the parser's stack
        return {}
    decoder = json.JSONDecoder(strict=False)  # mail may have wrapped the lines
    try:
        event = decoder.raw_decode(text)[0]
        if isinstance(event, dict) and isinstance(event.get("Message"), str):
            event = decoder.raw_decode(event["Message"])[0]
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


# --- Words


def _by_words(mail: Mail, sender: str, notice: str) -> Failure | None:
    headers = mail.headers
    subject = headers.text("subject")
    listed = [match[0] for value in headers.all("x-failed-recipients") for match in ADDRESS.finditer(value)]
    empty_path = (headers.get("return-path") or "x").strip() in ("<>", "")
    daemon = bool(_DAEMON.search(f"{headers.text('from')[:300]} {sender}")) or not sender or empty_path
    notice = "\n".join(line for line in notice.split("\n") if not re.match(r"> ?[^> ]", line))  # a person's quote
    phrase = NOTICE.search(notice)
    titled = SUBJECT.search(subject)
    transcript = ORIGINAL_FOLLOWS.search(notice) or "session follows" in notice
    if not (listed or (phrase and (daemon or transcript)) or (titled and daemon)):
        return None
    if "auto-submitted" in headers and not (listed or daemon):
        return None
    names = [fold_email(name) for name in listed] or list(_named(mail, notice))
    if not names and not (phrase and titled):
        return None
    status = _best_status("", notice)
    delayed = only_a_warning(subject, notice)
    reason = reason_of(notice, status or "", delayed)
    why = f"a mail system's notice: “{' '.join((phrase or titled or ['listed recipients'])[0].split())[:80]}”"
    return Failure(tuple(dict.fromkeys(names)), status, reason, False, why, delayed)


def _named(mail: Mail, notice: str) -> Iterator[str]:
    """The addresses that a notice says failed: named in its words, else those the returned message went to."""
    returned = returned_headers(mail)
    own = {fold_email(m[0]) for name in ("from", "return-path", "sender", "reply-to", "errors-to")
           for value in returned.all(name) for m in ADDRESS.finditer(value)}  # fmt: skip
    own |= {fold_email(m[0]) for name in ("from", "to")
            for value in mail.headers.all(name) for m in ADDRESS.finditer(value)}  # fmt: skip
    lines = "\n".join(line[:300] for line in notice.split("\n")[:300] if not _HELP.search(line[:300]))
    for pattern in _NAMED:
        names = list(dict.fromkeys(fold_email(match["a"]) for match in pattern.finditer(lines)))
        others = [name for name in names if name not in own and not name.startswith(("postmaster@", "mailer-daemon@"))]
        if others:
            yield from others[:MAX_RECIPIENTS]
            return
    for header in ("x-failed-recipients", "to", "cc"):
        for value in returned.all(header):
            names = [fold_email(match[0]) for match in ADDRESS.finditer(value)]
            if names:
                yield from dict.fromkeys(names[:MAX_RECIPIENTS])
                return


def _best_status(given: str, words: str) -> str | None:
    """The most telling status: the refusal's own, the report's where it is not generic, one made of a reply code."""
    told = _TOLD.search(words[:20_000])
    finer = (
        [told[1]] if told else [s for s in _ENHANCED.findall(words[:20_000]) if s[0] in "45" and not s.endswith(".0.0")]
    )
    if given and not given.endswith(".0.0") and not told:
        return given
    if finer:
        return finer[0]
    if given:
        return given
    code = _REPLY.search(words[:20_000])
    return f"{code[1][0]}.0.0" if code else None
