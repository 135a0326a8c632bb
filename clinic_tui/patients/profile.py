"""One patient's profile: the record, contacts and appointments, as the viewer may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import peewee

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session
from clinic_tui.errors import NotFound
from clinic_tui.patients import guardians, lookalikes
from clinic_tui.patients.guardians import Guardian
from clinic_tui.patients.lookup import PatientRow, rows_by_id
from clinic_tui.patients.records import change

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient

MOST_APPOINTMENTS = 100


class ContactRow(NamedTuple):
    """Next of kin, guardian or carer. Where names are hidden, only the fact that there is one, and of what kind."""

    id: int
    name: str | None
    relationship: str | None
    is_guardian: bool
    email: str | None
    phone: str | None


class AppointmentRow(NamedTuple):
    """One appointment, past or booked."""

    id: int
    starts_at: datetime
    minutes: int
    status: str
    practitioner: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile shows. `address`: street, suburb, region, postcode, country, those there are.

    `appointments`: the newest first, at most MOST_APPOINTMENTS. `visits`: how many were seen; `last_visit` the latest
    of them; `next_visit`: the next one booked. `email_bounced`: when a mail to the record's address went out that came
    back; `email_shared`: how many others in reach have it. `guardian`: who is written to in the patient's place.
    `version` goes with a change (`records.change`), so that a stale one is refused.
    """

    patient: PatientRow
    middle: str | None
    sex: str | None
    mobile: str | None
    phone: str | None
    address: tuple[str, ...]
    language: str | None
    communication: str
    contacts: list[ContactRow]
    appointments: list[AppointmentRow]
    last_visit: datetime | None
    next_visit: datetime | None
    visits: int
    email_bounced: datetime | None
    email_shared: int
    guardian: Guardian | None
    version: int


def read(viewer: Viewer, patient_id: int) -> Profile:
    """The profile of one patient. Raises NotFound."""
    with session():
        record = access.patients(viewer).get(patient_id)
        rows = rows_by_id(viewer, [patient_id])
        if not rows:
            raise NotFound(f"There is no patient {patient_id} that you may see.", "Look it up again.")
        last, visits = _seen(viewer, patient_id)
        fold = record.email_fold
        return Profile(
            patient=rows[0],
            middle=record.middle,
            sex=record.sex,
            mobile=record.mobile,
            phone=record.phone,
            address=tuple(
                part for part in (record.street, record.suburb, record.region, record.postcode, record.country) if part
            ),
            language=record.language,
            communication=record.communication,
            contacts=_contacts(viewer, patient_id),
            appointments=_appointments(viewer, patient_id),
            last_visit=last,
            next_visit=_next(viewer, patient_id),
            visits=visits,
            email_bounced=lookalikes.bounced_at(viewer, fold) if fold else None,
            email_shared=lookalikes.sharing(viewer, fold, besides=patient_id) if fold else 0,
            guardian=_guardian(viewer, record),
            version=record.version,
        )


def _guardian(viewer: Viewer, record: Patient) -> Guardian | None:
    is_minor = guardians.minor(settings.load(viewer), record.birth_date)
    theirs = guardians.of(viewer, [record.id]).get(record.id, [])
    return guardians.reached(record.email or "", theirs, is_minor=is_minor).guardian


def store_email(viewer: Viewer, patient_id: int, email: str) -> None:
    """Keep a new address on the record, with history. Raises FieldError, NotFound, NotAllowed."""
    change(viewer, patient_id, email=email)


def _contacts(viewer: Viewer, patient_id: int) -> list[ContactRow]:
    contacts = access.contacts(viewer)
    column = contacts.columns
    query: Any = contacts.select(
        column.id, column.name, column.relationship, column.is_guardian, column.email, column.phone
    )
    query = query.where(column.patient == patient_id).order_by(column.is_guardian.desc(), column.id)
    return [ContactRow(*row) for row in query.tuples()]


def _appointments(viewer: Viewer, patient_id: int) -> list[AppointmentRow]:
    appointments, practitioner = access.appointments(viewer), access.practitioners()
    column = appointments.columns
    query: Any = appointments.select(
        column.id, column.starts_at, column.minutes, column.status, practitioner.name
    ).join(practitioner, peewee.JOIN.LEFT_OUTER)
    query = query.where(column.patient == patient_id).order_by(column.starts_at.desc()).limit(MOST_APPOINTMENTS)
    return [AppointmentRow(*row) for row in query.tuples()]


def _seen(viewer: Viewer, patient_id: int) -> tuple[datetime | None, int]:
    """The latest visit, and how many there were."""
    appointments = access.appointments(viewer)
    column = appointments.columns
    query: Any = appointments.select(peewee.fn.MAX(column.starts_at), peewee.fn.COUNT(column.id))
    last, visits = query.where((column.patient == patient_id) & (column.status == "seen")).tuples()[0]
    return last, visits


def _next(viewer: Viewer, patient_id: int) -> datetime | None:
    appointments = access.appointments(viewer)
    column = appointments.columns
    query: Any = appointments.select(peewee.fn.MIN(column.starts_at)).where(
        (column.patient == patient_id) & (column.status == "booked") & (column.starts_at >= now())
    )
    found: datetime | None = query.tuples()[0][0]
    return found
