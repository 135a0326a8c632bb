from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import PatientToken
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import FieldError, NotAllowed, NotFound, Stale
from clinic_tui.patients import derived, profile, records
from clinic_tui.patients.lookup import search
from tests.patients.people import a_birth_date, a_name, a_phone

SMITH: dict[str, Any] = {"family": "Smith", "given": "Joanna", "birth_date": "1984-03-12", "mobile": "0412 555 018"}


def found(viewer: Viewer, text: str) -> list[int]:
    return [row.id for row in search(viewer, text).rows]


def tokens_of(patient: int) -> set[str]:
    return {row.token for row in PatientToken.select().where(PatientToken.patient == patient)}


def test_a_new_patient_has_a_number_after_the_highest(practice: Viewer) -> None:
    first = records.add(practice, family="Smith")
    records.add(practice, family="Jones", number="004182")
    records.add(practice, family="Brown", number="A-99")
    last = records.add(practice, family="Kelly")
    assert profile.read(practice, first).patient.number == "000001"
    assert profile.read(practice, last).patient.number == "004183"


def test_adding_is_in_the_history(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    event = history.latest(practice)[0]
    assert (event.action, event.patient_id, event.login) == ("patient added", patient, practice.login)


def test_a_change_is_found_at_once_and_the_old_name_no_longer(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    assert records.change(practice, patient, family="Łoś", mobile="0400 111 222", birth_date=date(1985, 4, 13))
    assert found(practice, "los jo 13/4/1985") == found(practice, "111222") == [patient]
    assert found(practice, "smith") == found(practice, "555018") == found(practice, "12/3/1984") == []


def test_a_change_is_in_the_history_before_and_after(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    records.change(practice, patient, family="Smith", given="Jo", birth_date=None)
    event = history.latest(practice)[0]
    assert (event.action, event.patient_id) == ("patient changed", patient)
    assert event.detail == {
        "before": {"given": "Joanna", "birth_date": "1984-03-12"},
        "after": {"given": "Jo", "birth_date": None},
    }


def test_a_change_that_changes_nothing_leaves_no_trace(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    events, version = len(history.latest(practice)), profile.read(practice, patient).version
    assert not records.change(practice, patient, **SMITH)
    assert (len(history.latest(practice)), profile.read(practice, patient).version) == (events, version)


def test_a_change_of_a_record_that_somebody_else_changed_meanwhile_is_refused(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    seen = profile.read(practice, patient).version
    records.change(practice, patient, version=seen, suburb="Harbour")
    with pytest.raises(Stale, match="meanwhile"):
        records.change(practice, patient, version=seen, suburb="Elsewhere")
    assert profile.read(practice, patient).address == ("Harbour",)


def test_what_is_typed_is_kept_clean(practice: Viewer) -> None:
    patient = records.add(
        practice,
        family=" Sm\x1bith\r\n ",
        given="Jo\u202eanna",
        email=" Jo@EXAMPLE.com ",
        sex="Female",
        birth_date="12 mar 84",
    )
    shown = profile.read(practice, patient)
    assert (shown.patient.family, shown.patient.given, shown.patient.email) == ("Smith", "Joanna", "Jo@example.com")
    assert (shown.sex, shown.patient.birth_date) == ("female", date(1984, 3, 12))


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"family": " "}, "family", "has a name"),
        ({"given": ""}, "family", "has a name"),
        ({"family": "x" * 201}, "family", "longer than 200"),
        ({"family": "Smith", "email": "joanna"}, "email", "not an address"),
        ({"family": "Smith", "email": "a@example.com\nBcc: b@example.com"}, "email", "characters"),
        ({"family": "Smith", "birth_date": "31 feb 1984"}, "birth_date", "no date"),
        ({"family": "Smith", "birth_date": "3/4/1984"}, "birth_date", "may be 1984-04-03 or 1984-03-04"),
        ({"family": "Smith", "birth_date": "2027-01-01"}, "birth_date", "future"),
        ({"family": "Smith", "birth_date": "1860-01-01"}, "birth_date", "130 years"),
        ({"family": "Smith", "birth_date": "1984"}, "birth_date", "no date"),
        ({"family": "Smith", "mobile": "none"}, "mobile", "no phone number"),
        ({"family": "Smith", "status": "gone"}, "status", "no status"),
        ({"family": "Smith", "status": ""}, "status", "no status"),
        ({"family": "Smith", "communication": "pigeon"}, "communication", "no communication"),
        ({"family": "Smith", "practitioner": 99}, "practitioner", "no practitioner 99"),
        ({"family": "Smith", "number": "000077"}, "number", "another patient"),
        ({"family": "Smith", "portal": "active"}, "portal", "no field"),
        ({"family": "Smith", "version": 3}, "version", "no field"),
    ],
)
def test_what_cannot_stand_is_refused_beside_its_field(
    practice: Viewer, values: dict[str, Any], field: str, says: str
) -> None:
    records.add(practice, family="Jones", number="000077")
    with pytest.raises(FieldError, match=f"(?i){says}") as refused:
        records.add(practice, **values)
    assert refused.value.field == field
    assert len(search(practice, "").rows) == 1


def test_a_refused_change_leaves_the_record_as_it_was(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    records.add(practice, family="Jones", number="000077")
    refused: tuple[dict[str, Any], ...] = (
        {"family": "", "given": ""},
        {"suburb": "Harbour", "number": "000077"},
        {"given": "Jo", "email": "x@"},
    )
    for values in refused:
        with pytest.raises(FieldError):
            records.change(practice, patient, **values)
    shown = profile.read(practice, patient)
    assert (shown.patient.given, shown.patient.family, shown.address, shown.version) == ("Joanna", "Smith", (), 0)


def test_who_sees_no_names_changes_and_adds_nobody(practice: Viewer) -> None:
    patient = records.add(practice, **SMITH)
    hidden = Viewer("temp", "front-desk", names_hidden=True)
    with pytest.raises(NotAllowed):
        records.change(hidden, patient, suburb="Harbour")
    with pytest.raises(NotAllowed):
        records.add(hidden, family="Jones")


def test_nobody_changes_a_patient_out_of_reach_or_moves_one_there(practice: Viewer) -> None:
    with transaction():
        near, far = (Practitioner.create(name=name, name_fold=name).id for name in ("near", "far"))
    scoped = Viewer("alice", "front-desk", scope=frozenset([near]))
    mine, other = (records.add(practice, family="Smith", practitioner=who) for who in (near, far))
    with pytest.raises(NotFound):
        records.change(scoped, other, suburb="Harbour")
    with pytest.raises(NotAllowed, match="out of your reach"):
        records.change(scoped, mine, practitioner=far)
    with pytest.raises(NotAllowed, match="out of your reach"):
        records.add(scoped, family="Jones")
    assert records.change(scoped, mine, suburb="Harbour")


record = st.fixed_dictionaries(
    {"family": a_name},
    optional={
        "given": a_name,
        "preferred": a_name,
        "birth_date": a_birth_date,
        "mobile": a_phone(),
        "phone": a_phone(),
    },
)


@settings(max_examples=30)
@given(first=record, changes=st.lists(record, max_size=3))
def test_after_any_changes_a_patient_is_found_by_what_the_record_says_now(
    practice: Viewer, first: dict[str, Any], changes: list[dict[str, Any]]
) -> None:
    patient = records.add(practice, **first)
    for values in changes:
        records.change(practice, patient, **values)
    now = first | {field: value for values in changes for field, value in values.items()}
    expected = derived.tokens(
        now.get("given", ""),
        now["family"],
        now.get("preferred"),
        now.get("birth_date"),
        (now.get("mobile"), now.get("phone")),
    )
    assert tokens_of(patient) == expected
    row = access.patients(practice).get(patient)
    assert row.sort_name == derived.sort_name(now.get("given", ""), now["family"])


@pytest.mark.parametrize(
    "phone", ["0412 555 018", "+61 412 555 018", "+61 (0)412 555 018", "61 412 555 018", "0061 412555018", "412555018"]
)
def test_a_phone_makes_the_same_tokens_however_it_is_written(phone: str) -> None:
    assert derived.tokens("", "Smith", None, None, [phone]) == {"fsmith\t", "p412555018\t", "r810555214\t"}


def test_each_phone_of_a_field_makes_tokens_and_an_extension_none() -> None:
    made = derived.tokens("", "Smith", None, None, ["0412 555 018 / 02 5550 1234 ext 567"])
    assert {token for token in made if token.startswith("p")} == {"p412555018\t", "p255501234\t"}


@given(st.text(max_size=3000), st.text(max_size=3000), st.text(max_size=60))
def test_no_name_makes_a_token_that_an_index_cannot_hold(family: str, first: str, phone: str) -> None:
    made = derived.tokens(first * 5, family * 5, first, date(1984, 3, 12), [phone])
    assert all(len(token.encode("utf-8", "surrogatepass")) < 2600 for token in made)
    assert len(derived.sort_name(first, family)) <= 200
