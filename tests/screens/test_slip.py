"""A slip from the profile: the check first, then the text, printed by a key where there is a printer."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui import history, settings
from clinic_tui.access import Viewer
from clinic_tui.invitations import codes, inviting
from clinic_tui.staff import at_the_keyboard
from screens.dialogs.identity import IN_PERSON, SlipDialog
from screens.profile import ProfileScreen
from screens.slip import SlipScreen
from tests.printers import Printer
from tests.screens import story
from tests.screens.conftest import Desk, shown
from tests.screens.story import front, pictured, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def invitation(practice: Viewer, monkeypatch: pytest.MonkeyPatch) -> int:
    """John's invitation; its codes are the same every time."""
    monkeypatch.setattr(codes, "slip_code", lambda _ref, _key_id: "482 913 706 5")
    return story.invited(practice, story.john())


async def open_dialog(pilot: Pilot[int]) -> None:
    """By keys, from the lookup: the only patient, then the slip."""
    await press(pilot, "enter", "p")
    assert front(pilot) is SlipDialog


async def open_slip(pilot: Pilot[int]) -> None:
    await open_dialog(pilot)
    await press(pilot, "1", "enter")
    assert front(pilot) is SlipScreen


@SIZES
@pytest.mark.usefixtures("invitation")
def test_the_check(desk: Desk, size: tuple[int, int]) -> None:
    assert pictured(desk, open_dialog, size)


@SIZES
@pytest.mark.usefixtures("invitation")
def test_the_slip(desk: Desk, size: tuple[int, int]) -> None:
    settings.change(Viewer.system(), "desk.printer", "front_desk")
    assert desk.snap(open_slip, size)


@pytest.mark.usefixtures("invitation")
async def test_it_is_printed_by_a_key_and_gone_when_left(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = Printer(tmp_path / "bin", monkeypatch)
    settings.change(Viewer.system(), "desk.printer", "front_desk")
    async with desk.open() as pilot:
        await open_slip(pilot)
        assert "482 913 706 5" in read(pilot)
        assert printer.printed == ""
        await press(pilot, "p")
        assert "The slip is printed on front_desk." in read(pilot)
        assert "482 913 706 5" in printer.printed
        printer.does("#!/bin/sh\necho 'lp: Error - out of paper' >&2; exit 1\n")
        await press(pilot, "p")
        assert "Nothing was printed: lp: Error - out of paper." in read(pilot)
        await press(pilot, "escape")
        assert front(pilot) is ProfileScreen
        assert "482" not in shown(pilot)
    assert [event.action for event in history.latest(at_the_keyboard(), 3)] == ["slip printed", "slip", "setting"]


@pytest.mark.usefixtures("invitation")
async def test_without_a_printer_there_is_no_key_for_it(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_slip(pilot)
        assert "no printer is set" in read(pilot)
        assert "p print" not in shown(pilot).splitlines()[-1]


async def test_escape_shows_and_records_nothing(desk: Desk, invitation: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "escape")
        assert front(pilot) is ProfileScreen
    assert story.invitation(invitation).slip_at is None


async def test_it_can_be_had_again_and_for_who_has_accepted(desk: Desk, invitation: int) -> None:
    async with desk.open() as pilot:
        await open_slip(pilot)
        await press(pilot, "escape", "p", "2", "enter")
        assert front(pilot) is SlipScreen
        await press(pilot, "escape", "c")
        await pilot.press(*"4829137065")
        await press(pilot, "enter")
        assert "Accepted. The set-up steps are queued." in read(pilot)
        assert story.invitation(invitation).identity_how == IN_PERSON[1]
        await press(pilot, "p", "1", "enter")
        assert front(pilot) is SlipScreen
        assert "482" not in read(pilot)


async def test_before_the_mail_has_gone_the_code_is_taken_once_there_is_a_slip(desk: Desk, practice: Viewer) -> None:
    inviting.invite(practice, story.john())
    async with desk.open() as pilot:
        await press(pilot, "enter")
        assert "c code" not in shown(pilot).splitlines()[-1]
        await press(pilot, "p", "1", "enter", "escape")
        assert "c code" in shown(pilot).splitlines()[-1]
