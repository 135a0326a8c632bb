"""FHIR R4: Australia's published test data whole; masked, absent and partial; bundles, NDJSON and files of no end."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic_tui.access import Viewer
from clinic_tui.db.models.patients import Appointment, Contact, Patient
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import ClinicError
from clinic_tui.imports.fhir_rows import MASKED_NAME, NO_NAME
from clinic_tui.imports.fhir_stream import FhirFile
from clinic_tui.imports.found import find
from clinic_tui.imports.run import ImportSummary, Source
from clinic_tui.invitations.eligibility import refusal
from tests.imports.offered import only_who_may
from tests.imports.test_patients_csv import whole
from tests.imports.test_synthea import importing

MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}


def written(path: Path, *resources: Any, lines: bool = False) -> Path:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    text = "\n".join(json.dumps(one) for one in resources) if lines else json.dumps(bundle)
    path.write_text(text)
    return path


def person(row_id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": row_id, "name": [{"family": f"Lee{row_id}", "given": ["Ann"]}], **more}


def email(address: str) -> list[dict[str, str]]:
    return [{"system": "email", "value": address}]


def saying(summary: ImportSummary) -> dict[int | None, str]:
    return {row.row: row.reason for row in summary.refused}


def test_published_australians_come_in_whole_and_stay_the_same(practice: Viewer, published: Path) -> None:
    folder = published / "fhir-au" / "patients"
    dry = importing(practice, folder, dry_run=True)
    first = importing(practice, folder)
    assert first.kinds == dry.kinds
    assert (first.read, first.added, first.refused) == (125, 125, [])
    for path in folder.glob("Patient-*.json"):
        said = json.loads(path.read_text())
        kept = Patient.get((Patient.source == "fhir") & (Patient.source_id == said["id"]))
        name = said["name"][0]
        first, *others = name["given"]
        assert (kept.family, kept.given, kept.middle) == (name["family"], first, " ".join(others) or None)
        assert str(kept.birth_date) == said["birthDate"]
        mails = [one["value"] for one in said.get("telecom", ()) if one["system"] == "email"]
        assert kept.email in (mails or [None])
    grown_up = date(2010, 11, 22)  # 16 years ago
    # A parent is the guardian of a child, and not of a grown-up.
    for contact in Contact.select(Contact, Patient).join(Patient):
        parent = contact.relationship in ("mother", "father", "Father", "natural mother", "natural father", "parent")
        minor = (contact.patient.birth_date or date.min) > grown_up
        assert contact.is_guardian == (parent and minor), (contact.name, contact.relationship)
    for child in list(Patient.select().where(Patient.birth_date > grown_up)):
        theirs = list(Contact.select().where(Contact.patient == child.id))
        reached = any(one.is_guardian and one.email for one in theirs)
        assert (refusal(practice, child.id) is None) == reached
    again = importing(practice, folder)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 125)
    assert 0 < only_who_may(practice) < 85
    assert whole()


def _bundle(*entries: Any, kind: str = "collection") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


WAYS: dict[str, Callable[[list[Any]], str]] = {
    "bundle": lambda all_of: json.dumps(_bundle(*({"resource": one} for one in all_of))),
    "searchset": lambda all_of: json.dumps(_bundle(*(
        {"fullUrl": f"https://x/{one['resourceType']}/{one['id']}", "search": {"mode": "match"}, "resource": one}
        for one in all_of), kind="searchset"), indent=2),
    "transaction": lambda all_of: json.dumps(_bundle(*(
        {"request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}, "resource": one} for one in all_of
        ), kind="transaction")),
    "type last": lambda all_of: json.dumps(dict(reversed(_bundle(
        *({"resource": dict(reversed(one.items()))} for one in all_of)).items()))),
    "ndjson": lambda all_of: "\r\n\r\n".join(json.dumps(one, ensure_ascii=False) for one in all_of),
    "list": lambda all_of: json.dumps(all_of, indent=1),
    "one after another": lambda all_of: "\n".join(json.dumps(one, indent=2) for one in all_of),
    "bundles": lambda all_of: "\n".join(json.dumps(_bundle({"resource": one})) for one in all_of),
    "a list of bundles": lambda all_of: json.dumps([_bundle({"resource": one}) for one in all_of]),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_published_resources_in_one_file(published: Path, tmp_path: Path, way: str, encoding: str) -> None:
    everybody = [json.loads(path.read_text()) for path in sorted((published / "fhir-au" / "patients").glob("*.json"))]
    path = tmp_path / "all.txt"
    path.write_bytes(WAYS[way](everybody).encode(encoding))
    (opened,) = find([Source(path, "all.txt")], None).opened
    assert opened.csv is None
    found = list(FhirFile(path, "all.txt").resources())
    assert [one.resource for one in found] == everybody
    assert len({one.place for one in found}) == len(everybody)


def test_published_resources_as_bundles_are_the_same_people(practice: Viewer, published: Path, tmp_path: Path) -> None:
    folder = published / "fhir-au" / "patients"
    importing(practice, folder)
    everybody = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    for way in ("searchset", "bundles", "ndjson"):
        path = tmp_path / "all.json"
        path.write_text(WAYS[way](everybody))
        again = importing(practice, path)
        assert (again.added, again.updated, again.unchanged) == (0, 0, 125), way


def test_published_people_with_less_said_of_them(practice: Viewer, published: Path, tmp_path: Path) -> None:
    """A name that is masked or absent and a birth date that is a year, a month or none: whoever may be a minor, or is
    not named, is not written to.
    """
    everybody = [json.loads(path.read_text()) for path in sorted((published / "fhir-au" / "patients").glob("*.json"))]
    people = [one for one in everybody if one["resourceType"] == "Patient"]
    young = set()
    for at, one in enumerate(people):
        born = one["birthDate"]
        if at % 5 == 0:
            one["name"] = [{"_family": MASKED, "_given": [MASKED]}]
        elif at % 5 == 1:
            one["birthDate"] = born[:4]
        elif at % 5 == 2:
            one["birthDate"] = born[:7]
        elif at % 5 == 3:
            del one["name"], one["birthDate"]
        if at % 5 in (1, 2) and (born[:4] >= "2011" or (born[:4] == "2010" and (at % 5 == 1 or born[5:7] >= "11"))):
            young.add(one["id"])
    path = tmp_path / "all.ndjson"
    path.write_text(WAYS["ndjson"](everybody))
    summary = importing(practice, path)
    assert (summary.added, summary.refused) == (125, [])
    kept = {row.source_id: row for row in Patient.select()}
    for at, one in enumerate(people):
        row = kept[one["id"]]
        unnamed = at % 5 in (0, 3)
        if unnamed:
            assert row.family == (MASKED_NAME if at % 5 == 0 else NO_NAME)
        assert (row.communication == "none") == (unnamed or one["id"] in young), one["id"]
        assert (row.birth_date is None) == (at % 5 in (1, 2, 3))
    assert 0 < only_who_may(practice) < 85


def test_a_bundle_among_single_resources_is_refused_by_name(practice: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text(
        "\n".join(json.dumps(one) for one in (person("1"), _bundle({"resource": person("2")}), person("3")))
    )
    summary = importing(practice, path)
    assert summary.added == 2
    assert "a bundle among single resources" in saying(summary)[2]


def test_one_thing_where_a_list_is_due_is_that_thing(practice: Viewer, tmp_path: Path) -> None:
    ann = {"resourceType": "Patient", "id": "1", "name": {"family": ["Lee", "Ng"], "given": "Ann Mary"},
           "telecom": {"system": "email", "value": "ann@example.org"}}  # fmt: skip
    assert saying(importing(practice, written(tmp_path / "b.json", ann, person("2", telecom=7)))) == {
        2: "it is not built as FHIR R4 has it"
    }
    kept = Patient.get()
    assert (kept.given, kept.middle, kept.family, kept.email) == ("Ann Mary", None, "Lee Ng", "ann@example.org")


def test_masked_absent_and_partial(practice: Viewer, tmp_path: Path) -> None:
    everybody = [
        person("1", name=[{"_family": MASKED, "_given": [MASKED]}], telecom=email("a@example.org")),
        person("2", birthDate="1980", telecom=email("b@example.org")),
        person("3", birthDate="2015-06", telecom=email("c@example.org")),
        person("4", _birthDate=MASKED, telecom=email("d@example.org")),
        {"resourceType": "Patient", "id": "5", "telecom": email("e@example.org")},
        person("6", birthDate="2031-01-01"), person("7", birthDate="1980-02-30"), person("8", deceasedBoolean=True),
        person("9", deceasedDateTime="2020"), person("10", active=False), person("11", telecom=email("x")),
        person("12", meta={"security": [{"code": "R"}]}), person("13", name=[{"given": 7}]), person("2"),
        person("14", name=[{"use": "old", "family": "Old"}, {"use": "usual", "given": ["Annie"], "family": "Ng"},
                           {"use": "official", "given": ["Anne", None, "Mary"], "family": "Ng"}]),
    ]  # fmt: skip
    summary = importing(practice, written(tmp_path / "b.json", *everybody))
    assert saying(summary) == {
        6: "the birth date '2031-01-01' lies in the future", 7: "birthDate '1980-02-30' is no date that can be",
        11: "e-mail 'x' is not an address", 13: "it is not built as FHIR R4 has it",
        14: "its id 2 stands already in row 2",
    }  # fmt: skip
    kept = {row.source_id: row for row in Patient.select()}
    assert {key: row.communication for key, row in kept.items()} == {
        "1": "none", "2": "all", "3": "none", "4": "none", "5": "none", "8": "all", "9": "all", "10": "all",
        "12": "none", "14": "all",
    }  # fmt: skip
    assert (kept["1"].family, kept["5"].family, kept["2"].birth_date) == ("Name masked", "Name not given", None)
    assert [kept[key].status for key in ("8", "9", "10")] == ["deceased", "deceased", "archived"]
    assert (kept["14"].given, kept["14"].middle, kept["14"].preferred) == ("Anne", "Mary", "Annie")
    offered = {key for key, row in kept.items() if refusal(practice, row.id) is None}
    assert offered == {"2", "14"}


def test_what_hangs_on_patients(practice: Viewer, tmp_path: Path) -> None:
    doctor = {"resourceType": "Practitioner", "id": "d", "name": [{"prefix": ["Dr"], "given": ["Bo"], "family": "Wu"}]}
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/d"},
            "telecom": email("wu@example.org")}  # fmt: skip
    child = person("c", birthDate="2016-01-01", generalPractitioner=[{"reference": "PractitionerRole/r"}],
                   contact=[{"relationship": [{"text": "Aunt"}], "name": {"text": "Di Lee"}}])  # fmt: skip
    mother = {"resourceType": "RelatedPerson", "id": "m", "patient": {"reference": "https://x.example/fhir/Patient/c"},
              "relationship": [{"coding": [{"code": "MTH"}]}], "name": [{"text": "Eve Lee"}],
              "telecom": email("eve@example.org")}  # fmt: skip
    stray = {**mother, "id": "n", "patient": {"reference": "Patient/nobody"}}
    booked = {"resourceType": "Appointment", "id": "a", "status": "fulfilled", "start": "2026-11-01T09:00:00+10:00",
              "minutesDuration": 30, "participant": [{"actor": {"reference": "Patient/c"}},
                                                     {"actor": {"reference": "PractitionerRole/r"}}]}  # fmt: skip
    visit = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": {"reference": "Patient/c"},
             "appointment": [{"reference": "Appointment/a"}],
             "period": {"start": "2026-11-01T09:05:00+10:00"}}  # fmt: skip
    # In an order in which nothing stands before what refers to it, and as lines.
    path = written(tmp_path / "b.ndjson", visit, booked, stray, mother, child, role, doctor, lines=True)
    summary = importing(practice, path)
    assert saying(summary) == {3: "there is no patient nobody here"}
    assert Practitioner.get().email_fold == "wu@example.org"
    one = Patient.get()
    assert one.practitioner is not None
    assert one.practitioner.name == "Dr Bo Wu"
    contacts = {row.name: (row.relationship, row.is_guardian, row.email) for row in Contact.select()}
    assert contacts == {"Di Lee": ("Aunt", False, None), "Eve Lee": ("MTH", True, "eve@example.org")}
    kept = Appointment.get()
    assert (kept.status, kept.minutes, kept.practitioner) == ("seen", 30, one.practitioner)
    assert refusal(practice, one.id) is None  # through the mother
    again = importing(practice, path)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 5)


@pytest.mark.parametrize("text", ["[", "{", '{"a": 1}', "[[[[" * 50_000, '{"resourceType": "Patient", "x": ' * 5_000])
def test_what_is_no_fhir(practice: Viewer, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ClinicError, match=r"well-formed|nothing in it"):
        importing(practice, tmp_path / "x.json", kind="fhir")


def test_deep_and_endless_files_are_refused_or_streamed_with_flat_memory(tmp_path: Path) -> None:
    deep = "[" * 1_000 + "]" * 1_000
    one = json.dumps(person("1", photo=[{"data": "A" * 1_000}]))
    path = tmp_path / "long.json"
    with path.open("w") as file:
        file.write('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "x": ' + deep + "}}")
        for _ in range(20_000):
            file.write(',{"resource": ' + one + "}")
        file.write(',{"resource": {"resourceType": "Observation", "x": [' + "0," * 300_000 + "0]}}]}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = FhirFile(path, "long.json").resources()
    assert next(found).refused == "it is nested more than 64 deep"
    assert sum(1 for one in found if one.resource) == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB, of a file of 25 MB
    path.write_text('{"resourceType": "Patient", "id": "' + "x" * 40_000_000 + '"}')
    with pytest.raises(ClinicError, match="more than 16 MB"):
        list(FhirFile(path, "long.json").resources())


def test_a_file_that_is_cut_off_says_so(practice: Viewer, tmp_path: Path) -> None:
    path = written(tmp_path / "b.json", person("1"), person("2"))
    path.write_text(path.read_text()[:-30])
    summary = importing(practice, path)
    assert saying(summary) == {2: "from here on the file is cut off, or is no well-formed JSON"}
    assert summary.added == 1
