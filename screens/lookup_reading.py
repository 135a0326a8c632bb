"""How the lookup reads: the first matches of what is typed, the ids behind them, rows by id, how many there are."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from textual import on

from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.widgets.marks import Field
from screens.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.patients.lookup import Found, PatientRow

PAGE = 50
MOST = 1000


class LookupReading(BaseScreen):
    """A screen over a `Field` and one `PagedTable` of what was found. Override `say`, and `action_open`, which is
    called when Enter was pressed before what it opens was there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown: str | None = None  # the text whose matches are listed
        self.matches: int | None = None  # how many it has, once that is known; MOST + 1 is more than MOST
        self.total: int | None = None
        self.error: ClinicError | None = None
        self.open_when_found = False

    @property
    def holds_keys(self) -> bool:
        """After Enter, until it is known what it opens."""
        return self.open_when_found

    @property
    def table(self) -> PagedTable[PatientRow]:
        """What was found."""
        return self.query_one(PagedTable)

    @property
    def field(self) -> Field:
        """What is looked for."""
        return self.query_one(Field)

    @property
    def typed(self) -> str:
        """The same, as it is asked for."""
        return self.field.value.strip()

    def say(self) -> None:
        """Draw the count, and what is said where nothing is listed."""

    def action_open(self) -> None:
        """Open the patient under the cursor."""

    # Asking

    def pulse_changed(self) -> None:
        """Portal lines may have changed."""
        self.search()

    @on(Field.Changed)
    def _on_typed(self) -> None:
        self.open_when_found = False
        self.search()

    def search(self) -> None:
        """Look for what is typed; the cursor stays on its row where that is listed already."""
        text = self.typed

        def rule(viewer: Viewer) -> tuple[str, Found]:
            from clinic_tui.patients.lookup import search

            return text, search(viewer, text, PAGE)

        self.ask(rule, self._found, failed=self.lost)

    def _find_the_rest(self, text: str) -> None:
        run = self.table.run

        def rule(viewer: Viewer) -> tuple[int, array[int]]:
            from clinic_tui.patients.lookup import ids

            return run, ids(viewer, text, MOST + 1)

        self.ask(rule, self._found_all, failed=self.lost)

    def count_all(self) -> None:
        """How many patients there are."""

        def rule(viewer: Viewer) -> int:
            from clinic_tui.patients.lookup import count

            return count(viewer, "", 10_000_000)

        self.ask(rule, self._counted_all, failed=self.lost)

    @on(PagedTable.NeedRows)
    def _need_rows(self, event: PagedTable.NeedRows) -> None:
        wanted = list(event.ids)

        def rule(viewer: Viewer) -> list[PatientRow]:
            from clinic_tui.patients.lookup import rows_by_id

            return rows_by_id(viewer, wanted)

        def take(rows: list[PatientRow]) -> None:
            self.table.take_rows({row.id: row for row in rows}, wanted)

        self.ask(rule, take, failed=self.lost)

    # Answers

    def _found(self, answer: tuple[str, Found]) -> None:
        text, found = answer
        same_text = text == self.shown
        if self.error is not None:
            self.error = None
            self.refresh_keys()
            if self.total is None:
                self.count_all()
        self.shown = text
        rows = {row.id: row for row in found.rows}
        self.table.show_first(list(rows), rows, keep=same_text, done=not found.more)
        if not found.more:
            self.matches = len(rows)
        elif not same_text:
            self.matches = None
        if found.more:
            self._find_the_rest(text)
        self.say()
        if self.open_when_found and text == self.typed:
            self.open_when_found = False
            if len(rows) == 1:
                self.action_open()

    def _found_all(self, answer: tuple[int, array[int]]) -> None:
        run, ids = answer
        if run == self.table.run:
            self.matches = len(ids)
            self.table.take_ids(ids[:MOST], True, run=run)
            self.say()

    def _counted_all(self, total: int) -> None:
        self.total = total
        self.say()

    def lost(self, error: ClinicError) -> None:
        """What is listed stays; what is wrong is said."""
        self.error = error
        self.open_when_found = False
        self.table.stopped()
        if self.table.count:
            self.show_error(error)
        self.say()
        self.refresh_keys()

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened: say so where the list would be."""
        self.lost(error)
