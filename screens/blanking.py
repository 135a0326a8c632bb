"""The terminal while nobody is at it: blank after a while, left after a longer one."""

from __future__ import annotations

from typing import Any

from textual.events import Event, Key, MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp, Paste
from textual.screen import Screen

from screens.base import Room
from screens.idle import BLANK, Idle
from screens.signals import leave
from screens.telling import TellingApp


class BlankingApp(TellingApp):
    """An app that blanks its terminal when it is left alone (see screens.idle)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.idle = Idle()
        self.left_idle = False

    def only_wakes(self, event: Event) -> bool:
        """Whether the event did nothing but show a blank screen again, or found it blank."""
        if isinstance(event, Key | Paste | MouseDown | MouseScrollDown | MouseScrollUp) and not event.is_forwarded:
            if self.idle.touched():
                self._show_again()
                return True
        elif isinstance(event, MouseEvent) and self.idle.blanked:
            return True  # somebody may only have bumped the desk
        return False

    def look_idle(self) -> None:
        """Blank the terminal, or leave, where no key was pressed for long; what is being changed is waited for."""
        due = self.idle.due()
        if due == "blank":
            self.idle.blanked = True
            if self._driver is not None and not self.is_headless:
                self._driver.write(BLANK)
                self._driver.write("Press a key.")
                self._driver.flush()
        elif due == "leave" and not any(isinstance(s, Room) and s.is_changing for s in self.screen_stack):
            self.left_idle = True
            leave(self, 0)

    def _show_again(self) -> None:
        screen = self.screen
        self._display(screen, screen._compositor.render_update(full=True, screen_stack=self._background_screens))

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """All that is drawn comes by here; nothing of it reaches a blank terminal."""
        if not self.idle.blanked:
            super()._display(screen, renderable)
