"""What a desk did by mistake, undone by a key; and the day to ask again."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.invitations import accepting, answering, reviewing
from screens.app import ClinicApp
from screens.dialogs.ask_again import AskAgainDialog
from screens.dialogs.confirm import ConfirmDialog
from screens.profile import ProfileScreen
from screens.review import ReviewScreen
from tests.invitations.people import send_all
from tests.screens import story
from tests.screens.conftest import Desk, settle
from tests.screens.story import front, press, read

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def open_patient(pilot: Pilot[int], patient_id: int) -> None:
    assert isinstance(pilot.app, ClinicApp)
    pilot.app.open_patient(patient_id)
    await settle(pilot)


def accepted(viewer: Viewer, patient_id: int) -> int:
    invitation = story.invited(viewer, patient_id)
    accepting.accept_by_code(viewer, invitation, story.read_out(invitation))
    return invitation


async def test_an_acceptance_is_undone_after_a_question(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    invitation = accepted(practice, john)
    async with desk.open((120, 40)) as pilot:
        await open_patient(pilot, john)
        assert "identity to check · Check identity k" in read(pilot)
        await press(pilot, "u")
        assert front(pilot) is ConfirmDialog
        await press(pilot, "enter")
        assert "Undone: the invitation is sent again." in read(pilot)
    assert story.invitation(invitation).state == "sent"


async def test_once_the_steps_are_out_it_says_what_to_do(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    invitation = accepted(practice, john)
    accepting.check_identity(practice, invitation, "photo card")
    send_all()
    async with desk.open((120, 40)) as pilot:
        await open_patient(pilot, john)
        await press(pilot, "u", "enter")
        assert "The set-up steps have gone out" in read(pilot)
        assert "Revoke the invitation" in read(pilot)
    assert story.invitation(invitation).state == "accepted"


async def test_the_patients_own_yes_is_not_offered_to_be_undone(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    accepting.accept_by_reply(story.invited(practice, john), None)
    async with desk.open((120, 40)) as pilot:
        await open_patient(pilot, john)
        await press(pilot, "u")
        assert front(pilot) is ProfileScreen


async def test_u_still_takes_a_held_invitation_back(desk: Desk, practice: Viewer) -> None:
    from clinic_tui.invitations import inviting

    john = story.john()
    inviting.invite(practice, john)
    async with desk.open() as pilot:
        await open_patient(pilot, john)
        await press(pilot, "u")
        assert "The invitation will not go out." in read(pilot)


async def test_a_reply_accepted_by_mistake_waits_again(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    reply = story.reply(story.invited(practice, john), "yes please!")
    async with desk.open((120, 40)) as pilot:
        await press(pilot, "f10", *"replies", "enter")
        assert front(pilot) is ReviewScreen
        await press(pilot, "u")
        assert "yes please!" in read(pilot)
        await press(pilot, "y")
        assert "u undoes it." in read(pilot)
        await press(pilot, "u")
        assert "Undone: the reply waits for a person again." in read(pilot)
        assert [row.id for row in reviewing.waiting(practice)] == [reply]


@SIZES
def test_the_dialog_for_the_day(desk: Desk, practice: Viewer, size: tuple[int, int]) -> None:
    john = story.john()
    answering.decline(story.invited(practice, john))

    async def acts(pilot: Pilot[int]) -> None:
        await open_patient(pilot, john)
        await press(pilot, "d")
        await story.write(pilot, "soon")
        await press(pilot, "enter")

    assert story.pictured(desk, acts, size)


async def test_the_day_to_ask_again_stands_beside_the_no(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    invitation = story.invited(practice, john)
    answering.decline(invitation)
    async with desk.open((120, 40)) as pilot:
        await open_patient(pilot, john)
        await press(pilot, "d")
        assert front(pilot) is AskAgainDialog
        await story.write(pilot, "3 months")
        await press(pilot, "enter")
        assert "Ask again from 22 Feb 2027 on." in read(pilot)
        assert "said no; ask again 22 Feb 2027" in read(pilot)
        await press(pilot, "d", *["backspace"] * 10, "enter")
        assert "There is no day to ask again." in read(pilot)
    assert story.invitation(invitation).ask_again is None
