"""Synthea's folders, as they were published and in the schemas that it has had."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.case_load import activity
from clinic_tui.db.models.patients import Appointment, Patient, PatientActivity
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import ClinicError
from clinic_tui.imports.run import ImportSummary, Source, run
from clinic_tui.imports.tally import Counts
from tests.imports.offered import only_who_may
from tests.imports.test_patients_csv import whole


def importing(viewer: Viewer, *paths: Path, **options: object) -> ImportSummary:
    summary = run(viewer, [Source(path, path.name) for path in paths], **options)  # type: ignore[arg-type]
    rows = [row for row in summary.refused if row.row is not None]
    assert summary.read == summary.added + summary.updated + summary.unchanged + len(rows)
    for counts in summary.kinds.values():
        assert counts.read == counts.added + counts.updated + counts.unchanged + counts.refused
    return summary


def test_published_folders_come_in_whole_and_stay_the_same(practice: Viewer, published: Path) -> None:
    folders = [published / "patients" / name for name in ("synthea-unmc", "synthea-ohdsi")]
    dry = importing(practice, *folders, dry_run=True)
    assert not Patient.select().exists()
    first = importing(practice, *folders)
    assert first.kinds == dry.kinds
    assert first.kinds == {
        "practitioners": Counts(381, 381), "patients": Counts(138, 138), "appointments": Counts(8188, 8188),
    }  # fmt: skip
    assert not first.refused
    assert len(first.passed) == 2  # organisations
    assert Practitioner.select().count() == 381
    alice = Patient.get(Patient.source_id == "982192b6-6843-4011-ef46-32caaf87d8a9")
    assert (alice.given, alice.family, alice.birth_date, alice.sex) == (
        "Alice368",
        "Gleason633",
        date(2022, 7, 20),
        "female",
    )
    visit = Appointment.get(Appointment.source_id == "synthea:3c1c5636-2c43-bd4b-6eab-9eabf5929c55")
    assert (visit.patient.id, visit.status, visit.minutes) == (alice.id, "seen", 15)
    assert visit.starts_at == datetime(2022, 7, 20, 7, 13, 55, tzinfo=UTC)
    assert visit.practitioner and visit.practitioner.source_id == "synthea:5e471446-a56a-3917-b36c-2e4ca4c107d3"
    seen = PatientActivity.get(PatientActivity.patient == alice.id)
    kept = list(PatientActivity.select().order_by(PatientActivity.patient).tuples())
    activity.refresh()
    assert kept == list(PatientActivity.select().order_by(PatientActivity.patient).tuples())
    assert seen.seen_count == Appointment.select().where(Appointment.patient == alice.id).count()
    again = importing(practice, *folders, kind="synthea")
    assert (again.added, again.updated, again.unchanged) == (0, 0, 8707)
    assert Patient.select().where(Patient.status == "deceased").count() > 10
    assert 0 < only_who_may(practice) < 138
    assert whole()


OLDEST = {
    "patients.csv": "ID,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,LAST,SUFFIX,MAIDEN,MARITAL,RACE,"
    "ETHNICITY,GENDER,BIRTHPLACE,ADDRESS\np1,1950-01-02,2011-03-04,1,,,Mr,Al1,Ho2,,,M,white,irish,M,Boston,1 Main St\n",
    "encounters.csv": "ID,DATE,PATIENT,CODE,DESCRIPTION,REASONCODE,REASONDESCRIPTION\ne1,2010-05-06,p1,1,Visit,,\n"
    "e2,2010-05-07,p9,1,Visit,,\ne1,2010-05-08,p1,1,Visit,,\ne3,2010-02-31,p1,1,Visit,,\n",
    "conditions.csv": "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2010-05-06,,p1,e1,1,Cough\n",
    "providers.csv": "ID,ORGANIZATION,NAME,GENDER,SPECIALITY,ADDRESS,CITY,STATE,ZIP,UTILIZATION\n"
    "d1,o1,Bo3 Li4,F,GP,,,,,1\n",
}
NEWEST = {
    "patients.csv": "Id,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,MIDDLE,LAST,SUFFIX,MAIDEN,MARITAL,RACE,"
    "ETHNICITY,GENDER,BIRTHPLACE,ADDRESS,CITY,STATE,COUNTY,FIPS,ZIP,LAT,LON,HEALTHCARE_EXPENSES,HEALTHCARE_COVERAGE,INCOME\n"
    "p1,2015-01-02,,1,,,,Al1,Bo2,Ho3,,,,white,irish,F,Boston,1 Main St,Boston,MA,,,02155,,,,,1\n",
    "encounters.csv": "Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,"
    "BASE_ENCOUNTER_COST,TOTAL_CLAIM_COST,PAYER_COVERAGE,REASONCODE,REASONDESCRIPTION\n"
    "e1,2030-05-06T10:00:00Z,2030-05-06T10:30:00Z,p1,o1,d1,,wellness,1,Visit,,,,,\n",
}


def written(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


VINTAGES: dict[str, dict[str, dict[str, str | None]]] = {
    "the first": {
        "patients": {"Id": "ID"} | dict.fromkeys(
            ("CITY", "STATE", "COUNTY", "FIPS", "ZIP", "LAT", "LON", "HEALTHCARE_EXPENSES", "HEALTHCARE_COVERAGE")
        ),
        "encounters": {"Id": "ID", "START": "DATE"} | dict.fromkeys(
            ("STOP", "PROVIDER", "PAYER", "ENCOUNTERCLASS", "ORGANIZATION", "BASE_ENCOUNTER_COST", "TOTAL_CLAIM_COST",
             "PAYER_COVERAGE")
        ),
        "providers": {"Id": "ID"},
    },
    "in capitals": {"patients": {"Id": "ID"}, "encounters": {"Id": "ID"}, "providers": {"Id": "ID"}},
    "in small letters": {
        name: {column: column.lower() for column in ("Id", "BIRTHDATE", "FIRST", "LAST", "PATIENT", "START", "NAME")}
        for name in ("patients", "encounters", "providers")
    },
}  # fmt: skip


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("backwards", [False, True], ids=["", "backwards"])
def test_published_folders_in_other_schemas(
    practice: Viewer, published: Path, tmp_path: Path, vintage: str, backwards: bool
) -> None:
    folder = published / "patients" / "synthea-ohdsi"
    for name, renamed in VINTAGES[vintage].items():
        with (folder / f"{name}.csv").open(newline="") as file:
            rows = [{renamed.get(at, at): cell for at, cell in row.items()} for row in csv.DictReader(file)]
        columns = [column for column in rows[0] if column]
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns[::-1] if backwards else columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    summary = importing(practice, tmp_path)
    assert not summary.refused
    assert summary.kinds == {
        "practitioners": Counts(166, 166), "patients": Counts(27, 27), "appointments": Counts(604, 604),
    }  # fmt: skip
    maynard = Patient.get(Patient.source_id == "3edac2e3-d223-6fae-d515-daf96ef6bc76")
    assert (maynard.given, maynard.family, maynard.birth_date) == ("Maynard46", "Mosciski958", date(2014, 10, 6))
    again = importing(practice, folder)  # in the schema that it was published in: the same people and visits
    assert (again.kinds["patients"].added, again.kinds["appointments"].added) == (0, 0)


def test_the_oldest_schema(practice: Viewer, tmp_path: Path) -> None:
    summary = importing(practice, written(tmp_path / "old", OLDEST))
    assert {kind: counts.added for kind, counts in summary.kinds.items()} == {
        "practitioners": 1, "patients": 1, "appointments": 1,
    }  # fmt: skip
    assert summary.passed == ["old/conditions.csv"]
    assert [(row.row, row.reason) for row in summary.refused] == [
        (3, "there is no patient p9 here"),
        (4, "its id synthea:e1 stands already in row 2"),
        (5, "its start '2010-02-31' is no date that can be"),
    ]
    assert Patient.get().status == "deceased"


def test_the_newest_schema(practice: Viewer, tmp_path: Path) -> None:
    importing(practice, written(tmp_path / "new", NEWEST))
    child = Patient.get()
    assert (child.given, child.middle, child.family, child.source_id) == ("Al1", "Bo2", "Ho3", "p1")
    assert Appointment.get().status == "booked"


def test_a_file_of_no_use_here_is_named_as_such(practice: Viewer, tmp_path: Path) -> None:
    folder = written(tmp_path / "old", OLDEST)
    with pytest.raises(ClinicError, match="neither patients, practitioners nor appointments"):
        importing(practice, folder / "conditions.csv")
    with pytest.raises(ClinicError, match="a folder with no CSV or JSON"):
        (tmp_path / "empty").mkdir()
        importing(practice, tmp_path / "empty")
