from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, Contact
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import FieldError, NotAllowed, NotFound
from clinic_tui.patients import profile, records

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def doctor(practice: Viewer) -> int:
    with transaction():
        return int(Practitioner.create(name="Dr R. Okafor", name_fold="okafor").id)


@pytest.fixture
def smith(practice: Viewer, doctor: int) -> int:
    patient = records.add(
        practice, number="004182", family="Smith", given="Joanna", preferred="Jo", birth_date="1984-03-12",
        sex="female", mobile="0412 555 018", phone="02 5550 1234", email="jo@example.com", street="1 Harbour Street",
        suburb="Harbour", postcode="2000", language="en", communication="email", practitioner=doctor,
    )  # fmt: skip
    with transaction():
        Contact.create(patient=patient, name="Pat Smith", relationship="partner", phone="0400 000 001")
        Contact.create(
            patient=patient, name="Max Smith", relationship="father", is_guardian=True, email="max@example.com"
        )
        booked = ((days, "booked") for days in (-10, 2, 30))
        for days, status in (*booked, (-400, "seen"), (-80, "seen"), (-20, "missed"), (1, "cancelled")):
            Appointment.create(
                patient=patient, practitioner=doctor, starts_at=NOW + timedelta(days=days), status=status
            )
    return patient


def test_a_profile_is_the_whole_record(practice: Viewer, smith: int) -> None:
    shown = profile.read(practice, smith)
    assert (shown.patient.family, shown.patient.practitioner, shown.patient.phone) == (
        "Smith", "Dr R. Okafor", "0412 555 018"
    )  # fmt: skip
    assert (shown.mobile, shown.phone, shown.sex) == ("0412 555 018", "02 5550 1234", "female")
    assert shown.address == ("1 Harbour Street", "Harbour", "2000")
    assert (shown.language, shown.communication) == ("en", "email")


def test_the_guardian_is_the_first_contact(practice: Viewer, smith: int) -> None:
    contacts = profile.read(practice, smith).contacts
    assert [(row.name, row.is_guardian, row.email, row.phone) for row in contacts] == [
        ("Max Smith", True, "max@example.com", None),
        ("Pat Smith", False, None, "0400 000 001"),
    ]


def test_visits_are_what_was_seen_and_the_next_is_the_first_booked_ahead(practice: Viewer, smith: int) -> None:
    shown = profile.read(practice, smith)
    assert (shown.visits, shown.last_visit, shown.next_visit) == (2, NOW - timedelta(days=80), NOW + timedelta(days=2))
    starts = [row.starts_at for row in shown.appointments]
    assert starts == sorted(starts, reverse=True)
    assert len(starts) == 7
    assert {row.practitioner for row in shown.appointments} == {"Dr R. Okafor"}


def test_a_patient_of_whom_little_is_known_has_a_profile(practice: Viewer) -> None:
    shown = profile.read(practice, records.add(practice, family="Smith"))
    assert (shown.address, shown.contacts, shown.appointments) == ((), [], [])
    assert (shown.visits, shown.last_visit, shown.next_visit, shown.patient.practitioner) == (0, None, None, None)


def test_many_appointments_are_capped_at_the_newest(practice: Viewer, smith: int) -> None:
    with transaction():
        for hours in range(150):
            Appointment.create(patient=smith, starts_at=NOW - timedelta(days=500, hours=hours), status="seen")
    shown = profile.read(practice, smith)
    assert len(shown.appointments) == profile.MOST_APPOINTMENTS
    assert shown.appointments[0].starts_at == NOW + timedelta(days=30)
    assert shown.visits == 152


def test_hidden_names_are_hidden_all_over_the_profile(practice: Viewer, smith: int) -> None:
    hidden = Viewer("temp", "front-desk", names_hidden=True)
    shown = profile.read(hidden, smith)
    assert (shown.patient.number, shown.patient.given, shown.patient.family, shown.patient.email) == ("004182",) + (
        None,
    ) * 3
    assert (shown.mobile, shown.phone) == (None, None)
    assert "1 Harbour Street" not in shown.address
    assert {(row.name, row.email, row.phone, row.relationship) for row in shown.contacts} == {(None,) * 4}


def test_who_is_out_of_reach_cannot_be_told_from_who_is_not_there(practice: Viewer, smith: int) -> None:
    scoped = Viewer("alice", "front-desk", scope=frozenset([999]))
    with pytest.raises(NotFound) as out_of_reach:
        profile.read(scoped, smith)
    with pytest.raises(NotFound) as nobody:
        profile.read(practice, smith + 1)
    assert str(out_of_reach.value).replace(str(smith), "") == str(nobody.value).replace(str(smith + 1), "")


def test_a_new_address_is_kept_with_history(practice: Viewer, smith: int) -> None:
    profile.store_email(practice, smith, "Joanna@Example.com")
    assert profile.read(practice, smith).patient.email == "Joanna@example.com"
    assert history.latest(practice)[0].detail == {
        "before": {"email": "jo@example.com"}, "after": {"email": "Joanna@example.com"}
    }  # fmt: skip
    with pytest.raises(FieldError):
        profile.store_email(practice, smith, "joanna@")
    with pytest.raises(NotAllowed):
        profile.store_email(Viewer("temp", "front-desk", names_hidden=True), smith, "x@example.com")
