"""Our reply token, wherever a reply or a bounce brings it back.

Providers rewrite Message-IDs, some know no plus-addresses, some people write to the bare address: the token travels in
all of these places, and what comes back is listed by how hard it is to get there by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from clinic_tui.mail.parts import Headers

MAX_TOKENS = 12
MAX_BODY = 100_000

ADDRESSED = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "cc")

_RUN = re.compile(r"(?<![a-z0-9])[a-z2-7]{26}(?![a-z0-9])", re.IGNORECASE)
_PLUS = re.compile(r"(?:\+|%2b)([a-z2-7]{26})(?:@|%40)", re.IGNORECASE)
_REFERENCE = re.compile(r"\w{2,20}\s?[:：][\s>|*\[]{0,40}([a-z2-7]{26})(?![a-z0-9])", re.IGNORECASE)


def tokens_in(
    headers: Headers,
    references: Iterable[str],
    original: str | None,
    returned: Headers,
    subject: str,
    bodies: Iterable[str],
) -> tuple[str, ...]:
    """Candidates in lower case, each once: of addresses, references, returned message, subject, body, in this order."""
    found: dict[str, None] = {}
    for token in _candidates(headers, references, original, returned, subject, bodies):
        found.setdefault(token.lower())
        if len(found) >= MAX_TOKENS:
            break
    return tuple(found)


def _candidates(
    headers: Headers,
    references: Iterable[str],
    original: str | None,
    returned: Headers,
    subject: str,
    bodies: Iterable[str],
) -> Iterator[str]:
    for name in ADDRESSED:
        for value in headers.all(name):
            yield from _PLUS.findall(value)
    for reference in references:
        yield from _RUN.findall(reference)
    if original:
        yield from _RUN.findall(original)
    for name in ("reply-to", "return-path", "list-unsubscribe", "references", "message-id"):
        for value in returned.all(name):
            yield from _PLUS.findall(value)
            yield from _RUN.findall(value)
    yield from _RUN.findall(subject)
    texts = [text[:MAX_BODY] for text in bodies]
    for pattern in (_PLUS, _REFERENCE, _RUN):
        for text in texts:
            yield from pattern.findall(text)
