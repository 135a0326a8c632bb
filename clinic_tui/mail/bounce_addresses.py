"""Which addresses a notice in words says failed, and which of its words are about the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clinic_tui.mail.addresses import ADDRESS, WIDE, of_other_letters
from clinic_tui.mail.bounce_reasons import UNKNOWN, reason_of
from clinic_tui.mail.bounce_texts import NOTICE
from clinic_tui.mail.parts import Mail
from clinic_tui.mail.returned import returned_headers
from clinic_tui.text import fold_email

MAX_RECIPIENTS = 50

# Where a notice names the address that failed, best evidence first.
_NAMED = tuple(
    re.compile(pattern.replace("ADDRESS", f"(?P<a>{ADDRESS.pattern})"), re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"^[\s>*\-•\"<(\[|]{0,12}(?:(?:recipients?|address|to|for|unknown user|user|mailbox)\b[\s:]{1,12}|"
        r"(?!from|sender|von|de|da|absender)\w{2,20}\s?[:：]\s{1,3})?[<\"]?ADDRESS",
        r"(?:rcpt to:\s?<?|\b[45]\d\d[ -](?:\d\.\d{1,3}\.\d{1,3} )?<?)ADDRESS",
        r"(?:deliver\w*|sent|send\w*|message|mail|recipients?|address\w*|user|mailbox|errors?|attempts|size)\b"
        r"[^\n@]{0,60}?[\s<:'\"(]ADDRESS",
    )
)
_TAG = re.compile(r"\+[^@]{0,200}@")
_HELP = re.compile(r"contact|questions|for (?:further )?(?:help|assistance)|ご連絡", re.IGNORECASE)


def named_in(mail: Mail, notice: str) -> Iterator[str]:
    """The addresses that a notice says failed: named in its words, else those the returned message went to."""
    returned = returned_headers(mail)
    own = {fold_email(m[0]) for name in ("from", "return-path", "sender", "reply-to", "errors-to")
           for value in returned.all(name) for m in WIDE.finditer(value)}  # fmt: skip
    own |= {fold_email(m[0]) for name in ("from", "to")
            for value in mail.headers.all(name) for m in WIDE.finditer(value)}  # fmt: skip
    own |= {_TAG.sub("@", address) for address in own}  # desk+token@ is desk@
    lines = "\n".join(line[:300] for line in notice.split("\n")[:300] if not _HELP.search(line[:300]))
    if others := [name for one in of_other_letters(lines) if (name := fold_email(one)) not in own]:
        yield from dict.fromkeys(others[:MAX_RECIPIENTS])
        return
    for pattern in _NAMED:
        names = list(dict.fromkeys(fold_email(match["a"]) for match in pattern.finditer(lines)))
        others = [name for name in names if name not in own and not name.startswith(("postmaster@", "mailer-daemon@"))]
        if others:
            yield from others[:MAX_RECIPIENTS]
            return
    for line in notice[:8_000].split("\n"):  # any language: the address in the sentence that says it failed
        if NOTICE.search(line[:500]):
            others = [name for m in ADDRESS.finditer(line[:500]) if (name := fold_email(m[0])) not in own]
            if others:
                yield from dict.fromkeys(others[:MAX_RECIPIENTS])
                return
    for header in ("x-failed-recipients", "to", "cc"):
        for value in returned.all(header):
            names = [fold_email(match[0]) for match in WIDE.finditer(value)]
            if names:
                yield from dict.fromkeys(names[:MAX_RECIPIENTS])
                return
    yield from [name for m in ADDRESS.finditer(lines) if (name := fold_email(m[0])) not in own][:1]


def words_of_the_first(names: list[str], notice: str) -> str:
    """What a notice says of the first of several addresses: from its last mention to the next one's."""
    if len(names) < 2:
        return notice
    lines = notice.split("\n")
    heads = [n for n, line in enumerate(lines) if any(name in line.lower() for name in names)]
    mine = [n for n in heads if names[0] in lines[n].lower()]
    for begin in reversed(mine):
        end = next((n for n in heads if n > begin), len(lines))
        words = "\n".join(lines[begin:end])
        if reason_of(words, "") is not UNKNOWN:
            return words
    return notice
