from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinic_tui.patients.query import (
    Birthday,
    Born,
    Email,
    Number,
    PhoneEnd,
    PhoneStart,
    Word,
    number_readings,
    readings,
)

TODAY = date(2026, 11, 22)
DAY = date(1984, 3, 12)


def terms(line: str) -> set[object]:
    return {term for reading in readings(line, TODAY) for term in reading}


@pytest.mark.parametrize(
    "typed",
    ["12/3/1984", "12.03.1984", "12-3-1984", "12 3 1984", "1984-03-12", "1984/3/12", "19840312", "12 mar 84",
     "12 Mar 1984", "12 march 1984", "12mar84", "March 12, 1984", "12/3/84", "12th march 1984"],
)  # fmt: skip
def test_a_birth_date_is_read_in_any_usual_form(typed: str) -> None:
    assert (Born(DAY, DAY),) in readings(typed, TODAY)


def test_day_and_month_may_stand_either_way_round_the_day_first() -> None:
    found = [reading[0] for reading in readings("12/3/1984", TODAY)]
    assert found[:2] == [Born(DAY, DAY), Born(date(1984, 12, 3), date(1984, 12, 3))]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [("19", date(1900, 1, 1), date(1999, 12, 31)), ("198", date(1980, 1, 1), date(1989, 12, 31)),
     ("1984", date(1984, 1, 1), date(1984, 12, 31)), ("1984-", date(1984, 1, 1), date(1984, 12, 31)),
     ("1984-0", date(1984, 1, 1), date(1984, 9, 30)), ("1984-1", date(1984, 10, 1), date(1984, 12, 31)),
     ("1984-03", date(1984, 3, 1), date(1984, 3, 31)), ("1984-03-1", date(1984, 3, 10), date(1984, 3, 19)),
     ("mar 1984", date(1984, 3, 1), date(1984, 3, 31))],
)  # fmt: skip
def test_a_date_still_being_typed_already_narrows(typed: str, first: date, last: date) -> None:
    assert (Born(first, last),) in readings(typed, TODAY)


@pytest.mark.parametrize("typed", ["12/3", "12/3/", "12 mar", "mar 12", "12 mar 19"])
def test_a_day_without_its_year_is_a_birthday(typed: str) -> None:
    days = [term for term in terms(typed) if isinstance(term, Birthday)]
    assert any(DAY in day.days() for day in days)


def test_a_year_of_two_digits_may_be_of_the_century_before() -> None:
    assert {Born(date(2012, 3, 4), date(2012, 3, 4)), Born(date(1912, 3, 4), date(1912, 3, 4))} <= terms("4/3/12")


def test_a_month_is_a_name_as_well() -> None:
    assert (Word("may"), Born(date(1984, 1, 1), date(1984, 12, 31))) in readings("may 1984", TODAY)


@pytest.mark.parametrize("typed", ["0412 555 018", "0412555018", "+61 412 555 018", "+61 (0)412 555 018",
                                   "0061412555018", "61412555018", "(0412) 555-018"])  # fmt: skip
def test_a_phone_is_read_however_it_is_written(typed: str) -> None:
    assert PhoneStart("412555018") in terms(typed)


def test_digits_may_end_a_phone_or_be_a_number() -> None:
    assert {PhoneEnd("5018"), Number("5018", True)} <= terms("smi 5018")


def test_a_number_is_read_as_it_is_shown() -> None:
    assert readings("004 182", TODAY)[0] == (Number("004182", True),)
    assert readings("#004182", TODAY)[0] == (Number("004182", True),)
    assert Number("4182", True).filled == "004182"


def test_an_address_is_nothing_else() -> None:
    assert readings("Jo@Example", TODAY) == [(Email("jo@example"),)]


def test_the_parts_of_a_name_are_words_of_their_own() -> None:
    assert readings("o'brien-łoś zo", TODAY) == [(Word("obrien"), Word("los"), Word("zo"))]


def test_a_word_that_another_implies_is_asked_once() -> None:
    assert readings("smi smith jo", TODAY) == [(Word("smith"), Word("jo"))]


@pytest.mark.parametrize("typed", ["", "  ", "\t", "_ '"])
def test_a_blank_line_has_no_reading(typed: str) -> None:
    assert readings(typed, TODAY) == []


def test_who_finds_by_number_only_means_a_number() -> None:
    assert number_readings(" 004 182 ") == [(Number("004182", True),), (Number("004182", False),)]
    assert number_readings(" ") == []


@given(st.text(max_size=60))
@example("0\r:")
def test_whatever_is_typed_is_read(line: str) -> None:
    found = readings(line, TODAY)
    assert len(found) <= 61
    assert len(set(found)) == len(found)


@given(st.lists(st.sampled_from(["1", "12", "0412", "1984", "3/4", "mar", "smi", "j", "+61", "-", "x1"]), max_size=14))
def test_many_digits_stay_few_readings(parts: list[str]) -> None:
    assert len(readings(" ".join(parts), TODAY)) <= 61


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(1, 10))
def test_each_key_of_a_date_year_first_keeps_its_day(day: date, keys: int) -> None:
    assert any(isinstance(term, Born) and term.first <= day <= term.last for term in terms(day.isoformat()[:keys]))


def test_a_day_that_no_year_has_is_no_birthday() -> None:
    assert not [term for term in terms("31/2") if isinstance(term, Birthday)]
    assert {day.year % 4 for term in terms("29/2") if isinstance(term, Birthday) for day in term.days()} == {0}
