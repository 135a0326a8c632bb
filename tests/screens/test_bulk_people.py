"""The patients behind a line of the dry run: named though they are gone, their addresses mended at once."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot

from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.practice import History
from screens.profile import ProfileScreen
from screens.reports.bulk_invite import BulkInviteDialog
from screens.reports.mend import MendDialog
from screens.reports.people import PeopleDialog
from tests.screens import caseload, story
from tests.screens.caseload import counted, invite_all, run_all
from tests.screens.conftest import Acts, Desk, settle, shown
from tests.screens.story import front, press, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
NO_EMAIL = ("down", "down")  # from the first line of `caseload.mixed` to this one
DAN = "dan@example.org"


async def mend(pilot: Pilot[int], *lines_down: str) -> None:
    """The dry run, a line of it, its only patient's address."""
    await invite_all(pilot)
    await press(pilot, *lines_down, "enter", "e")
    assert front(pilot) is MendDialog


def mending(*steps: str) -> Acts:
    """Open it for who has no e-mail; then each step: `=text` is typed, anything else is a key."""

    async def acts(pilot: Pilot[int]) -> None:
        await mend(pilot, *NO_EMAIL)
        for step in steps:
            await (write(pilot, step[1:]) if step.startswith("=") else press(pilot, step))

    return acts


def address(patient_id: int) -> str | None:
    with session():
        return Patient.get_by_id(patient_id).email


@SIZES
def test_mending(desk: Desk, size: tuple[int, int]) -> None:
    caseload.mixed()
    assert story.pictured(desk, mending(f"={DAN}", "enter", "=dan@exmaple.org"), size)


@SIZES
def test_mending_refused(desk: Desk, size: tuple[int, int]) -> None:
    caseload.mixed()
    same = "=okafor@example.org"
    assert story.pictured(desk, mending(same, "enter", same, "enter"), size)


@SIZES
def test_mended(desk: Desk, size: tuple[int, int]) -> None:
    caseload.mixed()
    assert story.pictured(desk, mending(f"={DAN}", "enter", f"={DAN}", "enter"), size)


@SIZES
def test_who_is_gone(desk: Desk, size: tuple[int, int]) -> None:
    ids = caseload.mixed()

    async def acts(pilot: Pilot[int]) -> None:
        await run_all(pilot)
        await press(pilot, "a")
        with transaction():
            Patient.delete().where(Patient.id.in_([ids["queued"], ids["shared"]])).execute()
        await press(pilot, "x", "enter", "down", "enter")

    assert story.pictured(desk, acts, size)


async def test_an_address_is_mended_in_the_list_and_the_dry_run_asked_again(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await mend(pilot, *NO_EMAIL)
        assert "Dan Noaddress" in shown(pilot)
        await write(pilot, DAN)
        await press(pilot, "enter")
        await write(pilot, DAN)
        await press(pilot, "enter")
        assert front(pilot) is PeopleDialog
        assert f"Noaddress, Dan {DAN}" in story.read(pilot)
        await press(pilot, "escape")
        assert front(pilot) is BulkInviteDialog
        said = counted(pilot)
        assert said["get the invitation, 2 of them at a shared address"] == 4
        assert "has no e-mail" not in said
        await press(pilot, "ctrl+s")
        assert "4 invitations queued" in story.read(pilot)
    assert address(ids["no_email"]) == DAN
    with session():
        assert [row.action for row in History.select().where(History.patient_id == ids["no_email"])] == [
            "patient changed", "invite",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "again", "sentence"),
    [
        ("dan@example", "dan@example", "This is not an address"),
        ("", "", "There is no e-mail address."),
        (DAN, "", "Type the address again."),
        (DAN, "dan@exmaple.org", 'differs: "exmaple" here, "example" above'),
        ("Okafor@example.org", "Okafor@example.org", "This address belongs to a practitioner."),
    ],
)
async def test_what_is_no_address_is_refused_beside_its_field(
    desk: Desk, typed: str, again: str, sentence: str
) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await mend(pilot, *NO_EMAIL)
        await write(pilot, typed)
        await press(pilot, "tab")
        await write(pilot, again)
        await press(pilot, "ctrl+s")
        assert front(pilot) is MendDialog
        assert sentence in story.read(pilot)
        await press(pilot, "escape", "escape")
        assert front(pilot) is BulkInviteDialog
    assert address(ids["no_email"]) is None


async def test_the_second_time_is_typed_not_pasted(desk: Desk) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await mend(pilot, *NO_EMAIL)
        await write(pilot, DAN)
        await press(pilot, "enter")
        pilot.app.post_message(events.Paste(DAN))
        await settle(pilot)
        assert "Not pasted: type the address again" in story.read(pilot)


async def test_every_line_about_addresses_mends_and_no_other_does(desk: Desk) -> None:
    caseload.mixed()
    offered = []
    async with desk.open() as pilot:
        await invite_all(pilot)
        for words in counted(pilot):
            await press(pilot, "enter")
            if "mend the address" in shown(pilot):
                offered.append(words)
            await press(pilot, "e", "escape")
            if front(pilot) is PeopleDialog:
                await press(pilot, "escape")
            assert front(pilot) is BulkInviteDialog
            await press(pilot, "down")
    assert offered == [
        "get the invitation, 2 of them at a shared address", "has no e-mail", "has an address that takes no mail",
        "has a practitioner's address",
    ]  # fmt: skip


async def test_whoever_is_gone_is_named_and_offers_nothing(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "a")
        with transaction():
            Patient.delete().where(Patient.id == ids["shared"]).execute()
        await press(pilot, "x", "enter", "end", "enter")
        assert front(pilot) is PeopleDialog
        assert "Gets, Ben gone, or out of your reach" in story.read(pilot)
        assert "Enter open" not in story.read(pilot)
        await press(pilot, "enter", "e")
        assert front(pilot) is PeopleDialog


async def test_whoever_is_gone_is_named_after_the_table_saw_it_too(desk: Desk) -> None:
    ids = caseload.mixed()
    async with desk.open() as pilot:
        screen = await run_all(pilot)
        await press(pilot, "a")
        with transaction():
            Patient.delete().where(Patient.id == ids["shared"]).execute()
        screen.pulse_changed()
        await settle(pilot)
        assert "no longer there" in shown(pilot)
        await press(pilot, "x", "enter", "end", "enter")
        assert "Gets, Ben gone, or out of your reach" in story.read(pilot)


async def test_whoever_was_never_in_sight_is_named_by_id(desk: Desk) -> None:
    ids = caseload.fill(300)
    async with desk.open() as pilot:
        await run_all(pilot)
        await press(pilot, "a")
        with transaction():
            Patient.delete().where(Patient.id == ids[-2]).execute()
        await press(pilot, "x", "enter", "end", "enter")
        assert f"Patient with id {ids[-2]} gone, or out of your reach" in story.read(pilot)


async def test_enter_opens_the_profile(desk: Desk) -> None:
    caseload.mixed()
    async with desk.open() as pilot:
        await invite_all(pilot)
        await press(pilot, "enter", "enter")
        assert front(pilot) is ProfileScreen
