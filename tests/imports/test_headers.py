from __future__ import annotations

import csv
from pathlib import Path

import pytest

from clinic_tui.errors import ClinicError
from clinic_tui.imports.headers import recognise


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Given Name,Family Name,Date of Birth,Email", "given,family,birth_date,email"),
        ("First Name;Last Name;D.O.B.;E-mail address".replace(";", ","), "given,family,birth_date,email"),
        ("PatientID,FirstName,LastName,BirthDate,EmailAddress", "number,given,family,birth_date,email"),
        ("Chart No.,Name,DOB,Mobile,Home Phone,Work Phone", "number,full,birth_date,mobile,home_phone,work_phone"),
        ("MRN,PATIENT_NAME,DATE_OF_BIRTH,Gender,Zip Code", "number,full,birth_date,sex,postcode"),
        ("id,surname,forename,known as,state", "number,family,given,preferred,region"),
        ("id,patient number,surname,forename", "source_id,number,family,given"),
        ("Patient First Name,Patient Surname,Client Email,dob", "given,family,email,birth_date"),
        ("name,dob,Address Line 1,Address Line 2,City", "full,birth_date,street,street2,suburb"),
        ("name,dob,Status,Deceased,Date of Death", "full,birth_date,status,deceased,death_date"),
        ("name,dob,Practitioner,Preferred contact method,Preferred Language",
         "full,birth_date,practitioner,communication,language"),
    ],
)  # fmt: skip
def test_headers_of_generic_exports(header: str, fields: str) -> None:
    columns = recognise(header.split(","), "x.csv")
    assert sorted(columns.at, key=lambda field: columns.at[field]) == fields.split(",")
    assert not columns.unused
    assert columns.source == "csv"


@pytest.mark.parametrize("whose", ["Guardian", "Emergency Contact", "Next of Kin", "NOK", "Nominee", "Practitioner",
                                   "Provider", "Doctor", "GP", "Mother", "Carer", "Partner", "Employer", "Referrer",
                                   "Responsible Party", "Contact", "Spouse", "Parent"])  # fmt: skip
@pytest.mark.parametrize("what", ["Email", "E-mail Address", "Mobile", "Phone", "phone_number", "DOB", "Address"])
def test_what_belongs_to_somebody_else_never_becomes_the_patients(whose: str, what: str) -> None:
    for name in (
        f"{whose} {what}",
        f"{whose}_{what}",
        f"{whose}{what.title()}",
        f"{what} ({whose})",
        f"{whose}'s {what}",
    ):
        columns = recognise(["given", "family", "dob", name], "x.csv")
        assert columns.at.keys() == {"given", "family", "birth_date"}, name
        assert (columns.unused == [name]) != bool(columns.contacts), name


def test_two_columns_of_one_meaning_are_both_named() -> None:
    with pytest.raises(ClinicError, match=r"'Mobile' and 'Cell phone'"):
        recognise(["given", "dob", "Mobile", "Cell phone"], "x.csv")
    with pytest.raises(ClinicError, match=r"'email' and 'email'"):
        recognise(["given", "dob", "email", "email"], "x.csv")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("7,Ann,Smith,1984-03-12", "no header that is known"),
        ("email,dob,mobile", "no column with a name"),
        ("given,family,email", "neither patient numbers nor birth dates"),
        ("Id,ORGANIZATION,NAME,GENDER,SPECIALITY,ADDRESS", "practitioners or organisations"),
    ],
)
def test_a_header_that_identifies_nobody(header: str, said: str) -> None:
    with pytest.raises(ClinicError, match=said) as caught:
        recognise(header.split(","), "x.csv")
    assert caught.value.advice


def test_parts_of_a_name_go_before_the_whole() -> None:
    assert "full" not in recognise(["Name", "Given name", "Surname", "DOB"], "x.csv").at


def test_markup_and_escapes_of_a_header_do_not_reach_the_message() -> None:
    with pytest.raises(ClinicError) as caught:
        recognise(["\x1b[31mbad\x07", "x"], "x.csv")
    assert "\x1b" not in str(caught.value)


def test_synthea_old_and_new_and_febrl(published: Path) -> None:
    for name, source in (("synthea-unmc/patients", "synthea"), ("synthea-ohdsi/patients", "synthea"),
                         ("febrl/dataset4a", "febrl")):  # fmt: skip
        with (published / "patients" / f"{name}.csv").open(newline="") as file:
            columns = recognise([cell.strip() for cell in next(csv.reader(file))], name)
        assert columns.source == source
        assert columns.at.keys() >= {"source_id", "given", "family", "birth_date", "street", "suburb", "postcode"}
    old = "ID,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,LAST,SUFFIX,MAIDEN,MARITAL,RACE,ETHNICITY,GENDER"
    assert recognise(old.split(","), "x.csv").at["source_id"] == 0
    for name in ("providers", "organizations", "encounters"):
        with (published / f"patients/synthea-unmc/{name}.csv").open(newline="") as file, pytest.raises(ClinicError):
            recognise(next(csv.reader(file)), name)
