"""The invite dialog for a child: it says that a guardian is written to, and one chooses which."""

from __future__ import annotations

from datetime import date

import pytest
from textual.widgets import Input

from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Contact
from tests.screens import people
from tests.screens.conftest import Desk
from tests.screens.story import pictured, press, read, write
from tests.screens.test_invite import SIZES, open_dialog, queued, typing


@pytest.fixture
def mia(desk: Desk) -> int:
    """A child with two guardians; her id."""
    mia = people.patient("000138", "Mia", "Brennan", birth_date=date(2019, 8, 2), email="mia@example.com")
    with transaction():
        for name, kin in (("Aoife", "mother"), ("Declan", "father")):
            email = f"{name.lower()}@example.com"
            Contact.create(
                patient=mia, name=f"{name} Brennan", relationship=kin, is_guardian=True, email=email, email_fold=email
            )
    return mia


@SIZES
def test_begun(desk: Desk, mia: int, size: tuple[int, int]) -> None:
    assert pictured(desk, typing(), size)


async def test_another_guardian_is_chosen_by_a_key(desk: Desk, mia: int) -> None:
    async with desk.open() as pilot:
        await open_dialog(pilot)
        assert "Mia is 7: the invitation goes to a guardian." in read(pilot)
        email = pilot.app.screen.query_one("#email", Input)
        assert email.value == "aoife@example.com"
        await press(pilot, "shift+tab", "shift+tab", "right")
        assert email.value == "declan@example.com"
        assert not pilot.app.screen.query_one("#store").display
        await press(pilot, "tab", "tab")
        await write(pilot, "declan@example.com")
        await press(pilot, "ctrl+s")
    (row,) = queued()
    assert (row.email, row.for_guardian) == ("declan@example.com", True)
