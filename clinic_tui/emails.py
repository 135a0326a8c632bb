"""Whether something is an e-mail address, and the form in which it is written to: email_validator's word, said faster.

The library takes a tenth of a millisecond for an address. Of a hundred thousand, most have a plain beginning, and
share few domains: for those it is asked about each domain once.
"""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from clinic_tui.text import fold_email

_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LONGEST_LOCAL, _LONGEST = 64, 254


def normalized(typed: str, *, strict: bool = False) -> str:
    """The address in its normal form; `strict` holds the part before the @ to its length.

    Raises EmailNotValidError, which says in words what is wrong.
    """
    local, _, domain = typed.partition("@")
    if (
        len(local) <= _LONGEST_LOCAL
        and len(typed) <= _LONGEST
        and _PLAIN.fullmatch(local)
        and local.lower() not in CASE_INSENSITIVE_MAILBOX_NAMES
        and (known := _plain_domain(domain)) is not None
    ):
        return f"{local}@{known}"
    return str(validate_email(typed, check_deliverability=False, test_environment=True, strict=strict).normalized)


@lru_cache(4_096)
def _plain_domain(domain: str) -> str | None:
    """The normal form of a domain in plain ASCII; None for one that is not, or is none."""
    try:
        found = str(validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).domain)
    except EmailNotValidError:
        return None
    return found if found == domain.lower() and found.isascii() else None


def difference(typed: str, confirm: str) -> tuple[int, int] | None:
    """Where `confirm` differs from `typed`: the span in `confirm`, at least one character wide; None where it does not.

    Case counts only before the @: the domain knows none.
    """
    if fold_email(typed) == fold_email(confirm):
        return None
    start = 0
    while start < min(len(typed), len(confirm)) and typed[start].lower() == confirm[start].lower():
        start += 1
    end_typed, end = len(typed), len(confirm)
    while end > start and end_typed > start and typed[end_typed - 1].lower() == confirm[end - 1].lower():
        end -= 1
        end_typed -= 1
    return start, max(end, start + 1)
