"""The machine-readable part of a delivery report (RFC 3464): what happened to each recipient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clinic_tui.mail import addresses

MAX_LINES = 2_000
MAX_LINE = 2_000
MAX_FIELD = 3_000  # characters

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")

_FIELD = re.compile(
    r"\s{0,4}(final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code)\s?:(.*)", re.I
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_TOLD = re.compile(r"\b[45]\d\d[- ]['\"#(]?([45]\.(?!0\.0\b)\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.\-#])([45]\d\d)(?=[ \-\s:,>]|$)")
_WORDS_FOR_FAILED = ("failure", "error", "expired", "deleted")
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")


@dataclass(frozen=True)
class Group:
    """The fields of one recipient; an action that is absent or no word of the standard is told from the status."""

    address: str  # as written; empty where there is none
    action: str  # one of RFC 3464: failed, delayed, delivered, relayed, expanded
    status: str  # "5.1.1", or empty
    diagnostic: str


def holds_groups(text: str) -> bool:
    """Whether a text has such fields among its words."""
    return bool(re.search(r"^[ \t]{0,8}final-recipient\s?:", text, re.IGNORECASE | re.MULTILINE))


def groups_in(text: str) -> Iterator[Group]:
    """The recipient groups of a report, in order."""
    found: dict[str, str] = {}
    name = ""
    for line in [*text.replace("\r", "").split("\n", MAX_LINES)[:MAX_LINES], ""]:
        if match := _FIELD.match(line[:MAX_LINE]):
            name = match[1].lower()
            if name == "final-recipient" and name in found:
                yield _group(found)
                found = {}
            found.setdefault(name, match[2].strip())
        elif line[:1] in (" ", "\t") and name and len(found[name]) < MAX_FIELD:
            found[name] += " " + line.strip()[:MAX_LINE]
        else:
            name = ""
            if not line.strip() and ("final-recipient" in found or "original-recipient" in found):
                yield _group(found)
                found = {}


def _group(fields: dict[str, str]) -> Group:
    named = (fields.get(name, "") for name in ("original-recipient", "final-recipient", "x-actual-recipient"))
    address = next((found for value in named if (found := addresses.of_a_field(value))), "")
    status = _STATUS.search(fields.get("status", ""))
    action = re.split(r"[\s(;]", fields.get("action", "").lower())[0].strip("\"'")
    if action in _WORDS_FOR_FAILED or (action not in _ACTIONS and not (status and status[1][0] == "2")):
        action = "failed"
    elif action not in _ACTIONS:
        action = "delivered"
    return Group(address, action, status[1] if status else "", fields.get("diagnostic-code", ""))


def best_status(given: str, words: str) -> str | None:
    """The most telling status: the refusal's own, the report's where it is not generic, one made of a reply code."""
    told = _TOLD.search(words[:20_000])
    finer = (
        [told[1]] if told else [s for s in _ENHANCED.findall(words[:20_000]) if s[0] in "45" and not s.endswith(".0.0")]
    )
    if given and not given.endswith(".0.0") and not told:
        return given
    if finer:
        return finer[0]
    if given:
        return given
    code = _REPLY.search(words[:20_000])
    return f"{code[1][0]}.0.0" if code else None
