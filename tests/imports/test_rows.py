from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.imports.headers import recognise
from clinic_tui.imports.names import split_name
from clinic_tui.imports.rows import PatientRow, Unusable, cleaner
from clinic_tui.text import clean

TODAY = date(2026, 11, 22)


def read(**cells: str) -> PatientRow:
    """The row of a file with these columns; a name and a birth date are put in where there are none."""
    cells = {"given": "Ann", "family": "Lee", "dob": "12/03/1984"} | {k.replace("_", " "): v for k, v in cells.items()}
    return cleaner(recognise(list(cells), "x.csv"), "dmy", TODAY)(list(cells.values()))


def refused(**cells: str) -> str:
    with pytest.raises(Unusable) as caught:
        read(**cells)
    return str(caught.value)


def test_a_whole_row() -> None:
    row = read(
        mrn=" 12 ", preferred="Annie", sex="F", mobile="0412 345 678", home_phone="02 5550 1234", state="NSW",
        email="Ann.Lee@EXAMPLE.org", address_1="5 High St", address_2="Flat 2", suburb="Yass", postcode="2582",
        country="Australia", language="English", status="Active", communication="SMS", practitioner="Dr Wu",
    )  # fmt: skip
    assert row == PatientRow(
        number="12", source_id=None, given="Ann", family="Lee", preferred="Annie", birth_date=date(1984, 3, 12),
        sex="female", mobile="0412 345 678", phone="02 5550 1234", email="Ann.Lee@example.org",
        street="5 High St, Flat 2", suburb="Yass", region="NSW", postcode="2582", country="Australia",
        language="English", status="current", communication="phone", practitioner="Dr Wu",
    )  # fmt: skip


def test_an_empty_cell_says_nothing() -> None:
    row = read(mrn="7", email="", mobile=" ", status="", consent="", death_date="", sex="unknown", practitioner="N")
    assert (row.email, row.mobile, row.status, row.communication, row.sex) == (None, None, None, None, None)
    assert read(email="n/a", mobile="none").email is None


def test_what_databases_write_for_nothing_says_nothing_but_in_a_name() -> None:
    row = read(mrn="NULL", middle=r"\N", family="NULL", email="NULL", street="NULL", archived_at="0000-00-00 00:00:00")
    assert (row.number, row.middle, row.family, row.email, row.street, row.status) == (
        None,
        None,
        "NULL",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"dob": "31/02/1984"}, "'dob' '31/02/1984' is no date that can be"),
        ({"dob": "23/11/2026"}, "in the future"),
        ({"dob": "1/1/1880"}, "over 130 years"),
        ({"given": " ", "family": "\u200b"}, "no name"),
        ({"given": "x" * 201}, "longer than 200"),
        ({"street": "x" * 501}, "'street' is longer than 500"),
        ({"email": "a@x.org; b@x.org"}, "two e-mail addresses"),
        ({"email": "a.x.org"}, "'a.x.org' is not an address"),
        ({"email": "a@localhost"}, "not an address"),
        ({"mobile": "4.12345E+08"}, "spreadsheet"),
        ({"status": "purple"}, "'purple' is no status"),
        ({"death_date": "1/1/1970"}, "date of death"),
        ({"consent": "perhaps"}, "neither yes nor no"),
        ({"communication": "by owl"}, "'by owl'"),
        ({"given": "An\x00n"}, "NUL"),
    ],
)
def test_rows_that_are_refused_say_why(cells: dict[str, str], reason: str) -> None:
    assert reason in refused(**cells)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"status": "Inactive"}, "archived"),
        ({"status": "Waiting list"}, "waiting"),
        ({"status": "active", "deceased": "Y"}, "deceased"),
        ({"status": "active", "deceased": "No"}, "current"),
        ({"status": "", "death_date": "12/03/2020"}, "deceased"),
        ({"status": "", "deceased": "12/03/2020"}, "deceased"),
        ({"active": "false"}, "archived"),
        ({"status": "Blocked"}, "blocked"),
    ],
)
def test_status(cells: dict[str, str], status: str) -> None:
    assert read(**cells).status == status


@pytest.mark.parametrize(
    ("cells", "communication"),
    [
        ({"communication": "E-mail only"}, "email"),
        ({"communication": "Email and SMS"}, "all"),
        ({"communication": "Any"}, "all"),
        ({"communication": "Letter"}, "none"),
        ({"communication": "Do not contact"}, "none"),
        ({"consent": "No"}, "none"),
        ({"consent": "Yes", "communication": "Phone"}, "phone"),
        ({"opt_out": "yes", "communication": "email"}, "none"),
        ({"opt_out": "no"}, None),
    ],
)
def test_how_a_patient_may_be_reached(cells: dict[str, str], communication: str | None) -> None:
    assert read(**cells).communication == communication


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Smith, Joanna Mary", ("Joanna Mary", "Smith", "")),
        ("Joanna Mary Smith", ("Joanna Mary", "Smith", "")),
        ("Mrs Joanna (Jo) van der Berg", ("Joanna", "van der Berg", "Jo")),
        ("NGUYEN Van Anh", ("Van Anh", "NGUYEN", "")),
        ("Dr Smith, Bob", ("Bob", "Smith", "")),
        ("Suharto", ("", "Suharto", "")),
        ("JOHN SMITH", ("JOHN", "SMITH", "")),
        ("", ("", "", "")),
    ],
)
def test_a_name_in_one_cell(name: str, parts: tuple[str, str, str]) -> None:
    assert split_name(name) == parts


def test_hostile_text_becomes_one_clean_line() -> None:
    row = read(given="An\r\nBcc: x@y.zz\x1b[31m", family="L\u202eee", suburb="a\tb")
    assert (row.given, row.family, row.suburb) == ("An Bcc: x@y.zz[31m", "Lee", "a b")


TEXT = st.text(st.characters(exclude_characters="\x00"), max_size=30)


@given(given_name=TEXT, family=TEXT, suburb=TEXT)
def test_whatever_is_kept_is_safe_to_draw(given_name: str, family: str, suburb: str) -> None:
    try:
        row = read(given=given_name, family=family, suburb=suburb)
    except Unusable:
        return
    for value in (row.given, row.family, row.suburb):
        assert value is None or (value == clean(value) and value == value.strip() and value)


def test_naughty_strings_are_kept_or_refused_never_fatal(published: Path) -> None:
    kept = 0
    for text in json.loads((published / "hostile/blns.json").read_text("utf-8")):
        try:
            kept += bool(read(given=text, suburb=text).given)
        except Unusable:
            continue
    assert kept > 450


def test_addresses_as_published(published: Path) -> None:
    """What the published set calls invalid for syntax is refused; plain valid ones with a dotted domain pass."""
    wrong = []
    for test in ET.parse(published / "hostile/isemail-tests.xml").iter("test"):
        address, category = test.findtext("address") or "", test.findtext("category") or ""
        address = "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) <= 0x2421 else c for c in address)
        if not address.strip():
            continue
        try:
            kept = read(email=address).email is not None
        except Unusable:
            kept = False
        if category == "ISEMAIL_ERR" and kept and address == address.strip():
            wrong.append(address)
        if (
            category == "ISEMAIL_VALID_CATEGORY"
            and not kept
            and "." in address.rpartition("@")[2]
            and not set('"[') & set(address)
        ):
            wrong.append(address)
    assert not wrong
