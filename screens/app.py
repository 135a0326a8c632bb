"""The app: its keys, and the screens that they open. What it stands on: `practice`, `blanking`, `telling`.

The first frame loads no database: the practice is opened in a thread once the lookup screen is drawn.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from textual import on
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender

from screens.base import BaseScreen, Dialog, Room
from screens.commands import EVERYWHERE, QUIT, Command, bindings
from screens.garbage import Garbage
from screens.keymap import Keyed, wanted
from screens.practice import PracticeApp
from screens.signals import ClinicDriver, leave, leave_on_signals, left, let_go_of_the_terminal
from screens.theme import DARK, LIGHT, THEMES, AsciiBars, Look, look_of
from screens.typeahead import TypeAhead
from screens.widgets.hardware_cursor import FollowsFocus
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
    "queues": ("screens.queues.screen", "QueuesScreen"),
    "imports": ("screens.imports.screen", "ImportsScreen"),
    "review": ("screens.review", "ReviewScreen"),
    "incidents": ("screens.incidents", "IncidentsScreen"),
    "access": ("screens.access", "AccessScreen"),
    "templates": ("screens.templates.screen", "TemplatesScreen"),
    "practitioners": ("screens.practitioners", "PractitionersScreen"),
    "staff": ("screens.staff", "StaffScreen"),
    "mailbox": ("screens.demo_mailbox", "DemoMailboxScreen"),
}

# How long a thread that reads or queues many may keep the interpreter while a key waits for it, several times over.
SWITCH_SECONDS = 0.001
REFUSED_SECONDS = 12


class ClinicApp(FollowsFocus, PracticeApp):
    """One person at the keyboard of one practice."""

    TITLE = "clinic-tui"
    CSS_PATH = ["app.tcss", "lookup.tcss"]  # Textual loads no CSS_PATH of the default screen
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 4
    BINDINGS = bindings(EVERYWHERE, "app")

    def __init__(
        self,
        config: Config,
        login: str | None = None,
        *,
        look: Look | None = None,
        demo: bool = False,
        training: bool = False,
        poll_seconds: float | None = 1.0,
    ) -> None:
        """`poll_seconds` None: what waits is read only when asked for by `poll()`."""
        look = look or look_of(os.environ, symbols=config.terminal.symbols)
        super().__init__(
            config,
            login,
            look,
            Facts(login=login or "", demo=demo or config.demo, training=training),
            poll_seconds,
            driver_class=ClinicDriver if sys.platform != "win32" else None,
            ansi_color=look.ansi,  # named now, not later: Textual settles here how it filters colours
        )
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = look.theme
        self.set_class(not look.unicode, "-ascii")
        ScrollBar.renderer = ScrollBarRender if look.unicode else AsciiBars
        self.typed_ahead = TypeAhead(self)
        self.keys_read = not config.keys

    def get_default_screen(self) -> Screen[Any]:
        """Home: the lookup."""
        from screens.lookup import LookupScreen

        return LookupScreen()

    def on_mount(self) -> None:
        """Once the first frame is out, open the practice."""
        leave_on_signals(self)
        if not self.keys_read:
            self._in_thread("keys", self._read_keys)
        self.call_after_refresh(self.open_practice)

    async def on_event(self, event: Event) -> None:
        """Every key in its turn, when the one before it has done its work; one on a blank screen only shows it."""
        if self.only_wakes(event):
            return
        if isinstance(event, Key | Paste) and not event.is_forwarded and not self.typed_ahead.admits(event):
            return
        await super().on_event(event)

    # Keys

    def _read_keys(self) -> Keyed:
        """In a thread: it loads every screen. Keys wait for it."""
        return Keyed(*wanted(self.config.keys))

    @on(Keyed)
    def _keyed(self, event: Keyed) -> None:
        self.keymap = event.keymap
        self.set_keymap(event.keymap.keys)
        self.keys_read = True
        for screen in self.screen_stack:
            if isinstance(screen, Room):
                screen.refresh_keys()
        if event.refused:
            more = f" {len(event.refused) - 1} more: clinic-tui keys." if event.refused[1:] else ""
            self.notify(f"{event.refused[0]}{more}", severity="warning", timeout=REFUSED_SECONDS)

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A dialog is answered or closed before anything else is opened, but for the menu of what it can do itself."""
        if action in (*SCREENS, "lookup") and isinstance(self.screen, Dialog):
            return False
        if action in ("menu", "command_palette") and type(self.screen).__name__ in ("Menu", "Help"):
            return False
        if action == "mailbox" and not self.facts.demo:
            return False
        if action == "training" and (self.facts.demo or isinstance(self.screen, Dialog)):
            return False
        if action == "staff" and (self.viewer is None or self.viewer.role != "owner"):
            return False
        if action == "imports" and (self.viewer is None or not imported_by(self.viewer)):
            return False
        if action == "practitioners" and (self.viewer is None or not practitioners_kept_by(self.viewer)):
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
            return [], self.everywhere
        return screen.offered(c for c in screen.commands if c.about), screen.offered(self.everywhere)

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
            self.push_screen(Help(screen.HEADING, screen.about, *self.commands_here()))

    def action_help_quit(self) -> None:
        """Ctrl+C, which people press to leave."""
        self.notify(f"{self.key_of(QUIT)} leaves.")

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

    def action_queues(self) -> None:
        """Open the work queues."""
        self._open_screen("queues")

    def action_imports(self) -> None:
        """Open Patients > Import."""
        self._open_screen("imports")

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

    def action_practitioners(self) -> None:
        """Open Settings > Practitioners."""
        self._open_screen("practitioners")

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

    def action_training(self) -> None:
        """Hand the terminal to the training copy; when that is left, go on where this was."""
        from screens.training import visit

        visit(self)

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
            self.notify(f"It is being done now: {screen.key_of('stop')} stops it.")
        else:
            leave(self, 0)


def practitioners_kept_by(viewer: Viewer) -> bool:
    """Whether the list of practitioners is theirs to keep; the rule is asked again when it is read."""
    return viewer.role in ("owner", "front-desk") and not viewer.names_hidden


def imported_by(viewer: Viewer) -> bool:
    """Whether importing is theirs; the rule is asked again by all that it does."""
    return practitioners_kept_by(viewer) and viewer.sees_all


def screen_class(name: str) -> type[BaseScreen]:
    """The class of a screen that a global key opens."""
    module, cls = SCREENS[name]
    found: type[BaseScreen] = getattr(import_module(module), cls)
    return found


def run(
    config: Config, login: str | None = None, *, demo: bool = False, training: bool = False, mouse: bool = True
) -> int:
    """Run the app until it is left; the exit status. Without `mouse` the terminal keeps its own way of marking."""
    for stream in (sys.__stdout__, sys.__stderr__):
        # A terminal that is not UTF-8 gets a question mark, not an escape that breaks the line.
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.setswitchinterval(SWITCH_SECONDS)
    app = ClinicApp(config, login, demo=demo, training=training)
    app.garbage = Garbage()
    app.run(mouse=mouse and config.terminal.mouse)
    left()
    if app.left_idle:
        sys.stderr.write("clinic-tui has left: no key was pressed for long. What is queued goes out all the same.\n")
    let_go_of_the_terminal()
    if training and app.left_idle:
        from clinic_tui.training import LEFT_IDLE

        return LEFT_IDLE
    return app.return_code or 0
