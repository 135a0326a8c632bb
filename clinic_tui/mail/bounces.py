"""Reports that a message was not delivered: RFC 3464, and the many that mail systems write in words.

A report is believed for what only a mail system writes: the fields of RFC 3464, `X-Failed-Recipients`, a sending
service's JSON, or a mail system's words from a sender that no person has. A person's complaint is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from clinic_tui.mail.addresses import WIDE
from clinic_tui.mail.automatic import answers_by_itself
from clinic_tui.mail.bounce_addresses import named_in, words_of_the_first
from clinic_tui.mail.bounce_reasons import Failure, reason_of
from clinic_tui.mail.bounce_texts import NOTICE, ORIGINAL_FOLLOWS, SUBJECT, only_a_warning
from clinic_tui.mail.delivery_status import STATUS_TYPES, Group, best_status, groups_in, holds_groups
from clinic_tui.mail.parts import Headers, Mail, to_text
from clinic_tui.mail.returned import MAX_NOTICE, notice_text
from clinic_tui.mail.service_notices import service_notice
from clinic_tui.text import fold_email

_DAEMON = re.compile(
    r"mailer[-_.]?daemon|p[o]{1,2}st[-_.]?master|mail[-_. ]?deliver|delivery[-_. ](?:sub|system)|"
    r"mail[-_. ]?system|"
    r"bounce|no-?reply|returned[-_. ]?mail|double-bounce|majordomo|listserv|-admin@|-owner@|<>",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b")  # what a server said, in whatever language around it
_PASSED_ON = re.compile(r"\s*(?:re|fwd?|aw|wg|tr|rv|enc|i|vs|sv|doorst|odp|pd)\s?:", re.IGNORECASE)


def failure_in(mail: Mail, sender: str) -> Failure | None:
    """The failure (or the delivery) that this mail reports, or None where it is no delivery report."""
    if _a_person_passes_on(mail, sender):
        return None
    notice = notice_text(mail)
    return _by_fields(mail, notice) or service_notice(mail) or _by_words(mail, sender, notice)


def _from_a_daemon(headers: Headers, sender: str) -> bool:
    """Whether the sender is one that no person has, or there is none."""
    empty_path = (headers.get("return-path") or "x").strip() in ("<>", "")
    return bool(_DAEMON.search(f"{headers.text('from')[:300]} {sender}")) or not sender or empty_path


def _a_person_passes_on(mail: Mail, sender: str) -> bool:
    """Whether somebody forwards a report, or answers one: what it says is then no news of ours."""
    headers = mail.headers
    passed_on = _PASSED_ON.match(headers.text("subject")) or "in-reply-to" in headers
    return bool(passed_on and mail.type != "multipart/report" and not _from_a_daemon(headers, sender))


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
    status = best_status(group.status, words)
    reason = reason_of(words, status or "", not failed, notice)
    names = _addresses(failed or undone) or tuple(named_in(mail, notice))
    evidence = f"RFC 3464 report, action {group.action}, status {status or 'not given'}"
    return Failure(names, status, reason, False, evidence, delayed=not failed)


def _addresses(groups: Iterable[Group]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold_email(group.address) for group in groups if group.address))


# --- Words


def _by_words(mail: Mail, sender: str, notice: str) -> Failure | None:
    headers = mail.headers
    subject = headers.text("subject")
    listed = [match[0] for value in headers.all("x-failed-recipients") for match in WIDE.finditer(value)]
    daemon = _from_a_daemon(headers, sender)
    notice = "\n".join(line for line in notice.split("\n") if not re.match(r"> ?[^> ]", line))  # a person's quote
    phrase = NOTICE.search(notice) or (_REFUSED.search(notice) if daemon else None)
    titled = SUBJECT.search(subject)
    transcript = ORIGINAL_FOLLOWS.search(notice) or "session follows" in notice
    if not (listed or (phrase and (daemon or transcript)) or (titled and daemon)):
        return None
    if ("auto-submitted" in headers and not (listed or daemon)) or (answers_by_itself(subject) and not listed):
        return None
    names = list(dict.fromkeys(fold_email(name) for name in listed)) or list(named_in(mail, notice))
    if not names and not (phrase and titled):
        return None
    words = words_of_the_first(names, notice)
    status = best_status("", words) or best_status("", notice)
    delayed = only_a_warning(subject, notice)
    reason = reason_of(words, status or "", delayed)
    why = f"a mail system's notice: “{' '.join((phrase or titled or ['listed recipients'])[0].split())[:80]}”"
    return Failure(tuple(names), status, reason, False, why, delayed)
