"""The data types of FHIR R4 that resources are made of: names, telecoms, addresses, relationships, references. Pure.

Of several the one in use is taken: official before usual, and never what is old or whose period is over. What a
program may leave out or write otherwise is no error; Unusable is raised where a text is longer than any that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from clinic_tui.imports.names import split_name
from clinic_tui.imports.rows import NAME_LIMIT, TEXT_LIMIT, Unusable, read_email
from clinic_tui.text import digits, header_safe

_NAME_RANK = {"official": 0, "usual": 1, None: 2, "temp": 3, "anonymous": 4, "nickname": 5, "maiden": 6, "old": 7}
_PLACE_RANK = {"home": 0, None: 1, "work": 2, "temp": 3, "billing": 4, "old": 9}
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
# v3-RoleCode, v2-0131, v2-0063. A parent is a guardian while the patient is a minor; a step-parent may not be one.
_GUARDIANS = frozenset(("GUARD", "GUADLTM", "GRD"))
_PARENTS = frozenset(
    ("PRN", "MTH", "FTH", "NPRN", "NMTH", "NFTH", "GESTM", "ADOPTP", "ADOPTM", "ADOPTF", "PRNFOST", "MTHFOST",
     "FTHFOST", "PAR")
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def ranked_names(names: Iterable[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """The names in use, the official ones first."""
    return sorted(in_use(names, today), key=lambda name: _NAME_RANK.get(name.get("use"), 2))


def name_of(names: Iterable[dict[str, Any]], today: date) -> tuple[str, str, str, str]:
    """Given, family, preferred and middle names of those that are in use."""
    ranked = ranked_names(names, today)
    best = next((name for name in ranked if _said(name)), None)
    if best is None:
        return "", "", "", ""
    given, family, preferred, middle = _said(best)  # type: ignore[misc]
    for other in ranked:
        if other.get("use") in ("nickname", "usual") and other is not best and (said := _said(other)):
            preferred = said[0] or (said[1] if other["use"] == "nickname" else "")
            break
    if max(len(given), len(family), len(middle)) > NAME_LIMIT:
        raise Unusable(f"a name is longer than {NAME_LIMIT} characters")
    return given, family, "" if preferred == given else preferred, middle


def whole_name(names: Iterable[dict[str, Any]], today: date) -> str:
    """What somebody is called, in one text."""
    given, family, _, middle = name_of(names, today)
    return " ".join(filter(None, (given, middle, family)))


def _said(name: dict[str, Any]) -> tuple[str, str, str, str] | None:
    given, middle = "", ""
    for one in strings(name, "given"):  # the first is what people are called by; FHIR has the middle names after it
        given, middle = (given, f"{middle} {one}".strip()) if given else (header_safe(one), "")
    family = header_safe(" ".join(strings(name, "family")))
    if given or family:
        return given, family, "", header_safe(middle)
    text = header_safe(name.get("text") or "")
    return (*split_name(text), "") if text else None


def phones_of(it: dict[str, Any], today: date) -> dict[str, str]:
    """The numbers of a resource by their use: mobile, home, work, "" for none."""
    found: dict[str, str] = {}
    for one in _ranked(it, today):
        if one.get("system") in ("phone", "sms"):
            use = "mobile" if one["system"] == "sms" else (one.get("use") or "")
            text = text_of(one.get("value"))
            if text and digits(text):
                found.setdefault("" if use == "temp" else use, text)
    return found


def email_of(it: dict[str, Any], today: date) -> str | None:
    """The address of a resource. Raises Unusable where it is none."""
    for one in _ranked(it, today):
        if one.get("system") == "email" and (text := text_of(one.get("value"))):
            return read_email(text.removeprefix("mailto:"))
    return None


def place(it: dict[str, Any], today: date) -> dict[str, Any]:
    """The address in use, home before work; empty where there is none."""
    return min(in_use(objects(it, "address"), today), key=lambda one: _PLACE_RANK.get(one.get("use"), 5), default={})


def _ranked(it: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The telecoms in use, the preferred ones first."""
    there = [one for one in in_use(objects(it, "telecom"), today) if isinstance(one.get("value"), str)]
    return sorted(there, key=lambda one: (one.get("rank") or 1_000, _PLACE_RANK.get(one.get("use"), 1)))


def in_use(things: Iterable[Any], today: date) -> list[dict[str, Any]]:
    """Those that are neither old nor over."""
    return [one for one in things if one.get("use") != "old" and not is_over(one.get("period"), today)]


def is_over(period: Any, today: date) -> bool:
    """Whether a period ended before today."""
    end = (period or {}).get("end")
    return isinstance(end, str) and bool(_DATE.match(end)) and end[:10] < today.isoformat()


def relationship_of(concepts: list[dict[str, Any]]) -> tuple[str | None, str]:
    """What the relationship is called, and whether it makes a guardian: yes, no, or `minor`."""
    codings = [coding for concept in concepts for coding in objects(concept, "coding")]
    codes = {coding.get("code") for coding in codings}
    said = (
        [concept.get("text") for concept in concepts]
        + [coding.get("display") for coding in codings]
        + sorted(code for code in codes if isinstance(code, str))
    )
    guardian = "yes" if codes & _GUARDIANS else "minor" if codes & _PARENTS else "no"
    return next(filter(None, map(text_of, said)), None), guardian


def reference_of(to: Any) -> tuple[str, str | None]:
    """The type and id that a reference names; no type where it does not say one."""
    text = to.get("reference") if isinstance(to, dict) else None
    if not isinstance(text, str) or not text or text.startswith("#") or "?" in text:
        return (to.get("type") or "" if isinstance(to, dict) else ""), None
    if text.startswith("urn:"):
        return to.get("type") or _of_urn(to), text.rpartition(":")[2]
    parts = text.split("/_history/")[0].rstrip("/").split("/")
    return (parts[-2] if len(parts) > 1 else to.get("type") or ""), parts[-1]


def _of_urn(to: dict[str, Any]) -> str:
    """A `urn:uuid:` says no type: what it is called may."""
    return "Practitioner" if str(to.get("display", "")).startswith(("Dr", "Prof")) else "Patient"


def is_masked(*parts: Any) -> bool:
    """Whether anything in these says that it was masked."""
    todo = [part for part in parts if part]
    while todo:
        part = todo.pop()
        if isinstance(part, list):
            todo.extend(part)
        elif isinstance(part, dict):
            if part.get("url") == _ABSENT and "masked" in (part.get("valueCode"), part.get("valueString")):
                return True
            todo.extend(part.values())
    return False


def objects(it: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list; of a program that writes no list of one, the one."""
    there = it.get(key) or []
    return [one for one in ([there] if isinstance(there, dict) else there) if isinstance(one, dict)]


def strings(it: dict[str, Any], key: str) -> list[str]:
    """The texts of a list; of a program that writes no list of one, the one."""
    there = it.get(key) or []
    return [one for one in ([there] if isinstance(there, str) else there) if isinstance(one, str)]


def text_of(value: Any) -> str | None:
    """A text as one clean line; None for an empty one, or for what is no text. Raises Unusable for a long one."""
    text = header_safe(value) if isinstance(value, str) else ""
    if len(text) > TEXT_LIMIT:
        raise Unusable(f"a text in it is longer than {TEXT_LIMIT} characters")
    return text or None
