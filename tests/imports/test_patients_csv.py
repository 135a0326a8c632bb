from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.aside import Left
from clinic_tui.db.connection import close_database, session, transaction
from clinic_tui.db.models.patients import Patient, PatientToken
from clinic_tui.db.models.practice import ImportBatch, Practitioner
from clinic_tui.errors import ClinicError, NotAllowed
from clinic_tui.imports import order, pace
from clinic_tui.imports.run import ImportSummary, import_csv
from clinic_tui.patients import derived

HEADER = "number,given name,family name,date of birth,email,mobile,postcode,status,practitioner"
ANN = "7,Ann,Lee,1984-03-12,ann@example.org,0412 345 678,2582,active,Dr Wu"
BOB = "8,Bob,O'Brien,1990-01-31,,,,,"


class Importing:
    """Imports of files of one name, by the owner of the practice."""

    def __init__(self, viewer: Viewer, path: Path) -> None:
        self.viewer, self.path = viewer, path

    def __call__(self, *lines: str, **options: Any) -> ImportSummary:
        self.path.write_text("\n".join(lines) + "\n", "utf-8")
        return import_csv(self.viewer, self.path, **options)


@pytest.fixture
def importing(practice: Viewer, tmp_path: Path) -> Importing:
    return Importing(practice, tmp_path / "patients.csv")


def counts(summary: ImportSummary) -> tuple[int, int, int, int]:
    assert summary.read == summary.added + summary.updated + summary.unchanged + len(summary.refused)
    return summary.added, summary.updated, summary.unchanged, len(summary.refused)


def patient(number: str) -> Patient:
    found: Patient = Patient.get(Patient.number == number)
    return found


def whole() -> bool:
    """Every patient stands with just the tokens that lookup finds it by."""
    held: dict[int, set[str]] = {}
    tokens: Any = PatientToken.select(PatientToken.token, PatientToken.patient)
    for token, owner in tokens.tuples():
        held.setdefault(owner, set()).add(token)
    for row in Patient.select():
        expected = derived.tokens(row.given, row.family, row.preferred, row.birth_date, (row.mobile, row.phone))
        if held.pop(row.id, set()) != expected or row.sort_name != derived.sort_name(row.given, row.family):
            return False
        if row.email_fold != derived.email_fold(row.email):
            return False
    return not held


def test_rows_become_patients(importing: Importing) -> None:
    assert counts(importing(HEADER, ANN, BOB)) == (2, 0, 0, 0)
    ann = patient("7")
    assert (ann.given, ann.family, ann.birth_date, ann.email) == ("Ann", "Lee", date(1984, 3, 12), "ann@example.org")
    assert (ann.status, ann.communication, ann.portal, ann.version) == ("current", "all", "not_invited", 0)
    assert ann.practitioner and ann.practitioner.name == "Dr Wu"
    assert patient("8").practitioner is None
    assert whole()
    assert access.patients(importing.viewer).get(ann.id).number == "7"


def test_the_same_file_twice_changes_nothing(importing: Importing) -> None:
    importing(HEADER, ANN, BOB)
    before = list(Patient.select().order_by(Patient.id).dicts())
    assert counts(importing(HEADER, ANN, BOB)) == (0, 0, 2, 0)
    assert list(Patient.select().order_by(Patient.id).dicts()) == before
    assert Practitioner.select().count() == 1


def test_a_changed_cell_updates_and_an_empty_one_wipes_nothing(importing: Importing) -> None:
    importing(HEADER, ANN)
    assert counts(importing(HEADER, "7,Anna,,,,0499 999 999,,archived,Dr Who")) == (0, 1, 0, 0)
    ann = patient("7")
    assert (ann.given, ann.family, ann.email, ann.mobile, ann.postcode) == (
        "Anna", "Lee", "ann@example.org", "0499 999 999", "2582",
    )  # fmt: skip
    assert ann.practitioner and ann.practitioner.name == "Dr Who"
    assert (ann.status, ann.version) == ("archived", 1)
    assert whole()


def test_every_refused_row_has_its_file_line_and_reason(importing: Importing) -> None:
    summary = importing(
        HEADER, ANN, "9,Cy,Hale,1984-02-31,,,,,", "10,,,1984-03-12,,,,,", "11,Di,Poe,1984-03-12,di@,,,,",
        '12,Ed,"Fox,1984-03-12,,,,,', "7,Eve,Lee,1985-01-01,,,,,", "13,Flo,Gray,1984-03-12,,,,,", "14,Too,few",
    )  # fmt: skip
    assert counts(summary) == (2, 0, 0, 6)
    assert {row.file for row in summary.refused} == {"patients.csv"}
    said = {row.row: row.reason for row in summary.refused}
    assert list(said) == [3, 4, 5, 6, 7, 9]
    assert "1984-02-31" in said[3]
    assert "no name" in said[4]
    assert "'di@' is not an address" in said[5]
    assert "stands already in row 2" in said[7]
    assert "only 3 of 9" in said[9]


def test_a_dry_run_says_the_same_and_writes_nothing(importing: Importing) -> None:
    importing(HEADER, ANN)
    lines = (HEADER, ANN.replace("2582", "2600"), BOB, "9,Cy,Hale,1984-02-31,,,,,")
    dry = importing(*lines, dry_run=True)
    assert dry.batch is None
    assert (Patient.select().count(), ImportBatch.select().count()) == (1, 1)
    assert counts(importing(*lines)) == counts(dry) == (1, 1, 0, 1)


def test_without_numbers_a_patient_is_known_by_name_birth_date_and_one_field_more(importing: Importing) -> None:
    header = "name,dob,email,mobile,postcode"
    ann = "Ann Lee,12 Mar 1984,ann@example.org,,2582"
    assert counts(importing(header, "Ann Lee,12 Mar 1984,ann@example.org,,2582")) == (1, 0, 0, 0)
    assert counts(importing(header, '"Lee, Ann",12 Mar 1984,ANN@example.org,0412 345 678,')) == (0, 1, 0, 0)
    assert counts(importing(header, "ANN LEE,12 Mar 1984,,+61 412 345 678,9999")) == (0, 1, 0, 0)
    # The same name and birth date, and everything else another: somebody else.
    assert counts(importing(header, "Ann Lee,12 Mar 1984,b@example.org,0400 000 000,3000")) == (1, 0, 0, 0)
    # Nothing that tells the two apart.
    doubtful = importing(header, "Ann Lee,12 Mar 1984,,,", "Ann Lee,,x@example.org,,", ann)
    assert counts(doubtful) == (0, 1, 0, 2)
    assert "name and birth date are those of patient" in doubtful.refused[0].reason
    assert "neither a patient number nor a birth date" in doubtful.refused[1].reason
    assert len({row.number for row in Patient.select()}) == 2
    assert whole()


def test_a_row_that_fits_several_patients_is_refused(importing: Importing) -> None:
    header = "name,dob,email,postcode"
    importing(header, "Ann Lee,12 Mar 1984,a@example.org,2582", "Ann Lee,12 Mar 1984,b@example.org,3000")
    summary = importing(header, "Ann Lee,12 Mar 1984,a@example.org,3000")
    assert "fits 2 patients" in summary.refused[0].reason


def test_one_patient_twice_in_a_file_without_numbers_is_one_patient(importing: Importing) -> None:
    lines = ("name,dob,email,postcode", "Ann Lee,12 Mar 1984,a@example.org,", "Ann Lee,12 Mar 1984,a@example.org,2582")
    assert counts(importing(*lines, dry_run=True)) == (1, 1, 0, 0)
    assert counts(importing(*lines)) == (1, 1, 0, 0)
    assert patient("000001").postcode == "2582"
    assert whole()


def test_a_dry_run_knows_across_blocks_whom_it_would_have_added(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BLOCK", 4)
    people = [f"Ann{n % 10} Lee,12 Mar 1984,a{n % 10}@example.org,{n}" for n in range(23)]
    dry = importing("name,dob,email,postcode", *people, dry_run=True)
    assert counts(importing("name,dob,email,postcode", *people)) == counts(dry) == (10, 13, 0, 0)
    assert whole()


def test_rows_out_of_order_are_reported_in_order(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are merged by name, chunk after chunk; what is said of them goes by lines."""
    monkeypatch.setattr(order, "CHUNK", 7)
    monkeypatch.setattr(pace, "BLOCK", 5)
    names = [f"{chr(ord('z') - n % 26)}{n}" for n in range(60)]
    importing(HEADER, *(f"{n},Jo,{name},1984-03-12,,,,deceased," for n, name in enumerate(names[:20])))
    lines = [f"{n},Jo,{name},1984-{'13' if n % 3 else '03'}-12,,,,active," for n, name in enumerate(names)]
    summary = importing(HEADER, *lines)
    assert [row.row for row in summary.refused] == [n + 2 for n in range(60) if n < 20 or n % 3]
    assert counts(summary)[0] == Patient.select().where(Patient.status == "current").count() == 13
    assert whole()


def test_a_number_that_is_somebody_elses_is_refused(importing: Importing) -> None:
    importing(HEADER, ANN)
    summary = importing(HEADER, "7,Zoe,Quinn,1950-05-05,,,,,")
    assert "somebody else's" in summary.refused[0].reason
    # Marriage changes a name, a correction a birth date: not both at once.
    assert counts(importing(HEADER, "7,Ann,Quinn,1984-03-21,,,,,")) == (0, 1, 0, 0)


def test_the_dead_stay_dead_and_a_stop_stays_a_stop(importing: Importing) -> None:
    header = "number,name,dob,status,communication"
    importing(header, "7,Ann Lee,1984-03-12,deceased,all", "8,Bob Lee,1984-03-12,,all")
    assert "deceased" in importing(header, "7,Ann Lee,1984-03-12,active,").refused[0].reason
    with transaction():
        Patient.update(communication="phone").where(Patient.number == "8").execute()
        history.record(importing.viewer, "stop", patient=patient("8").id)
    assert counts(importing(header, "8,Bob Lee,1984-03-12,,all")) == (0, 0, 1, 0)
    assert patient("8").communication == "phone"


def test_numbers_made_here_keep_clear_of_all_others(importing: Importing) -> None:
    importing(HEADER, "000041,Ann,Lee,1984-03-12,,,,,")
    header = "number,given,family,dob,postcode"
    importing(header, ",Cy,Hale,1984-03-12,1", "000042,Di,Poe,1984-03-12,2", ",Ed,Fox,1984-03-12,3")
    numbers = {row.given: row.number for row in Patient.select()}
    assert numbers == {"Ann": "000041", "Di": "000042", "Cy": "000043", "Ed": "000044"}


def test_date_formats(importing: Importing) -> None:
    lines = ("number,name,dob", "1,Ann Lee,01/02/1984", "2,Bob Lee,03/04/1990")
    with pytest.raises(ClinicError, match="--date-format dmy or --date-format mdy"):
        importing(*lines)
    assert not Patient.select().exists()
    importing(*lines, date_format="mdy")
    assert patient("1").birth_date == date(1984, 1, 2)
    with pytest.raises(ClinicError, match="no date format"):
        importing(*lines, date_format="nonsense")


def test_a_file_that_breaks_midway_changes_nothing(importing: Importing, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(f"{HEADER}\n{ANN}\n".encode() * 1 + "8,Zoë,Łoś,1984-03-12,,,,,\n".encode() * 3 + b"9,\xff,x\n")
    with pytest.raises(ClinicError, match="Line 6"):
        import_csv(importing.viewer, path)
    assert not Patient.select().exists()


def test_stopped_midway_it_leaves_whole_rows_and_the_same_again_finishes(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BLOCK", 20)
    lines = [HEADER, *(f"{n},Ann{n},Lee,1984-03-12,a{n}@example.org,,,," for n in range(200))]

    def stop(*_: Any) -> None:
        if Patient.select().count() >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(*lines, progress=stop)
    assert 60 <= Patient.select().count() < 200
    assert whole()
    already = Patient.select().count()

    def leave(_done: int, _total: int, counts: Any) -> None:
        if counts.added:
            raise Left

    left = importing(*lines, progress=leave)
    assert left.stopped
    assert left.added == Patient.select().count() - already > 0
    batch = ImportBatch.get_by_id(left.batch)
    assert (batch.finished_at, batch.summary["added"]) == (None, left.added)
    assert "stopped" in (history.latest(importing.viewer)[0].detail or {})
    summary = importing(*lines)
    assert summary.added + summary.unchanged == 200
    assert Patient.select().count() == 200
    assert whole()


def test_progress_runs_to_the_end(importing: Importing) -> None:
    seen: list[tuple[int, int, int]] = []
    importing(HEADER, ANN, BOB, progress=lambda done, total, counts: seen.append((done, total, counts.added)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    assert (seen[0][2], seen[-1][2]) == (0, 2)


def test_other_writers_get_their_turn(importing: Importing, database_url: str) -> None:
    """While a long import runs, another connection writes, again and again, and no patient of its own is lost."""
    lines = [HEADER, *(f"x{n},Ann{n},Lee,1984-03-12,a{n}@example.org,,,,Dr Wu" for n in range(20_000))]
    running, written = threading.Event(), [0]

    def write() -> None:
        while not running.is_set():
            with session(), transaction():
                number = f"other{written[0]}"
                Patient.insert(number=number, given="Other", sort_name="other").execute()
                written[0] += 1
            running.wait(0.005)
        close_database()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert counts(importing(*lines)) == (20_000, 0, 0, 0)
    finally:
        running.set()
        thread.join()
    assert written[0] > 3
    assert Patient.select().where(Patient.given == "Other").count() == written[0]


def test_who_may_import(importing: Importing) -> None:
    importing(HEADER, ANN)
    scoped = Viewer("carol", "front-desk", scope=frozenset({1}))
    hidden = Viewer("dan", "front-desk", names_hidden=True)
    practitioner = Viewer("eve", "practitioner")
    for viewer in (scoped, hidden, practitioner):
        with pytest.raises(NotAllowed):
            import_csv(viewer, importing.path)


def test_the_import_is_in_the_history(importing: Importing) -> None:
    summary = importing(HEADER, ANN, "9,Cy,Hale,1984-02-31,,,,,")
    event = next(event for event in history.latest(importing.viewer) if event.action == "import")
    assert event.detail == {"file": "patients.csv", "read": 2, "added": 1, "updated": 0, "unchanged": 0, "refused": 1}
    batch = ImportBatch.get_by_id(summary.batch)
    assert batch.finished_at is not None
    assert batch.summary["added"] == 1


def test_published_patients_come_in_and_stay_the_same(practice: Viewer, published: Path) -> None:
    folder = published / "patients"
    assert counts(import_csv(practice, folder / "synthea-unmc/patients.csv")) == (111, 0, 0, 0)
    assert counts(import_csv(practice, folder / "synthea-ohdsi/patients.csv")) == (27, 0, 0, 0)
    assert counts(import_csv(practice, folder / "synthea-unmc/patients.csv")) == (0, 0, 111, 0)
    febrl = import_csv(practice, folder / "febrl/dataset4a.csv")
    assert counts(febrl) == (4999, 0, 0, 1)
    assert febrl.refused[0].reason == "it has no name"
    assert counts(import_csv(practice, folder / "febrl/dataset4a.csv")) == (0, 0, 4999, 1)
    assert Patient.select().where(Patient.status == "deceased").exists()
    assert whole()
