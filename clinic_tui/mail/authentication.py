"""What our own mail server found of a sender, by its `Authentication-Results` (RFC 8601).

Section 5: a field counts only under the name (authserv-id) that the practice knows its server by, and of those only
the topmost, unbroken run: whatever stands below a hop that did not sign its name may have come with the mail. The
results only ever speak against a mail: that a server found nothing wrong proves no person.
"""

from __future__ import annotations

import re

from clinic_tui.mail.parts import Headers

_FIELD = "authentication-results"
_FOUND = re.compile(r"\s*([a-z0-9-]{1,30})\s?(?:/\s?1)?\s?=\s?([a-z]{1,20})\b", re.IGNORECASE)
_FAILED = ("fail", "hardfail")


def doubt_of(headers: Headers, authserv_id: str | None) -> str:
    """What our server found wrong ("dmarc=fail"), or empty: nothing, or there is no server that we trust.

    `authserv_id`: what it calls itself. A mail that fails DMARC, or SPF with no DKIM signature that holds, is not
    from whom it says.
    """
    found = _found(headers, authserv_id) if authserv_id else {}
    if "dmarc" in found:
        return "dmarc=fail" if "fail" in found["dmarc"] else ""
    if "pass" in found.get("dkim", ()):
        return ""
    return next((f"spf={result}" for result in found.get("spf", ()) if result in _FAILED), "")


def _found(headers: Headers, authserv_id: str) -> dict[str, list[str]]:
    """Each method's results, by the topmost run of fields that are our server's."""
    found: dict[str, list[str]] = {}
    begun = False
    for name, value in headers.fields:
        if name == "received" and begun:
            break
        if name != _FIELD:
            continue
        who, *results = _without_comments(value).split(";")
        if not _is(who, authserv_id):
            if begun:
                break
            continue
        begun = True
        for result in results[:30]:
            if match := _FOUND.match(result):
                found.setdefault(match[1].lower(), []).append(match[2].lower())
    return found


def _is(who: str, authserv_id: str) -> bool:
    """Whether the field's first token is our server; a version other than 1 is a language that we do not know."""
    name, _, version = " ".join(who.split()).partition(" ")
    return name.strip('"').lower() == authserv_id.strip().lower() and version in ("", "1")


def _without_comments(value: str) -> str:
    """The value without (comments), which may hold one another, and with quoted strings made empty of separators."""
    kept: list[str] = []
    depth, quoted = 0, False
    for character in value:
        if character == '"' and depth == 0:
            quoted = not quoted
        elif quoted:
            character = " " if character == ";" else character
        elif character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            continue
        if depth == 0:
            kept.append(character)
    return "".join(kept)
