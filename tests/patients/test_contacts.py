"""Contacts: added, changed and removed, with history; a guardian among them is whom a minor's invitation goes to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import FieldError, NotAllowed, NotFound, Refused
from clinic_tui.invitations import codes, inviting
from clinic_tui.patients import contacts
from clinic_tui.patients.profile import read
from tests.invitations.people import patient


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path) -> None:
    codes.use_key_file(tmp_path / "clinic.key")


def test_a_guardian_on_the_record_lets_a_minor_be_invited(practice: Viewer) -> None:
    mia = patient(birth_date=date(2019, 5, 1), email=None)
    with pytest.raises(Refused, match="guardian"):
        inviting.invite(practice, mia)
    contacts.add(
        practice, mia, name="Aoife Brennan", relationship="mother", email="Aoife@example.org", is_guardian=True
    )
    assert inviting.invite(practice, mia).email == "Aoife@example.org"


def test_changed_and_removed_with_history(practice: Viewer) -> None:
    mia = patient()
    contact = contacts.add(practice, mia, name="Aoife", phone="0412 555 018")
    assert contacts.change(practice, contact, email="aoife@example.org", phone="") == mia
    [row] = read(practice, mia).contacts
    assert (row.name, row.email, row.phone, row.is_guardian) == ("Aoife", "aoife@example.org", None, False)
    assert contacts.remove(practice, contact) == mia
    assert read(practice, mia).contacts == []
    assert [event.action for event in history.latest(practice)] == [
        "contact removed", "contact changed", "contact added",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \u200b"),
        ("name", "x" * 201),
        ("email", "no address"),
        ("phone", "none"),
        ("birth_date", "2000-01-01"),
    ],
)
def test_what_cannot_stand_names_its_field(practice: Viewer, field: str, value: Any) -> None:
    mia = patient()
    with pytest.raises(FieldError) as refused:
        contacts.add(practice, mia, **{"name": "Aoife", field: value})
    assert refused.value.field == field
    assert read(practice, mia).contacts == []


def test_others_patients_are_out_of_reach(practice: Viewer) -> None:
    okafor = Practitioner.create(name="Dr Okafor", name_fold="dr okafor")
    contact = contacts.add(practice, patient(), name="Aoife")
    scoped = Viewer("ben", "front-desk", scope=frozenset([okafor.id]))
    with pytest.raises(NotFound):
        contacts.change(scoped, contact, name="x")
    with pytest.raises(NotFound):
        contacts.remove(scoped, contact)
    with pytest.raises(NotAllowed):
        contacts.remove(Viewer("eve", "front-desk", names_hidden=True), contact)
