"""Some of the ticked patients, each with what is said of them; an address can be mended here, or a patient opened."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from screens.base import Dialog
from screens.commands import Command
from screens.reports.bulk_plan import DONE, Line
from screens.reports.reasons import ABOUT_ADDRESS
from screens.widgets.cells import line
from screens.widgets.columns import Column
from screens.widgets.moving import COLUMN_MOVES, TABLE_MOVES
from screens.widgets.paged_table import PagedTable
from screens.widgets.patient_cells import draw_patient

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.patients.lookup import PatientRow

COLUMNS = (
    Column("patient", "Patient", 14, 30, flex=1, sortable=False),
    Column("said", "", 20, 80, flex=2, sortable=False),
)
GONE = "gone, or out of your reach"
Read = dict[int, "PatientRow | str"]


class PeopleDialog(Dialog[bool]):
    """Answers whether anything may have been mended. `names`: what those are called who may be gone, by id. `mends`:
    whether another address for whom the line is done with changes what is done.
    """

    HEADING = "Patients"
    ABOUT = (
        "Enter opens the patient; e mends the address at once, where one matters. Back from here, what was mended is "
        "asked about again."
    )
    WIDTH = 100
    CSS_PATH = "bulk.tcss"
    MOVES = (*TABLE_MOVES, *COLUMN_MOVES)
    KEYS = (
        Command("open", "Open the patient", "enter", "open", "The patient's profile."),
        Command("mend", "Mend the address", "e", "mend the address", "Type another address for the record."),
        Command("cancel", "Back", "escape", "back", "Back to the dry run."),
    )

    def __init__(self, about: Line, names: Mapping[int, str], *, mends: bool) -> None:
        super().__init__()
        self._about, self._names = about, names
        self._mends = mends and (about.reason == DONE or about.reason in ABOUT_ADDRESS)
        self._said = dict(about.patients)
        self._mended = False

    def body(self) -> ComposeResult:
        """The list."""
        yield PagedTable["PatientRow | str"](COLUMNS, self.look, draw=self._draw, ticking=False)

    def on_mount(self) -> None:
        """Everybody; their rows are read as they come into sight."""
        self.query_one("#frame").border_title = Content(f"{self._about.number:,} {self._about.words}")
        self._table.focus()
        self._show(array("q", self._said))

    @property
    def _table(self) -> PagedTable[PatientRow | str]:
        return self.query_one(PagedTable)

    def _show(self, ids: array[int]) -> None:
        self._table.show_first(list(ids[:60]), {}, keep=True)
        self._table.take_ids(ids, True, run=self._table.run)

    def _draw(self, row: PatientRow | str, key: str) -> str | Content:
        if isinstance(row, str):  # the name of somebody who is gone
            return line(row) if key == "patient" else Content.styled(GONE, "$quiet")
        if key != "said":
            return draw_patient(row, key, self.look)
        return Content.styled(line(self._said.get(row.id, "")), "$quiet")

    @on(PagedTable.NeedRows)
    def _need(self, event: PagedTable.NeedRows) -> None:
        ids, names = list(event.ids), self._names

        def rule(viewer: Viewer) -> Read:
            from clinic_tui.patients.lookup import rows_by_id

            there = {row.id: row for row in rows_by_id(viewer, ids)}
            return {one: there.get(one) or names.get(one) or f"Patient with id {one}" for one in ids}

        self.ask(rule, self._read)

    def _read(self, rows: Read) -> None:
        self._table.take_rows(rows, rows)
        self.refresh_keys()

    @on(PagedTable.Narrow)
    def _narrow(self, event: PagedTable.Narrow) -> None:
        ids, text = array("q", self._said), event.text

        def rule(viewer: Viewer) -> array[int]:
            from clinic_tui.patients.narrowing import narrowed

            return narrowed(viewer, text, ids)

        self.ask(rule, self._show)

    # What can be done with one of them

    def offers(self, action: str) -> bool:
        """Nothing with those who are gone; mending where an address is what the line is about."""
        if action == "mend" and not self._mends:
            return False
        return action not in ("open", "mend") or not isinstance(self._table.current_row, str | None)

    @on(PagedTable.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    @on(PagedTable.Chosen)
    def _chosen(self) -> None:
        if self.offers("open"):
            self.action_open()

    def on_screen_resume(self) -> None:
        """Back from a patient."""
        if self._mended:
            self._table.forget_rows()

    def action_open(self) -> None:
        """The one under the cursor."""
        current = self._table.current
        if current is not None:
            self._mended = True
            self.clinic.open_patient(current)

    def action_mend(self) -> None:
        """Another address for the one under the cursor."""
        from screens.reports.mend import MendDialog

        current = self._table.current
        if current is None:
            return

        def mended(email: str | None) -> None:
            if email is not None:
                self._mended = True
                self._said[current] = email
                self._table.forget_rows()
                self.show_done(f"On the record now: {line(email)}. Esc asks the rules again.")

        self.app.push_screen(MendDialog(current), mended)

    def action_cancel(self) -> None:
        """Close it."""
        self.dismiss(self._mended)
