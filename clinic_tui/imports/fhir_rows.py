"""FHIR R4 resources made into what is kept of them, or refused with a reason. Pure.

Of several names, addresses and numbers the one in use is taken: official before usual, and never what is old or whose
period is over. Where the source has masked somebody's name, birth date or address, nobody is to write to them: they
come in, and want no mail (`data-absent-reason` masked; a security label that restricts the record).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from clinic_tui.imports.contacts import Said
from clinic_tui.imports.fhir_stream import Found
from clinic_tui.imports.moments import millis
from clinic_tui.imports.names import split_name
from clinic_tui.imports.records import AppointmentRow, ContactRow, PatientRef, PractitionerRow
from clinic_tui.imports.rows import NAME_LIMIT, TEXT_LIMIT, PatientRow, Unusable, check_born, read_email
from clinic_tui.text import clean, digits, fold, header_safe

SOURCE = "fhir"
NO_NAME = "Name not given"
MASKED_NAME = "Name masked"

_NAME_RANK = {"official": 0, "usual": 1, None: 2, "temp": 3, "anonymous": 4, "nickname": 5, "maiden": 6, "old": 7}
_PLACE_RANK = {"home": 0, None: 1, "work": 2, "temp": 3, "billing": 4, "old": 9}
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_RESTRICTED = frozenset(("R", "V", "MASKED", "REDACTED"))
# v3-RoleCode, v2-0131, v2-0063. A parent is a guardian while the patient is a minor; a step-parent may not be one.
_GUARDIANS = frozenset(("GUARD", "GUADLTM", "GRD"))
_PARENTS = frozenset(
    ("PRN", "MTH", "FTH", "NPRN", "NMTH", "NFTH", "GESTM", "ADOPTP", "ADOPTM", "ADOPTF", "PRNFOST", "MTHFOST",
     "FTHFOST", "PAR")
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART_OF_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")
_APPOINTMENT = {
    "proposed": "booked", "pending": "booked", "booked": "booked", "waitlist": "booked", "arrived": "seen",
    "checked-in": "seen", "fulfilled": "seen", "noshow": "missed", "cancelled": "cancelled",
    "entered-in-error": "cancelled",
}  # fmt: skip
_ENCOUNTER = {
    "planned": "booked", "arrived": "seen", "triaged": "seen", "in-progress": "seen", "onleave": "seen",
    "finished": "seen", "completed": "seen", "discharged": "seen", "on-hold": "seen", "cancelled": "cancelled",
    "discontinued": "cancelled", "entered-in-error": "cancelled",
}  # fmt: skip
_LONGEST = 24 * 60


class Person(NamedTuple):
    """A patient as their resource says, with the contacts in it; `by`: who treats them, `Practitioner/1` or a role."""

    line: int
    row: PatientRow
    contacts: list[Said]
    by: str | None


class Role(NamedTuple):
    """A practitioner in a role: the role's id, theirs, what they are called, and the role's e-mail."""

    role: str
    practitioner: str | None
    name: str | None
    email: str | None


def read(found: Found, line: int, today: date, own_age: int) -> Any:
    """The row that a resource makes. `own_age`: from which age patients are written to. Raises Unusable."""
    resource = found.resource or {}
    row_id = resource.get("id") or found.url.rpartition("/")[2].rpartition(":")[2]
    row_id = _text(row_id)
    kind = resource["resourceType"]
    if not row_id:
        raise Unusable("it has no id")
    try:
        return _READERS[kind](line, row_id, resource, today, own_age)
    except (AttributeError, TypeError, KeyError) as error:
        raise Unusable("it is not built as FHIR R4 has it") from error


def _patient(line: int, row_id: str, it: dict[str, Any], today: date, own_age: int) -> Person:
    names = _all(it, "name")
    given, family, preferred, middle = _name(names, today)
    masked = _is_masked(names, it.get("_birthDate"), _all(it, "telecom")) or any(
        coding.get("code") in _RESTRICTED for coding in _all(it.get("meta") or {}, "security")
    )
    nameless = not given and not family
    born, too_young = _born(it.get("birthDate"), today, own_age)
    phones = _phones(it, today)
    place = min(_in_use(_all(it, "address"), today), key=lambda one: _PLACE_RANK.get(one.get("use"), 5), default={})
    died = it.get("deceasedBoolean") is True or bool(it.get("deceasedDateTime"))
    replaced = any(link.get("type") == "replaced-by" for link in _all(it, "link"))
    status = "deceased" if died else "archived" if replaced or it.get("active") is False else None
    row = PatientRow(
        number=_number(it, row_id),
        source_id=row_id,
        given=None if nameless else given,
        family=(MASKED_NAME if masked else NO_NAME) if nameless else family or None,
        preferred=preferred or None,
        birth_date=born,
        sex={"male": "male", "female": "female", "other": "other"}.get(it.get("gender") or ""),
        mobile=phones.get("mobile"),
        phone=phones.get("home") or phones.get("") or phones.get("work"),
        email=_email(it, today),
        street=_text(", ".join(filter(None, _strings(place, "line")))) or _text(_unless_parts(place)),
        suburb=_text(place.get("city")),
        region=_text(place.get("state")),
        postcode=_text(place.get("postalCode")),
        country=_text(place.get("country")),
        language=_language(it),
        status=status,
        communication="none" if masked or nameless or too_young else None,
        practitioner=None,
        middle=middle or None,
    )
    refs = [_reference(one) for one in _all(it, "generalPractitioner")]
    by = next((f"{kind}/{ref}" for kind, ref in refs if kind in ("Practitioner", "PractitionerRole")), None)
    return Person(line, row, list(_contacts(it, today)), by)


def _contacts(it: dict[str, Any], today: date) -> Iterator[Said]:
    for one in _all(it, "contact"):
        if _is_over(one.get("period"), today):
            continue
        name = one.get("name")
        full = _text(_whole_name([name] if isinstance(name, dict) else [], today))
        relationship, guardian = _relationship(_all(one, "relationship"))
        if full or relationship:
            phones = _phones(one, today)
            yield Said(
                f"{SOURCE}:contact:{fold(full or relationship or '')}", full, relationship, _email(one, today),
                phones.get("mobile") or phones.get("home") or phones.get("") or phones.get("work"), guardian,
            )  # fmt: skip


def _related(line: int, row_id: str, it: dict[str, Any], today: date, _own_age: int) -> ContactRow:
    kind, patient = _reference(it.get("patient"))
    if not patient or kind not in ("", "Patient"):
        raise Unusable("it names no patient")
    name = _text(_whole_name(_all(it, "name"), today))
    relationship, guardian = _relationship(_all(it, "relationship"))
    if it.get("active") is False or _is_over(it.get("period"), today):
        guardian = "no"
    phones = _phones(it, today)
    phone = phones.get("mobile") or phones.get("home") or phones.get("") or phones.get("work")
    return ContactRow(line, row_id, PatientRef(patient), name, relationship, _email(it, today), phone, guardian)


def _practitioner(line: int, row_id: str, it: dict[str, Any], today: date, _own_age: int) -> PractitionerRow:
    names = sorted(_in_use(_all(it, "name"), today), key=lambda name: _NAME_RANK.get(name.get("use"), 2))
    title = next(iter(_strings(names[0], "prefix")), "") if names else ""
    name = _text(f"{title} {_whole_name(names, today)}")
    if not name:
        raise Unusable("it has no name")
    active = it.get("active")
    return PractitionerRow(line, row_id, name, _email(it, today), active if isinstance(active, bool) else None)


def _role(_line: int, row_id: str, it: dict[str, Any], today: date, _own_age: int) -> Role:
    reference = it.get("practitioner") or {}
    kind, practitioner = _reference(reference)
    return Role(row_id, practitioner if kind in ("", "Practitioner") else None, _text(reference.get("display")),
                _email(it, today))  # fmt: skip


def _appointment(line: int, row_id: str, it: dict[str, Any], _today: date, _own_age: int) -> AppointmentRow:
    actors = [one.get("actor") or {} for one in _all(it, "participant")]
    start, minutes = _period(it.get("start"), it.get("end"), it.get("minutesDuration"))
    status = _APPOINTMENT.get(it.get("status") or "")
    if status is None:
        raise Unusable(f"its status {clean(str(it.get('status')), 30)!r} is none of FHIR's")
    patient = next((ref for kind, ref in map(_reference, actors) if kind == "Patient"), None)
    return _visit(line, f"Appointment/{row_id}", patient, actors, start, minutes, status)


def _encounter(line: int, row_id: str, it: dict[str, Any], _today: date, _own_age: int) -> AppointmentRow:
    actors = [one.get("individual") or one.get("actor") or {} for one in _all(it, "participant")]
    period = it.get("period") or it.get("actualPeriod") or {}
    start, minutes = _period(period.get("start"), period.get("end"), None)
    kind, patient = _reference(it.get("subject"))
    of = next((ref for kind, ref in map(_reference, _all(it, "appointment")) if ref), None)
    status = _ENCOUNTER.get(it.get("status") or "", "seen")
    own = f"Appointment/{of}" if of else f"Encounter/{row_id}"
    return _visit(line, own, patient if kind in ("", "Patient") else None, actors, start, minutes, status, bool(of))


def _visit(
    line: int, own: str, patient: str | None, actors: list[dict[str, Any]], start: datetime, minutes: int, status: str,
    follows: bool = False,
) -> AppointmentRow:  # fmt: skip
    if patient is None:
        raise Unusable("it names no patient")
    by = next((one for one in actors if _reference(one)[0] in ("Practitioner", "PractitionerRole")), {})
    kind, ref = _reference(by)
    return AppointmentRow(
        line, own, PatientRef(patient), f"{kind}/{ref}" if ref else None, _text(by.get("display")), millis(start),
        min(minutes, _LONGEST), status, follows,
    )  # fmt: skip


def _period(start: Any, end: Any, minutes: Any) -> tuple[datetime, int]:
    begins = _moment(start)
    if begins is None:
        raise Unusable(
            "it has no start" if not start else f"its start {clean(str(start), 30)!r} is no date that can be"
        )
    if isinstance(minutes, int) and minutes > 0:
        return begins, minutes
    ends = _moment(end)
    if ends is None:
        return begins, 20
    if ends < begins:
        raise Unusable("it ends before it starts")
    return begins, round((ends - begins).total_seconds() / 60)


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str) or len(text) < len("2026-01-01"):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone() if found.tzinfo is None else found


def _name(names: Iterable[dict[str, Any]], today: date) -> tuple[str, str, str, str]:
    """Given, family, preferred and middle names of those that are in use."""
    ranked = sorted(_in_use(names, today), key=lambda name: _NAME_RANK.get(name.get("use"), 2))
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


def _whole_name(names: Iterable[dict[str, Any]], today: date) -> str:
    given, family, _, middle = _name(names, today)
    return " ".join(filter(None, (given, middle, family)))


def _said(name: dict[str, Any]) -> tuple[str, str, str, str] | None:
    given, middle = "", ""
    for one in _strings(name, "given"):  # the first is what people are called by; FHIR has the middle names after it
        given, middle = (given, f"{middle} {one}".strip()) if given else (header_safe(one), "")
    family = header_safe(" ".join(_strings(name, "family")))
    if given or family:
        return given, family, "", header_safe(middle)
    text = header_safe(name.get("text") or "")
    return (*split_name(text), "") if text else None


def _born(said: Any, today: date, own_age: int) -> tuple[date | None, bool]:
    """The birth date; None where only a part of it is said, and then whether somebody so young may be a minor."""
    if said is None:
        return None, False
    text = str(said)
    if _DATE.fullmatch(text):
        try:
            return check_born(date.fromisoformat(text), text, today), False
        except ValueError:
            pass
    elif part := _PART_OF_DATE.fullmatch(text):
        year, month = int(part[1]), int(part[2] or 12)
        if 1 <= month <= 12 and year <= today.year:
            return None, (today.year - year, today.month - month) < (own_age, 1)
    raise Unusable(f"birthDate {clean(text, 30)!r} is no date that can be")


def _phones(it: dict[str, Any], today: date) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in _ranked(it, today):
        if one.get("system") in ("phone", "sms"):
            use = "mobile" if one["system"] == "sms" else (one.get("use") or "")
            text = _text(one.get("value"))
            if text and digits(text):
                found.setdefault("" if use == "temp" else use, text)
    return found


def _email(it: dict[str, Any], today: date) -> str | None:
    for one in _ranked(it, today):
        if one.get("system") == "email" and (text := _text(one.get("value"))):
            return read_email(text.removeprefix("mailto:"))
    return None


def _ranked(it: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The telecoms in use, the preferred ones first."""
    there = [one for one in _in_use(_all(it, "telecom"), today) if isinstance(one.get("value"), str)]
    return sorted(there, key=lambda one: (one.get("rank") or 1_000, _PLACE_RANK.get(one.get("use"), 1)))


def _in_use(things: Iterable[Any], today: date) -> list[dict[str, Any]]:
    return [one for one in things if one.get("use") != "old" and not _is_over(one.get("period"), today)]


def _is_over(period: Any, today: date) -> bool:
    end = (period or {}).get("end")
    return isinstance(end, str) and bool(_DATE.match(end)) and end[:10] < today.isoformat()


def _number(it: dict[str, Any], row_id: str) -> str | None:
    """The medical record number, where there is one, and it is not the id again."""
    numbers = {
        text
        for one in _all(it, "identifier")
        if one.get("use") != "old"
        and any(coding.get("code") == "MR" for coding in _all(one.get("type") or {}, "coding"))
        and (text := _text(one.get("value")))
    }
    number = numbers.pop() if len(numbers) == 1 else None
    return number if number != row_id and len(number or "") <= 60 else None


def _language(it: dict[str, Any]) -> str | None:
    spoken = sorted(_all(it, "communication"), key=lambda one: one.get("preferred") is not True)
    if not spoken:
        return None
    concept = spoken[0].get("language") or {}
    return next((_text(coding.get("code")) for coding in _all(concept, "coding")), None) or _text(concept.get("text"))


def _relationship(concepts: list[dict[str, Any]]) -> tuple[str | None, str]:
    """What the relationship is called, and whether it makes a guardian: yes, no, or `minor`."""
    codings = [coding for concept in concepts for coding in _all(concept, "coding")]
    codes = {coding.get("code") for coding in codings}
    said = (
        [concept.get("text") for concept in concepts]
        + [coding.get("display") for coding in codings]
        + sorted(code for code in codes if isinstance(code, str))
    )
    guardian = "yes" if codes & _GUARDIANS else "minor" if codes & _PARENTS else "no"
    return next(filter(None, map(_text, said)), None), guardian


def _reference(to: Any) -> tuple[str, str | None]:
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


def _is_masked(*parts: Any) -> bool:
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


def _unless_parts(place: dict[str, Any]) -> str | None:
    """The address as one text, where it is not given in parts."""
    return None if place.get("city") or place.get("postalCode") else place.get("text")


def _all(it: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list; of a program that writes no list of one, the one."""
    there = it.get(key) or []
    return [one for one in ([there] if isinstance(there, dict) else there) if isinstance(one, dict)]


def _strings(it: dict[str, Any], key: str) -> list[str]:
    there = it.get(key) or []
    return [one for one in ([there] if isinstance(there, str) else there) if isinstance(one, str)]


def _text(value: Any) -> str | None:
    text = header_safe(value) if isinstance(value, str) else ""
    if len(text) > TEXT_LIMIT:
        raise Unusable(f"a text in it is longer than {TEXT_LIMIT} characters")
    return text or None


_READERS = {
    "Patient": _patient, "RelatedPerson": _related, "Practitioner": _practitioner, "PractitionerRole": _role,
    "Appointment": _appointment, "Encounter": _encounter,
}  # fmt: skip
