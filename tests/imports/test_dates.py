from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.dates import ORDERS, Order, parse_date, parse_typed_date
from clinic_tui.errors import ClinicError
from clinic_tui.imports.dates import DateTally, order_named

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1900, 1, 1), TODAY)

_MASKS: dict[Order, tuple[str, ...]] = {
    "dmy": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "%d %b %Y", "%d-%b-%Y", "%d %B, %Y", "%d/%m/%Y %H:%M:%S"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m%d%Y", "%b %d, %Y", "%B %d %Y", "%m/%d/%Y 12:00:00 AM"),
    "ymd": ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y-%m-%dT00:00:00Z", "%Y-%m-%d 00:00:00.000", "%Y %b %d"),
}
FORMATS: list[tuple[str, Order]] = [(mask, order) for order, masks in _MASKS.items() for mask in masks]


def decided(cells: list[str]) -> Order:
    tally = DateTally(TODAY)
    tally.add(cells)
    return tally.decide("'DOB'", "x.csv")


@given(day=DAYS, form=st.sampled_from(FORMATS))
def test_every_usual_form_reads_in_its_order(day: date, form: tuple[str, Order]) -> None:
    mask, order = form
    assert parse_date(day.strftime(mask), order, TODAY) == day


@given(day=DAYS, order=st.sampled_from(ORDERS))
def test_two_digit_years_are_never_in_the_future(day: date, order: Order) -> None:
    mask = {"dmy": "%d/%m/%y", "mdy": "%m/%d/%y", "ymd": "%y/%m/%d"}[order]
    read = parse_date(day.strftime(mask), order, TODAY)
    assert read is not None
    assert read <= TODAY
    assert (read.month, read.day, read.year % 100) == (day.month, day.day, day.year % 100)


NO_DATES = "|31/02/1984|1984-13-01|19450732|0000-00-00|12/3|12|Smith|12/03-1984|1/1/0099|12 Foo 1984|99999999"


@pytest.mark.parametrize("text", [*NO_DATES.split("|"), " ", "1984-03-11T13:00:00Z"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert [parse_date(text, order, TODAY) for order in ORDERS] == [None, None, None]


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    for order in ORDERS:
        parse_date(text, order, TODAY)
    parse_typed_date(text, TODAY)


def test_one_format_for_the_file_from_the_whole_column() -> None:
    many = ["01/02/1984", "03/04/1990"] * 500
    assert decided([*many, "13/02/1984"]) == "dmy"
    assert decided([*many, "02/13/1984"]) == "mdy"
    assert decided(["84-03-12", "99-12-31"]) == "ymd"
    assert decided(["", "1984-03-12", "n/a"]) == "ymd"
    assert decided([]) in ORDERS
    assert decided(["12 Mar 1984", "1984-03-12"]) in ORDERS


def test_a_few_impossible_dates_do_not_hide_the_format() -> None:
    assert decided(["01/02/1984"] * 50 + ["13/02/1984"] * 60 + ["99/99/1984", "02/13/1984"]) == "dmy"
    # A stray among a column of years first does not open the question, and does not answer it either.
    assert decided(["1984-03-12"] * 100 + ["03/04/1984"]) == "ymd"


def test_two_possible_formats_are_asked_for() -> None:
    with pytest.raises(ClinicError, match=r"'DOB' of x.csv .*day first or as month first: '01/02/1984'") as caught:
        decided(["01/02/1984", "03/04/1990", "05/05/1990"])
    assert "--date-format dmy or --date-format mdy" in caught.value.advice


def test_a_file_of_two_formats_is_asked_about_too() -> None:
    with pytest.raises(ClinicError, match="not all of one format") as caught:
        decided(["13/02/1984"] * 10 + ["02/13/1984"] * 9)
    assert "--date-format" in caught.value.advice


def test_the_two_orders_that_agree_need_no_asking() -> None:
    assert decided(["05/05/1990", "11/11/1911"]) in ("dmy", "mdy")


def test_many_distinct_cells_are_all_weighed() -> None:
    first = date(1850, 1, 1)
    cells = [(first + timedelta(days)).strftime("%d/%m/%Y 00:%S:00") for days in range(64_000)]
    cells[-1] = "31/12/1999"
    assert decided([*cells, *(f"{cell} " for cell in cells)]) == "dmy"


def test_the_date_format_named() -> None:
    assert [order_named(text) for text in ("dmy", "MDY", "ymd", "iso", "dd/mm/yyyy")] == [
        "dmy",
        "mdy",
        "ymd",
        "ymd",
        "dmy",
    ]
    with pytest.raises(ClinicError):
        order_named("ddd")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("12/3/1984", ["1984-03-12", "1984-12-03"]),
        ("1984-03-12", ["1984-03-12"]),
        ("12 mar 84", ["1984-03-12"]),
        ("120384", ["1984-03-12", "1984-12-03"]),
        ("12031984", ["1984-03-12", "1984-12-03"]),
        ("19840312", ["1984-03-12"]),
        ("March 12, 1984", ["1984-03-12"]),
        ("1984", ["1984-01-01..1984-12-31"]),
        ("3/1984", ["1984-03-01..1984-03-31"]),
        ("feb 1984", ["1984-02-01..1984-02-29"]),
        ("1984-03", ["1984-03-01..1984-03-31"]),
        ("smith", []),
        ("0412 345 678", []),
        ("13/1984", []),
    ],
)
def test_dates_that_a_person_types(text: str, spans: list[str]) -> None:
    read = parse_typed_date(text, TODAY)
    assert [str(span.first) if span.first == span.last else f"{span.first}..{span.last}" for span in read] == spans


def test_the_practices_order_comes_first() -> None:
    assert parse_typed_date("12/3/1984", TODAY, prefer="mdy")[0].first == date(1984, 12, 3)
