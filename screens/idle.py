"""Nobody at the keyboard: the terminal is blanked, later the app leaves. Any key shows it again, and does nothing else.

Blank is the terminal alone: screens, dialogs and what runs behind them go on as they were.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from clinic_tui.clock import now

BLANK = "\x1b[0m\x1b[2J\x1b[H"  # no attributes, nothing on the screen, the cursor at its top


class Limits(NamedTuple):
    """After how many minutes without a key; 0: never."""

    blank: int = 0
    leave: int = 0


class Idle:
    """How long ago a key was pressed, and what follows from it."""

    def __init__(self) -> None:
        self.limits = Limits()
        self.blanked = False
        self._last: datetime = now()

    def touched(self) -> bool:
        """A key was pressed. Whether it does nothing else: the screen was blank."""
        self._last = now()
        was, self.blanked = self.blanked, False
        return was

    @property
    def seconds(self) -> float:
        """Since the last key."""
        return (now() - self._last).total_seconds()

    def due(self) -> Literal["blank", "leave"] | None:
        """What is to be done now."""
        still = now() - self._last
        if self.limits.leave and still >= timedelta(minutes=self.limits.leave):
            return "leave"
        if self.limits.blank and not self.blanked and still >= timedelta(minutes=self.limits.blank):
            return "blank"
        return None
