"""A patient's record as it is edited: every field, and the version that a change is checked against."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session


class Record(NamedTuple):
    """The `fields.FIELDS` of one patient; `practitioner` is a name. `version` goes with a change."""

    id: int
    version: int
    number: str
    given: str
    middle: str | None
    family: str
    preferred: str | None
    birth_date: date | None
    sex: str | None
    mobile: str | None
    phone: str | None
    email: str | None
    street: str | None
    suburb: str | None
    region: str | None
    postcode: str | None
    country: str | None
    language: str | None
    status: str
    communication: str
    practitioner: str | None


def read(viewer: Viewer, patient_id: int) -> Record:
    """The record of a patient. Raises NotFound; NotAllowed where names are hidden, for such a one edits nobody."""
    viewer.need_names()
    with session():
        return record_of(access.patients(viewer).get(patient_id))


def record_of(patient: Any) -> Record:
    """The record of a row that is at hand, in an open session."""
    doctor = patient.practitioner
    fields = {name: getattr(patient, name) for name in Record._fields if name != "practitioner"}
    return Record(**fields, practitioner=None if doctor is None else doctor.name)
