"""Reports > Patient: what is saved, and New Report with its filters as they are typed."""

from __future__ import annotations

from datetime import date

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.case_load import saved
from clinic_tui.case_load.filters import Filters, Who, read
from clinic_tui.case_load.orders import Sort
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Practitioner, SavedReport
from clinic_tui.errors import NotFound
from screens.dialogs.confirm import ConfirmDialog
from screens.reports.case_load import CaseLoadScreen
from screens.reports.new_report import FIELDS, NewReportDialog, written
from screens.reports.saved import ReportsScreen
from tests.screens import people, story
from tests.screens.conftest import Desk
from tests.screens.story import front, press, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def reports(practice: Viewer) -> None:
    """Three saved ones; the practitioner of one is gone, the name of another is hostile."""
    people.smiths()
    okafor = people.practitioner()
    saved.save(practice, "Seen this year", read(practice, {"seen_from": "2026", "has_email": "yes"}), Sort())
    saved.save(practice, "Bob [/] \x1b[31m[@click=app.quit]x[/]", read(practice, {"places": "[b]Balmain"}), Sort())
    gone = Practitioner.create(name="Dr Gone", name_fold="dr gone")
    whose = (Who(okafor.id, okafor.name), Who(gone.id, gone.name))
    saved.save(practice, "Whose", Filters(practitioners=whose), Sort("last_seen", True))
    with transaction():
        gone.delete_instance()


async def open_reports(pilot: Pilot[int]) -> None:
    await press(pilot, "f2")
    assert front(pilot) is ReportsScreen


async def new_report(pilot: Pilot[int]) -> None:
    await open_reports(pilot)
    await press(pilot, "n")
    assert front(pilot) is NewReportDialog


async def fill(pilot: Pilot[int], **typed: str) -> None:
    """Type into the fields, going from one to the next by keys."""
    for name in FIELDS:
        if typed.get(name):
            await write(pilot, typed[name])
        await press(pilot, "tab")
    await write(pilot, typed.get("name", ""))


@SIZES
@pytest.mark.usefixtures("reports")
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_reports, size)


@SIZES
def test_empty(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_reports, size)


@pytest.mark.usefixtures("reports")
def test_database_lost(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        SavedReport._meta.database.execute_sql("ALTER TABLE saved_report RENAME TO gone")
        await open_reports(pilot)

    assert desk.snap(acts)


@SIZES
def test_new_report(desk: Desk, size: tuple[int, int]) -> None:
    assert story.pictured(desk, new_report, size)


@SIZES
def test_new_report_that_cannot_stand(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()

    async def acts(pilot: Pilot[int]) -> None:
        await new_report(pilot)
        await fill(pilot, practitioners="house", seen_from="31 feb 2026", age_min="60", age_max="40", places="2041")

    assert story.pictured(desk, acts, size)


async def test_the_sentence_follows_what_is_typed(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await new_report(pilot)
        assert "every patient" in story.read(pilot)
        await fill(pilot, practitioners="okaf", seen_from="1 jan 2026", has_email="yes")
        assert "patients of Dr R. Okafor, seen since 1 Jan 2026, with own e-mail" in story.read(pilot)
        await press(pilot, "up", "up")
        await write(pilot, "perhaps")
        assert "Never invited is wrong so far; without it: patients of Dr R. Okafor" in story.read(pilot)


async def test_half_a_date_is_no_mistake_until_the_field_is_left(desk: Desk) -> None:
    async with desk.open() as pilot:
        await new_report(pilot)
        await press(pilot, *["tab"] * FIELDS.index("seen_from"))
        await write(pilot, "31 f")
        assert "is no date" not in story.read(pilot)
        await press(pilot, "tab")
        assert "'31 f' is no date" in story.read(pilot)
        await press(pilot, "shift+tab", *["backspace"] * 4)
        await write(pilot, "31 jan 2026")
        await press(pilot, "tab")
        assert "is no date" not in story.read(pilot)
        assert "seen since 31 Jan 2026" in story.read(pilot)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("seen_to", "31 feb 2026", "'31 feb 2026' is no date."),
        ("practitioners", "house", "There is no practitioner 'house'."),
        ("age_max", "many", "'many' is no age."),
        ("portal", "maybe", "'maybe' is no portal line."),
    ],
)
async def test_run_says_beside_the_field_what_cannot_stand(desk: Desk, field: str, typed: str, said: str) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await new_report(pilot)
        await fill(pilot, **{field: typed})
        await press(pilot, "ctrl+r")
        assert front(pilot) is NewReportDialog
        assert said in story.read(pilot)
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == field.replace("_", "-")


async def test_a_range_upside_down(desk: Desk) -> None:
    async with desk.open() as pilot:
        await new_report(pilot)
        await fill(pilot, seen_from="2026-05-01", seen_to="2026-04-01")
        assert "The days are upside down: 1 May 2026 to 1 Apr 2026." in story.read(pilot)
        assert "seen since 1 May 2026" in story.read(pilot)
        await press(pilot, "ctrl+r")
        assert front(pilot) is NewReportDialog


async def test_run_with_a_name_saves_it(desk: Desk, practice: Viewer) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await new_report(pilot)
        await fill(pilot, has_email="yes", name="With e-mail")
        await press(pilot, "ctrl+r")
        assert front(pilot) is CaseLoadScreen
        assert "Reports > Patient > Case Load: With e-mail" in story.read(pilot)
        await press(pilot, "escape")
        assert "With e-mail" in story.read(pilot)
    assert saved.open_report(practice, "with E-MAIL").filters == Filters(has_email=True)


async def test_a_name_that_is_taken_is_replaced_when_asked_again(desk: Desk, practice: Viewer) -> None:
    saved.save(practice, "Mine", Filters(), Sort())
    async with desk.open() as pilot:
        await new_report(pilot)
        await fill(pilot, has_email="no", name="Mine")
        await press(pilot, "ctrl+r")
        assert "There is a report 'Mine' already. Ctrl+R again replaces it." in story.read(pilot)
        assert saved.open_report(practice, "Mine").filters == Filters()
        await press(pilot, "ctrl+r")
        assert front(pilot) is CaseLoadScreen
    assert saved.open_report(practice, "Mine").filters == Filters(has_email=False)


async def test_cancel_saves_nothing(desk: Desk, practice: Viewer) -> None:
    async with desk.open() as pilot:
        await new_report(pilot)
        await fill(pilot, name="Never")
        await press(pilot, "escape")
        assert front(pilot) is ReportsScreen
    assert saved.listing(practice) == []


@pytest.mark.usefixtures("reports")
async def test_enter_runs_a_saved_one_and_says_who_is_gone(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_reports(pilot)
        await press(pilot, "end", "enter")
        assert front(pilot) is CaseLoadScreen
        said = story.read(pilot)
        assert "patients of Dr R. Okafor or Dr Gone" in said
        assert "Dr Gone is no longer a practitioner here" in said
        assert "Smithers, Joel" in said


@pytest.mark.usefixtures("reports")
async def test_removing_asks_first(desk: Desk, practice: Viewer) -> None:
    async with desk.open() as pilot:
        await open_reports(pilot)
        await press(pilot, "end", "x")
        assert front(pilot) is ConfirmDialog
        await press(pilot, "escape")
        assert saved.open_report(practice, "Whose")
        await press(pilot, "x", "enter")
        assert "Removed: Whose." in story.read(pilot)
    with pytest.raises(NotFound):
        saved.open_report(practice, "Whose")


def test_the_filters_are_typed_again_as_they_were_read(practice: Viewer) -> None:
    okafor = people.practitioner()
    who = (Who(okafor.id, okafor.name),)
    filters = Filters(
        who, who, ("current", "waiting"), ("not_invited", "accepted_check"), date(2026, 1, 1), date(2026, 6, 30), 2, 9,
        date(2025, 1, 31), date(2026, 12, 1), date(2027, 1, 1), 18, 65, ("female",), False, ("Balmain", "2041"), True,
    )  # fmt: skip
    assert read(practice, written(filters)) == filters
    assert written(Filters()) == {}
