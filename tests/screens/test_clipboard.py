"""Copying: what goes to the terminal's clipboard, through what, and that nothing goes without a key."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from clinic_tui.config import Terminal
from screens import clipboard
from screens.app import ClinicApp
from screens.widgets.marks import Field
from tests.screens import people, story
from tests.screens.conftest import Desk, settle, shown
from tests.screens.story import press

OSC = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def copied(sequence: str) -> str:
    return base64.b64decode(OSC.fullmatch(sequence)[1]).decode()  # type: ignore[index]


def test_a_bare_terminal_gets_it_bare() -> None:
    (one,) = clipboard.sequences("Łoś", {"TERM": "xterm-256color"})
    assert copied(one) == "Łoś"


def test_tmux_gets_it_for_itself_and_to_hand_through() -> None:
    bare, wrapped = clipboard.sequences("x", {"TMUX": "/tmp/tmux-1000/default,1,0"})
    assert copied(bare) == "x"
    inner = re.fullmatch(r"\x1bPtmux;(.*)\x1b\\", wrapped, re.DOTALL)
    assert inner is not None
    assert copied(inner[1].replace("\x1b\x1b", "\x1b")) == "x"


def test_screen_gets_it_in_pieces_that_it_hands_through() -> None:
    pieces = list(clipboard.sequences("long " * 900, {"STY": "123.pts-0.desk"}))
    inner = [re.fullmatch(r"\x1bP(.*)\x1b\\", piece, re.DOTALL) for piece in pieces]
    assert len(pieces) > 5
    assert all(len(piece) < 768 for piece in pieces)
    assert copied("".join(each[1] for each in inner if each)) == "long " * 900


def test_what_is_copied_is_clean_and_not_endless() -> None:
    assert clipboard.safe("a\x1b]52;c;QUFB\x07\u202eb\nc") == "a]52;c;QUFBb\nc"
    assert len(clipboard.safe("x" * 1_000_000)) == clipboard.MOST


class Line:
    """What the app writes to the terminal beside its frames."""

    def __init__(self, pilot: Pilot[int], monkeypatch: pytest.MonkeyPatch) -> None:
        self.written: list[str] = []
        for name in ("TMUX", "STY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(pilot.app._driver, "write", self.written.append)

    @property
    def copied(self) -> list[str]:
        return [copied(text) for text in self.written if OSC.fullmatch(text)]


async def test_one_thing_of_a_patient_goes_by_a_key_and_nothing_without(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    john = story.john(email="john.smyth@example.com")
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        line = Line(pilot, monkeypatch)
        pilot.app.open_patient(john)
        await settle(pilot)
        await press(pilot, "y", "down", "escape", "y")
        assert "Mobile" in shown(pilot)
        assert line.copied == []
        await press(pilot, "down", "enter")
        assert line.copied == ["0412 555 904"]
        assert "Copied, where your terminal allows it: the mobile of patient 004182." in story.read(pilot)


async def test_a_hostile_record_sends_nothing_but_text(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    someone = people.patient("9", "Bob", "Ly", email="b\x1b]52;c;QUFB\x07@example.org")
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        line = Line(pilot, monkeypatch)
        pilot.app.open_patient(someone)
        await settle(pilot)
        await press(pilot, "y", "enter")
        assert line.copied == ["b]52;c;QUFB@example.org"]


async def test_the_config_can_forbid_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    john = story.john()
    desk.config = replace(desk.config, terminal=Terminal(copy=False))
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        line = Line(pilot, monkeypatch)
        pilot.app.open_patient(john)
        await settle(pilot)
        assert "y copy" not in shown(pilot)
        await press(pilot, "y", "escape")
        await story.write(pilot, "smy")
        pilot.app.screen.query_one(Field).action_select_all()
        await press(pilot, "ctrl+c")
        assert line.copied == []
