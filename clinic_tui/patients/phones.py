"""Phone numbers as a desk compares them: digits alone, without country code and trunk zero. Pure."""

from __future__ import annotations

import re

from clinic_tui.text import digits

HOME_CODE = "61"

_LONGEST = 20
_SEVERAL = re.compile(r"[/;,|]|\bor\b|(?:\bext?\b|\bx).*", re.IGNORECASE)
# Country codes of two digits (ITU-T E.164); 1 and 7 have one, all others three.
_TWO_DIGITS = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


def national(phone: str) -> str:
    """The digits of one number that stay the same however it is written: `+61 (0)412 ...`, `0412 ...`: `412...`."""
    found = digits(phone)
    if phone.lstrip().startswith(("+", "\uff0b")):
        found = _without_country(found)
    elif found.startswith("00"):
        found = _without_country(found[2:])
    elif len(found) == 11 and found.startswith(HOME_CODE):
        found = found[2:]
    return (found.lstrip("0") or found)[:_LONGEST]


def nationals(field: str | None) -> list[str]:
    """Every number in a field of a record (`0412 ... / 02 ... ext 5`), as `national` digits; short ones left out."""
    if not field:
        return []
    bare = field.replace(" ", "")
    if bare.isdecimal():  # most are one, and plain
        found = national(bare)
        return [found] if len(found) >= 3 else []
    parts = [bare] if bare.lstrip("+").isdigit() else _SEVERAL.split(field)
    return [found for part in parts if part and len(found := national(part)) >= 3]


def typed_starts(typed: str) -> list[str]:
    """The `national` beginnings that the digits typed so far may mean; [] where they say nothing yet (`+6`)."""
    start = national(typed)
    starts = [start] if start else []
    bare = digits(typed)
    if bare.startswith(HOME_CODE) and len(bare) > 3 and not typed.startswith("+"):
        starts.append(bare[2:].lstrip("0"))
    return [start for start in dict.fromkeys(starts) if start]


def _without_country(found: str) -> str:
    if found.startswith(("1", "7")):
        return found[1:]
    return found[2:] if _TWO_DIGITS.match(found) else found[3:]
