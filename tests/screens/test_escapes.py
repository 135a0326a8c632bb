"""Escape, told from what begins with it: by bytes alone, and in the app on a real terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from screens.escapes import Escapes
from tests.screens import people
from tests.screens.conftest import Desk
from tests.screens.terminal import Terminal


@pytest.mark.parametrize(
    ("reads", "pieces"),
    [
        (["\x1bsmi"], [["\x1b", "smi"]]),
        (["\x1b\r"], [["\x1b", "\r"]]),
        (["\x1b\x1bx"], [["\x1b\x1b", "x"]]),
        (["\x1b", "smi"], [["\x1b"], ["", "smi"]]),
        (["\x1b", "bell"], [["\x1b"], ["", "bell"]]),
        (["\x1b", "[B"], [["\x1b"], ["[B"]]),
        (["\x1bOR", "\x1b[21~"], [["\x1bOR"], ["\x1b[21~"]]),
        (["\x1bb\x1b\x7f"], [["\x1bb\x1b\x7f"]]),
        (["\x1b[200~a\x1bx\r\x1b]52;c\x07\x1b[201~\x1bq"], [["\x1b[200~ax\r]52;c\x07\x1b[201~\x1b", "q"]]),
        (["\x1b[200~a", "\x1bx\x1b", "[201~b"], [["\x1b[200~a"], ["x\x1b"], ["[201~b"]]),
    ],
)
def test_cut(reads: list[str], pieces: list[list[str]]) -> None:
    escapes = Escapes()
    assert [list(escapes.cut(read)) for read in reads] == pieces


@pytest.fixture
def app(desk: Desk) -> Iterator[Terminal]:
    """The app on a line so slow that an Escape waits for longer than any test does."""
    people.smiths()
    app = Terminal(desk.config, environ={"ESCDELAY": "60000"})
    app.wait_for("Smithers, Joel")
    app.read(0.3)
    yield app
    app.close()


@pytest.mark.parametrize("read", [b"\x1bsmyth", b"\x1b\x1bsmyth"])
def test_escape_and_the_next_search_at_once(app: Terminal, read: bytes) -> None:
    app.send(b"\r")
    app.wait_for("Invitations")
    app.read(0.3)
    app.send(read)
    app.wait_for("1 of ")


def test_an_arrow_key_in_pieces_moves_the_cursor(app: Terminal) -> None:
    app.send(b"sm\x1b")
    app.wait_for("m")  # it has read the Escape too
    app.read(0.3)
    app.send(b"[B")
    app.wait_for("Smidt")


def test_a_letter_in_pieces_is_typed(app: Terminal) -> None:
    app.send(b"\xc3")
    app.read(0.3)
    app.send(b"\xa9")
    app.wait_for("0 of ")
