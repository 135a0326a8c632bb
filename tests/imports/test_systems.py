"""Exports of practice programs, by the headers that their help pages and schemas publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clinic_tui.access import Viewer
from clinic_tui.db.models.patients import Appointment, Contact, Patient, PortalAccount
from clinic_tui.errors import ClinicError, NotAllowed
from clinic_tui.imports import mapping
from clinic_tui.imports.preview import offered, preview
from clinic_tui.imports.run import Source
from clinic_tui.messages import gather
from clinic_tui.patients import practitioners
from tests.imports.test_synthea import importing

EXPORTS: dict[str, tuple[str, dict[str, Any]]] = {
    "nookal": (
        "Client ID,Title,First Name,Middle Name,Last Name,Gender,Date of Birth,Notes,Date Registered,Address Line 1,"
        "Address Line 2,City / Suburb,State,Country,Postcode,Home Phone,Mobile Phone,Work Phone,Email Address\n"
        "7,Mrs,Mary,Elizabeth,Johnson,F,1970-01-31,Ring,2015-06-30,Level 1/2a,345 Main Street,Brisbane,QLD,"
        "Australia,4321,01 2345 6789,0412 345 678,,mary@example.org\n",
        {"number": "7", "middle": "Elizabeth", "mobile": "0412 345 678", "street": "Level 1/2a, 345 Main Street"},
    ),
    "jane": (
        "patient_guid,Patient Number,Member Since,First Name,Preferred Name,Middle Name,Last Name,Email,Email Status,"
        "Home Phone,Mobile Phone,Work Phone,Fax Phone,Street Address,Street Address 2,City,Province,Postal,Country,"
        "Birth Date,Sex,Gender,Pronouns,Insurance Company Name,Referral Source,Referred To,Marketing Email Opt In,"
        "Do Not Email,Family Doctor,Family Doctor Phone,Family Doctor Email,Guardian Name,Medical Alert,"
        "Emergency Contact Name,Emergency Contact Phone,Emergency Contact Relationship,Occupation,Employer,"
        "Referring Professional,Referring Professional Email,Referring Professional Phone,First Visit,Last Visit,"
        "Deceased At,Discharged At,Active,Online Booking Policy\n"
        "g-1,77,2020-01-02,Mary,May,Elizabeth,Johnson,mary@example.org,active,,0412 345 678,,,1 Main,Flat 2,Perth,ON,"
        "K1A,CA,1970-01-31,F,Female,she/her,Aetna,Friend,,false,false,Dr Who,555,who@example.org,,,Al Johnson,"
        "0400 000 000,Spouse,Chef,Inn,Dr No,no@example.org,556,2020-02-03 09:00:00 -0500,,,,true,default\n",
        {"source_id": "g-1", "number": "77", "preferred": "May", "postcode": "K1A", "region": "ON", "sex": "female",
         "street": "1 Main, Flat 2", "middle": "Elizabeth", "status": "current"},
    ),
    "cliniko": (
        "Id,First name,Last name,Preferred first name,Date of birth,Email,Sex,Address 1,City,State,Post code,Country,"
        "Mobile phone,Invoice email,Emergency contact,Archived at\n"
        "88,Mary,Johnson,,31 Jan 1970,mary@example.org,Female,1 Main,Perth,WA,6000,Australia,0412 345 678,"
        "boss@example.org,Al Johnson (husband) 0400 000 000,2024-05-01 10:00:00\n",
        {"number": "88", "status": "archived"},
    ),
    "halaxy": (
        "Patient ID,Given Name,Family Name,Preferred Name,DOB,Gender,Email,Mobile,Suburb,State,Postcode,Status\n"
        "88,Mary,Johnson,,31/01/1970,Female,mary@example.org,0412 345 678,Perth,WA,6000,Waiting list\n",
        {"number": "88", "status": "waiting"},
    ),
    "openemr": (
        "id,title,fname,lname,mname,DOB,street,postal_code,city,state,phone_home,phone_biz,phone_contact,phone_cell,"
        "status,contact_relationship,sex,email,email_direct,pubpid,pid,hipaa_allowemail,guardiansname,guardianemail,"
        "guardianphone,deceased_date\n"
        "3,Mrs,Mary,Johnson,E,1970-01-31,1 Main,6000,Perth,WA,,,0400 000 000,0412 345 678,married,Al Johnson,Female,"
        "mary@example.org,,P-3,3,YES,,,,\n",
        {"number": "P-3", "middle": "E", "source_id": "3", "status": "current", "communication": "all"},
    ),
    "opendental": (
        "PatNum,LName,FName,MiddleI,Preferred,PatStatus,Gender,Position,Birthdate,Address,City,State,Zip,HmPhone,WkPhone,"
        "WirelessPhone,Guarantor,Email,PriProv,ChartNumber\n"
        "12,Johnson,Mary,E,,0,1,1,1970-01-31,1 Main,Perth,WA,6000,,,0412 345 678,9,mary@example.org,2,\n"
        "13,Johnson,Al,,,5,0,1,0001-01-01,,,,,,,,9,,2,\n",
        {"number": "12", "middle": "E", "sex": "female", "status": "current"},
    ),
    "oscar": (
        "demographic_no,last_name,first_name,address,city,province,postal,phone,phone2,email,year_of_birth,"
        "month_of_birth,date_of_birth,hin,patient_status,chart_no,sex,provider_no\n"
        "5,JOHNSON,MARY,1 Main,Perth,ON,K1A,0412 345 678,,mary@example.org,1970,01,31,99,AC,,F,999998\n",
        {"number": "5", "status": "current", "phone": "0412 345 678"},
    ),
}  # fmt: skip


def test_a_look_into_files_says_what_they_are_and_what_must_be_said_first(practice: Viewer, tmp_path: Path) -> None:
    for name, (text, _) in EXPORTS.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "p.json").write_text('{"resourceType": "Patient", "id": "1"}')
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "y.csv").write_bytes(b"PK\x03\x04 xl/")
    seen = preview(practice, [Source(tmp_path, "all")])
    assert {file.system.lower().replace(" ", "") for file in seen.files} == set(EXPORTS)
    assert {file.kind for file in seen.files} == {"patients"}
    assert seen.fhir == ["all/p.json"]
    assert [name for name, _ in seen.failed] == ["all/y.csv"]
    unknown = tmp_path / "z.csv"
    unknown.write_text("Kennung,Nachname,geb\n1,Lee,02/03/1980\n2,Ray,04/05/1990\n")
    (file,) = preview(practice, [Source(unknown, "z.csv")]).files
    assert file.problem is not None and "no header that is known here" in str(file.problem)
    assert [column.field for column in file.columns] == ["", "", ""]
    said = mapping.checked([("Kennung", "number"), ("Nachname", "family"), ("geb", "birth_date")], "here")
    (file,) = preview(practice, [Source(unknown, "z.csv")], said).files
    assert file.problem is None and "day first or as month first: '02/03/1980'" in file.dates
    assert preview(practice, [Source(unknown, "z.csv")], said, date_format="dmy").ready
    with pytest.raises(ClinicError, match="no file"):
        preview(practice, [Source(tmp_path / "nowhere.csv", "nowhere.csv")])
    with pytest.raises(NotAllowed):
        preview(Viewer("eve", "practitioner"), [Source(unknown, "z.csv")])


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_by_their_headers(practice: Viewer, tmp_path: Path, name: str) -> None:
    text, expected = EXPORTS[name]
    path = tmp_path / "x.csv"
    path.write_text(text)
    summary = importing(practice, path)
    assert summary.refused == []
    mary = Patient.get(Patient.email_fold == "mary@example.org")
    assert (mary.given.lower(), mary.family.lower(), str(mary.birth_date)) == ("mary", "johnson", "1970-01-31")
    assert {field: getattr(mary, field) for field in expected} == expected
    if name == "nookal":
        said = gather.preview(practice, mary.id, "Dear [Patient Full Name], or [Patient First Name]!")[0].text
        assert "Dear Mary Elizabeth Johnson, or Mary!" in said
    contacts = [(row.name, row.phone, row.email, row.is_guardian) for row in Contact.select()]
    there = name in ("jane", "cliniko", "openemr")
    assert contacts == ([("Al Johnson", "0400 000 000", None, False)] if there else []) or name == "cliniko"
    if name == "opendental":
        al = Patient.get(Patient.number == "13")
        assert (al.sex, al.status, al.birth_date) == ("male", "deceased", None)
    again = importing(practice, path)
    assert (again.added, again.updated) == (0, 0)


def test_who_left_jane_or_wants_no_mail(practice: Viewer, tmp_path: Path) -> None:
    header = "patient_guid,First Name,Last Name,Birth Date,Do Not Email,Deceased At,Discharged At,Active"
    lines = ["1,Ann,Lee,1970-01-31,false,,,true", "2,Bo,Lee,1970-01-31,true,,,true", "3,Cy,Lee,1970-01-31,,,,false",
             "4,Di,Lee,1970-01-31,,2024-05-06 10:00:00 -0500,,true", "5,Ed,Lee,1970-01-31,,,2024-05-06,true",
             "6,Flo,Lee,1970-01-31,,NULL,0000-00-00 00:00:00,true"]  # fmt: skip
    path = tmp_path / "x.csv"
    path.write_text("\n".join([header, *lines]))
    assert importing(practice, path).refused == []
    assert {row.source_id: (row.status, row.communication) for row in Patient.select()} == {
        "1": ("current", "all"), "2": ("current", "none"), "3": ("archived", "all"), "4": ("deceased", "all"),
        "5": ("archived", "all"), "6": ("current", "all"),
    }  # fmt: skip


def test_janes_list_of_appointments(practice: Viewer, tmp_path: Path) -> None:
    people, booked = tmp_path / "people.csv", tmp_path / "booked.csv"
    people.write_text("patient_guid,First Name,Last Name,Birth Date\ng-1,Mary,Johnson,1970-01-31\n")
    booked.write_text(
        "id,location_name,start_at,end_at,patient_guid,patient_number,patient_first_name,patient_last_name,"
        "treatment_name,staff_member_name,break,insurance_state,state,first_visit,booked_at,no_show_at\n"
        "1,Main,2026-07-02 10:00:00 -0500,2026-07-02 10:50:00 -0500,g-1,77,Mary,Johnson,Massage,Bo Wu,"
        "false,,arrived,true,2026-06-01,\n"
        "2,Main,2026-07-09 10:00:00 -0500,2026-07-09 10:50:00 -0500,g-1,77,Mary,Johnson,Massage,Bo Wu,"
        "false,,no_show,false,2026-06-01,2026-07-09\n"
    )
    practitioners.add(practice, name="Bo Wu")
    assert importing(practice, people, booked).refused == []
    found = [(row.status, row.minutes, row.practitioner and row.practitioner.name) for row in Appointment.select()]
    assert found == [("seen", 50, "Bo Wu"), ("missed", 50, "Bo Wu")]
    first = Appointment.select().order_by(Appointment.starts_at).first()
    assert first.starts_at.isoformat() == "2026-07-02T15:00:00+00:00"


def test_columns_of_every_kind_of_list_may_be_said(practice: Viewer, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "a.csv").write_text("no,name,dob\n1,Ann Lee,1980-03-31\n")
    (folder / "b.csv").write_text("Ref,Behandler,NPI\nd-1,Dr Wu,7\n")
    (folder / "c.csv").write_text("Visit Date,Booking ID,Wann,Client Number,Mit\n,1,2030-05-06 10:00,1,Dr Wu\n")
    (folder / "d.csv").write_text("Konto,Portal Status\n1,active\n")
    seen = preview(practice, [Source(folder, "all")])
    assert [(file.kind, bool(file.problem)) for file in seen.files] == [
        ("patients", False), ("practitioners", True), ("appointments", False),
    ]  # fmt: skip
    said = mapping.checked(
        [("Ref", "source_id"), ("Behandler", "name"), ("Wann", "start"), ("Mit", "practitioner"), ("Name", "full")], "x"
    )
    seen = preview(practice, [Source(folder, "all")], said)
    assert [(column.header, column.field) for column in seen.files[2].columns] == [
        ("Visit Date", ""), ("Booking ID", "source_id"), ("Wann", "start"), ("Client Number", "patient"),
        ("Mit", "practitioner"),
    ]  # fmt: skip
    assert seen.files[0].problem is None
    importing(practice, folder / "a.csv", folder / "b.csv", folder / "c.csv", mapping=said)
    by = Appointment.get().practitioner
    assert by is not None and (by.name, by.source_id) == ("Dr Wu", "csv:d-1")
    importing(practice, folder / "d.csv", kind="portal", mapping=mapping.checked([("Konto", "number")], "x"))
    assert PortalAccount.get().state == "active"
    for kind, fields in (
        ("appointments", "start"),
        ("portal", "since"),
        ("practitioners", "active"),
        ("patients", "email"),
    ):
        assert fields in offered(kind)  # type: ignore[arg-type]


def test_a_look_says_addresses_that_look_mistyped(practice: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("no,name,dob,email\n1,Ann Lee,1980-03-31,ann@gmial.com\n2,Bo Ray,1980-03-31,bo@Gmial.com \n"
                    "3,Cy Fox,1980-03-31,cy@gmail.com\n")  # fmt: skip
    seen = preview(practice, [Source(path, "x.csv")])
    assert seen.notes == ["2 addresses at gmial.com: is it gmail.com?"]
    assert seen.ready
    assert importing(practice, path, dry_run=True).notes == seen.notes == importing(practice, path).notes


def test_whose_an_address_is_must_be_said(practice: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("no,name,dob,Contact Email\n1,Ann Lee,2015-03-31,mum@example.org\n")
    with pytest.raises(ClinicError, match=r"'Contact Email' of x\.csv holds is not clear") as caught:
        importing(practice, path)
    assert "--map" in caught.value.advice
    seen = preview(practice, [Source(path, "x.csv")])
    assert seen.questions == ["Contact Email"]
    assert not seen.ready
    assert seen.files[0].columns[0] == ("no", ["1"], "number", False)
    toml, table = tmp_path / "m.toml", tmp_path / "m.csv"
    toml.write_text('"Contact Email" = "guardian email"\n')
    table.write_text("header,field\nContact Email,guardian email\n")
    assert mapping.read(toml) == mapping.read(table) == {"contactemail": "guardian_email"}
    assert preview(practice, [Source(path, "x.csv")], mapping.read(toml)).ready
    importing(practice, path, mapping=mapping.read(toml))
    assert Patient.get().email is None
    mother = Contact.get()
    assert (mother.name, mother.email, mother.is_guardian) == ("Guardian", "mum@example.org", True)
    toml.write_text('"Contact Email" = "their mail"\n')
    with pytest.raises(ClinicError, match="nothing that is kept"):
        mapping.read(toml)


def test_what_a_file_lists_may_be_said(practice: Viewer, tmp_path: Path) -> None:
    path, booked = tmp_path / "x.csv", tmp_path / "booked.csv"
    path.write_text("no,name,dob\n1,Ann Lee,1980-03-31\n")
    booked.write_text("Date,Time,Patient Number,With\n2030-05-06,10:00,1,Dr Wu\n")
    importing(practice, path)
    with pytest.raises(ClinicError):
        importing(practice, booked)
    importing(practice, booked, kind="appointments")
    assert [(row.patient.number, row.status) for row in Appointment.select()] == [("1", "booked")]


def test_portal_accounts_by_column_and_by_the_portals_own_list(practice: Viewer, tmp_path: Path) -> None:
    path, users = tmp_path / "x.csv", tmp_path / "users.csv"
    path.write_text(
        "no,name,dob,email,portal status\n1,Ann Lee,1980-03-31,ann@example.org,Active\n"
        "2,Bo Lee,1981-03-31,both@example.org,\n3,Cy Lee,1982-03-31,both@example.org,Not registered\n"
        "4,Di Lee,1983-03-31,di@example.org,maybe\n5,Ed Lee,1984-03-31,ed@example.org,\n"
    )
    summary = importing(practice, path)
    assert [row.row for row in summary.refused] == [5]
    users.write_text(
        "Email,Name,Last Login,Status,Registered On\nboth@example.org,Bo Lee,2026-01-01,active,2025-05-06\n"
        "both@example.org,,2026-01-01,active,2025-05-06\nnobody@example.org,,,active,2025-05-06\n"
        "ed@example.org,Ed Lee,,pending,2025-05-06\nANN@example.org,Ann Lee,,suspended,2025-05-06\n"
    )
    summary = importing(practice, users)
    assert summary.kinds["portal"] == (5, 1, 1, 1, 2)
    states = {row.patient.number: row.state for row in PortalAccount.select()}
    assert states == {"1": "disabled", "2": "active"}
    assert {row.number: row.portal for row in Patient.select()} == {
        "1": "disabled", "2": "active", "3": "not_invited", "5": "not_invited",
    }  # fmt: skip
    again = importing(practice, users)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 3)
