"""Inviting all who are ticked: the dry run counted, its lines opened, the message of each, the number typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from textual.pilot import Pilot

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Batch, Invitation, Message
from clinic_tui.invitations import inviting
from clinic_tui.patients import records
from clinic_tui.staff import at_the_keyboard
from screens.outbox.screen import OutboxScreen
from screens.profile import ProfileScreen
from screens.reports.bulk_invite import BulkInviteDialog
from screens.reports.case_load import CaseLoadScreen
from screens.reports.people import PeopleDialog
from screens.reports.reasons import REASONS
from tests.screens import caseload, people, story
from tests.screens.caseload import counted, invite_all, run_all
from tests.screens.conftest import Desk, shown
from tests.screens.story import front, press, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def elsewhere(act: Callable[[Viewer], object]) -> None:
    """Done by somebody else, in a connection of their own, while the dialog is open."""

    def done() -> None:
        with session():
            act(at_the_keyboard())

    with ThreadPoolExecutor(1) as other:
        other.submit(done).result(60)


def invited() -> set[int]:
    with session():
        return {row.patient_id for row in Invitation.select()}


@SIZES
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    caseload.mixed()
    assert story.pictured(desk, invite_all, size)


@SIZES
def test_nobody_gets_it(desk: Desk, size: tuple[int, int]) -> None:
    people.patient("1", "Dan", "Noaddress")
    assert story.pictured(desk, invite_all, size)


@SIZES
def test_refused_pace(desk: Desk, size: tuple[int, int]) -> None:
    caseload.fill(40)

    async def acts(pilot: Pilot[int]) -> None:
        await invite_all(pilot)
        await press(pilot, "tab", "tab", "3", "6", "tab")
        await write(pilot, "fast")
        await press(pilot, "ctrl+s")

    assert story.pictured(desk, acts, size)


@SIZES
def test_somebody_changed_a_patient(desk: Desk, size: tuple[int, int]) -> None:
    ids = caseload.mixed()

    async def acts(pilot: Pilot[int]) -> None:
        await invite_all(pilot)
        elsewhere(lambda viewer: records.change(viewer, ids["queued"], email=None))
        await press(pilot, "ctrl+s")

    assert story.pictured(desk, acts, size)


@SIZES
def test_refused_message_and_number(desk: Desk, size: tuple[int, int]) -> None:
    caseload.fill(40)

    async def acts(pilot: Pilot[int]) -> None:
        await invite_all(pilot)
        await press(pilot, "tab")
        await write(pilot, "Hello, as promised")
        await press(pilot, "tab", "3", "ctrl+s")

    assert story.pictured(desk, acts, size)


def test_a_list(desk: Desk) -> None:
    caseload.mixed()
    people.hostile()

    async def acts(pilot: Pilot[int]) -> None:
        await invite_all(pilot)
        await press(pilot, "down", "enter")

    assert story.pictured(desk, acts)


async def test_the_dry_run_counts_by_reason_and_queues_nothing(desk: Desk) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        assert counted(pilot) == {
            "get the invitation, 2 of them at a shared address": 3,
            "has no e-mail": 1,
            "has an address that takes no mail": 1,
            "has a practitioner's address": 1,
            "is archived, deceased or blocked": 1,
            "wants no mail": 1,
            "has a portal account": 1,
        }
        assert invited() == set()
        await press(pilot, "escape")
        assert front(pilot) is CaseLoadScreen
    assert invited() == set()


async def test_what_was_counted_is_what_is_queued(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        said = counted(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
        assert "3 invitations queued; 6 patients skipped. F3 shows them going." in story.read(pilot)
        assert sum(said.values()) == len(ids)
        assert invited() == {ids["queued"], ids["shared"], ids["shared too"]}
        assert "queued" in shown(pilot)
        await press(pilot, "f3")
        assert front(pilot) is OutboxScreen
        assert "3 held" in story.read(pilot)


async def test_asked_again_everybody_is_invited_already(desk: Desk) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        await press(pilot, "ctrl+s", "x", "enter")
        assert counted(pilot)["are invited already"] == 3
        assert "Ctrl+S" not in shown(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is BulkInviteDialog


async def test_twenty_five_or_more_are_confirmed_by_their_number(desk: Desk) -> None:
    caseload.fill(40)
    async with desk.open() as pilot:
        await invite_all(pilot)
        await press(pilot, "ctrl+s")
        assert "Type 36 to confirm" in story.read(pilot)
        assert invited() == set()
        await write(pilot, "40")
        await press(pilot, "ctrl+s")
        assert "Type 36 to confirm" in story.read(pilot)
        assert invited() == set()
        await press(pilot, "ctrl+u", "3", "6", "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    assert len(invited()) == 36


async def test_fewer_need_no_number(desk: Desk) -> None:
    caseload.fill(20)
    async with desk.open() as pilot:
        await invite_all(pilot)
        assert "To confirm" not in shown(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    assert len(invited()) == 18


async def test_the_message_of_each_recipient_is_paged_through(desk: Desk) -> None:
    ids = caseload.mixed()
    people.patient("11", "Ann", "Zeta", email="ann@example.org")
    async with desk.open(size=(120, 40)) as pilot:
        await invite_all(pilot)
        await press(pilot, "tab")
        await write(pilot, "Dear ")
        await press(
            pilot, "left_square_bracket", *"Patient", "space", *"First", "space", *"Name", "right_square_bracket"
        )
        await press(pilot, "shift+tab")
        seen = []
        for _ in range(4):
            said = story.read(pilot)
            match = re.search(r"What (\d) of 4 gets: (\w+), (\w+), (\S+)", said)
            assert match is not None, said
            seen.append(match.group(1, 4))
            assert f"Dear {match.group(3)}" in said
            await press(pilot, "right")
        addresses = ("ada@example.org", "family@example.org", "family@example.org", "ann@example.org")
        assert seen == [(str(at), email) for at, email in enumerate(addresses, 1)]
        await press(pilot, "left")
        assert "What 3 of 4 gets" in story.read(pilot)
        await press(pilot, "ctrl+s")
    with session():
        messages = {row.patient_id: row.custom_message for row in Invitation.select()}
    assert messages[ids["queued"]] == "Dear [Patient First Name]"
    assert len(messages) == 4


async def test_a_message_that_leaves_some_out_is_shown_before_anything_is_queued(desk: Desk) -> None:
    caseload.fill(3)
    people.patient("500", "Nobody", "Nodoctor", email="nodoctor@example.org")
    async with desk.open(size=(120, 40)) as pilot:
        await invite_all(pilot)
        assert counted(pilot) == {"get the invitation": 4}
        await press(pilot, "tab", "left_square_bracket", *"Practitioner", "space", *"Name", "right_square_bracket")
        await press(pilot, "ctrl+s")
        assert front(pilot) is BulkInviteDialog
        assert "With this message the numbers are others." in story.read(pilot)
        assert counted(pilot) == {"get the invitation": 3, "lacks something that the message names": 1}
        assert invited() == set()
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    assert len(invited()) == 3


async def test_a_line_opens_its_patients_and_they_can_be_mended(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        await press(pilot, "down", "down", "enter")
        assert front(pilot) is PeopleDialog
        said = story.read(pilot)
        assert "1 has no e-mail" in said
        assert "Noaddress, Dan There is no e-mail address." in said
        await press(pilot, "enter")
        assert front(pilot) is ProfileScreen
        with transaction():
            mended = {"email": "dan@example.org", "email_fold": "dan@example.org"}
            Patient.update(mended).where(Patient.id == ids["no_email"]).execute()
        await press(pilot, "escape", "escape")
        assert front(pilot) is BulkInviteDialog
        assert counted(pilot)["get the invitation, 2 of them at a shared address"] == 4


async def test_who_was_changed_or_deleted_meanwhile_is_named(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "a")
        with transaction():
            Patient.update(status="archived").where(Patient.id == ids["queued"]).execute()
            Patient.delete().where(Patient.id == ids["shared"]).execute()
        await press(pilot, "x", "enter")
        said = counted(pilot)
        assert said["gets the invitation"] == 1
        assert said["are archived, deceased or blocked"] == 2
        assert said["is gone, or out of your reach"] == 1
        await press(pilot, "end", "enter")
        assert front(pilot) is PeopleDialog


async def test_what_somebody_else_changed_since_is_shown_before_anything_is_queued(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        elsewhere(lambda viewer: records.change(viewer, ids["queued"], email="ada@elsewhere.example.org"))
        elsewhere(lambda viewer: records.change(viewer, ids["no_mail"], communication="all"))
        await press(pilot, "ctrl+s")
        assert front(pilot) is BulkInviteDialog
        assert "Somebody changed 2 patients since. Nothing is queued: look again." in story.read(pilot)
        assert invited() == set()
        assert counted(pilot)["get the invitation, 2 of them at a shared address"] == 4
        await press(pilot, "enter")
        assert "Gets, Ada ada@elsewhere.example.org" in story.read(pilot)
        await press(pilot, "escape", "ctrl+s")
        assert "4 invitations queued; 5 patients skipped. F3" in story.read(pilot)
    assert invited() == {ids["queued"], ids["shared"], ids["shared too"], ids["no_mail"]}


async def test_whom_a_colleague_was_earlier_to_invite_keeps_nobody_waiting(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        elsewhere(lambda viewer: inviting.invite(viewer, ids["shared"]))
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
        said = "2 invitations queued; 6 patients skipped; 1 was invited by somebody else a moment earlier. F3"
        assert said in story.read(pilot)
    assert invited() == {ids["queued"], ids["shared"], ids["shared too"]}


@pytest.mark.parametrize("pace", ["0", "-1", "1.5", "10,001", "fast", "\u0663", "9" * 12])
async def test_what_is_no_pace_is_refused_beside_its_field(desk: Desk, pace: str) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        await press(pilot, "tab", "tab")
        await write(pilot, pace)
        await press(pilot, "ctrl+s")
        assert front(pilot) is BulkInviteDialog
        assert "A pace is a whole number from 1 to 10,000. Or leave it empty." in story.read(pilot)
        assert invited() == set()
        await press(pilot, "backspace")
        assert "A pace is a whole number" not in story.read(pilot)


@pytest.mark.parametrize(("typed", "pace"), [("", 0), (" 40", 40), ("1,000", 1_000), ("10000", 10_000)])
async def test_the_pace_goes_with_the_batch(desk: Desk, typed: str, pace: int) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        await press(pilot, "tab", "tab")
        await write(pilot, typed)
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    with session():
        assert [(row.pace, row.total) for row in Batch.select()] == [(pace, 3)]


async def test_switched_off_says_where(desk: Desk) -> None:
    caseload.fill(3)
    settings.change(at_the_keyboard(), "patient_access.invitations", "off")
    async with desk.open() as pilot:
        await invite_all(pilot)
        assert counted(pilot) == {"get the invitation": 0, "wait: invitations are switched off": 3}
        assert "Ctrl+S" not in shown(pilot)


async def test_all_or_none(desk: Desk) -> None:
    caseload.fill(20)
    async with desk.open() as pilot:
        await invite_all(pilot)
        execute = Message._meta.database.execute_sql
        execute(
            "CREATE TRIGGER broken BEFORE INSERT ON message WHEN (SELECT count(*) FROM message) >= 10 "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        await press(pilot, "ctrl+s")
        assert front(pilot) is BulkInviteDialog
        assert invited() == set()
        execute("DROP TRIGGER broken")
        await press(pilot, "ctrl+s")
        assert front(pilot) is CaseLoadScreen
    assert len(invited()) == 18


def test_every_reason_of_the_rules_has_its_words(practice: Viewer) -> None:
    ids = caseload.mixed()
    outcome = inviting.invite_many(practice, [*ids.values(), 999_999], dry_run=True)
    assert {row.reason for row in outcome.skipped} <= set(REASONS)
