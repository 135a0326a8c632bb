"""Reports > Patient: the case loads that the practice has saved, and the way to a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.reports.report import Report
from screens.widgets.cells import cell_len, cut, fit, line
from screens.widgets.dates import day_of

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.case_load.saved import Listed, Opened

NAME, BY, DAY = 30, 12, 11


class ReportsScreen(ListScreen["Listed"]):
    """By name; each with the sentence that its filters make."""

    HEADING = "Reports > Patient"
    ABOUT = (
        "A report lists patients by what they have in common: whose they are, when they were seen, how old they are, "
        "where they live, what their portal line says. Make one with {new}; saved under a name it stands here for the "
        "whole practice. Whoever runs it sees their own patients in it.\n\n"
        "Tick patients in the result, then Actions, to invite them all to the patient portal."
    )
    KEYS = (
        Command("open", "Run the report", "enter", "run", "Run the report under the cursor."),
        Command("new", "New Report", "n", "New Report", "Choose the filters of a new report."),
        Command("adoption", "Adoption", "a", "adoption", "What became of the invitations, as a chart."),
        Command("remove", "Remove the report", "x", "remove", "Forget the saved report under the cursor."),
        RETRY,
        BACK,
    )

    def key(self, row: Listed) -> str:
        """By name."""
        return row.name

    def read(self) -> None:
        """Ask for the saved ones."""

        def rule(viewer: Viewer) -> list[Listed]:
            from clinic_tui.case_load.saved import listing

            return listing(viewer)

        self.ask(rule, self.show_rows, failed=self.lost)

    # Showing

    def count(self) -> Content:
        """The way to a new one."""
        keys = ((self.key_of(name), "$accent") for name in ("adoption", "new"))
        adoption, new = keys
        return Content.assemble(adoption, " Adoption  ", new, " New Report")

    def draw(self, row: Listed, width: int, marked: bool) -> Content:
        """Name, what it says; who saved it and when, where there is room."""
        marks = self.look.symbols
        name = min(NAME, max(10, (width - 4) * 2 // 5))
        more = width >= 100
        room = max(0, width - 3 - name - 2 - (BY + DAY + 4 if more else 0) - 1)
        note = f"{marks.bad} " if row.notes else ""
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ", fit(line(row.name), name, ellipsis=marks.ellipsis), "  ",
            (note, "$warning"), (fit(line(row.says), room - cell_len(note), ellipsis=marks.ellipsis), "$quiet"),
        ]  # fmt: skip
        if more:
            by = fit(line(row.saved_by), BY, ellipsis=marks.ellipsis)
            parts.append((f"  {by}  {fit(day_of(row.saved_at), DAY, right=True)}", "$quiet"))
        return Content.assemble(*parts)

    def about_row(self, row: Listed) -> Content:
        """What it says in full, or what has changed since it was saved."""
        if row.notes:
            notes = " ".join(line(note) for note in row.notes)
            return Content.styled(f"{self.look.symbols.bad} {notes}", "$warning")
        saved = f" {self.look.symbols.dot} saved by {line(row.saved_by)}, {day_of(row.saved_at)}"
        room = max(10, 2 * (self.app.size.width - 4) - cell_len(saved))
        return Content.styled(cut(line(row.says), room, self.look.symbols.ellipsis) + saved, "$quiet")

    def nothing(self) -> tuple[str, ...]:
        """How to begin."""
        return (
            "No report is saved yet.",
            "Press n for a New Report: choose its filters, run it, tick patients, and invite them all.",
            "Saved under a name, a report stands here.",
        )

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for the row under the cursor."""
        return self.current is not None if action in ("open", "remove") else super().offers(action)

    def action_new(self) -> None:
        """Ask for the filters, then run it."""
        from screens.reports.new_report import NewReportDialog

        self.app.push_screen(NewReportDialog(), self._run)

    def _run(self, report: Report | None) -> None:
        from screens.reports.case_load import CaseLoadScreen

        if report is not None:
            self.app.push_screen(CaseLoadScreen(report))

    def action_adoption(self) -> None:
        """Open what became of the invitations."""
        from screens.reports.adoption import AdoptionScreen

        self.app.push_screen(AdoptionScreen())

    def action_open(self) -> None:
        """Run it."""
        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> Opened:
            from clinic_tui.case_load.saved import open_report

            return open_report(viewer, row.name)

        self.do(rule, self._opened)

    def _opened(self, opened: Opened) -> None:
        self._run(Report(opened.filters, opened.sort, opened.name, tuple(opened.notes)))

    def action_remove(self) -> None:
        """Ask, then forget it."""
        from screens.dialogs.confirm import ConfirmDialog

        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.case_load.saved import remove

            remove(viewer, row.name)
            return f"Removed: {line(row.name)}."

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, self._removed)

        question = f"Remove the report {line(row.name)} for the whole practice? No patient is changed."
        self.app.push_screen(ConfirmDialog(question, "Remove"), answered)

    def _removed(self, sentence: str) -> None:
        self.show_done(sentence)
        self.read()
