"""The practice behind the screens: opened in a thread after the first frame, then looked at again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from screens import opening
from screens.base import BaseScreen, Room
from screens.blanking import BlankingApp
from screens.commands import EVERYWHERE, NOTIFICATIONS, Command
from screens.garbage import Garbage
from screens.keymap import Keymap
from screens.opening import Beat, Closed, Opened
from screens.signals import leave
from screens.stylesheet import ParsedOnce
from screens.theme import Look
from screens.widgets.header import Facts

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.config import Config


COPY_SECONDS = 12


class PracticeApp(BlankingApp):
    """An app of one practice, with one person at the keyboard."""

    def __init__(
        self, config: Config, login: str | None, look: Look, facts: Facts, poll_seconds: float | None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        self.config = config
        self.copies = config.terminal.copy
        self.login = login
        self.look = look
        self.facts = facts
        self.poll_seconds = poll_seconds
        self.viewer: Viewer | None = None
        self.opening = False
        self.reading = False
        self.keymap = Keymap()
        self.garbage: Garbage | None = None  # of a process that is this app's alone

    @property
    def everywhere(self) -> list[Command]:
        """What can be done everywhere, with the keys that are bound."""
        return self.keymap.of(EVERYWHERE, "app")

    def key_of(self, command: Command) -> str:
        """The key of a command that works everywhere, as people write it; its name, where it has none."""
        (bound,) = self.keymap.of([command], "app")
        return bound.shown_key or command.name

    @property
    def reaches_files(self) -> bool:
        """Whether files of the account are for whoever sits here: not for those who came as somebody else (`--as`), and
        not while somebody trains.
        """
        return not self.facts.training and (self.login is None or self.facts.demo)

    def open_practice(self) -> None:
        """Open it, in a thread; `Opened` or `Closed` comes back."""
        if self.viewer is None and not self.opening:
            self.opening = True
            self._in_thread("open", lambda: opening.open_in_thread(self.config, self.login))

    def _in_thread(self, group: str, work: Callable[[], Message]) -> None:
        def run() -> None:
            answer = work()
            if not get_current_worker().is_cancelled:
                self.post_message(answer)

        self.run_worker(run, thread=True, group=group, exit_on_error=False)

    @on(Opened)
    def _on_practice_opened(self, event: Opened) -> None:
        self.opening = False
        self.viewer = event.viewer
        self.tell(replace(self.facts, practice=event.practice, login=event.viewer.login, lost=False))
        for screen in self.screen_stack:
            if isinstance(screen, Room):
                screen.practice_opened()
        if event.copy:
            self._say_copy(event.viewer)
        if self.garbage is not None:
            self.garbage.begin()
        self.poll()
        if self.poll_seconds is not None:
            self.set_interval(self.poll_seconds, self.poll)

    def _say_copy(self, viewer: Viewer) -> None:
        from screens.outbox.copy import TO_OTHERS, CopyDialog

        if viewer.role == "owner":
            self.push_screen(CopyDialog(), lambda said: self.notify(said) if said else None)
        else:
            self.notify(TO_OTHERS, severity="warning", timeout=COPY_SECONDS)

    @on(Closed)
    def _on_practice_closed(self, event: Closed) -> None:
        self.opening = False
        self.tell(replace(self.facts, lost=True))
        for screen in self.screen_stack:
            if isinstance(screen, Room):
                screen.practice_failed(event.error)

    # What waits

    def poll(self) -> None:
        """Read what waits, in a thread; the header and the screen in front hear of it where it changed."""
        self.look_idle()
        if self.garbage is not None:
            self.garbage.rest(self.idle.seconds)
        viewer = self.viewer
        if viewer is not None and not self.reading:
            self.reading = True
            self._in_thread("pulse", lambda: opening.read_pulse(viewer))

    @on(Beat)
    def _beat(self, event: Beat) -> None:
        self.reading = False
        if event.gone is not None:
            self._exit_renderables.append(Content(str(event.gone)).plain)
            leave(self, 1)
            return
        self.viewer = event.viewer or self.viewer
        before, pulse = self.facts.pulse, event.pulse
        self.idle.limits = event.limits or self.idle.limits
        if pulse is None:
            self.tell(replace(self.facts, lost=True))
            return
        found_again = self.facts.lost
        self.tell(replace(self.facts, pulse=pulse, lost=False))
        if pulse == before and not found_again:
            return
        if before is not None and pulse.unread > before.unread:
            more = pulse.unread - before.unread
            key = self.key_of(NOTIFICATIONS)
            self.notify(f"{self.look.symbols.waiting} {more} new notification{'s' if more > 1 else ''}: {key}")
        if before is not None:
            for screen in reversed(self.screen_stack):
                if isinstance(screen, Room):
                    screen.pulse_changed()
                if isinstance(screen, BaseScreen):
                    break

    def tell(self, facts: Facts) -> None:
        """Show `facts` in the header of every screen that can be seen."""
        self.facts = facts
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.refresh_header()
