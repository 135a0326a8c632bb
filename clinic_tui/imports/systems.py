"""What is peculiar to the exports of some practice programs, by the names of their columns.

OpenEMR, Open Dental and OSCAR export the columns of their tables, and have rules here; the others' headers say what
they mean, and need none. Where the names are known from:

- OpenEMR: "patient data" in the documentation of its export,
  open-emr.org/documentation/8.2.0/b10/tables/patient_data.html.
- Open Dental: the table `patient` of opendental.com/OpenDentalDocumentation26-1.xml; the statuses in words from "Edit
  Patient Information", opendental.com/manual/patientedit.html.
- OSCAR: the table `demographic` of its public source, github.com/scoophealth/oscar. Of its statuses `ac`, `in`, `de`,
  `mo` and `fi` are its own; a practice adds others, and those here (`ne`, `np`, `ps`, `te`, `uhip`) are on no page.
- Nookal: "Moving to Nookal: Do-It-Yourself", nookal.com/help/moving-to-nookal-do-it-yourself, which lists the columns
  that it takes. `Client ID` is on no page.
- Cliniko: "Patient" in the reference of its API, docs.api.cliniko.com/openapi/reference/tag/Patient, by the names of
  its fields. That its CSV has them in words (`Post code`) is on no page.
- Jane: "Diving Deeper Into Importing to Jane", jane.app/guide/diving-deeper-into-importing-to-jane, lists the fields
  of patients and appointments; "Importing from Jane", jane.app/guide/importing-from-jane, says that its list of
  patients exports all of them, and the first and last visit. `Patient Guid`, `Do Not Email`, `Active` beside them and
  the columns of its list of appointments (`start_at`, `patient_guid`, `staff_member_name`) are on no page of its own:
  they are those that other people's published programs read from such exports.
- Halaxy: "Prepare your data import file", support.halaxy.com/hc/en-au/articles/7948809121423, has the source key and
  dates as YYYY-MM-DD; "Patient Profile General Page", support.halaxy.com/hc/en-au/articles/360044499353, what it
  keeps and the four statuses. The header row of its export is on no page that could be found: `Patient ID`, `Given
  Name`, `Family Name` and the others are only likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class System(NamedTuple):
    """A program: the columns by which it is told, what some of its columns hold ("" nothing kept), codes in them."""

    name: str
    told_by: frozenset[str]
    fields: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


SYSTEMS = (
    System(
        "openemr",
        frozenset(("fname", "lname", "pid", "pubpid")),
        # `status` is the marital status; `phone_contact` and `contact_relationship` are an emergency contact's.
        {
            "id": "", "pid": "source_id", "pubpid": "number", "uuid": "", "status": "", "emaildirect": "",
            "phonebiz": "work_phone", "phonecontact": "emergencycontact phone",
            "contactrelationship": "emergencycontact name", "hipaaallowemail": "consent", "deceaseddate": "death_date",
            "providerid": "", "title": "", "allowpatientportal": "", "mothersname": "",
        },
        {},
    ),
    System(
        "opendental",
        frozenset(("patnum", "lname", "fname")),
        {
            "patnum": "number", "chartnumber": "", "hmphone": "home_phone", "wkphone": "work_phone",
            "wirelessphone": "mobile", "patstatus": "status", "position": "", "priprov": "", "secprov": "",
            "guarantor": "", "emailverified": "",
        },
        {
            "status": {"0": "current", "1": "archived", "2": "archived", "3": "archived", "4": "archived",
                       "5": "deceased", "6": "waiting", "nonpatient": "archived", "prospective": "waiting"},
            "sex": {"0": "male", "1": "female", "2": "unknown"},
        },
    ),
    System(
        "oscar",
        frozenset(("demographicno", "lastname", "firstname")),
        # `date_of_birth` is the day of the month alone; `phone2` is at work.
        {
            "demographicno": "number", "chartno": "", "yearofbirth": "birth_year", "monthofbirth": "birth_month",
            "dateofbirth": "birth_day", "phone": "home_phone", "phone2": "work_phone", "spokenlang": "language",
            "officiallang": "", "providerno": "", "alias": "preferred", "title": "",
        },
        {
            "status": {"ac": "current", "in": "archived", "de": "deceased", "mo": "archived", "fi": "archived",
                       "ne": "archived", "np": "waiting", "ps": "archived", "te": "archived", "uhip": "current"},
        },
    ),
)  # fmt: skip


# Those whose headers need no rule, by columns that their export alone has; and what the others are called.
_TOLD_BY = (
    ("Synthea", frozenset(("birthdate", "deathdate", "ssn", "drivers", "passport"))),
    ("Synthea", frozenset(("id", "organization", "utilization"))),
    ("Synthea", frozenset(("patient", "encounterclass", "code", "description"))),
    ("Jane", frozenset(("patientguid",))),
    ("Nookal", frozenset(("clientid", "addressline1", "citysuburb"))),
    ("Cliniko", frozenset(("id", "invoiceemail", "archivedat"))),
    ("Cliniko", frozenset(("id", "preferredfirstname", "postcode"))),
    ("Halaxy", frozenset(("patientid", "givenname", "familyname", "preferredname"))),
    ("Halaxy", frozenset(("sourcekey",))),
)
_CALLED = {"openemr": "OpenEMR", "opendental": "Open Dental", "oscar": "OSCAR"}


def looks_like(keys: frozenset[str]) -> str:
    """The name of the program whose export has columns of these keys; "" where that is not known."""
    if system := system_of(keys):
        return _CALLED[system.name]
    return next((name for name, told_by in _TOLD_BY if told_by <= keys), "")


def system_of(keys: frozenset[str]) -> System | None:
    """The program whose export has columns of these keys; None where it needs no rule."""
    for system in SYSTEMS:
        told_by = system.told_by
        if system.name == "oscar" and "yearofbirth" not in keys:
            continue  # OSCAR's reports have whole dates: nothing is peculiar about them
        if told_by <= keys or (system.name == "openemr" and len(told_by & keys) >= 3):
            return system
    return None
