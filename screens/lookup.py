"""The home screen: type part of what you know of a patient; matches follow every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from screens.commands import Command
from screens.lookup_reading import MOST, LookupReading
from screens.widgets.cells import cut, line
from screens.widgets.columns import Column
from screens.widgets.found import counted, message
from screens.widgets.marks import Field, Rule
from screens.widgets.paged_table import PagedTable
from screens.widgets.patient_cells import draw_patient

if TYPE_CHECKING:
    from clinic_tui.patients.lookup import PatientRow


# The best match stands first: nothing is sorted by. A phone keeps name, age and portal line.
COLUMNS = (
    Column("patient", "Patient", 17, 40, flex=1, sortable=False),
    Column("born", "Born", 11, 11, right=True, sortable=False, rank=2),
    Column("age", "Age", 3, 3, right=True, sortable=False, rank=1),
    Column("phone", "Phone", 12, 16, sortable=False, rank=3),
    Column("portal", "Portal", 13, 29, flex=2, sortable=False),
    Column("email", "E-mail", 26, 40, sortable=False, rank=4),
    Column("practitioner", "Practitioner", 24, 30, sortable=False, rank=5),
)
OPEN = Command("open", "Open the patient", "enter", "open", "The patient's profile.", "", True)
CLEAR = Command("clear", "Clear the search", "escape", "", "Start again with an empty search.")
RETRY = Command("retry", "Try again", "ctrl+r", "try again", "Ask the database again.", "", True)


class LookupScreen(LookupReading):
    """Results follow every key, and no key waits for the database: the rows stay until newer ones are there."""

    HEADING = "Look up a patient"
    ABOUT = (
        "Type part of what you know: names in any order, a birth date (12 Mar 1984, 12/3/84, 1984), digits of a phone "
        "number from either end, an e-mail, or the patient number. Several at once narrow it down: smi jo 1984.\n\n"
        "Up, Down, PgUp, PgDn, Home and End move through the matches while you type. Tab takes the "
        "terminal's cursor to them, for a screen reader; what is typed then still goes to the search."
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
        Command("new", "New patient", "ctrl+n", "", "Add a patient; likely duplicates are shown first.", "", True),
        RETRY,
    )

    def body(self) -> ComposeResult:
        """The search, the count, the table; a message in its place where there is none."""
        with Horizontal(id="search"):
            yield Static(self.look.symbols.cursor, id="prompt", markup=False)
            yield Field(placeholder="Name, birth date, phone, e-mail or number", max_length=120)
            yield Static("", id="count", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        yield PagedTable["PatientRow"](COLUMNS, self.look, draw=self._draw, ticking=False, counting=False)

    def _draw(self, row: PatientRow, key: str) -> str | Content:
        return draw_patient(row, key, self.look)

    def on_mount(self) -> None:
        """The cursor in the search; the first patients as soon as the practice is open."""
        self.field.focus()
        self.search()
        self.count_all()

    def on_screen_resume(self) -> None:
        """Back from a profile: what was done there shows in the list."""
        if self.shown is not None:
            self.search()
            self.count_all()
        # Marked, so that the next name takes its place.
        self.field.focus()
        self.field.action_select_all()

    # Saying

    def say(self) -> None:
        """The count, and a message where there is no list."""
        self._say_count()
        self._say_state()
        self.refresh_keys()

    def _say_count(self) -> None:
        """`4 of 12,418 patients match`; `1,000+ of ...`; only the total where nothing is typed."""
        said = counted(self.shown or "", self.matches, self.total, most=MOST, narrow=self.has_class("-narrow"))
        self.query_one("#count", Static).update(said, layout=False)

    def _say_state(self) -> None:
        """What to do where there is no list: the database lost, empty, or without a match."""
        state = self._state()
        if state is not None:
            self.query_one("#state", Static).update(state)
        self.set_class(state is not None, "-message")
        if self.error is None:
            self.clear_notice()

    def _state(self) -> Content | None:
        if self.table.count:
            return None
        marks = self.look.symbols
        if self.error is not None:
            title = f"{marks.bad} {line(self.error.title)}"
            return message(title, "$error", self.error.advice, f"{self.key_of('retry')} tries again.")
        if self.shown:
            typed = cut(line(self.shown), 40, marks.ellipsis)
            return message(
                f"No patient matches {typed}", "bold",
                "Try fewer letters, only the family name, a birth date, or the last digits of the phone number.",
                f"{self.key_of('clear')} clears the search.",
            )  # fmt: skip
        if self.total == 0:
            return message(
                "There are no patients yet.", "bold", "Bring them in from the practice's export, at a shell:",
                "clinic-tui import patients.csv",
            )  # fmt: skip
        return None if self.shown is not None else Content.styled(f"Opening the practice {marks.ellipsis}", "$quiet")

    # Keys

    def offers(self, action: str) -> bool:
        """Opening, where there may be somebody; trying again, where something failed; adding, for who sees names."""
        if action == "open":
            return self.table.current is not None or self.shown is None or self.typed != self.shown
        if action == "new":
            return self.clinic.viewer is not None and not self.clinic.viewer.names_hidden
        return self.error is not None if action == "retry" else True

    def action_open(self) -> None:
        """Open the patient under the cursor; while newer matches are on their way, only a sole one of those."""
        if self.typed != (self.shown or ""):
            self.open_when_found = True
        elif self.table.current is not None:
            self.clinic.open_patient(self.table.current)

    def action_new(self) -> None:
        """Add a patient, then open them."""
        from screens.dialogs.patient import PatientDialog, Stored

        def stored(answer: Stored | None) -> None:
            if answer is not None and answer.id is not None:
                self.clinic.open_patient(answer.id)

        self.app.push_screen(PatientDialog(), stored)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self.table.action_page(by)

    def action_first(self) -> None:
        """To the first match."""
        self.table.action_home()

    def action_last(self) -> None:
        """To the last match, once all have come."""
        self.table.action_end()

    @on(PagedTable.Chosen)
    def _clicked(self) -> None:
        self.action_open()

    def on_key(self, event: Key) -> None:
        """What is typed while the table has the focus is meant for the search."""
        if event.is_printable and self.focused is not self.field:
            event.stop()
            self.field.focus()
            self.field.post_message(Key(event.key, event.character))

    def action_clear(self) -> None:
        """Empty the search."""
        self.field.focus()
        self.field.value = ""

    def action_retry(self) -> None:
        """Ask again."""
        if self.clinic.viewer is None:
            self.error = None
            self.say()
            self.refresh_keys()
            self.clinic.open_practice()
        self.search()
        if self.total is None:
            self.count_all()
