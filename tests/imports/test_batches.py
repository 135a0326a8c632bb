"""Batches: opened, undone, complete exports, edits of the desk, duplicates."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic_tui.access import Viewer
from clinic_tui.aside import Left
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Appointment, Contact, Patient, PatientToken, PortalAccount
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import ImportedValue, Practitioner
from clinic_tui.errors import NotAllowed, Refused
from clinic_tui.imports.batches import batches, refused_csv, summary
from clinic_tui.imports.duplicates import duplicates
from clinic_tui.imports.tally import Counts
from clinic_tui.imports.undo import undo
from clinic_tui.invitations import codes, inviting
from clinic_tui.patients import contacts, records
from tests.imports.test_patients_csv import whole
from tests.imports.test_synthea import importing

HEADER = "number,given,family,dob,email,status,guardian name,guardian email,portal"
ANN = "1,Ann,Lee,2015-03-12,ann@example.org,,Eve Lee,eve@example.org,"
BOB = "2,Bob,Lee,1980-03-12,bob@example.org,,,,active"


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join((HEADER, *lines)) + "\n")
    return path


def everything() -> Any:
    tables: list[Any] = [Patient, PatientToken, Contact, PortalAccount, Practitioner, Appointment, ImportedValue]
    return [sorted(json.dumps(row, default=str, sort_keys=True) for row in table.select().dicts()) for table in tables]


def test_an_import_is_undone_until_its_rows_are_used(practice: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    first = importing(practice, written(path, ANN))
    before = everything()
    lines = (ANN.replace("Lee", "Lea").replace("eve@", "eva@"), BOB, "3,,,1980-01-01,,,,,")
    second = importing(practice, written(path, *lines))
    assert (second.added, second.updated) == (1, 1)
    kept = summary(practice, second.batch or 0)
    assert (kept.name, kept.counts["refused"], kept.undone_at) == ("x.csv", 1, None)
    assert undo(practice, kept.id).removed == 2
    changed = Patient.get()
    assert (changed.family, changed.sort_name, changed.version) == ("Lee", "lee ann", 2)
    after = everything()
    assert [len(table) for table in after[:-1]] == [len(table) for table in before[:-1]]
    assert after[1:3] == before[1:3]
    assert whole()
    assert [batch.undone_at is not None for batch in batches(practice)] == [True, False]
    third = importing(practice, path)
    assert (third.added, third.updated) == (1, 1)
    bob = Patient.get(Patient.number == "2")
    records.change(practice, bob.id, suburb="Perth")
    with pytest.raises(Refused, match="patient 2 was used"):
        undo(practice, third.batch or 0)
    with pytest.raises(Refused):
        undo(practice, first.batch or 0)  # what came with it was changed by a later import
    with pytest.raises(NotAllowed):
        undo(Viewer("eve", "practitioner"), 1)


def test_an_import_is_undone_whole_or_not_at_all(practice: Viewer, tmp_path: Path) -> None:
    codes.use_key_file(tmp_path / "clinic.key")
    path = tmp_path / "x.csv"
    importing(practice, written(path, ANN))
    changed = (ANN.replace("Lee", "Lea").replace("eve@", "eva@"), BOB, "5,Cy,Lee,1980-03-12,cy@example.org,,,,")
    batch = importing(practice, written(path, *changed)).batch or 0
    before = everything()

    def stop(done: int) -> None:
        if done > 2:
            raise Left

    with pytest.raises(Left):
        undo(practice, batch, stop)
    assert everything() == before
    inviting.invite(practice, Patient.get(Patient.number == "5").id)
    before = everything()
    with pytest.raises(Refused, match="patient 5 was used"):
        undo(practice, batch)
    assert everything() == before
    assert Invitation.select().where(Invitation.state == "queued").count() == 1
    assert summary(practice, batch).undone_at is None


def test_none_is_undone_while_an_import_runs(practice: Viewer, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", ANN, BOB)
    said: list[BaseException | None] = []

    def meanwhile(_done: int, _all: int, counts: Counts) -> None:
        if counts.read and not said:
            with ThreadPoolExecutor(1) as other:  # which has a connection of its own, as another program has
                said.append(other.submit(lambda: undo(practice, batches(practice)[0].id)).exception())

    batch = importing(practice, path, progress=meanwhile).batch or 0
    assert isinstance(said[0], Refused)
    assert "still running" in str(said[0])
    assert Patient.select().count() == 2
    assert undo(practice, batch).removed == 4


def test_refused_rows_are_mended_and_imported_again(practice: Viewer, tmp_path: Path) -> None:
    path, other = tmp_path / "x.csv", tmp_path / "y.csv"
    lines = (ANN, "3,Cy,Lee,1980-02-31,+cy@example.org,,,,", "4,Di,Lee,1980-02-31,,,,,", "5,Ed,1980-02-28", ANN + ",,x")
    other.write_text("no;name;dob;mobile\n6;Flo Lee;2999-01-01;+61 412 345 678\n")
    batch = importing(practice, written(path, *lines), other).batch or 0
    mine, theirs = refused_csv(practice, batch)
    assert mine[0] == HEADER + ",refused in,refused row,refused because\r\n"
    assert mine[1].startswith("3,Cy,Lee,1980-02-31,'+cy@example.org,,,,,x.csv,3,'dob' '1980-02-31' is no date")
    # With too few cells to stand under the header, or too many: as they are, and so refused again until mended.
    assert mine[3].startswith("5,Ed,1980-02-28,x.csv,5,it has only 3 of 9 cells")
    assert mine[4].startswith(f"{ANN},,x,x.csv,6,")
    assert theirs[1].startswith("6,Flo Lee,2999-01-01,'+61 412 345 678,y.csv,2,'dob' '2999-01-01'")
    path.write_text("".join(mine).replace("02-31", "02-28"))
    other.write_text("".join(theirs).replace("2999", "1999"))
    again = importing(practice, path, other)
    assert (again.added, again.unused) == (3, [])
    assert [row.reason for row in again.refused] == [
        "it has only 3 of 9 cells", "it has 11 cells, the header 9",
    ]  # fmt: skip
    people = {row.number: (row.family, row.email, row.mobile) for row in Patient.select().where(Patient.number != "1")}
    assert people == {
        "3": ("Lee", "+cy@example.org", None), "4": ("Lee", None, None), "6": ("Lee", None, "+61 412 345 678"),
    }  # fmt: skip


def test_who_is_absent_from_a_complete_export_is_archived_and_comes_back(practice: Viewer, tmp_path: Path) -> None:
    by_hand = records.add(practice, family="Hand")
    path = tmp_path / "x.csv"
    importing(practice, written(path, ANN, BOB))
    dry = importing(practice, written(path, ANN), complete=True, dry_run=True)
    gone = importing(practice, path, complete=True)
    assert dry.archived == gone.archived == 1
    assert {row.number: row.status for row in Patient.select()} == {
        "000001": "current", "1": "current", "2": "archived",
    }  # fmt: skip
    assert importing(practice, path, complete=True).archived == 0
    # A refused row is about somebody who is there.
    assert importing(practice, written(path, ANN, BOB, "2,x"), complete=True).notes
    assert Patient.get(Patient.number == "2").status == "current"
    importing(practice, written(path, ANN, BOB.replace("1980-03-12", "1980-13-12")), complete=True)
    assert Patient.get(Patient.number == "2").status == "current"
    assert Patient.get_by_id(by_hand).status == "current"


def test_a_contact_that_the_desk_changed_or_removed_stays_so(practice: Viewer, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", ANN)
    importing(practice, path)
    eve = Contact.get()
    contacts.change(practice, eve.id, email="mine@example.org")
    importing(practice, path)
    assert Contact.get().email == "mine@example.org"
    contacts.remove(practice, eve.id)
    importing(practice, path)
    assert not Contact.select().exists()
    importing(practice, written(path, ANN.replace("eve@", "eva@")))
    assert Contact.get().email == "eva@example.org"


HELD = {
    "email": ("a@example.org", "b@example.org", "c@example.org"), "mobile": ("0412345671", "0412345672", "0412345673"),
    "family": ("Lee", "Łoś", "O'Neill Lee"), "status": ("current", "waiting", "archived"),
}  # fmt: skip
FIRST = {field: values[0] for field, values in HELD.items()}
IMPORTED = st.fixed_dictionaries({field: st.sampled_from(("", *values)) for field, values in HELD.items()})
EDITED = st.sampled_from([{field: value} for field, values in HELD.items() for value in values] + [{"email": ""}])
STEP = st.tuples(st.just("import"), IMPORTED) | st.tuples(st.just("edit"), EDITED)


@settings(max_examples=15)
@given(steps=st.lists(STEP, max_size=7))
@example([("edit", {"email": "b@example.org"}), ("import", FIRST | {"email": "b@example.org"}), ("import", FIRST)])
def test_any_order_of_imports_and_edits(
    practice: Viewer, tmp_path: Path, steps: list[tuple[str, dict[str, Any]]]
) -> None:
    """What the record says is what changed last: the source's value where it changed, else the desk's."""
    with session(), transaction():
        Patient.delete().execute()
    path = tmp_path / "x.csv"

    def import_row(said: dict[str, str]) -> None:
        cells = ",".join(said[field] for field in HELD)
        path.write_text(f"number,given,dob,communication,{','.join(HELD)}\n1,Ann,1980-03-12,all,{cells}\n")
        importing(practice, path)

    said = dict(FIRST)
    import_row(said)
    shown = dict(said)
    patient = Patient.get()
    for what, values in steps:
        if what == "edit":
            records.change(practice, patient.id, **values)
            shown |= values
        else:
            import_row(values)
            new = {field: value for field, value in values.items() if value and value != said[field]}
            said |= new
            shown |= new
        kept = Patient.get()
        assert {field: getattr(kept, field) or "" for field in HELD} == shown
    assert whole()


def test_likely_duplicates_are_listed_and_never_merged(practice: Viewer, tmp_path: Path) -> None:
    pairs = [
        "1,Michaela,Neumann,1915-11-11,,,,,", "2,Micheala,Neuman,1915-11-11,,,,,", "3,Neumann,Michaela,1915-11-11,,,,,",
        "4,Ann,Lee,1980-03-12,a@example.org,,,,", "5,Ann,Lee,1980-12-03,a@example.org,,,,",
        "6,Zoe,Quinn,1915-11-11,,,,,",
    ]  # fmt: skip
    importing(practice, written(tmp_path / "x.csv", *pairs))
    found = {(pair.one.number, pair.other.number) for pair in duplicates(practice)}
    assert found == {("1", "2"), ("1", "3"), ("4", "5")}
    assert Patient.select().count() == 6
