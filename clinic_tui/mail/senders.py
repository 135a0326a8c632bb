"""Who a mail is from, by its From field alone; and what is wrong with such a field."""

from __future__ import annotations

import re

from clinic_tui.mail.addresses import WIDE
from clinic_tui.mail.parts import Headers
from clinic_tui.text import fold_email

_QUOTED = re.compile(r'"(?:\\.|[^"\\]){0,500}"')
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_ANGLED = re.compile(r"<([^<>\s]{1,320})>")
_DEEPEST = 5


def sender_of(headers: Headers) -> str:
    """The address of the topmost From, folded; empty where there is none. Names and comments hold none."""
    value = _bare(headers.get("from") or "")
    found = [m[0] for candidate in reversed(_ANGLED.findall(value)) if (m := WIDE.fullmatch(candidate))]
    return fold_email(found[0]) if found else next(iter(_named(value)), "")


def doubt_of_from(headers: Headers) -> str | None:
    """Evidence that a mail may be from somebody else: servers judge one address of From, people see another."""
    values = list(headers.all("from"))
    if len(values) > 1:
        return "it has more than one From"
    if len(_named(_bare("".join(values)))) > 1:
        return "From names more than one address"
    return None


def _named(value: str) -> list[str]:
    return list(dict.fromkeys(fold_email(match[0]) for match in WIDE.finditer(value)))


def _bare(value: str) -> str:
    """Without quoted strings and comments."""
    value = _QUOTED.sub(" ", value)
    for _ in range(_DEEPEST):
        value, before = _COMMENT.sub(" ", value), value
        if value == before:
            break
    return value
