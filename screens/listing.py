"""What the screens that list something share: a heading with a count, the list, what is said of the row under the
cursor, and a message in the list's place where there is nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.commands import Command
from screens.widgets.cells import line, shorten, spread
from screens.widgets.marks import Rule
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows

T = TypeVar("T")
MOST = 500
RETRY = Command("retry", "Try again", "ctrl+r", "try again", "Ask the database again.", "", True)


class ListScreen(BaseScreen, Generic[T]):
    """Override `read` (ask for rows, then `show_rows`), `draw`, `about_row` and `nothing`."""

    CSS_PATH = Path(__file__).with_name("listing.tcss")  # whichever folder the list itself stands in
    KEYS: ClassVar[tuple[Command, ...]] = (RETRY,)
    MOVES = LIST_MOVES

    def __init__(self) -> None:
        super().__init__()
        self.seen = False
        self._error: ClinicError | None = None

    def body(self) -> ComposeResult:
        """Heading, list or message, and what is said of one row."""
        yield Static("", id="heading", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        yield Rows[T](self.draw, self.look, key=self.key, passive=self.passive, takes_keys=True)
        yield from self.below()

    def below(self) -> ComposeResult:
        """What stands under the list."""
        yield Rule(self.look, id="about-rule")
        yield Static("", id="about", markup=False)

    # What a list is of

    def read(self) -> None:
        """Ask for the rows; override it."""

    def draw(self, row: T, width: int, marked: bool) -> Content:
        """One row as one line; override it."""
        raise NotImplementedError

    def key(self, row: T) -> Hashable:
        """Which row it is."""
        return getattr(row, "id", None)

    def passive(self, row: T) -> bool:
        """Whether the row is a heading."""
        return False

    def about_row(self, row: T) -> Content:
        """What is said of the row under the cursor."""
        return Content("")

    def nothing(self) -> tuple[str, ...]:
        """What is said where there are no rows: a title, then what will appear here."""
        return ("There is nothing here.",)

    def heading(self) -> Content:
        """What stands at the left of the heading."""
        return Content.styled(self.HEADING, "bold")

    def count(self) -> Content:
        """What stands at the right of the heading."""
        return Content("")

    # Showing

    @property
    def rows(self) -> Rows[T]:
        """The list."""
        return self.query_one(Rows)

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self.rows.current

    def on_mount(self) -> None:
        """Read it."""
        self.rows.focus()
        self._say_heading()
        self.read()

    def on_screen_resume(self) -> None:
        """In front again: what was done elsewhere shows."""
        if self.seen:
            self.read()

    def pulse_changed(self) -> None:
        """Something moved."""
        self.read()

    def show_rows(self, rows: Sequence[T]) -> None:
        """List them; the cursor stays on its row, or at its height where that row is gone."""
        listed, at, before = self.rows, self.rows.cursor, self.current
        if self._error is not None:
            self._error = None
            self.clear_notice()
        self.seen = True
        listed.show(rows, keep=True)
        now = listed.current
        if before is not None and (now is None or self.key(now) != self.key(before)):
            listed.move(at - listed.cursor)
        self._say_state()

    def lost(self, error: ClinicError) -> None:
        """The rows could not be read: what is listed stays, and what is wrong is said."""
        self._error = error
        if self.rows.rows:
            self.show_error(error)
        self._say_state()

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened."""
        self.lost(error)

    def _say_heading(self) -> None:
        width = self.app.size.width - 2
        heading, ellipsis = self.heading(), self.look.symbols.ellipsis
        count = shorten(self.count(), max(0, width - heading.cell_length - 2), ellipsis)
        put(self.query_one("#heading", Static), spread(heading, count, width, ellipsis))

    def _say_state(self) -> None:
        empty = not self.rows.rows
        self.set_class(empty, "-message")
        if empty and self._error is not None:
            marks = self.look.symbols
            said = _message(
                f"{marks.bad} {line(self._error.title)}",
                "$error",
                line(self._error.advice),
                f"{self.key_of('retry')} tries again.",
            )
        elif empty and self.seen:
            title, *more = self.nothing()
            said = _message(title, "bold", *more)
        else:
            said = Content("")
        self.query_one("#state", Static).update(said)
        if not empty and self.focused is None:
            self.rows.focus()  # which a message in its place had taken
        self._say_heading()
        self.say_about()
        self.refresh_keys()

    @on(Rows.Moved)
    def _moved(self) -> None:
        self.say_about()
        self.refresh_keys()

    def say_about(self) -> None:
        """Draw what is said of the row under the cursor."""
        row = self.current
        for about in self.query("#about").results(Static):
            put(about, Content("") if row is None else self.about_row(row))

    def on_resize(self) -> None:
        """As wide as the terminal."""
        if self.is_mounted:
            self._say_heading()

    # Keys

    def offers(self, action: str) -> bool:
        """Trying again, only where something failed."""
        return self._error is not None if action == "retry" else True

    def action_retry(self) -> None:
        """Ask again."""
        if self.clinic.viewer is None:
            self.clinic.open_practice()
        self.read()


def _message(title: str, style: str, *more: str) -> Content:
    parts = [part for text in more if text for part in ("\n\n", (text, "$quiet"))]
    return Content.assemble((title, style), *parts)


def put(static: Static, content: Content) -> None:
    """Draw `content` where it differs from what is drawn."""
    before: Any = static.content
    if not (isinstance(before, Content) and before.is_same(content)):
        static.update(content, layout=False)
