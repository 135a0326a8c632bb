"""A name given in one cell, taken apart."""

from __future__ import annotations

import re

_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "master", "sir", "dame", "rev"))
_PARTICLES = frozenset(
    (
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "binti",
        "ibn",
        "abu",
        "ter",
        "ten",
        "st",
        "mac",
        "ó",
        "o",
        "ní",
    )
)
_ASIDE = re.compile(r"\(([^()]*)\)|[\"“”]([^\"“”]*)[\"“”]")


def split_name(text: str) -> tuple[str, str, str]:
    """Given, family and preferred name of `Family, Given (Preferred)` or `Given Family`, without a title.

    With no comma the family name is what stands in capitals among other words, else the last word with the
    particles before it. One word alone is a family name.
    """
    preferred = ""
    if aside := _ASIDE.search(text):
        preferred = (aside[1] or aside[2] or "").strip()
        text = _ASIDE.sub(" ", text)
    if "," in text:
        family, _, given = text.partition(",")
        return " ".join(_untitled(given.split())), " ".join(_untitled(family.split())), preferred
    parts = _untitled(text.split())
    loud = [part for part in parts if len(part) > 1 and part.isupper() and not part.endswith(".")]
    if loud and len(loud) < len(parts):
        return " ".join(part for part in parts if part not in loud), " ".join(loud), preferred
    at = len(parts) - 1
    while at > 1 and parts[at - 1].lower() in _PARTICLES:
        at -= 1
    return " ".join(parts[: max(at, 0)]), " ".join(parts[max(at, 0) :]), preferred


def _untitled(parts: list[str]) -> list[str]:
    return parts[1:] if len(parts) > 1 and parts[0].rstrip(".").lower() in _TITLES else parts
