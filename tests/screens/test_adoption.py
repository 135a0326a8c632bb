"""Adoption as a chart: its bars, what the keys change, and the file."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from screens.reports.adoption import AdoptionScreen
from screens.reports.period import PeriodDialog
from screens.theme import Look
from tests.screens import people
from tests.screens.conftest import Desk, shown
from tests.screens.story import front, press, read, write
from tests.test_adoption import active, invitation

ASCII = Look("clinic-plain", ansi=True, unicode=False)
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
STATES = ("accepted", "accepted", "expired", "declined", "accepted", "bounced", "sent")


@pytest.fixture
def invited(practice: Viewer) -> None:
    """A year of invitations, of two practitioners' patients and of somebody's whose name was made to break screens."""
    doctors = [people.practitioner(name) for name in ("Dr R. Okafor", "Dr 王小明 [/] \x1b[31mLee", "")]
    with transaction():
        for number in range(40):
            born = date(1931 + 2 * number, 5, 2)
            one = people.patient(f"{number:06}", "Jo", f"Nr{number}", birth_date=born, practitioner=doctors[number % 2])
            invitation(one, STATES[number % len(STATES)], (number * number) % 300)
            if number % 7 in (0, 1):
                active(one)


async def open_it(pilot: Pilot[int]) -> None:
    await press(pilot, "f2", "a")
    assert front(pilot) is AdoptionScreen


@SIZES
@pytest.mark.usefixtures("invited")
def test_by_month(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_it, size)


@pytest.mark.usefixtures("invited")
def test_by_practitioner_in_ascii(desk: Desk) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_it(pilot)
        await press(pilot, "b")

    assert desk.snap(acts, look=ASCII)


def test_nothing_yet(desk: Desk) -> None:
    assert desk.snap(open_it)


@pytest.mark.usefixtures("invited")
async def test_b_goes_round(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_it(pilot)
        for title in ("Practitioner", "Template", "Age", "Month"):
            await press(pilot, "b")
            assert shown(pilot).splitlines()[3].strip().startswith(title)
            assert "40 invited" in read(pilot)


@pytest.mark.usefixtures("invited")
async def test_a_period(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_it(pilot)
        await press(pilot, "f")
        assert front(pilot) is PeriodDialog
        await write(pilot, "soon")
        await press(pilot, "enter")
        assert "'soon' is no date." in read(pilot)
        await press(pilot, *["backspace"] * 4)
        await write(pilot, "nov 2026")
        await press(pilot, "enter")
        assert front(pilot) is AdoptionScreen
        said = shown(pilot).splitlines()[2]
        assert "from 1 Nov 2026" in said
        assert "40 invited" not in said
        await press(pilot, "f", "down", "down")
        await press(pilot, *["backspace"] * 12)
        await write(pilot, "1990")
        await press(pilot, "down")
        await write(pilot, "1991")
        await press(pilot, "enter")
        assert "No invitation was made in this time." in read(pilot)


@pytest.mark.usefixtures("invited")
async def test_what_is_shown_is_written_to_a_file(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "a.csv"
    async with desk.open() as pilot:
        await open_it(pilot)
        await press(pilot, "e")
        assert "Only the account that owns" in read(pilot)
        await press(pilot, "escape")
        pilot.app.login = None  # type: ignore[attr-defined]
        await press(pilot, "e", *["backspace"] * 20)
        await write(pilot, "~/a.csv")
        await press(pilot, "enter")
        assert "which only you can read" in read(pilot)
    assert file.read_text().startswith("month,invited,delivered,accepted,declined,bounced,active\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
