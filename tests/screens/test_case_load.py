"""The case load: its rows at once, sorted, narrowed, ticked, saved, run again, exported; and what goes wrong."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.case_load import query, saved
from clinic_tui.case_load.orders import Sort
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.practice import Staff
from clinic_tui.invitations import inviting
from screens.app import ClinicApp
from screens.profile import ProfileScreen
from screens.reports.actions import ActionsDialog
from screens.reports.case_load import CaseLoadScreen
from screens.reports.export import ExportDialog
from screens.reports.new_report import NewReportDialog
from screens.reports.saved import ReportsScreen
from screens.theme import Look
from tests.screens import caseload, people, story
from tests.screens.caseload import run_all
from tests.screens.conftest import DARK, Desk, settle, shown
from tests.screens.story import front, press, write
from tests.statements import recorded

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])


def lines(pilot: Pilot[int], word: str) -> list[str]:
    return [line for line in shown(pilot).splitlines() if word in line]


def ticked(pilot: Pilot[int]) -> set[int]:
    screen = pilot.app.screen
    assert isinstance(screen, CaseLoadScreen)
    return set(screen.table.ticks)


@SIZES
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()
    people.hostile()
    caseload.fill(120)

    async def acts(pilot: Pilot[int]) -> None:
        await run_all(pilot)
        await press(pilot, "down", "space", "down", "space")

    assert desk.snap(acts, size)


def test_plain_narrow(desk: Desk) -> None:
    people.smiths()

    async def acts(pilot: Pilot[int]) -> None:
        await run_all(pilot)

    assert desk.snap(acts, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_nobody(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await run_all(pilot)

    assert desk.snap(acts, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_names_hidden(desk: Desk, size: tuple[int, int]) -> None:
    caseload.fill(12)
    with transaction():
        Staff.update(names_hidden=True).where(Staff.login == "alice").execute()

    async def acts(pilot: Pilot[int]) -> None:
        await run_all(pilot)

    assert desk.snap(acts, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_database_lost_at_once(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()

    async def acts(pilot: Pilot[int]) -> None:
        Patient._meta.database.execute_sql("ALTER TABLE patient_activity RENAME TO gone")
        await run_all(pilot)

    assert desk.snap(acts, size)


async def test_a_database_lost_later_leaves_the_rows_and_says_so(desk: Desk) -> None:
    caseload.fill(30)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "space")
        rename = Patient._meta.database.execute_sql
        rename("ALTER TABLE patient_activity RENAME TO gone")
        await press(pilot, "ctrl+r")
        said = story.read(pilot)
        assert "Something went wrong" in said or "database" in said.lower()
        assert "Abbot, Ben" in said
        assert len(ticked(pilot)) == 1
        rename("ALTER TABLE gone RENAME TO patient_activity")
        await press(pilot, "ctrl+r")
        assert "Something went wrong" not in story.read(pilot)
        assert len(ticked(pilot)) == 1


async def test_every_patient_comes_and_in_the_order_of_the_rules(desk: Desk, practice: Viewer) -> None:
    caseload.fill(150)
    async with desk.open() as pilot:
        screen = await run_all(pilot)
        assert "150 patients" in story.read(pilot)
        assert screen.table.ids == query.all_ids(practice)
        await press(pilot, "end")
        assert "Jobs, Jon" in shown(pilot)


async def test_sorting_by_key_asks_the_rules(desk: Desk, practice: Viewer) -> None:
    caseload.fill(150)
    async with desk.open(size=(120, 40)) as pilot:
        screen = await run_all(pilot)
        await press(pilot, "space")
        before = ticked(pilot)
        await press(pilot, "right", "right", "s")
        assert screen.table.sort is not None
        key, down = screen.table.sort
        assert key != "patient"
        assert screen.table.ids == query.all_ids(practice, sort=Sort(key, down))
        assert ticked(pilot) == before


async def test_narrowing_shows_who_matches_and_keeps_ticks(desk: Desk) -> None:
    ids = caseload.fill(150)
    smiths = people.smiths()
    async with desk.open() as pilot:
        screen = await run_all(pilot)
        await press(pilot, "space")
        await press(pilot, "slash")
        await write(pilot, "smyth")
        assert list(screen.table.ids) == [smiths["Smyth"]]
        await press(pilot, "enter", "space")
        assert ticked(pilot) == {ids[0], smiths["Smyth"]}
        await press(pilot, "slash", "escape")
        assert screen.table.count == 155
        assert "2 ticked" in story.read(pilot)


async def test_all_are_ticked_and_counted(desk: Desk) -> None:
    ids = caseload.fill(150)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "a")
        assert "150 ticked" in story.read(pilot)
        assert ticked(pilot) == set(ids)
        await press(pilot, "n")
        assert ticked(pilot) == set()


async def test_who_sees_no_names_ticks_nobody_and_is_told_why(desk: Desk) -> None:
    caseload.fill(150)
    with transaction():
        Staff.update(names_hidden=True).where(Staff.login == "alice").execute()
    async with desk.open() as pilot:
        await run_all(pilot)
        assert "Patient 000000" in shown(pilot)
        assert "Abbot" not in shown(pilot)
        (row,) = lines(pilot, "Patient 000000")
        assert "[–]" in row
        assert row.endswith("names hidden from you")
        await press(pilot, "space")
        assert "Names are hidden from you." in story.read(pilot)
        await press(pilot, "a")
        assert ticked(pilot) == set()


async def test_running_again_shows_who_came_and_keeps_ticks(desk: Desk) -> None:
    ids = caseload.fill(12)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "down", "space")
        people.patient("777", "Aaron", "Aardvark")
        await press(pilot, "ctrl+r")
        assert "13 patients" in story.read(pilot)
        assert "Aardvark, Aaron" in shown(pilot)
        assert ticked(pilot) == {ids[1]}


async def test_enter_opens_the_patient_and_what_was_done_there_shows(desk: Desk, practice: Viewer) -> None:
    (first, *_) = caseload.fill(12)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        inviting.invite(practice, first)
        await press(pilot, "escape")
        assert front(pilot) is CaseLoadScreen
        assert "queued" in lines(pilot, "Abbot, Ada")[0]


async def test_something_moved_shows_in_the_rows(desk: Desk, practice: Viewer) -> None:
    (first, *_) = caseload.fill(12)
    async with desk.open() as pilot:
        await run_all(pilot)
        assert isinstance(pilot.app, ClinicApp)
        pilot.app.poll()
        await settle(pilot)
        inviting.invite(practice, first)
        pilot.app.poll()
        await settle(pilot)
        assert "queued" in lines(pilot, "Abbot, Ada")[0]


async def test_behind_a_dialog_the_rows_are_read_when_that_is_closed(desk: Desk, practice: Viewer) -> None:
    (first, *_) = caseload.fill(12)
    async with desk.open() as pilot:
        screen = await run_all(pilot)
        await press(pilot, "space", "x")
        inviting.invite(practice, first)
        with recorded() as asked:
            screen.pulse_changed()
            await settle(pilot)
        assert not asked.run
        await press(pilot, "escape")
        assert "queued" in lines(pilot, "Abbot, Ada")[0]


async def test_changing_the_filters_keeps_the_ticks(desk: Desk) -> None:
    ids = caseload.fill(30)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "space", "f")
        assert front(pilot) is NewReportDialog
        await write(pilot, "chen")
        await press(pilot, "ctrl+r")
        said = story.read(pilot)
        assert "patients of Dr Mei Chen" in said
        assert "10 patients · 1 ticked" in said
        assert ticked(pilot) == {ids[0]}
        await press(pilot, "f")
        assert "Dr Mei Chen" in shown(pilot)  # typed as it was


async def test_saving_under_a_name(desk: Desk, practice: Viewer) -> None:
    caseload.fill(3)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "right", "right", "s", "w")
        await write(pilot, "By age")
        await press(pilot, "enter")
        assert "Saved as By age" in story.read(pilot)
        await press(pilot, "escape", "escape")  # the column choice first
        assert front(pilot) is ReportsScreen
        assert "By age" in shown(pilot)
    assert saved.open_report(practice, "By age").sort != Sort()


async def test_actions_want_somebody_ticked(desk: Desk) -> None:
    caseload.fill(3)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "x")
        assert front(pilot) is CaseLoadScreen
        assert "Nobody is ticked." in story.read(pilot)
        await press(pilot, "space", "x")
        assert front(pilot) is ActionsDialog
        assert "Invite to patient portal" in story.read(pilot)


async def test_export_writes_the_ticked_ones_for_their_owner_alone(desk: Desk, tmp_path: Path) -> None:
    caseload.fill(30)
    path = tmp_path / "out.csv"
    app = ClinicApp(desk.config, look=DARK, poll_seconds=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await run_all(pilot)
        await press(pilot, "down", "space", "down", "space", "x", "e")
        assert front(pilot) is ExportDialog
        await press(pilot, "ctrl+u")
        await write(pilot, str(path))
        await press(pilot, "enter")
        assert "2 patients in" in story.read(pilot)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with path.open(newline="") as file:
            assert [row["patient"] for row in csv.DictReader(file)] == ["Abbot, Ben", "Abbot, Cleo"]
        await press(pilot, "x", "e", "ctrl+u")
        await write(pilot, str(path))
        await press(pilot, "enter")
        assert "There is such a file already. Enter again replaces it." in story.read(pilot)
        await press(pilot, "enter")
        assert front(pilot) is CaseLoadScreen


async def test_who_came_as_somebody_else_writes_no_file(desk: Desk) -> None:
    caseload.fill(3)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "space", "x", "e", "enter")
        assert front(pilot) is ExportDialog
        assert "Only the account that owns" in story.read(pilot)


async def test_a_long_result_comes_in_pieces_and_can_be_left(desk: Desk, practice: Viewer) -> None:
    caseload.fill(70)
    rows = [(f"9{n:05}", "Zed", "Zimmer", "zimmer zed", "current", "all", "not_invited") for n in range(45_000)]
    fields = [Patient.number, Patient.given, Patient.family, Patient.sort_name, Patient.status, Patient.communication,
              Patient.portal]  # fmt: skip
    with transaction():
        for at in range(0, len(rows), 4_000):
            Patient.insert_many(rows[at : at + 4_000], fields=fields).execute()
    async with desk.open() as pilot:
        screen = await run_all(pilot)
        assert "45,070 patients" in story.read(pilot)
        assert screen.table.ids == query.all_ids(practice)
        await press(pilot, "ctrl+r", "escape")  # leaves off, or goes back where it was quicker
        assert front(pilot) in (CaseLoadScreen, ReportsScreen)
