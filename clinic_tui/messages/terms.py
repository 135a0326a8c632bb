"""Terms: words in square brackets that stand for something of the patient's or the practice's."""

from __future__ import annotations

import re
from collections.abc import Mapping

TERMS: Mapping[str, str] = {
    "Patient First Name": "the preferred name, else the given one",
    "Patient Legal First Name": "the given name on the record",
    "Patient Full Name": "given and family name",
    "Practitioner Name": "the patient's practitioner",
    "Practice Name": "Settings > Practice",
    "Practice Phone": "Settings > Practice",
    "Portal Name": "Patient Access",
    "Invitation Expiry": "the last day that the invitation works",
    "Staff Name": "who invites",
}
_TERM = re.compile(r"\[([A-Za-z][A-Za-z ]{0,40})\]")


def unresolved(text: str, values: Mapping[str, str]) -> str | None:
    """The first term in `text`, brackets and all, that is unknown or has no value; None where all have one."""
    for match in _TERM.finditer(text):
        if not values.get(_name(match)):
            return match.group()
    return None


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its terms filled in, once: a value that looks like a term stays as it is."""
    return _TERM.sub(lambda match: values.get(_name(match)) or match.group(), text)


def _name(match: re.Match[str]) -> str:
    return " ".join(match.group(1).split()).title()
