"""Terms: words in square brackets that stand for something of the patient's or the practice's.

One term stands for a whole part of the message, the one that no template can leave out (PARTS).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from clinic_tui.messages.languages import Kind

TERMS: Mapping[str, str] = {
    "Greeting": "Hello, with the name where personal",
    "Patient First Name": "the preferred name, else the given one",
    "Patient Legal First Name": "the given name on the record",
    "Patient Full Name": "given, middle and family names",
    "Guardian Name": "the guardian written to",
    "Practitioner Name": "the patient's practitioner",
    "Practice Name": "Settings > Practice",
    "Practice Phone": "Settings > Practice",
    "Practice Hours": "Settings > Practice",
    "Portal Name": "Patient Access",
    "Portal Address": "Patient Access",
    "Portal Services": "what one can do in the portal",
    "Invitation Expiry": "the last day that the invitation works",
    "Staff Name": "who invites",
}
PARTS: Mapping[Kind, str] = {
    "invitation": "How To Accept",
    "reminder": "How To Accept",
    "confirmation": "What Happens Now",
    "setup": "Set Up Steps",
}
_TERM = re.compile(r"\[([A-Za-z][A-Za-z ]{0,40})\]")
_EMPTY_LINES = re.compile(r"\n[ \n]*\n")


@lru_cache(maxsize=64)
def named(text: str) -> frozenset[str]:
    """The names of the terms in `text`, known or not, as TERMS writes them."""
    return frozenset(_name(match) for match in _TERM.finditer(text))


def places(text: str) -> list[tuple[str, int, int]]:
    """Every term in `text`: its name, where it begins and where it ends, brackets and all."""
    return [(_name(match), *match.span()) for match in _TERM.finditer(text)]


def unresolved(text: str, values: Mapping[str, str]) -> str | None:
    """The first term in `text`, brackets and all, that is unknown or has no value; None where all have one."""
    for match in _TERM.finditer(text):
        if not values.get(_name(match)):
            return match.group()
    return None


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its terms filled in, once: a value that looks like a term stays as it is."""
    return _TERM.sub(lambda match: values.get(_name(match)) or match.group(), text)


@lru_cache(maxsize=64)
def around(body: str, part: str) -> tuple[str, str]:
    """What a template's body says before its `part` and after it; where it has none, all of it stands before."""
    for match in _TERM.finditer(body):
        if _name(match) == part:
            return body[: match.start()], body[match.end() :]
    return body, ""


@lru_cache(maxsize=64)
def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text: what empty lines keep apart."""
    return tuple(part.strip("\n") for part in _EMPTY_LINES.split(text.strip()) if part.strip())


def _name(match: re.Match[str]) -> str:
    return " ".join(match.group(1).split()).title()
