"""A test message to oneself, sent by a key: said while it goes, then what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clinic_tui.errors import ClinicError
from screens.commands import Command
from screens.widgets.cells import line

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.trial import Tried
    from screens.base import Room


def key(about: str) -> Command:
    """The command of the screens that have it."""
    return Command("test", "Test message to yourself", "t", "test", about)


def send(room: Room[Any], rule: Callable[[Viewer], Tried]) -> None:
    """Run `rule`, which sends it; say what became of it on the screen that asked."""

    def said(tried: Tried) -> None:
        if tried.sent:
            room.show_done(line(tried.sentence))
        else:
            room.show_error(ClinicError(line(tried.sentence), "Look into your mailbox before you try again."))

    room.show_done("Sending a test message to yourself.")
    room.do(rule, said)
