"""What a patient was sent, from the profile: as it went out, its code masked."""

from __future__ import annotations

from datetime import date

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.invitations import accepting
from screens.app import ClinicApp
from screens.profile import ProfileScreen
from screens.sent_texts import SentTextsScreen
from tests.invitations.people import send_all
from tests.invitations.test_minors import guardian
from tests.screens import people, story
from tests.screens.conftest import Desk, settle
from tests.screens.story import front, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def open_texts(pilot: Pilot[int], patient_id: int) -> None:
    assert isinstance(pilot.app, ClinicApp)
    pilot.app.open_patient(patient_id)
    await settle(pilot)
    await press(pilot, "t")
    assert front(pilot) is SentTextsScreen


@SIZES
def test_through_a_guardian(desk: Desk, practice: Viewer, size: tuple[int, int]) -> None:
    mia = people.patient("10", "Mia", "Brennan", birth_date=date(2019, 8, 2))
    guardian(mia)
    story.invited(practice, mia)

    async def acts(pilot: Pilot[int]) -> None:
        await open_texts(pilot, mia)

    assert desk.snap(acts, size)


async def test_each_message_and_never_a_code(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    invitation = story.invited(practice, john)
    code = story.read_out(invitation)
    accepting.accept_by_code(practice, invitation, code)
    accepting.check_identity(practice, invitation, "photo card")
    send_all()
    async with desk.open((120, 60)) as pilot:
        await open_texts(pilot, john)
        assert "2 messages" in read(pilot)
        assert "set-up steps" in read(pilot)
        await press(pilot, "down")
        text = read(pilot)
        assert "john.smyth@example.com" in text
        assert "ACCEPT" in text
        assert code not in text.replace(" ", "")
        await press(pilot, "escape")
        assert front(pilot) is ProfileScreen


async def test_nothing_was_sent_yet(desk: Desk, practice: Viewer) -> None:
    from clinic_tui.invitations import inviting

    john = story.john()
    inviting.invite(practice, john)
    async with desk.open() as pilot:
        await open_texts(pilot, john)
        assert "Nothing was sent to this patient yet." in read(pilot)
