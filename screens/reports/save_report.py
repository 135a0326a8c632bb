"""Saving a report under a name, for the whole practice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.reports.report import Report
from screens.widgets.cells import line
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer


class SaveReportDialog(Dialog[Report]):
    """Answers with the report as it is kept."""

    HEADING = "Save the report"
    ABOUT = "A saved report stands in Reports > Patient for the whole practice; filters and sort are kept, ticks not."
    WIDTH = 66
    KEYS = (Command("save", "Save", "enter", "Save", "Save it under this name.", priority=True), CANCEL)

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report
        self._asked = False
        self._replaces = report.name

    def body(self) -> ComposeResult:
        """What it says, and the name."""
        yield Static("", id="says", markup=False)
        yield Field(self._report.name, "a name for it", id="name", max_length=80)
        yield Said(self.look, id="name-said")

    def on_mount(self) -> None:
        """The cursor behind the name that it has."""
        from clinic_tui.case_load.sentence import sentence

        self.query_one("#says", Static).update(line(sentence(self._report.filters)))
        field = self.query_one(Field)
        field.cursor_position = len(field.value)
        field.focus()

    @on(Field.Changed)
    def _changed(self) -> None:
        self.query_one(Said).clear()

    def action_save(self) -> None:
        """Keep it; one of that name is replaced when asked a second time, its own at once."""
        if self._asked:
            return
        self._asked = True
        report, name = self._report, self.query_one(Field).value.strip()
        again = bool(name) and name == self._replaces

        def rule(viewer: Viewer) -> Report:
            from clinic_tui.case_load.saved import save

            return replace(report, name=save(viewer, name, report.filters, report.sort, replace=again), notes=())

        self.do(rule, self._kept, failed=self._refused)

    def _kept(self, report: Report) -> None:
        self.dismiss(report)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if not isinstance(error, FieldError):
            self.show_error(error)
            return
        advice = error.advice
        if "already" in error.title:
            self._replaces = self.query_one(Field).value.strip()
            advice = "Enter again replaces it."
        self.query_one(Said).error(f"{error.title} {advice}")
