"""The question before what cannot be undone."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from screens.dialogs.confirm import ConfirmDialog
from tests.screens.conftest import Desk
from tests.screens.story import HOSTILE, pictured, press, read

QUESTION = f"Revoke the invitation to {HOSTILE[1]}? Its code and a reply to it no longer count."


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20)], ids=["80x24", "120x40", "40x20"])
def test_hostile_question(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        pilot.app.push_screen(ConfirmDialog(QUESTION, "Revoke"))

    assert pictured(desk, acts, size)


@pytest.mark.parametrize(("key", "answer"), [("enter", True), ("y", True), ("escape", None)])
async def test_answers(desk: Desk, key: str, answer: bool | None) -> None:
    answers: list[bool | None] = []
    async with desk.open() as pilot:
        pilot.app.push_screen(ConfirmDialog(QUESTION, "Revoke"), answers.append)
        await press(pilot, "x", "n")  # nothing else answers it
        assert answers == []
        assert "Esc cancel Enter revoke" in read(pilot)
        await press(pilot, key)
    assert answers == [answer]
