"""The app: what runs before, between and around the screens.

The first frame loads no database: the practice is opened in a thread once the lookup screen is drawn.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from textual import on
from textual.app import App
from textual.content import Content
from textual.events import Event, Key, MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp, Paste
from textual.message import Message
from textual.notifications import Notify
from textual.screen import Screen
from textual.worker import get_current_worker

from screens import opening
from screens.asking import log
from screens.base import BaseScreen, Dialog, Room
from screens.commands import EVERYWHERE, Command, bindings
from screens.idle import BLANK, Idle
from screens.opening import Beat, Closed, Opened
from screens.signals import ClinicDriver, leave, leave_on_signals, left, let_go_of_the_terminal
from screens.theme import DARK, LIGHT, THEMES, Look, look_of
from screens.typeahead import TypeAhead
from screens.widgets.header import Facts

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from clinic_tui.access import Viewer
    from clinic_tui.config import Config

# Screens that a global key opens: loaded when first opened.
SCREENS = {
    "reports": ("screens.reports.saved", "ReportsScreen"),
    "outbox": ("screens.outbox.screen", "OutboxScreen"),
    "notifications": ("screens.notifications", "NotificationsScreen"),
    "review": ("screens.review", "ReviewScreen"),
    "incidents": ("screens.incidents", "IncidentsScreen"),
    "access": ("screens.access", "AccessScreen"),
    "templates": ("screens.templates.screen", "TemplatesScreen"),
    "staff": ("screens.staff", "StaffScreen"),
    "mailbox": ("screens.demo_mailbox", "DemoMailboxScreen"),
}

# How long a thread that reads or queues many may keep the interpreter while a key waits for it, several times over.
SWITCH_SECONDS = 0.001


class ClinicApp(App[int]):
    """One person at the keyboard of one practice."""

    TITLE = "clinic-tui"
    CSS_PATH = ["app.tcss", "lookup.tcss"]  # Textual loads no CSS_PATH of the default screen
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 4
    BINDINGS = list(bindings(EVERYWHERE))

    def __init__(
        self,
        config: Config,
        login: str | None = None,
        *,
        look: Look | None = None,
        demo: bool = False,
        poll_seconds: float | None = 1.0,
    ) -> None:
        """`poll_seconds` None: what waits is read only when asked for by `poll()`."""
        self.look = look or look_of(os.environ)
        # Named now, not later: Textual settles here how it filters colours.
        super().__init__(driver_class=ClinicDriver if sys.platform != "win32" else None, ansi_color=self.look.ansi)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.look.theme
        self.config = config
        self.login = login
        self.poll_seconds = poll_seconds
        self.viewer: Viewer | None = None
        self.opening = False
        self.facts = Facts(login=login or "", demo=demo or config.demo)
        self.reading = False
        self.typed_ahead = TypeAhead(self)
        self.idle = Idle()
        self.left_idle = False

    def get_default_screen(self) -> Screen[Any]:
        """Home: the lookup."""
        from screens.lookup import LookupScreen

        return LookupScreen()

    def on_mount(self) -> None:
        """Once the first frame is out, open the practice."""
        leave_on_signals(self)
        self.call_after_refresh(self.open_practice)

    async def on_event(self, event: Event) -> None:
        """Every key in its turn, when the one before it has done its work; one on a blank screen only shows it."""
        if isinstance(event, Key | Paste | MouseDown | MouseScrollDown | MouseScrollUp) and not event.is_forwarded:
            if self.idle.touched():
                self._show_again()
                return
        elif isinstance(event, MouseEvent) and self.idle.blanked:
            return  # somebody may only have bumped the desk
        if isinstance(event, Key | Paste) and not event.is_forwarded and not self.typed_ahead.admits(event):
            return
        await super().on_event(event)

    # The practice

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
        self.poll()
        if self.poll_seconds is not None:
            self.set_interval(self.poll_seconds, self.poll)

    @on(Closed)
    def _on_practice_closed(self, event: Closed) -> None:
        self.opening = False
        self.tell(replace(self.facts, lost=True))
        for screen in self.screen_stack:
            if isinstance(screen, Room):
                screen.practice_failed(event.error)

    # Nobody at the keyboard

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

    # What waits

    def poll(self) -> None:
        """Read what waits, in a thread; the header and the screen in front hear of it where it changed."""
        self.look_idle()
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
            self.notify(f"{self.look.symbols.waiting} {more} new notification{'s' if more > 1 else ''}: F4")
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

    # Said once

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Literal["information", "warning", "error"] = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A toast; never markup."""
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def on_notify(self, _event: Notify) -> None:
        """One toast at a time: a newer one takes the place of the older."""
        self.clear_notifications()

    def panic(self, *renderables: Any) -> None:
        """What nobody foresaw ends the app with a sentence; the log has the rest."""
        log.error("the app ended: %s", type(renderables[0]).__name__ if renderables else "")
        if not self._exit_renderables:
            super().panic(Content("The app had to stop. Its log file says why; nothing that was queued is lost.").plain)
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        log.critical("the app ended", exc_info=sys.exc_info())
        self.panic()

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A dialog is answered or closed before anything else is opened."""
        if action in (*SCREENS, "menu", "command_palette", "lookup") and isinstance(self.screen, Dialog):
            return False
        if action == "mailbox" and not self.facts.demo:
            return False
        if action == "staff" and (self.viewer is None or self.viewer.role != "owner"):
            return False
        if action in SCREENS:
            return type(self.screen).__module__ != SCREENS[action][0]
        return True

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """A key for what has the focus does nothing where nothing has it; Textual would end the app."""
        where = action.partition(".")[0] if isinstance(action, str) else action[0]
        if where == "focused" and self.focused is None:
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def commands_here(self) -> tuple[list[Command], list[Command]]:
        """The commands of the screen in front, and those that work everywhere; only what is offered now."""
        screen = self.screen
        if not isinstance(screen, Room):
            return [], list(EVERYWHERE)
        return screen.offered(c for c in screen.KEYS if c.about), screen.offered(EVERYWHERE)

    def action_menu(self) -> None:
        """Everything that can be done here."""
        from screens.menu import Menu

        def chosen(command: Command | None) -> None:
            if command is not None:
                self.call_later(self._run_command, command)

        here, everywhere = self.commands_here()
        self.push_screen(Menu(here, everywhere), chosen)

    async def _run_command(self, command: Command) -> None:
        await self.run_action(command.action, self.screen)

    def action_command_palette(self) -> None:
        """The same list: one types, it narrows."""
        self.action_menu()

    def action_help(self) -> None:
        """Help for the screen in front."""
        from screens.help import Help

        screen = self.screen
        if isinstance(screen, Room) and not isinstance(screen, Help):
            self.push_screen(Help(screen.HEADING, screen.ABOUT, *self.commands_here()))

    def action_help_quit(self) -> None:
        """Ctrl+C, which people press to leave."""
        self.notify("Ctrl+Q leaves.")

    async def action_lookup(self) -> None:
        """Back to the home screen."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    def action_reports(self) -> None:
        """Open Reports > Patient."""
        self._open_screen("reports")

    def action_outbox(self) -> None:
        """Open the outbox."""
        self._open_screen("outbox")

    def action_notifications(self) -> None:
        """Open the notifications."""
        self._open_screen("notifications")

    def action_review(self) -> None:
        """Open the replies that need a person."""
        self._open_screen("review")

    def action_incidents(self) -> None:
        """Open the incidents."""
        self._open_screen("incidents")

    def action_mailbox(self) -> None:
        """Open the patients' mailboxes of the sample practice."""
        self._open_screen("mailbox")

    def action_access(self) -> None:
        """Open Settings > General > Patient Access."""
        self._open_screen("access")

    def action_templates(self) -> None:
        """Open Settings > Communication templates."""
        self._open_screen("templates")

    def action_staff(self) -> None:
        """Open Settings > Staff."""
        self._open_screen("staff")

    def _open_screen(self, name: str) -> None:
        """Where it is open already, back to it: going to and fro piles up no screens to leave one by one."""
        wanted = screen_class(name)
        if any(isinstance(screen, wanted) for screen in self.screen_stack):
            while not isinstance(self.screen, wanted):
                self.pop_screen()
        else:
            self.push_screen(wanted())

    def open_patient(self, patient_id: int) -> None:
        """Open a patient's profile."""
        from screens.profile import ProfileScreen

        self.push_screen(ProfileScreen(patient_id))

    def action_lights(self) -> None:
        """Light or dark; the plain theme stays as it is."""
        if not self.look.ansi:
            self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    async def action_quit(self) -> None:
        """Leave; what a thread waits for holds nobody up. What is being done with many is to be stopped first."""
        screen = self.screen
        if isinstance(screen, Room) and screen.is_changing and not screen.holds_keys:
            self.notify("It is being done now: Esc stops it.")
        else:
            leave(self, 0)


def screen_class(name: str) -> type[BaseScreen]:
    """The class of a screen that a global key opens."""
    module, cls = SCREENS[name]
    found: type[BaseScreen] = getattr(import_module(module), cls)
    return found


def run(config: Config, login: str | None = None, *, demo: bool = False) -> int:
    """Run the app until it is left; the exit status."""
    for stream in (sys.__stdout__, sys.__stderr__):
        # A terminal that is not UTF-8 gets a question mark, not an escape that breaks the line.
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.setswitchinterval(SWITCH_SECONDS)
    app = ClinicApp(config, login, demo=demo)
    app.run()
    left()
    if app.left_idle:
        sys.stderr.write("clinic-tui has left: no key was pressed for long. What is queued goes out all the same.\n")
    let_go_of_the_terminal()
    return app.return_code or 0
