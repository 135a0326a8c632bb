"""FHIR R4 resources made into what is kept of them, or refused with a reason. Pure.

Where the source has masked somebody's name, birth date or address, nobody is to write to them: they
come in, and want no mail (`data-absent-reason` masked; a security label that restricts the record).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from clinic_tui.imports import fhir_parts as parts
from clinic_tui.imports.contacts import Said
from clinic_tui.imports.fhir_stream import Found
from clinic_tui.imports.moments import millis
from clinic_tui.imports.records import AppointmentRow, ContactRow, PatientRef, PractitionerRow
from clinic_tui.imports.rows import PatientRow, Unusable, check_born
from clinic_tui.text import clean, fold

SOURCE = "fhir"
NO_NAME = "Name not given"
MASKED_NAME = "Name masked"

_RESTRICTED = frozenset(("R", "V", "MASKED", "REDACTED"))
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
    row_id = parts.text_of(row_id)
    kind = resource["resourceType"]
    if not row_id:
        raise Unusable("it has no id")
    try:
        return _READERS[kind](line, row_id, resource, today, own_age)
    except (AttributeError, TypeError, KeyError) as error:
        raise Unusable("it is not built as FHIR R4 has it") from error


def _patient(line: int, row_id: str, it: dict[str, Any], today: date, own_age: int) -> Person:
    names = parts.objects(it, "name")
    given, family, preferred, middle = parts.name_of(names, today)
    masked = parts.is_masked(names, it.get("_birthDate"), parts.objects(it, "telecom")) or any(
        coding.get("code") in _RESTRICTED for coding in parts.objects(it.get("meta") or {}, "security")
    )
    nameless = not given and not family
    born, too_young = _born(it.get("birthDate"), today, own_age)
    phones = parts.phones_of(it, today)
    place = parts.place(it, today)
    died = it.get("deceasedBoolean") is True or bool(it.get("deceasedDateTime"))
    replaced = any(link.get("type") == "replaced-by" for link in parts.objects(it, "link"))
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
        email=parts.email_of(it, today),
        street=parts.text_of(", ".join(filter(None, parts.strings(place, "line"))))
        or parts.text_of(_unless_parts(place)),
        suburb=parts.text_of(place.get("city")),
        region=parts.text_of(place.get("state")),
        postcode=parts.text_of(place.get("postalCode")),
        country=parts.text_of(place.get("country")),
        language=_language(it),
        status=status,
        communication="none" if masked or nameless or too_young else None,
        practitioner=None,
        middle=middle or None,
    )
    refs = [parts.reference_of(one) for one in parts.objects(it, "generalPractitioner")]
    by = next((f"{kind}/{ref}" for kind, ref in refs if kind in ("Practitioner", "PractitionerRole")), None)
    return Person(line, row, list(_contacts(it, today)), by)


def _contacts(it: dict[str, Any], today: date) -> Iterator[Said]:
    for one in parts.objects(it, "contact"):
        if parts.is_over(one.get("period"), today):
            continue
        name = one.get("name")
        full = parts.text_of(parts.whole_name([name] if isinstance(name, dict) else [], today))
        relationship, guardian = parts.relationship_of(parts.objects(one, "relationship"))
        if full or relationship:
            phones = parts.phones_of(one, today)
            yield Said(
                f"{SOURCE}:contact:{fold(full or relationship or '')}", full, relationship, parts.email_of(one, today),
                phones.get("mobile") or phones.get("home") or phones.get("") or phones.get("work"), guardian,
            )  # fmt: skip


def _related(line: int, row_id: str, it: dict[str, Any], today: date, _own_age: int) -> ContactRow:
    kind, patient = parts.reference_of(it.get("patient"))
    if not patient or kind not in ("", "Patient"):
        raise Unusable("it names no patient")
    name = parts.text_of(parts.whole_name(parts.objects(it, "name"), today))
    relationship, guardian = parts.relationship_of(parts.objects(it, "relationship"))
    if it.get("active") is False or parts.is_over(it.get("period"), today):
        guardian = "no"
    phones = parts.phones_of(it, today)
    phone = phones.get("mobile") or phones.get("home") or phones.get("") or phones.get("work")
    return ContactRow(line, row_id, PatientRef(patient), name, relationship, parts.email_of(it, today), phone, guardian)


def _practitioner(line: int, row_id: str, it: dict[str, Any], today: date, _own_age: int) -> PractitionerRow:
    names = parts.ranked_names(parts.objects(it, "name"), today)
    title = next(iter(parts.strings(names[0], "prefix")), "") if names else ""
    name = parts.text_of(f"{title} {parts.whole_name(names, today)}")
    if not name:
        raise Unusable("it has no name")
    active = it.get("active")
    return PractitionerRow(line, row_id, name, parts.email_of(it, today), active if isinstance(active, bool) else None)


def _role(_line: int, row_id: str, it: dict[str, Any], today: date, _own_age: int) -> Role:
    reference = it.get("practitioner") or {}
    kind, practitioner = parts.reference_of(reference)
    return Role(row_id, practitioner if kind in ("", "Practitioner") else None, parts.text_of(reference.get("display")),
                parts.email_of(it, today))  # fmt: skip


def _appointment(line: int, row_id: str, it: dict[str, Any], _today: date, _own_age: int) -> AppointmentRow:
    actors = [one.get("actor") or {} for one in parts.objects(it, "participant")]
    start, minutes = _period(it.get("start"), it.get("end"), it.get("minutesDuration"))
    status = _APPOINTMENT.get(it.get("status") or "")
    if status is None:
        raise Unusable(f"its status {clean(str(it.get('status')), 30)!r} is none of FHIR's")
    patient = next((ref for kind, ref in map(parts.reference_of, actors) if kind == "Patient"), None)
    return _visit(line, f"Appointment/{row_id}", patient, actors, start, minutes, status)


def _encounter(line: int, row_id: str, it: dict[str, Any], _today: date, _own_age: int) -> AppointmentRow:
    actors = [one.get("individual") or one.get("actor") or {} for one in parts.objects(it, "participant")]
    period = it.get("period") or it.get("actualPeriod") or {}
    start, minutes = _period(period.get("start"), period.get("end"), None)
    kind, patient = parts.reference_of(it.get("subject"))
    of = next((ref for kind, ref in map(parts.reference_of, parts.objects(it, "appointment")) if ref), None)
    status = _ENCOUNTER.get(it.get("status") or "", "seen")
    own = f"Appointment/{of}" if of else f"Encounter/{row_id}"
    return _visit(line, own, patient if kind in ("", "Patient") else None, actors, start, minutes, status, bool(of))


def _visit(
    line: int, own: str, patient: str | None, actors: list[dict[str, Any]], start: datetime, minutes: int, status: str,
    follows: bool = False,
) -> AppointmentRow:  # fmt: skip
    if patient is None:
        raise Unusable("it names no patient")
    by = next((one for one in actors if parts.reference_of(one)[0] in ("Practitioner", "PractitionerRole")), {})
    kind, ref = parts.reference_of(by)
    return AppointmentRow(
        line, own, PatientRef(patient), f"{kind}/{ref}" if ref else None, parts.text_of(by.get("display")),
        millis(start), min(minutes, _LONGEST), status, follows,
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


def _number(it: dict[str, Any], row_id: str) -> str | None:
    """The medical record number, where there is one, and it is not the id again."""
    numbers = {
        text
        for one in parts.objects(it, "identifier")
        if one.get("use") != "old"
        and any(coding.get("code") == "MR" for coding in parts.objects(one.get("type") or {}, "coding"))
        and (text := parts.text_of(one.get("value")))
    }
    number = numbers.pop() if len(numbers) == 1 else None
    return number if number != row_id and len(number or "") <= 60 else None


def _language(it: dict[str, Any]) -> str | None:
    spoken = sorted(parts.objects(it, "communication"), key=lambda one: one.get("preferred") is not True)
    if not spoken:
        return None
    concept = spoken[0].get("language") or {}
    return next(
        (parts.text_of(coding.get("code")) for coding in parts.objects(concept, "coding")), None
    ) or parts.text_of(concept.get("text"))


def _unless_parts(place: dict[str, Any]) -> str | None:
    """The address as one text, where it is not given in parts."""
    return None if place.get("city") or place.get("postalCode") else place.get("text")


_READERS = {
    "Patient": _patient, "RelatedPerson": _related, "Practitioner": _practitioner, "PractitionerRole": _role,
    "Appointment": _appointment, "Encounter": _encounter,
}  # fmt: skip
