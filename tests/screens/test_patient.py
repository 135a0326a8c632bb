"""A patient's record, edited and added at the desk."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Staff
from clinic_tui.invitations import answering
from clinic_tui.patients import editing, records
from screens.dialogs.patient import PatientDialog
from screens.lookup import LookupScreen
from screens.profile import ProfileScreen
from tests.screens import people, story
from tests.screens.conftest import Acts, Desk
from tests.screens.story import front, press, read, write
from tests.screens.test_profile import visit

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
SYSTEM = Viewer.system()


def editing_of(patient_id: int) -> Acts:
    async def acts(pilot: Pilot[int]) -> None:
        await visit(pilot, patient_id)
        await press(pilot, "e")

    return acts


@SIZES
def test_the_record(desk: Desk, size: tuple[int, int]) -> None:
    assert story.pictured(desk, editing_of(people.smiths()["Smyth"]), size)


def test_hostile_values_are_text(desk: Desk) -> None:
    assert story.pictured(desk, editing_of(people.hostile()[0]))


async def test_a_change_is_in_the_record_and_the_history(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await editing_of(john)(pilot)
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, "jon")
        await press(pilot, *["tab"] * 7, "ctrl+u")
        await write(pilot, "john")
        await press(pilot, "ctrl+s")
        assert "This is not an address" in read(pilot)
        await write(pilot, "@example.org")
        await press(pilot, "tab", *["tab"] * 4, "ctrl+u")
        await write(pilot, "oka")
        await press(pilot, "tab", "tab", "right", "ctrl+s")
        assert front(pilot) is ProfileScreen
        assert "The record is stored." in read(pilot)
    record = editing.read(SYSTEM, john)
    assert (record.given, record.email, record.practitioner) == ("jon", "john@example.org", "Dr R. Okafor")
    event = history.latest(SYSTEM)[0]
    assert event.detail is not None
    assert event.detail["before"] == {"given": "John", "email": None, "communication": "all"}
    assert event.detail["after"] == {"given": "jon", "email": "john@example.org", "communication": "email"}


async def test_middle_names_are_put_on_the_record_and_stand_in_its_heading(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await editing_of(john)(pilot)
        await press(pilot, "tab", "tab")
        await write(pilot, "Paul [/] Łuk")
        await press(pilot, "ctrl+s")
        assert "Smyth, John Paul [/] Łuk" in read(pilot)
    event = history.latest(SYSTEM)[0]
    assert event.detail is not None
    assert (event.detail["before"], event.detail["after"]) == ({"middle": None}, {"middle": "Paul [/] Łuk"})
    with transaction():
        Staff.update(names_hidden=True).where(Staff.login == "alice").execute()
    async with desk.open() as pilot:
        await visit(pilot, john)
        assert "Patient " in read(pilot)
        assert "Paul" not in read(pilot)


@SIZES
def test_a_stale_save(desk: Desk, size: tuple[int, int]) -> None:
    john = people.smiths()["Smyth"]

    async def acts(pilot: Pilot[int]) -> None:
        await editing_of(john)(pilot)
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, "jon")
        records.change(SYSTEM, john, given="Jonathan", suburb="Rozelle")
        await press(pilot, "ctrl+s")

    assert story.pictured(desk, acts, size)


async def test_two_who_edit_one_at_once_lose_nothing(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await editing_of(john)(pilot)
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, "jon")
        records.change(SYSTEM, john, given="Jonathan", suburb="Rozelle")
        await press(pilot, "ctrl+s")
        assert front(pilot) is PatientDialog
        assert "theirs is Jonathan" in read(pilot)
        assert "Rozelle" in read(pilot), "what was left as it was takes theirs"
        assert editing.read(SYSTEM, john).given == "Jonathan"
        await press(pilot, "ctrl+s")
        assert front(pilot) is ProfileScreen
    record = editing.read(SYSTEM, john)
    assert (record.given, record.suburb) == ("jon", "Rozelle")


async def test_a_patient_is_added_and_likely_duplicates_are_shown_first(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        for again in ((), ("ctrl+s",)):
            await press(pilot, "ctrl+n")
            await write(pilot, "smyth")
            await press(pilot, "tab")
            await write(pilot, "jóhn" if not again else "john")
            await press(pilot, "tab", "tab", "tab")
            await write(pilot, "30 nov 1984")
            await press(pilot, "ctrl+s")
            assert front(pilot) is PatientDialog
            assert "Smyth, John, 30 Nov 1984, patient 001003" in read(pilot)
            await press(pilot, *again or ("escape",))
            assert front(pilot) is (ProfileScreen if again else LookupScreen)
    added = history.latest(SYSTEM)[0]
    assert (added.action, added.detail) == ("patient added", {"number": "001006"})
    assert history.latest(SYSTEM)[1:] == [], "nothing was added while it was asked"


async def test_who_sees_no_names_edits_and_adds_nobody(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    with transaction():
        Staff.update(names_hidden=True).where(Staff.login == "alice").execute()
    async with desk.open() as pilot:
        await press(pilot, "ctrl+n")
        assert front(pilot) is LookupScreen
        await editing_of(john)(pilot)
        assert front(pilot) is ProfileScreen


@SIZES
def test_an_address_that_looks_like_another(desk: Desk, size: tuple[int, int]) -> None:
    john = people.smiths()["Smyth"]

    async def acts(pilot: Pilot[int]) -> None:
        await editing_of(john)(pilot)
        await press(pilot, *["tab"] * 8)
        await write(pilot, "jo.smyth@example.com")
        await press(pilot, "tab")

    assert story.pictured(desk, acts, size)


async def test_such_an_address_is_stored_on_a_second_key(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await editing_of(john)(pilot)
        await press(pilot, *["tab"] * 8)
        await write(pilot, "john@gmial.com")
        await press(pilot, "ctrl+s")
        assert front(pilot) is PatientDialog
        assert "^^ ! Is it gmail.com?" in read(pilot)
        assert editing.read(SYSTEM, john).email is None
        await press(pilot, "ctrl+s")
        assert front(pilot) is ProfileScreen
    assert editing.read(SYSTEM, john).email == "john@gmial.com"


@SIZES
def test_the_invite_dialog_says_it_too(desk: Desk, size: tuple[int, int]) -> None:
    ann = people.patient("001010", "Ann", "Other")

    async def acts(pilot: Pilot[int]) -> None:
        await visit(pilot, ann)
        await press(pilot, "i")
        await write(pilot, "john@gmial.com")
        await press(pilot, "tab")

    assert story.pictured(desk, acts, size)


@SIZES
def test_a_bounced_and_shared_address_on_the_profile(desk: Desk, size: tuple[int, int]) -> None:
    joel = people.smiths()["Smithers"]
    records.change(SYSTEM, people.patient("001010", "Ann", "Smithers"), email="joel@example.org")
    invitation = story.invited(desk.viewer, joel)
    answering.bounce(invitation, "no such mailbox")

    async def acts(pilot: Pilot[int]) -> None:
        await visit(pilot, joel)

    assert desk.snap(acts, size)
