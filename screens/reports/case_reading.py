"""How a case load is read: its first rows, the ids behind them, rows by id; sorted, narrowed, left off."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from textual import on

from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.reports import case_stream
from screens.reports.case_stream import Asked, Broke, First, Piece
from screens.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.case_load.query import CaseRow
    from screens.reports.report import Report


class CaseReading(BaseScreen):
    """A screen over one `PagedTable` of a report. Override `say_state`: what is said where there are no rows."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
        self.sort = report.sort
        self.whole: array[int] | None = None  # all ids in order, whatever they are narrowed to
        self.streaming = False
        self.seen = False
        self.error: ClinicError | None = None

    @property
    def table(self) -> PagedTable[CaseRow]:
        """The table."""
        return self.query_one(PagedTable)

    @property
    def busy(self) -> bool:
        """While ids are still coming, too."""
        return super().busy or self.streaming

    @property
    def holds_keys(self) -> bool:
        """Until the first rows are there."""
        return not self.seen and self.error is None and super().busy

    def say_state(self) -> None:
        """Draw what depends on whether there are rows."""

    def run_report(self, *, keep: bool, known: array[int] | None = None) -> None:
        """Ask for the first rows; `known` where all ids of these filters and this sort are at hand."""
        self.workers.cancel_group(self, "stream")
        self.streaming = False
        if known is None:
            self.whole = None
        asked = self._asked_for()
        self.ask(
            lambda viewer: case_stream.first(viewer, asked, known, keep=keep),
            self._first,
            failed=self.lost,
        )

    def _asked_for(self) -> Asked:
        return Asked(self.report.filters, self.sort, self.table.narrow)

    def _first(self, answer: First) -> None:
        if answer.asked != self._asked_for():
            return  # something else has been asked for since, and is on its way
        if self.error is not None:
            self.error = None
            self.clear_notice()
        self.seen = True
        table, viewer = self.table, self.clinic.viewer
        table.bar(None if viewer is None or viewer.names_hidden else ())  # who sees no names ticks nobody
        rows = {row.patient.id: row for row in answer.rows}
        table.show_first(list(rows), rows, sort=(self.sort.column, self.sort.descending), keep=answer.keep)
        if answer.whole is not None:
            table.take_ids(answer.whole, True, run=table.run)
            if not table.narrow:
                self.whole = table.ids
        elif viewer is not None:
            self.streaming = True
            listing = case_stream.Listing(self.report.filters, self.sort)
            case_stream.stream(self, viewer, listing, table.run, many=answer.many)
        self.say_state()

    @on(Piece)
    def _piece(self, piece: Piece) -> None:
        if self.is_left or piece.run != self.table.run or not self.streaming:
            return
        self.table.take_ids(piece.ids, piece.done, run=piece.run)
        if piece.done:
            self.streaming = False
            self.whole = self.table.ids  # which is not narrowed: what is, is not streamed
            self.refresh_keys()

    @on(Broke)
    def _broke(self, event: Broke) -> None:
        if not self.is_left and event.run == self.table.run:
            self.streaming = False
            self.table.stopped()
            self.lost(event.error)

    def lost(self, error: ClinicError) -> None:
        """What is shown stays; what is wrong is said."""
        self.error = error
        if self.table.count:
            self.show_error(error)
        self.say_state()

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened."""
        self.lost(error)

    # The table asks

    @on(PagedTable.NeedRows)
    def _need_rows(self, event: PagedTable.NeedRows) -> None:
        filters, ids = self.report.filters, list(event.ids)

        def rule(viewer: Viewer) -> tuple[dict[int, CaseRow], list[int]]:
            from clinic_tui.case_load.query import rows

            return {row.patient.id: row for row in rows(viewer, filters, ids)}, ids

        self.ask(rule, self._rows_read)

    def _rows_read(self, answer: tuple[dict[int, CaseRow], list[int]]) -> None:
        self.table.take_rows(*answer)

    @on(PagedTable.SortBy)
    def _sort_by(self, event: PagedTable.SortBy) -> None:
        self.sort = type(self.sort)(event.key, event.down)
        self.run_report(keep=False)

    @on(PagedTable.Narrow)
    def _narrow(self) -> None:
        self.run_report(keep=False, known=self.whole)

    def leave_off(self) -> None:
        """The rest is not looked for."""
        self.workers.cancel_group(self, "stream")
        self.streaming = False
        self.table.stopped()
