"""Patients > Import: a path typed, a look, what must be said, progress, what became of it, undone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.aside import Left
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, Contact, Patient
from clinic_tui.db.models.practice import ImportBatch, Staff
from clinic_tui.errors import ClinicError
from clinic_tui.imports.run import Source, run
from clinic_tui.patients import records
from screens.imports import works
from screens.imports.batch import BatchScreen
from screens.imports.duplicates import DuplicatesScreen
from screens.imports.files import ImportDialog
from screens.imports.holds import HoldsDialog
from screens.imports.preview import PreviewScreen
from screens.imports.running import RunningDialog
from screens.imports.screen import ImportsScreen
from screens.imports.works import Told
from screens.lookup import LookupScreen
from screens.profile import ProfileScreen
from tests.screens import story
from tests.screens.conftest import Desk, until
from tests.screens.story import front, press, read, write
from tests.screens.works import Telling

EXPORT = """\
Patient Number,First Name,Last Name,Date of Birth,Mobile,Contact Email,Guardian Name,Notes
1,Ann,Lee,03/04/2015,0412 345 678,eve@example.org,Eve Lee,Ring
2,Bob [/],Lee,05/06/1990,+61 412 345 679,,,\x1b[31mred
3,,,07/08/1991,,x@example.org,,
4,Cy,Ray,31/02/1991,+61 412 345 680,cy@example.org,,
"""


@pytest.fixture(autouse=True)
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The export, in the folder in which the app runs: what is typed is short and always the same."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "clinic.csv"
    path.write_text(EXPORT)
    return path


async def open_imports(pilot: Pilot[int]) -> None:
    """As the account that owns the data: only that one reads files here."""
    pilot.app.login = None  # type: ignore[attr-defined]
    await press(pilot, "f10")
    await write(pilot, "from a file")
    await press(pilot, "enter")
    assert front(pilot) is ImportsScreen


async def look_into(pilot: Pilot[int], path: str) -> None:
    await open_imports(pilot)
    await press(pilot, "n")
    await write(pilot, path)
    await press(pilot, "enter")


async def say_what_must_be_said(pilot: Pilot[int]) -> None:
    await press(pilot, "enter")
    assert front(pilot) is HoldsDialog
    await write(pilot, "guardian's e")
    await press(pilot, "enter", "o", "tab", "tab", "right", "enter")


async def test_a_file_by_keys_from_its_path_to_its_undoing(desk: Desk, practice: Viewer, tmp_path: Path) -> None:
    async with desk.open() as pilot:
        await look_into(pilot, "'clinic.csv'")
        assert front(pilot) is PreviewScreen
        assert "day first or as month first: '03/04/2015'" in read(pilot)
        assert "Whose e-mail 'Contact Email' holds is not clear" in read(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is PreviewScreen  # nothing is brought in across an open question
        await say_what_must_be_said(pilot)
        assert "All is clear" in read(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is BatchScreen
        assert "patients 4 2 0 0 2" in read(pilot)
        assert "it has no name" in read(pilot)
        ann = Patient.get(Patient.number == "1")
        assert (ann.email, str(ann.birth_date), Contact.get().email) == (None, "2015-04-03", "eve@example.org")
        await press(pilot, "s", "enter")
        assert "2 rows in" in read(pilot)
        refused = tmp_path / "refused.csv"
        assert stat.S_IMODE(refused.stat().st_mode) == 0o600
        refused.write_text(refused.read_text().replace("31/02/1991", "13/02/1991").replace("3,,,", "3,Di,Ray,"))
        await press(pilot, "escape", "n")
        await write(pilot, "~/refused.csv")
        await press(pilot, "enter")
        await press(pilot, "enter")
        await write(pilot, "e-mail")
        await press(pilot, "enter", "ctrl+s")
        assert "patients 2 2 0 0 0" in read(pilot)
        assert "No row was refused." in read(pilot)
        cy = Patient.get(Patient.number == "4")
        assert (cy.mobile, cy.email) == ("+61 412 345 680", "cy@example.org")
        records.change(practice, cy.id, suburb="Perth")
        await press(pilot, "u", "enter")
        assert "patient 4 was used" in read(pilot)
        await press(pilot, "escape", "escape")
        assert front(pilot) is ImportsScreen
        await press(pilot, "down", "enter", "u", "enter")
        assert "Undone: 3 taken away" in read(pilot)
        await press(pilot, "escape")
        assert "undone: 2 added, 2 refused" in read(pilot)
    assert {row.number for row in Patient.select()} == {"3", "4"}


async def test_undoing_that_was_stopped_half_done_goes_on(
    desk: Desk, practice: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("number,name,birth date\n" + "".join(f"{n},Ann Lee {n},1980-03-12\n" for n in range(9)))
    batch = run(practice, [Source(path, path.name)]).batch
    assert batch is not None

    def stop(told: Told) -> None:
        if told.done > 3:
            raise Left

    with monkeypatch.context() as few:
        few.setattr("clinic_tui.imports.pace.BLOCK", 3)  # patients put back at a time
        with pytest.raises(ClinicError, match="stopped half undone"):
            works.Undo(batch, 9)(practice, stop)
    async with desk.open() as pilot:
        await open_imports(pilot)
        assert "being undone" in read(pilot)
        await press(pilot, "enter", "u")
        assert "Go on undoing import 1" in read(pilot)
        await press(pilot, "enter")
        assert "Undone: 9 taken away" in read(pilot)
    assert not Patient.select().exists()


WRONG = {
    "nowhere.csv": (None, "There is no file nowhere.csv."),
    "": (None, "There is no path."),
    "~nobody-here/x.csv": (None, "This is no path."),
    "a.zip": (b"PK\x03\x04" + b"x" * 100, "a.zip is a ZIP archive"),
    "b.xlsx": (b"PK\x03\x04" + b"[Content_Types].xml xl/", "b.xlsx is an Excel"),
    "c.pdf": (b"%PDF-1.7", "c.pdf is a PDF"),
    "d.csv": ("no,name,dob\n1,Zoë Łoś,1984-03-12\n".encode() * 3 + b"2,\xff,x\n", "Line 7 of d.csv is not UTF-8"),
    "e.csv": (b"", "e.csv is empty."),
}


async def test_what_cannot_be_read_is_said_beside_the_path(desk: Desk, tmp_path: Path) -> None:
    async with desk.open() as pilot:
        await open_imports(pilot)
        await press(pilot, "n")
        for name, (content, said) in WRONG.items():
            if content is not None:
                (tmp_path / name).write_bytes(content)
            await press(pilot, "ctrl+u")
            await write(pilot, name)
            await press(pilot, "enter")
            assert front(pilot) is ImportDialog
            assert said in read(pilot), name
        await press(pilot, "ctrl+u")
        await write(pilot, "clinic.csv")
        await press(pilot, "enter")
        assert front(pilot) is PreviewScreen


async def test_columns_of_other_lists_can_be_said_too(desk: Desk, practice: Viewer, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("no,name,dob,email\n1,Ann Lee,1980-03-31,ann@gmial.com\n")
    (tmp_path / "booked.csv").write_text("Booking ID,Wann,Client Number\n7,2030-05-06 10:00,1\n")
    async with desk.open() as pilot:
        await look_into(pilot, "people.csv")
        assert "1 address at gmial.com: is it gmail.com? " in read(pilot)
        assert "All is clear" in read(pilot)
        await press(pilot, "ctrl+s", "escape", "n")
        await write(pilot, "booked.csv")
        await press(pilot, "enter", "o", "tab", "right", "right", "right", "enter")
        assert "booked.csv has no column with a patient and a start" in read(pilot)
        await press(pilot, "down", "enter")
        assert front(pilot) is HoldsDialog
        await write(pilot, "when it b")
        await press(pilot, "enter")
        assert "All is clear" in read(pilot)
        assert "when it begins" in read(pilot)
        await press(pilot, "ctrl+s")
        assert "appointments 1 1 0 0 0" in read(pilot)
    assert Appointment.get().patient.number == "1"


async def test_large_files_are_read_and_brought_in_by_another_process(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(works, "LARGE", 0)
    monkeypatch.setattr(works, "MANY", 0)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    (tmp_path / "new.csv").write_text("no,name,dob\n1,Ann Lee,1980-03-31\n2,Bo Lee,\n")
    async with desk.open() as pilot:
        await look_into(pilot, "new.csv")
        assert "All is clear" in read(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is BatchScreen
        assert "patients 2 2 0 0 0" in read(pilot)
        assert Patient.select().count() == 2
        await press(pilot, "u", "enter")
        assert "Undone: 2 taken away" in read(pilot)
    assert not Patient.select().exists()


async def test_what_runs_is_stopped_by_escape(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_imports(pilot)
        dialog = RunningDialog("Undoing", Telling(Told(1, 4, {})))
        pilot.app.push_screen(dialog)
        await until(pilot, lambda: "25 %" in read(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "It was stopped" in read(pilot))
        await press(pilot, "escape")
        assert front(pilot) is ImportsScreen


async def test_likely_duplicates_are_opened_one_by_one(desk: Desk, practice: Viewer, tmp_path: Path) -> None:
    lines = ("no,name,dob", "1,Michaela Neumann,1915-11-11", "2,Micheala Neuman,1915-11-11", "3,Zoe Quinn,1915-11-11")
    (tmp_path / "x.csv").write_text("\n".join(lines))
    run(practice, [Source(tmp_path / "x.csv", "x.csv")])
    async with desk.open() as pilot:
        await open_imports(pilot)
        await press(pilot, "d")
        assert front(pilot) is DuplicatesScreen
        assert "names that differ by a slip" in read(pilot)
        await press(pilot, "o")
        assert front(pilot) is ProfileScreen
        assert "Neuman, Micheala" in read(pilot)
        await press(pilot, "escape", "escape", "enter", "d")
        assert "1 pair of import 1" in read(pilot)


async def test_who_came_as_somebody_else_reads_no_file_and_who_may_not_import_is_not_offered_it(desk: Desk) -> None:
    async with desk.open() as pilot:
        await pilot.app.run_action("app.imports")
        await press(pilot, "n")
        await write(pilot, "clinic.csv")
        await press(pilot, "enter")
        assert front(pilot) is ImportDialog
        assert "Only the account that owns the practice's data reads files here." in read(pilot)
    for change in ({"role": "practitioner"}, {"role": "front-desk", "names_hidden": True},
                   {"role": "front-desk", "names_hidden": False, "scope": "chosen"}):  # fmt: skip
        with transaction():
            Staff.update(**change).where(Staff.login == "alice").execute()
        async with desk.open() as pilot:
            await pilot.app.run_action("app.imports")
            assert front(pilot) is LookupScreen


# Pictures


def test_nothing_yet(desk: Desk) -> None:
    assert desk.snap(open_imports)


def test_asked_for_a_path(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await look_into(pilot, "nowhere.csv")

    assert desk.snap(acts)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["80x24", "200x60"])
def test_what_must_be_said(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await look_into(pilot, "clinic.csv")

    assert desk.snap(acts, size)


def test_what_a_column_holds(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await look_into(pilot, "clinic.csv")
        await press(pilot, "enter", "down")

    assert story.pictured(desk, acts)


def test_a_folder_of_many_things(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "a.csv").write_text("demographic_no,last_name,first_name,year_of_birth\n1,Lee,Ann,1980\n")
    (folder / "b.csv").write_text("Id,Name,Speciality,Email\n1,Dr Wu,GP,wu@example.org\n")
    (folder / "c.csv").write_text("Kennung,Nachname\n1,Lee\n")
    (folder / "d.json").write_text('{"resourceType": "Patient", "id": "1"}')
    (folder / "e.csv").write_bytes(b"PK\x03\x04 xl/")

    async def acts(pilot: Pilot[int]) -> None:
        await look_into(pilot, "all")
        await press(pilot, "down")

    assert desk.snap(acts)


def test_how_far_it_is(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_imports(pilot)
        counts = {"read": 431_000, "added": 430_120, "updated": 10, "unchanged": 500, "refused": 370}
        dialog = RunningDialog("Importing", Telling(Told(43, 100, counts)))
        pilot.app.push_screen(dialog)
        await until(pilot, lambda: "430,120 added" in read(pilot))

    assert desk.snap(acts, busy=True)


def test_what_became_of_it(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await look_into(pilot, "clinic.csv")
        await say_what_must_be_said(pilot)
        await press(pilot, "ctrl+s")

    assert desk.snap(acts)


def test_those_that_there_were(desk: Desk, practice: Viewer, tmp_path: Path) -> None:
    for text in (
        "no,name,dob\n1,Michaela Neumann,1915-11-11\n2,Micheala Neuman,1915-11-11\n",
        "no,name\n1,\n3,Bo Lee\n",
    ):
        (tmp_path / "x.csv").write_text(text)
        run(practice, [Source(tmp_path / "x.csv", "x.csv [/]")])
    with transaction():
        ImportBatch.update(finished_at=None).where(ImportBatch.id == 1).execute()
    assert desk.snap(open_imports)


def test_pairs(desk: Desk, practice: Viewer, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("no,name,dob\n1,Michaela Neumann,1915-11-11\n2,Neumann Michaela,1915-11-11\n")
    run(practice, [Source(tmp_path / "x.csv", "x.csv")])

    async def acts(pilot: Pilot[int]) -> None:
        await open_imports(pilot)
        await press(pilot, "d")

    assert desk.snap(acts)
