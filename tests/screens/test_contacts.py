"""Contacts, guardians and the portal account of a patient, from the profile."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.invitations import accounts
from clinic_tui.patients import contacts
from screens.dialogs.contacts import ContactDialog, ContactsDialog
from screens.profile import ProfileScreen
from tests.screens import people, story
from tests.screens.conftest import Desk
from tests.screens.story import front, press, read, write
from tests.screens.test_profile import visit

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
SYSTEM = Viewer.system()


@SIZES
def test_the_contacts(desk: Desk, size: tuple[int, int]) -> None:
    john = people.smiths()["Smyth"]

    async def acts(pilot: Pilot[int]) -> None:
        await visit(pilot, john)
        await press(pilot, "o")

    assert story.pictured(desk, acts, size)


def test_one_contact(desk: Desk) -> None:
    john = people.smiths()["Smyth"]

    async def acts(pilot: Pilot[int]) -> None:
        await visit(pilot, john)
        await press(pilot, "o", "enter")

    assert story.pictured(desk, acts)


async def test_one_is_added_changed_and_removed(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await visit(pilot, john)
        await press(pilot, "o", "n", "ctrl+s")
        assert "A contact has a name." in read(pilot)
        await write(pilot, "carl")
        await press(pilot, "tab")
        await write(pilot, "carer")
        await press(pilot, "tab", "tab", "tab", "right", "ctrl+s")
        assert front(pilot) is ContactsDialog
        assert "carl is added." in read(pilot) and "carer, guardian" in read(pilot)
        await press(pilot, "end", "x", "enter")
        assert "Mary Smyth is removed." in read(pilot)
        await press(pilot, "escape")
        assert front(pilot) is ProfileScreen
        assert "carl" in read(pilot) and "Mary" not in read(pilot)
    assert [(one.name, one.is_guardian) for one in contacts.listing(SYSTEM, john)] == [
        ("Ada Smyth", True), ("carl", True),
    ]  # fmt: skip
    assert [event.action for event in history.latest(SYSTEM)] == ["contact removed", "contact added"]


async def test_two_who_change_one_contact_at_once_lose_nothing(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    ada = contacts.listing(SYSTEM, john)[0]
    async with desk.open() as pilot:
        await visit(pilot, john)
        await press(pilot, "o", "enter", "ctrl+u")
        await write(pilot, "ada")
        contacts.change(SYSTEM, ada.id, name="Theirs", phone="0412 555 000")
        await press(pilot, "ctrl+s")
        assert front(pilot) is ContactDialog
        assert "theirs is Theirs" in read(pilot) and "0412 555 000" in read(pilot)
        await press(pilot, "ctrl+s")
    assert contacts.listing(SYSTEM, john)[0]._replace(id=0) == ada._replace(id=0, name="ada", phone="0412 555 000")


@SIZES
def test_the_portal_account(desk: Desk, size: tuple[int, int]) -> None:
    joanna = people.smiths()["Smith"]

    async def acts(pilot: Pilot[int]) -> None:
        await visit(pilot, joanna)
        await press(pilot, "a")

    assert desk.snap(acts, size)


async def test_an_account_is_set_by_hand(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await visit(pilot, john)
        await press(pilot, "a", "right", "tab")
        await write(pilot, "next week")
        await press(pilot, "ctrl+s")
        assert "'next week' is no day." in read(pilot)
        await press(pilot, "ctrl+u")
        await write(pilot, "2 mar 2026")
        await press(pilot, "ctrl+s")
        assert front(pilot) is ProfileScreen
        assert "since 2 Mar 2026, known from the desk" in read(pilot)
        await press(pilot, "a", "right", "ctrl+s")
        assert "disabled" in read(pilot)
    known = accounts.of(SYSTEM, john)
    assert known is not None and known.state == "disabled"
