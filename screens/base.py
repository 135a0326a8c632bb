"""What every screen and dialog stands on.

A screen: subclass `BaseScreen`, list its commands in `KEYS`, its help in `ABOUT`, build the middle in `body()`;
header, notice and footer come by themselves. A dialog: subclass `Dialog[Answer]`, give `HEADING`, build `body()`, call
`self.dismiss(answer)`; Escape dismisses with None. Neither touches the database on the event loop:
`self.ask(rule, then)` runs `rule(viewer)` in a thread and `then(answer)` back here; `self.do(...)` is the same for what
changes something. (Textual calls `on_...` of every class in a line of them: none calls its parent's.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, ScreenResume
from textual.screen import ModalScreen
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.asking import Asking
from screens.commands import HELP, MENU, Command, bindings
from screens.widgets.choice import Choice
from screens.widgets.footer import Footer
from screens.widgets.header import Header
from screens.widgets.marks import Field, Notice
from screens.widgets.rows import Rows
from screens.widgets.tick import Tick

if TYPE_CHECKING:
    from screens.theme import Look

R = TypeVar("R")


def room_name(cls: str) -> str:
    """`case_load` for CaseLoadScreen."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.removesuffix("Screen").removesuffix("Dialog")).lower()


class Room(Asking[R], Generic[R]):
    """What screens and dialogs share: commands, and rules run in threads."""

    KEYS: ClassVar[tuple[Command, ...]] = ()
    MOVES: ClassVar[tuple[Command, ...]] = ()  # those of what has the focus here, where that is no text field
    ROOM: ClassVar[str] = ""  # what the config's [keys] calls it
    HEADING: ClassVar[str] = ""
    ABOUT: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        if "KEYS" in cls.__dict__:
            cls.ROOM = room_name(cls.__name__)
            cls.BINDINGS = bindings(cls.KEYS, cls.ROOM)
        super().__init_subclass__(**options)

    @property
    def look(self) -> Look:
        """What this terminal can draw."""
        return self.clinic.look

    def draw_later(self, draw: Callable[[], None]) -> None:
        """Call `draw` once the next frame is out, unless this has been left by then and there is nothing to draw on."""
        self.call_after_refresh(lambda: None if self.is_left else draw())

    # What is said

    def show_error(self, error: ClinicError) -> None:
        """Say above the footer what happened and what to do."""
        for notice in self.query(Notice):
            notice.error(error)

    def show_done(self, sentence: str) -> None:
        """Say above the footer what was done."""
        for notice in self.query(Notice):
            notice.said(sentence)

    def clear_notice(self) -> None:
        """Say nothing above the footer."""
        for notice in self.query(Notice):
            notice.clear()

    def copy(self, text: str, what: str) -> None:
        """Send `text` to the terminal's clipboard, and say so: `what` is its name in a sentence."""
        self.app.copy_to_clipboard(text)
        self.show_done(f"Copied, where your terminal allows it: {what}.")

    # Commands

    def offers(self, action: str) -> bool:
        """Whether the command with this action makes sense now: what does not has no key and no hint. Override it."""
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual's question, answered by `offers`."""
        return self.offers(action)

    @property
    def commands(self) -> list[Command]:
        """What can be done here, with the keys that are bound."""
        return self.clinic.keymap.of(self.KEYS, self.ROOM)

    def key_of(self, action: str) -> str:
        """The key of a command that works here, as people write it."""
        return next(c.shown_key for c in (*self.commands, *self.clinic.everywhere) if c.bare_action == action)

    @property
    def about(self) -> str:
        """What it is for: ABOUT, with the key that is bound for each `{action}` in it."""
        return re.sub(r"\{(\w+)\}", lambda found: self.key_of(found[1]), self.ABOUT)

    def offered(self, commands: Iterable[Command]) -> list[Command]:
        """Those of `commands` that work here and now."""
        return [
            command
            for command in commands
            if (self.app if command.action.startswith("app.") else self).check_action(command.bare_action, ())
        ]

    def refresh_keys(self) -> None:
        """Draw the footer again: call it when the answer of `offers` may have changed."""
        for footer in self.query(Footer):
            footer.show(self.footer_commands())

    def footer_commands(self) -> list[Command]:
        """What the footer shows, in order."""
        return self.offered(command for command in self.commands if command.footer)

    @on(Rows.Chosen)
    async def _row_chosen(self) -> None:
        """Enter, or a click, on a row of a list: what Enter does here."""
        for command in self.KEYS:
            if command.keys == "enter":
                await self.run_action(command.action)

    def pulse_changed(self) -> None:
        """What waits has changed (once a second at most, on the screen in front): read again what may differ."""

    def on_screen_resume(self) -> None:
        """In front again."""
        self.refresh_keys()

    @on(ScreenResume)
    def _is_styled(self, event: ScreenResume) -> None:
        """What is mounted has its styles, and what changes them sees to that: Textual would find all of them again."""
        event.refresh_styles = False


class BaseScreen(Room[None]):
    """A whole screen: header, `body()`, notice, footer. How wide the terminal is stands in its class."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-middle"), (160, "-wide")]
    DEFAULT_CSS = """
    BaseScreen { layout: vertical; background: $background; color: $foreground; scrollbar-size-vertical: 1; }
    BaseScreen > #bottom { dock: bottom; height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Header, the middle, notice and footer."""
        # Now, for a class that came with the first resize would have everything styled again.
        widths = self.HORIZONTAL_BREAKPOINTS or ()
        self.add_class(*[name for least, name in widths if self.app.size.width >= least][-1:])
        yield Header(self.look)
        yield from self.body()
        with Vertical(id="bottom"):
            yield Notice(self.look)
            yield Footer()

    def body(self) -> ComposeResult:
        """The middle of the screen; override it."""
        yield from ()

    def footer_commands(self) -> list[Command]:
        """The screen's own keys, then those that work everywhere; menu and help last. Of one key, what it does now."""
        last = (MENU.action, HELP.action)
        everywhere = sorted(self.clinic.everywhere, key=lambda c: last.index(c.action) if c.action in last else -1)
        offered = self.offered(c for c in (*self.commands, *everywhere) if c.footer)
        first = {command.shown_key: command for command in reversed(offered)}
        return [command for command in offered if command is first[command.shown_key]]

    def on_mount(self) -> None:
        """Show what is known."""
        self.refresh_header()
        self.refresh_keys()

    def on_screen_resume(self) -> None:
        """In front again: the header may have fallen behind, and so may what is shown."""
        self.refresh_header()

    def refresh_header(self) -> None:
        """Draw what the app knows into the header."""
        for header in self.query(Header):
            header.show(self.clinic.facts)


CANCEL = Command("cancel", "Cancel", "escape", "cancel", "Close this and change nothing.", scope="dialog")


class Dialog(Room[R | None], ModalScreen[R | None], Generic[R]):
    """One question over the screen: a frame with a title, `body()`, notice, keys. Escape dismisses with None."""

    KEYS: ClassVar[tuple[Command, ...]] = (CANCEL,)
    WIDTH: ClassVar[int] = 76

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 70%;
        &:ansi { background: ansi_default; }
    }
    Dialog > #frame {
        height: auto; max-height: 100%; max-width: 100%; padding: 0 1;
        background: $background; color: $foreground;
        border: round $accent; border-title-color: $accent; border-title-style: bold;
        border-subtitle-color: $warning; border-subtitle-style: bold reverse;
        scrollbar-size-vertical: 1;
    }
    Dialog.-ascii > #frame { border: ascii $accent; }
    Dialog #frame > Footer { margin-top: 1; padding: 0; }
    Dialog #frame > Notice { padding: 0; margin-top: 1; }
    """

    def compose(self) -> ComposeResult:
        """The frame around `body()`."""
        self.set_class(not self.look.unicode, "-ascii")
        with Vertical(id="frame") as frame:
            frame.border_title = Content(self.HEADING)
            if self.clinic.facts.training:
                frame.border_subtitle = Content("TRAINING")  # a tall dialog stands before the header
            frame.styles.width = self.WIDTH
            yield from self.body()
            yield Notice(self.look)
            yield Footer()

    def body(self) -> ComposeResult:
        """What stands in the frame; override it."""
        yield Static("", markup=False)

    def footer_commands(self) -> list[Command]:
        """The dialog's keys; Escape first, what goes ahead last."""
        keys = [command for command in self.commands if command.footer]
        if all(command.action != CANCEL.action for command in keys):
            keys += self.clinic.keymap.of([CANCEL], self.ROOM)
        return self.offered(sorted(keys, key=lambda command: command.action != CANCEL.action))

    def on_mount(self) -> None:
        """Show the keys."""
        self.refresh_keys()

    def on_key(self, event: Key) -> None:
        """Up and Down go from field to field, where the one that has the cursor is of a single line."""
        if event.key in ("up", "down") and isinstance(self.focused, Field | Choice | Tick):
            event.stop()
            if event.key == "down":
                self.focus_next()
            else:
                self.focus_previous()

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
