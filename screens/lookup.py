"""The home screen: type part of what you know of a patient; matches follow every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.commands import Command
from screens.widgets.cells import cut, line
from screens.widgets.found import NOTHING, Answer, counted, message
from screens.widgets.marks import Field, Rule
from screens.widgets.patient_row import draw_patient
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.patients.lookup import PatientRow

PAGE = 50
MOST = 1000
NARROW = 60

OPEN = Command("open", "Open the patient", "enter", "open", "The patient's profile.", "", True)
CLEAR = Command("clear", "Clear the search", "escape", "", "Start again with an empty search.")
RETRY = Command("retry", "Try again", "ctrl+r", "try again", "Ask the database again.", "", True)


class LookupScreen(BaseScreen):
    """Results follow every key, and no key waits for the database: the rows stay until newer ones are there."""

    HEADING = "Look up a patient"
    ABOUT = (
        "Type part of what you know: names in any order, a birth date (12 Mar 1984, 12/3/84, 1984), digits of a phone "
        "number from either end, an e-mail, or the patient number. Several at once narrow it down: smi jo 1984.\n\n"
        "Up, Down, PgUp, PgDn, Home and End move through the matches while you type."
    )
    KEYS = (
        OPEN,
        Command("move(-1)", "Up", "up", priority=True),
        Command("move(1)", "Down", "down", priority=True),
        Command("page(-1)", "Page up", "pageup", priority=True),
        Command("page(1)", "Page down", "pagedown", priority=True),
        Command("first", "First", "home", priority=True),
        Command("last", "Last", "end", priority=True),
        CLEAR,
        RETRY,
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown = NOTHING
        self._total: int | None = None
        self._open_when_found = False
        self._error: ClinicError | None = None

    def body(self) -> ComposeResult:
        """The search, the count, the list; a message in its place where there is none."""
        with Horizontal(id="search"):
            yield Static(self.look.symbols.cursor, id="prompt", markup=False)
            yield Field(placeholder="Name, birth date, phone, e-mail or number", max_length=120)
            yield Static("", id="count", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        rows: Rows[PatientRow] = Rows(self._draw, self.look, key=lambda row: row.id)
        yield rows

    def _draw(self, row: PatientRow, width: int, marked: bool) -> Content:
        return draw_patient(row, width, self.look, marked=marked)

    @property
    def holds_keys(self) -> bool:
        """After Enter, until it is known what it opens."""
        return self._open_when_found

    @property
    def _list(self) -> Rows[PatientRow]:
        return self.query_one(Rows)

    @property
    def _typed(self) -> str:
        return self.query_one(Field).value.strip()

    # Asking

    def on_mount(self) -> None:
        """The cursor in the search; the first patients as soon as the practice is open."""
        self.query_one(Field).focus()
        self._search()
        self._count_all()

    def on_screen_resume(self) -> None:
        """Back from a profile: what was done there shows in the list."""
        if self._shown.limit:
            self._search(self._shown.limit)
            self._count_all()
        # Marked, so that the next name takes its place.
        self.query_one(Field).action_select_all()

    def pulse_changed(self) -> None:
        """Portal lines may have changed."""
        self._search(self._shown.limit or PAGE)

    @on(Field.Changed)
    def _on_typed(self) -> None:
        self._open_when_found = False
        self._search()

    def _search(self, limit: int = PAGE) -> None:
        text = self._typed

        def rule(viewer: Viewer) -> Answer:
            from clinic_tui.patients.lookup import search

            return Answer(text, limit, search(viewer, text, limit))

        self.ask(rule, self._found, failed=self._lost)

    def _count_all(self) -> None:
        def rule(viewer: Viewer) -> int:
            from clinic_tui.patients.lookup import count

            return count(viewer, "", 10_000_000)

        self.ask(rule, self._counted_all, failed=self._lost)

    # Answers

    def _found(self, answer: Answer) -> None:
        same_text = answer.text == self._shown.text
        if self._error is not None:
            self._error = None
            self.refresh_keys()
            if self._total is None:
                self._count_all()
        self._shown = answer
        rows = answer.found.rows
        self._list.show(rows, keep=same_text)
        self._say_count(None if answer.found.more else len(rows))
        self._say_state()
        if answer.found.more and not same_text:
            self._count(answer.text)
        if self._open_when_found and answer.text == self._typed:
            self._open_when_found = False
            if len(rows) == 1:
                self.action_open()

    def _count(self, text: str) -> None:
        def rule(viewer: Viewer) -> tuple[str, int]:
            from clinic_tui.patients.lookup import count

            return text, count(viewer, text, MOST)

        if text:
            self.ask(rule, self._counted)

    def _counted(self, answer: tuple[str, int]) -> None:
        text, number = answer
        if text == self._shown.text and self._shown.found.more:
            self._say_count(number)

    def _counted_all(self, total: int) -> None:
        self._total = total
        self._say_count(None if self._shown.found.more else len(self._shown.found.rows))
        self._say_state()

    def _lost(self, error: ClinicError) -> None:
        self._error = error
        self._open_when_found = False
        if self._list.rows:
            self.show_error(error)
        self._say_state()
        self.refresh_keys()

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened: say so where the list would be."""
        self._lost(error)

    # Saying

    def _say_count(self, matches: int | None) -> None:
        """`4 of 12,418 patients`; `1,000+ of ...`; only the total where nothing is typed. None: not counted yet."""
        narrow = self.has_class("-narrow")
        said = counted(self._shown.text, matches, self._total, most=MOST, narrow=narrow)
        self.query_one("#count", Static).update(said, layout=False)

    def _say_state(self) -> None:
        """What to do where there is no list: the database lost, empty, or without a match."""
        state = self._state()
        if state is not None:
            self.query_one("#state", Static).update(state)
        self.set_class(state is not None, "-message")
        if self._error is None:
            self.clear_notice()

    def _state(self) -> Content | None:
        if self._list.rows:
            return None
        marks = self.look.symbols
        if self._error is not None:
            title = f"{marks.bad} {line(self._error.title)}"
            return message(title, "$error", self._error.advice, "Ctrl+R tries again.")
        if self._shown.text:
            typed = cut(line(self._shown.text), 40, marks.ellipsis)
            return message(
                f"No patient matches {typed}", "bold",
                "Try fewer letters, only the family name, a birth date, or the last digits of the phone number.",
                "Esc clears the search.",
            )  # fmt: skip
        if self._total == 0:
            return message(
                "There are no patients yet.", "bold", "Bring them in from the practice's export, at a shell:",
                "clinic-tui import patients.csv",
            )  # fmt: skip
        return None if self._shown.limit else Content.styled(f"Opening the practice {marks.ellipsis}", "$quiet")

    # Keys

    def offers(self, action: str) -> bool:
        """Trying again, only where something failed."""
        return self._error is not None if action == "retry" else True

    def action_open(self) -> None:
        """Open the patient under the cursor; while newer matches are on their way, only a sole one of those."""
        if self._typed != self._shown.text:
            self._open_when_found = True
            return
        row = self._list.current
        if row is not None:
            self.clinic.open_patient(row.id)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self._list.move(by)
        self._more_if_at_end()

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self._list.page(by)
        self._more_if_at_end()

    def action_first(self) -> None:
        """To the first match."""
        self._list.home()

    def action_last(self) -> None:
        """To the last match read so far; there, more are read."""
        self._list.end()
        self._more_if_at_end()

    def _more_if_at_end(self) -> None:
        shown = self._shown
        if shown.found.more and self._list.cursor == len(self._list.rows) - 1 and shown.limit < MOST:
            self._search(min(MOST, shown.limit * 4))

    @on(Rows.Chosen)
    def _clicked(self) -> None:
        self.action_open()

    def action_clear(self) -> None:
        """Empty the search."""
        self.query_one(Field).value = ""

    def action_retry(self) -> None:
        """Ask again."""
        if self.clinic.viewer is None:
            self._error = None
            self._say_state()
            self.refresh_keys()
            self.clinic.open_practice()
        self._search()
        if self._total is None:
            self._count_all()

    def on_resize(self, event: Resize) -> None:
        """A narrow terminal keeps name and portal line."""
        self.set_class(event.size.width < NARROW, "-narrow")
