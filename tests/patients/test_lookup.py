from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.patients import lookup, records
from clinic_tui.patients.lookup import count, display_name, search
from clinic_tui.text import digits, name_tokens, words
from tests.patients.people import a_birth_date, a_name, a_phone, a_word, typed_as

EVERYBODY = 5000
numbers = itertools.count()
some = settings(max_examples=40)


def ids(viewer: Viewer, text: str) -> list[int]:
    return [row.id for row in search(viewer, text, EVERYBODY).rows]


def names(viewer: Viewer, text: str, limit: int = 50) -> list[str]:
    return [display_name(row) for row in search(viewer, text, limit).rows]


def _forget_everybody(viewer: Viewer) -> None:
    with transaction():
        access.patients(viewer).model.delete().execute()


def practitioner(name: str) -> int:
    with transaction():
        return int(Practitioner.create(name=name, name_fold=name.lower()).id)


@some
@given(data=st.data(), family=a_name, first=a_name, preferred=st.none() | a_word)
def test_a_patient_is_found_by_any_beginnings_of_any_words_of_the_name_in_any_order(
    practice: Viewer, data: st.DataObject, family: str, first: str, preferred: str | None
) -> None:
    patient = records.add(practice, family=family, given=first, preferred=preferred)
    parts = " ".join(filter(None, (family, first, preferred))).split()
    typed = data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=4, unique=True))
    cut = [part[: data.draw(st.integers(1, len(part)))] for part in typed]
    spell = data.draw(typed_as)
    line = " ".join(spell(part) for part in cut)
    if words(line):
        assert patient in ids(practice, line)


@some
@given(population=st.lists(st.tuples(a_name, a_name), min_size=1, max_size=8), data=st.data())
def test_several_words_find_those_who_have_all_of_them_and_nobody_else(
    practice: Viewer, population: list[tuple[str, str]], data: st.DataObject
) -> None:
    _forget_everybody(practice)
    known = {
        records.add(practice, family=family, given=first): name_tokens(family, first) for family, first in population
    }
    typed = data.draw(st.lists(st.sampled_from(sorted(set().union(*known.values()))), min_size=2, max_size=3))
    typed = [word[: data.draw(st.integers(1, 3))] for word in typed]
    expected = {i for i, tokens in known.items() if all(any(t.startswith(w) for t in tokens) for w in typed)}
    assert set(ids(practice, " ".join(typed))) == expected
    assert count(practice, " ".join(typed)) == len(expected)


@some
@given(population=st.lists(st.tuples(a_name, a_name), min_size=2, max_size=8), data=st.data())
def test_the_ids_of_all_begin_with_those_of_any_page(
    practice: Viewer, population: list[tuple[str, str]], data: st.DataObject
) -> None:
    _forget_everybody(practice)
    for family, first in population:
        records.add(practice, family=family, given=first)
    known = sorted(set().union(*(name_tokens(family, first) for family, first in population)))
    typed = " ".join(word[:1] for word in data.draw(st.lists(st.sampled_from(known), max_size=2)))
    everybody = list(lookup.ids(practice, typed))
    assert len(everybody) == count(practice, typed)
    for limit in range(1, len(everybody)):
        assert [row.id for row in search(practice, typed, limit).rows] == everybody[:limit]
        assert list(lookup.ids(practice, typed, limit)) == everybody[:limit]


@some
@given(phone=a_phone(), data=st.data())
def test_a_patient_is_found_by_the_first_or_last_digits_of_a_phone(
    practice: Viewer, phone: str, data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(["mobile", "phone"]))
    patient = records.add(practice, family="Smith", **{field: phone})
    bare = digits(phone)
    kept = data.draw(st.integers(4, 8))
    assert patient in ids(practice, bare[-kept:])
    starts = [at for at, c in enumerate(phone, 1) if c.isdigit() and len(digits(phone[:at])) >= 4]
    start = phone[: data.draw(st.sampled_from(starts))]
    assert patient in ids(practice, start)
    if not start.startswith("+44"):
        assert patient in ids(practice, start.replace("+61", "").replace(" ", "") + " smi")
        assert patient in ids(practice, digits(start))


@some
@given(
    born=a_birth_date,
    form=st.sampled_from(
        ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y%m%d", "%d %b %y", "%d %b %Y", "%d %B %Y", "%B %d, %Y",
         "%d/%m/%y", "%b %Y", "%m/%Y", "%Y", "%d %b", "%d/%m"]
    ),
)  # fmt: skip
def test_a_patient_is_found_by_the_birth_date_in_any_usual_form(practice: Viewer, born: date, form: str) -> None:
    patient = records.add(practice, family="Źak", given="Ana", birth_date=born)
    typed = born.strftime(form)
    assert patient in ids(practice, typed)
    assert patient in ids(practice, f"ana {typed}")
    assert patient in ids(practice, f"{typed} zak")


@some
@given(line=st.text(max_size=20), mine=a_name, other=a_name)
def test_nobody_out_of_reach_is_found_or_counted(practice: Viewer, line: str, mine: str, other: str) -> None:
    near, far = (practitioner(f"Dr {next(numbers)}") for _ in range(2))
    scoped = Viewer("alice", "front-desk", scope=frozenset([near]))
    one = records.add(practice, family=mine, practitioner=near, birth_date="1984-03-12", mobile="0412 555 018")
    records.add(practice, family=other, practitioner=far, birth_date="1984-03-12", mobile="0412 555 018")
    for typed in (line, "", mine, other, "1984", "12 mar", "0412", "5018", other[:1], f"{other[:1]} 1984"):
        found = ids(scoped, typed)
        assert set(found) <= {one}
        assert count(scoped, typed) == len(found)
    assert ids(scoped, mine) == ids(scoped, "1984") == ids(scoped, "0412 555 018") == ids(scoped, "") == [one]


@some
@given(line=st.text(st.sampled_from("%_'\"\\;*?[]()&|!<>: -\x00\x1b"), max_size=8))
def test_signs_that_mean_something_to_a_database_mean_nothing_here(practice: Viewer, line: str) -> None:
    patient = records.add(practice, family="Nguyen", given="Li", email="li@example.com", mobile="0412 555 018")
    if line.strip():
        assert patient not in ids(practice, line)
    assert patient in ids(practice, f"ngu {line} li")
    assert patient not in ids(practice, f"x{line}y")


@pytest.fixture
def patients(practice: Viewer) -> dict[str, int]:
    rows: list[dict[str, Any]] = [
        {"number": "000123", "family": "Smith", "given": "Joanna", "preferred": "Jo", "birth_date": "1984-03-12",
         "mobile": "0412 555 018", "email": "Joanna.Smith@Example.com"},
        {"number": "000124", "family": "Smithers", "given": "Joel", "birth_date": "1984-07-03",
         "mobile": "0412 555 377"},
        {"number": "000125", "family": "de Smit-Jonker", "given": "Aníbal", "birth_date": "1984-01-09",
         "phone": "+61 2 5550 1234"},
        {"number": "MRN-77", "family": "Jones", "given": "Smiljana", "birth_date": "1960-12-03"},
        {"number": "000126", "family": "O'Brien", "given": "Ann", "birth_date": "1991-02-28"},
        {"number": "000127", "family": "Brown", "given": "Anna"},
    ]  # fmt: skip
    return {str(row["number"]): records.add(practice, **row) for row in rows}


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("smi jo 1984", ["000123", "000124", "000125"]),
        ("jo smi", ["000123", "000124", "000125", "MRN-77"]),
        ("smith", ["000123", "000124"]),
        ("ann", ["000126", "000127"]),
        ("o'b", ["000126"]), ("obrien", ["000126"]), ("brien", ["000126"]),
        ("anibal", ["000125"]), ("SMIT-JON", ["000125"]),
        ("joanna.s", ["000123"]), ("joanna.smith@EX", ["000123"]), ("joanna.smith", ["000123"]),
        ("123", ["000123"]), ("000 123", ["000123"]), ("#000123", ["000123"]), ("mrn-7", ["MRN-77"]),
        ("MRN-77", ["MRN-77"]), ("0412 555", ["000123", "000124"]), ("555018", ["000123"]),
        ("(02) 5550", ["000125"]), ("+61255501", ["000125"]),
        ("12 mar 84", ["000123"]), ("3/7/1984", ["000124"]), ("smi 3/12", ["MRN-77", "000123"]),
        ("1984 0412", ["000123", "000124"]), ("0412 377", ["000124"]), ("smi 0412 377", ["000124"]),
        ("0412 1234", []), ("000123 810", []), ("joe 377", ["000124"]),
        ("zzzz", []), ("smi zzzz", []), ("smith 1960", []), ("joanna.smith@example.org", []),
    ],
)  # fmt: skip
def test_what_the_desk_types_finds_whom_it_means(
    practice: Viewer, patients: dict[str, int], typed: str, numbers: list[str]
) -> None:
    found = search(practice, typed)
    assert sorted(row.number for row in found.rows) == sorted(numbers)
    assert not found.more
    assert count(practice, typed) == len(numbers)


def test_blank_text_lists_the_first_by_name(practice: Viewer, patients: dict[str, int]) -> None:
    everybody = ["Brown, Anna", "de Smit-Jonker, Aníbal", "Jones, Smiljana", "O'Brien, Ann", "Smith, Joanna (Jo)",
                 "Smithers, Joel"]  # fmt: skip
    assert names(practice, "") == names(practice, "  ") == everybody
    assert names(practice, "", 2) == everybody[:2]
    assert search(practice, "", 2).more
    assert not search(practice, "", 6).more


def test_a_whole_word_comes_before_one_that_only_begins_so(practice: Viewer) -> None:
    for family, first in (("Annand", "Bo"), ("Annand", "Cy"), ("Lee", "Ann"), ("Ann", "Zoe"), ("Zoll", "Anna")):
        records.add(practice, family=family, given=first)
    assert names(practice, "ann") == ["Ann, Zoe", "Lee, Ann", "Annand, Bo", "Annand, Cy", "Zoll, Anna"]
    assert names(practice, "ann", 3) == ["Ann, Zoe", "Lee, Ann", "Annand, Bo"]


def test_the_first_page_of_many_is_in_the_order_of_names(practice: Viewer) -> None:
    for first in ("Dan", "Abe", "Cas", "Bea"):
        records.add(practice, family="Smith", given=first)
        records.add(practice, family="Aber-Smith", given=first)
    assert names(practice, "smith", 4) == ["Smith, Abe", "Smith, Bea", "Smith, Cas", "Smith, Dan"]


def test_a_patient_whose_names_begin_alike_is_listed_and_counted_once(practice: Viewer) -> None:
    for number in range(8):
        records.add(practice, family=f"Smith-Smithson-Smit{number}", given="Smilla Smiljana", mobile="0412 000 412")
    assert len(ids(practice, "smi")) == count(practice, "smi") == 8
    assert len(search(practice, "smi", 5).rows) == 5
    assert search(practice, "smi", 5).more
    assert not search(practice, "smi", 8).more


def test_many_found_by_both_names_hide_nobody_found_by_one(practice: Viewer) -> None:
    for _ in range(30):
        records.add(practice, family="Smith", given="Smiley")
    other = records.add(practice, family="Brown", given="Smilla")
    assert other in [row.id for row in search(practice, "smi", 50).rows]
    assert count(practice, "smi") == 31


def test_counting_stops_just_past_the_cap(practice: Viewer) -> None:
    for _ in range(7):
        records.add(practice, family="Smith")
    assert count(practice, "smi", cap=5) == 6
    assert count(practice, "smi", cap=7) == count(practice, "", cap=7) == 7
    assert count(practice, "", cap=3) == 4


def test_who_sees_no_names_finds_by_number_only(practice: Viewer, patients: dict[str, int]) -> None:
    hidden = Viewer("temp", "front-desk", names_hidden=True)
    for typed in ("smith", "jo", "1984", "12/3/1984", "0412", "5018", "joanna.smith@example.com", "mar", "%"):
        assert search(hidden, typed).rows == []
        assert count(hidden, typed) == 0
    (row,) = search(hidden, "000123").rows
    assert (row.given, row.family, row.preferred, row.phone, row.email) == (None,) * 5
    assert display_name(row) == "Patient 000123"
    assert [row.number for row in search(hidden, "00012").rows] == ["000123", "000124", "000125", "000126", "000127"]
    assert [row.number for row in search(hidden, "").rows][:2] == ["000123", "000124"]


def test_a_row_says_who_it_is(practice: Viewer) -> None:
    doctor = practitioner("Dr R. Okafor")
    records.add(
        practice, family="Smyth", given="John", birth_date="1984-11-30", phone="02 5550 1234", practitioner=doctor
    )
    records.add(practice, family="Smythe", mobile="0412 555 018", phone="02 5550 1234", status="waiting")
    one, other = search(practice, "smy").rows
    assert (one.birth_date, one.phone, one.practitioner, one.status) == (
        date(1984, 11, 30), "02 5550 1234", "Dr R. Okafor", "current"
    )  # fmt: skip
    assert (one.portal, one.portal_at) == ("not_invited", None)
    assert (other.phone, other.practitioner, other.status) == ("0412 555 018", None, "waiting")
    assert display_name(other) == "Smythe"


def test_the_lists_of_several_practitioners_are_one_in_order(practice: Viewer) -> None:
    doctors = [practitioner("Dr One"), practitioner("Dr Two"), practitioner("Dr Three")]
    for number, family in enumerate(["Adams", "Brown", "Clark", "Davis", "Evans"]):
        records.add(practice, family=family, practitioner=doctors[number % 3])
    viewer = Viewer("alice", "front-desk", scope=frozenset(doctors[:2]))
    assert names(viewer, "") == ["Adams", "Brown", "Davis", "Evans"]
    assert names(viewer, "", 3) == ["Adams", "Brown", "Davis"]
    assert names(Viewer("bob", "front-desk", scope=frozenset()), "") == []
