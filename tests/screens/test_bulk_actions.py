"""What else is done with the ticked patients: resent, revoked, set; each counted and confirmed like the invitation."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import History
from clinic_tui.invitations import inviting
from screens.profile import ProfileScreen
from screens.reports.actions import CHOICES, ActionsDialog
from screens.reports.bulk_actions import ResendDialog, RevokeDialog, SetDialog
from screens.reports.case_load import CaseLoadScreen
from screens.reports.people import PeopleDialog
from tests.invitations.people import send_all
from tests.screens import caseload, story
from tests.screens.caseload import counted, run_all
from tests.screens.conftest import Desk, shown
from tests.screens.story import front, press, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def act(pilot: Pilot[int], *keys: str) -> None:
    """All ticked, Actions, then these letters."""
    await run_all(pilot)
    await press(pilot, "a", "x", *keys)


def pending(practice: Viewer) -> dict[str, int]:
    """The mixed ones; one of them was invited, one invitation has expired, one waits in the outbox."""
    ids = caseload.mixed()
    story.invited(practice, ids["queued"])
    story.invited(practice, ids["shared"], state="expired")
    inviting.invite(practice, ids["shared too"])
    return ids


def states() -> list[tuple[int, str]]:
    """Every invitation: whose, and its state."""
    with session():
        return [(row.patient_id, row.state) for row in Invitation.select().order_by(Invitation.id)]


def fields(patient_id: int) -> tuple[str, str]:
    with session():
        row = Patient.get_by_id(patient_id)
        return row.status, row.communication


@SIZES
def test_actions(desk: Desk, size: tuple[int, int]) -> None:
    caseload.mixed()
    assert story.pictured(desk, act, size)


@SIZES
@pytest.mark.parametrize("keys", ["r", "v", "m", "mn", "s", "sa"])
def test_dialogs(desk: Desk, practice: Viewer, size: tuple[int, int], keys: str) -> None:
    pending(practice)
    assert story.pictured(desk, lambda pilot: act(pilot, *keys), size)


@SIZES
def test_a_number_refused(desk: Desk, size: tuple[int, int]) -> None:
    caseload.fill(40)
    assert story.pictured(desk, lambda pilot: act(pilot, "s", "a", "ctrl+s"), size)


@SIZES
def test_the_people_of_a_change(desk: Desk, size: tuple[int, int]) -> None:
    caseload.mixed()
    assert story.pictured(desk, lambda pilot: act(pilot, "m", "p", "enter"), size)


async def test_those_pending_or_expired_are_resent_to_and_no_others(desk: Desk, practice: Viewer) -> None:
    ids = pending(practice)
    before = states()
    async with desk.open() as pilot:
        await act(pilot, "r")
        assert front(pilot) is ResendDialog
        said = counted(pilot)
        assert said["get the invitation again"] == 2
        assert said["is invited already"] == 1
        assert sum(said.values()) == len(ids)
        assert states() == before
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
        assert "2 invitations queued; 7 patients skipped. F3 shows them going." in story.read(pilot)
    assert states() == [
        (ids["queued"], "superseded"), (ids["shared"], "expired"), (ids["shared too"], "queued"),
        (ids["queued"], "queued"), (ids["shared"], "queued"),
    ]  # fmt: skip


async def test_what_is_out_is_revoked(desk: Desk, practice: Viewer) -> None:
    ids = pending(practice)
    before = states()
    async with desk.open() as pilot:
        await act(pilot, "v")
        assert front(pilot) is RevokeDialog
        assert counted(pilot) == {"lose their invitations": 2, "have no invitation to revoke": 7}
        assert states() == before
        await press(pilot, "ctrl+s")
        assert "2 invitations revoked; 7 patients skipped." in story.read(pilot)
    assert states() == [(ids["queued"], "revoked"), (ids["shared"], "expired"), (ids["shared too"], "cancelled")]


@pytest.mark.parametrize(
    ("keys", "words", "number"),
    [("ma", "receives all", 1), ("me", "e-mail only", 9), ("mp", "rings only, no mail", 9), ("mn", "wants no mail", 8)],
)
async def test_the_preference_is_set(desk: Desk, keys: str, words: str, number: int) -> None:
    ids = caseload.mixed()
    await _set(desk, keys, words, number, len(ids))
    value = next(choice.action for choice in CHOICES["communication"] if choice.name == words)
    assert {fields(one)[1] for one in ids.values()} == {value}
    with session():
        assert History.select().where(History.action == "patient changed").count() == number


@pytest.mark.parametrize(
    ("keys", "words", "number"),
    [("sc", "current", 1), ("sw", "waiting", 9), ("sa", "archived", 9), ("sd", "deceased", 8), ("sb", "blocked", 9)],
)
async def test_the_status_is_set(desk: Desk, keys: str, words: str, number: int) -> None:
    ids = caseload.mixed()
    await _set(desk, keys, words, number, len(ids))
    assert {fields(one)[0] for one in ids.values()} == {words}


async def _set(desk: Desk, keys: str, words: str, number: int, of: int) -> None:
    async with desk.open() as pilot:
        await act(pilot, *keys)
        assert front(pilot) is SetDialog
        said = counted(pilot)
        assert said[f"will be set to: {words}"] == number
        assert sum(said.values()) == of
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
        assert f"{number} patient{'' if number == 1 else 's'} set to: {words}" in story.read(pilot)


async def test_a_value_is_chosen_by_enter_too_and_can_be_left(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await act(pilot, "m")
        assert front(pilot) is ActionsDialog
        assert "Set communication preference: 9 ticked" in story.read(pilot)
        await press(pilot, "escape")
        assert front(pilot) is CaseLoadScreen
        await press(pilot, "x", "down", "down", "down", "down", "enter", "down", "down", "enter")
        assert front(pilot) is SetDialog
        assert "Set status" in shown(pilot)
        assert counted(pilot)["will be set to: archived"] == 9
        await press(pilot, "escape")
        assert front(pilot) is CaseLoadScreen
    assert fields(ids["queued"]) == ("current", "all")


@pytest.mark.parametrize("keys", ["r", "v", "mn", "sa"])
async def test_twenty_five_or_more_are_confirmed_by_their_number(desk: Desk, practice: Viewer, keys: str) -> None:
    ids = caseload.fill(40)
    invited = inviting.invite_many(practice, ids, hold=0).queued
    send_all()
    number = len(invited) if keys in ("r", "v") else len(ids)
    before = states(), [fields(one) for one in ids]
    async with desk.open() as pilot:
        await act(pilot, *keys)
        dialog = front(pilot)
        await press(pilot, "ctrl+s")
        assert f"Type {number} to confirm" in story.read(pilot)
        await write(pilot, "25")
        await press(pilot, "ctrl+s")
        assert front(pilot) is dialog
        assert (states(), [fields(one) for one in ids]) == before
        await press(pilot, "ctrl+u")
        await write(pilot, str(number))
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    assert (states(), [fields(one) for one in ids]) != before


@pytest.mark.parametrize(
    ("keys", "when"),
    [
        ("r", "BEFORE INSERT ON message WHEN (SELECT count(*) FROM message) >= 30"),
        ("v", "BEFORE UPDATE ON invitation WHEN NEW.patient_id = (SELECT max(patient_id) FROM invitation)"),
        ("mn", "BEFORE UPDATE ON patient WHEN NEW.id = (SELECT max(id) FROM patient)"),
    ],
)
async def test_all_or_none(desk: Desk, practice: Viewer, keys: str, when: str) -> None:
    ids = caseload.fill(20)
    inviting.invite_many(practice, ids, hold=0)
    send_all()
    before = states(), [fields(one) for one in ids]
    execute = Patient._meta.database.execute_sql
    async with desk.open() as pilot:
        await act(pilot, *keys)
        execute(f"CREATE TRIGGER broken {when} BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        dialog = front(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is dialog
        assert (states(), [fields(one) for one in ids]) == before
        execute("DROP TRIGGER broken")
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    assert (states(), [fields(one) for one in ids]) != before


async def test_what_was_changed_since_is_not_resent_to_unseen(desk: Desk, practice: Viewer) -> None:
    ids = pending(practice)
    before = states()
    async with desk.open() as pilot:
        await act(pilot, "r")
        with transaction():
            Patient.update(status="deceased").where(Patient.id == ids["shared"]).execute()
        await press(pilot, "ctrl+s")
        assert front(pilot) is ResendDialog
        assert "Somebody changed a patient since. Nothing is queued: look again." in story.read(pilot)
        assert counted(pilot)["gets the invitation again"] == 1
    assert states() == before


async def test_a_line_lists_its_patients_and_opens_them(desk: Desk, practice: Viewer) -> None:
    pending(practice)
    async with desk.open() as pilot:
        await act(pilot, "v", "enter")
        assert front(pilot) is PeopleDialog
        said = story.read(pilot)
        assert "2 lose their invitations" in said
        assert "Gets, Ada ada@example.org" in said
        assert "mend the address" not in said
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        await press(pilot, "escape", "escape")
        assert front(pilot) is RevokeDialog


async def test_nothing_to_do_offers_nothing(desk: Desk) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await act(pilot, "v")
        assert counted(pilot) == {"lose their invitations": 0, "have no invitation to revoke": 9}
        assert "Ctrl+S" not in shown(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is RevokeDialog
