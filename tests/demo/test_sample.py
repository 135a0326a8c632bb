"""The sample practice's data: the same every time, all sorts of people, and the files that are kept of it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from email_validator import validate_email

from clinic_tui.access import Viewer
from clinic_tui.demo import files
from clinic_tui.demo.cast import practitioners
from clinic_tui.demo.records import Patient
from clinic_tui.demo.sample import households
from clinic_tui.imports.run import import_csv
from clinic_tui.patients import lookup, profile
from clinic_tui.text import fold_email


def patients(number: int) -> list[Patient]:
    return [patient for home in households(number) for patient in home.patients]


def test_the_kept_files_are_what_the_seed_makes(tmp_path: Path) -> None:
    files.write(tmp_path)
    kept = files.directory()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in kept.glob("*.csv"))
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (kept / path.name).read_bytes(), f"{path.name}: python -m clinic_tui.demo.files"


def test_what_is_written_reads_back_as_it_was(tmp_path: Path) -> None:
    files.write(tmp_path)
    assert [patient for home in files.read_households(tmp_path) for patient in home.patients] == patients(300)
    assert files.read_practitioners(tmp_path) == practitioners()
    for part in ("contacts", "appointments", "portal"):
        read = Counter(row for home in files.read_households(tmp_path) for row in getattr(home, part))
        assert read == Counter(row for home in households(300) for row in getattr(home, part))


@pytest.mark.parametrize("number", [1, 2, 38, 300, 1_001])
def test_a_sample_has_as_many_patients_as_asked_for_and_begins_like_a_larger_one(number: int) -> None:
    made = patients(number)
    assert len(made) == number
    assert made == patients(1_500)[:number]
    assert len({patient.number for patient in made}) == number


def test_everybody_whom_the_rules_know_is_there() -> None:
    made = patients(300)
    doctors = {fold_email(one.email) for one in practitioners() if one.email}
    assert {patient.status for patient in made} == {"current", "waiting", "archived", "deceased", "blocked"}
    assert {patient.communication for patient in made} == {"all", "email", "phone", "none"}
    assert {patient.sex for patient in made} == {"female", "male", "other"}
    assert any(patient.email is None for patient in made)
    assert any(patient.email and fold_email(patient.email) in doctors for patient in made)
    assert any(not patient.given for patient in made)
    names = " ".join(f"{patient.given} {patient.family}" for patient in made)
    for sort in ("'", "-", "ł", "ß", "ı", "é", "ʻ", "美", "ل", "О"):
        assert sort in names, f"no name with {sort}"


def test_a_child_has_a_guardian_and_shares_the_address() -> None:
    homes = list(households(300))
    children = [(home, patient) for home in homes for patient in home.patients if patient.birth_date > date(2010, 9, 1)]
    assert children
    for home, child in children:
        assert any(contact.number == child.number and contact.is_guardian for contact in home.contacts)
        assert {patient.street for patient in home.patients} == {child.street}
        assert child.mobile is None


def test_addresses_lead_nowhere() -> None:
    """All of them are in domains that are set aside for examples (RFC 2606)."""
    for patient in patients(3_000):
        if patient.email:
            assert validate_email(patient.email, check_deliverability=False, test_environment=True)
            assert patient.email.endswith((".example", "@example.com", "@example.net", "@example.org"))


def test_a_past_visit_was_kept_or_missed_and_a_coming_one_is_booked() -> None:
    for home in households(2_000):
        for visit in home.appointments:
            assert visit.day != 0
            assert (visit.status == "booked") == (visit.day > 0)


def test_the_importer_takes_the_patients_like_anybodys_export(practice: Viewer) -> None:
    file = files.directory() / "patients.csv"
    summary = import_csv(practice, file)
    assert (summary.read, summary.added, summary.refused) == (300, 300, [])
    kept = profile.read(practice, lookup.search(practice, "000113").rows[0].id)
    assert (kept.patient.given, kept.patient.family) == ("Rāwiri", "Te Rangi")
    assert kept.patient.practitioner == "Anjali Krishnamurthy"
    assert import_csv(practice, file).unchanged == 300
