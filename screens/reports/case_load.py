"""Reports > Patient > Case Load: the patients that a report finds, ticked, and what is done with the ticked ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.commands import BACK, Command
from screens.reports.case_columns import COLUMNS, NAMELESS, draw
from screens.reports.case_reading import CaseReading
from screens.reports.ticked import Ticked
from screens.widgets.cells import cut, line, spread
from screens.widgets.found import message
from screens.widgets.marks import Rule
from screens.widgets.moving import COLUMN_MOVES, TABLE_MOVES
from screens.widgets.paged_table import TABLE_KEYS, PagedTable

if TYPE_CHECKING:
    from clinic_tui.case_load.query import CaseRow
    from screens.reports.report import Report


class CaseLoadScreen(CaseReading):
    """The first rows are there at once; the ids of all follow behind them, and can be left."""

    HEADING = "Reports > Patient > Case Load"
    ABOUT = (
        "The patients that the report found. Seen counts their appointments in the time that the report names, or "
        "ever; first and last seen and the next appointment are of all time.\n\n"
        "Tick with Space, a range with v, all with a; / narrows what is shown to a name, a birth date, a number. Ticks "
        "stay while you sort, narrow or run again, also those that are not shown.\n\n"
        "Actions (x) does something with the ticked patients: invite them to the patient portal, resend or revoke "
        "their invitations, set what their records say, or export them."
    )
    CSS_PATH = "case_load.tcss"
    MOVES = (*TABLE_MOVES, *COLUMN_MOVES)
    KEYS = (
        *TABLE_KEYS,
        Command("actions", "Actions", "x", "Actions", "What can be done with the ticked patients."),
        Command("filters", "Filters", "f", "filters", "Change the filters, and run it again."),
        Command("again", "Run again", "ctrl+r", "run", "Ask the database again; ticks stay.", "", True),
        Command("save", "Save the report", "w", "save", "Keep filters and sort under a name."),
        Command("leave_off", "Leave off", "escape", "leave off", "Stop finding the rest; what is found stays."),
        BACK,
    )

    def body(self) -> ComposeResult:
        """What is asked, and the table; a message in its place where there is nothing."""
        yield Static("", id="heading", markup=False)
        yield Static("", id="sentence", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        viewer = self.clinic.viewer
        columns = NAMELESS if viewer is not None and viewer.names_hidden else COLUMNS
        yield PagedTable["CaseRow"](
            columns, self.look, draw=lambda row, key: draw(row, key, self.look), may_tick=self._may_tick
        )

    def _may_tick(self, _row: CaseRow) -> str | None:
        viewer = self.clinic.viewer
        return "Names are hidden from you." if viewer is None or viewer.names_hidden else None

    # Begun, and seen again

    def on_mount(self) -> None:
        """Run it."""
        self.table.focus()
        self._say_heading()
        if self.report.notes:
            self.show_error(ClinicError(" ".join(self.report.notes), "Change the filters with f."))
        self.run_report(keep=False)

    def on_screen_resume(self) -> None:
        """In front again: what was done elsewhere shows."""
        self.pulse_changed()

    def pulse_changed(self) -> None:
        """Portal lines may have changed: the rows in sight are read again; behind a dialog, when that is closed."""
        if self.seen and self.is_active:
            self.table.forget_rows()

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen) -> None:
        self.clinic.open_patient(event.id)

    @on(PagedTable.Refused)
    def _refused(self, event: PagedTable.Refused) -> None:
        self.show_error(ClinicError(event.reason))

    @on(PagedTable.TicksChanged)
    def _ticked(self) -> None:
        self.clear_notice()

    # Saying

    def _say_heading(self) -> None:
        from clinic_tui.case_load.sentence import sentence

        width = self.app.size.width - 2
        name = f"{self.HEADING}: {line(self.report.name)}" if self.report.name else self.HEADING
        actions = Content.assemble(("f", "$accent"), " Filters")
        if self.offers("actions"):
            actions += Content.assemble("  ", ("x", "$accent"), " Actions")
        heading = spread(Content.styled(name, "bold"), actions, width, self.look.symbols.ellipsis)
        self.query_one("#heading", Static).update(heading)
        said = cut(line(sentence(self.report.filters)), width, self.look.symbols.ellipsis)
        self.query_one("#sentence", Static).update(Content.styled(said, "$quiet"))

    def say_state(self) -> None:
        """A message where there are no rows."""
        table, marks = self.table, self.look.symbols
        state = None
        if not table.count and self.error is not None:
            title = f"{marks.bad} {line(self.error.title)}"
            state = message(title, "$error", line(self.error.advice), f"{self.key_of('again')} tries again.")
        elif self.seen and not table.count and not table.narrow and not len(table.ticks):
            state = message(
                "No patient is in this report.",
                "bold",
                f"{self.key_of('filters')} changes the filters; {self.key_of('again')} runs it again.",
            )
        self.set_class(state is not None, "-message")
        self.query_one("#state", Static).update(state or Content(""))
        if state is None and self.focused is None:
            table.focus()
        self.refresh_keys()

    def on_resize(self) -> None:
        """As wide as the terminal."""
        if self.is_mounted:
            self._say_heading()

    # Keys

    def offers(self, action: str) -> bool:
        """Leaving off while something comes; the table's keys while there is one."""
        if self.has_class("-message") and any(action == command.bare_action for command in TABLE_KEYS):
            return False
        if action == "actions":
            return self.clinic.viewer is None or self.clinic.viewer.bulk
        return self.streaming if action == "leave_off" else True

    def action_leave_off(self) -> None:
        """The rest is not looked for."""
        self.leave_off()
        self.refresh_keys()

    def action_again(self) -> None:
        """The same report on the practice as it is now."""
        if self.clinic.viewer is None:
            self.clinic.open_practice()
        self.clear_notice()
        self.run_report(keep=True)

    def action_filters(self) -> None:
        """Other filters, the same ticks."""
        from dataclasses import replace

        from screens.reports.new_report import NewReportDialog

        self.app.push_screen(NewReportDialog(replace(self.report, sort=self.sort)), self._refilter)

    def _refilter(self, report: Report | None) -> None:
        if report is not None:
            self.report = report
            self.clear_notice()
            self._say_heading()
            self.run_report(keep=True)

    def action_save(self) -> None:
        """Under a name."""
        from dataclasses import replace

        from screens.reports.save_report import SaveReportDialog

        self.app.push_screen(SaveReportDialog(replace(self.report, sort=self.sort)), self._saved)

    def _saved(self, report: Report | None) -> None:
        if report is not None:
            self.report = report
            self._say_heading()
            self.show_done(f"Saved as {line(report.name)}: it stands in Reports > Patient.")

    def action_actions(self) -> None:
        """What can be done with the ticked ones."""
        from screens.reports.actions import ACTIONS, ActionsDialog

        ticked = len(self.table.ticks)
        if not ticked:
            self.show_error(ClinicError("Nobody is ticked.", "Space ticks a patient, a ticks all that are shown."))
            return
        self.clear_notice()
        self.app.push_screen(ActionsDialog(ACTIONS, ticked), self._act)

    def _act(self, action: Command | None) -> None:
        from screens.reports.actions import CHOICES, ActionsDialog

        if action is None:
            return
        if action.action not in CHOICES:
            self._open(action)
            return

        def chosen(choice: Command | None) -> None:
            if choice is not None:
                self._open(action, choice)

        ticked = len(self.table.ticks)
        self.app.push_screen(ActionsDialog(CHOICES[action.action], ticked, action.name), chosen)

    def _open(self, action: Command, choice: Command | None = None) -> None:
        from clinic_tui.patients.lookup import display_name
        from screens.reports.actions import dialog_for

        table = self.table
        order = self.whole if self.whole is not None else table.ids
        names = {id: display_name(row.patient) for id, row in table.known().items() if id in table.ticks}
        ticked = Ticked(table.ticks.copy(), order, names)
        self.app.push_screen(dialog_for(action, choice, ticked, self.report.filters), self._done)

    def _done(self, sentence: str | None) -> None:
        if sentence is not None:
            self.show_done(sentence)  # the rows are read again as this comes in front
            self.clinic.poll()
