"""Some of the ticked patients, each with what is said of them; Enter opens one, so that it can be mended."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.columns import Column
from screens.widgets.paged_table import PagedTable
from screens.widgets.patient_cells import draw_patient
from screens.widgets.patient_rows import read_patients

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.patients.lookup import PatientRow

COLUMNS = (
    Column("patient", "Patient", 14, 30, flex=1, sortable=False),
    Column("said", "", 20, 80, flex=2, sortable=False),
)


class PeopleDialog(Dialog[bool]):
    """Answers whether a patient was opened from it. `said`: the sentence or address beside each, by id."""

    HEADING = "Patients"
    ABOUT = "Enter opens the patient. Back here, what was mended is asked about again."
    WIDTH = 100
    CSS_PATH = "bulk_invite.tcss"
    KEYS = (Command("open", "Open the patient", "enter", "open", "The patient's profile."), CANCEL)

    def __init__(self, title: str, said: Mapping[int, str]) -> None:
        super().__init__()
        self._title, self._said = title, said
        self._opened = False

    def body(self) -> ComposeResult:
        """The list."""
        yield PagedTable["PatientRow"](COLUMNS, self.look, draw=self._draw, ticking=False)

    def on_mount(self) -> None:
        """Everybody; their rows are read as they come into sight."""
        self.query_one("#frame").border_title = Content(self._title)
        table = self.query_one(PagedTable)
        table.focus()
        self._show(array("q", self._said))

    def _show(self, ids: array[int]) -> None:
        table = self.query_one(PagedTable)
        table.show_first(list(ids[:60]), {}, keep=True)
        table.take_ids(ids, True, run=table.run)

    def _draw(self, row: PatientRow, key: str) -> str | Content:
        if key != "said":
            return draw_patient(row, key, self.look)
        return Content.styled(line(self._said.get(row.id, "")), "$quiet")

    @on(PagedTable.NeedRows)
    def _need(self, event: PagedTable.NeedRows) -> None:
        read_patients(self, self.query_one(PagedTable), event.ids)

    @on(PagedTable.Narrow)
    def _narrow(self, event: PagedTable.Narrow) -> None:
        ids, text = array("q", self._said), event.text

        def rule(viewer: Viewer) -> array[int]:
            from clinic_tui.patients.narrowing import narrowed

            return narrowed(viewer, text, ids)

        self.ask(rule, self._show)

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen) -> None:
        self._opened = True
        self.clinic.open_patient(event.id)

    def on_screen_resume(self) -> None:
        """Back from a patient."""
        if self._opened:
            self.query_one(PagedTable).forget_rows()

    def action_open(self) -> None:
        """The one under the cursor."""
        current = self.query_one(PagedTable).current
        if current is not None:
            self._opened = True
            self.clinic.open_patient(current)

    def action_cancel(self) -> None:
        """Close it."""
        self.dismiss(self._opened)
