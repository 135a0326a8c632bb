"""What the sample practice is made of, as plain records. Days of appointments are counted from today."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Practitioner(NamedTuple):
    """Someone who treats patients."""

    name: str
    email: str | None


class Patient(NamedTuple):
    """One patient; `practitioner` by name."""

    number: str
    given: str
    family: str
    preferred: str | None
    birth_date: date
    sex: str
    mobile: str | None
    phone: str | None
    email: str | None
    street: str
    suburb: str
    region: str
    postcode: str
    country: str
    language: str
    status: str
    communication: str
    practitioner: str


class Contact(NamedTuple):
    """Someone who belongs to the patient with this number."""

    number: str
    name: str
    relationship: str
    is_guardian: bool
    email: str | None
    phone: str | None


class Appointment(NamedTuple):
    """An appointment of the patient with this number, `day` days from today, at `time` (`HH:MM`) on the local clock."""

    number: str
    practitioner: str
    day: int
    time: str
    minutes: int
    status: str


class Portal(NamedTuple):
    """An account that the portal has for the patient with this number, since `day` days from today."""

    number: str
    state: str
    day: int


class Household(NamedTuple):
    """Patients who live together, and what hangs on them."""

    patients: tuple[Patient, ...]
    contacts: tuple[Contact, ...]
    appointments: tuple[Appointment, ...]
    portal: tuple[Portal, ...]
