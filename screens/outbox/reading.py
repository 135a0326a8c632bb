"""How the outbox is read: counts, progress, ids and the rows in sight at one time, again whenever something moved."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from textual import on

from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.outbox import progress as lines_of
from screens.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.outbox import Counts, OutboxRow, Progress

PAGE = 60


class Read(NamedTuple):
    """All that the screen shows, read at one time; `state` and `text` are what was asked for."""

    state: str | None
    text: str
    counts: Counts
    progress: Progress
    ids: array[int]
    rows: dict[int, OutboxRow]


class OutboxReading(BaseScreen):
    """A screen over one `PagedTable` of messages. Override `say` and `say_about`: what is drawn of what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.known: Read | None = None
        self.state: str | None = None
        self.rate = lines_of.Rate()
        self.error: ClinicError | None = None

    @property
    def table(self) -> PagedTable[OutboxRow]:
        """The table."""
        return self.query_one(PagedTable)

    @property
    def current(self) -> OutboxRow | None:
        """The message under the cursor."""
        return self.table.current_row

    def say(self) -> None:
        """Draw what was read."""

    def say_about(self) -> None:
        """Draw what is said of the message under the cursor."""

    # Reading

    def on_mount(self) -> None:
        """Read it."""
        self.table.focus()
        self.say()
        self.read()

    def on_screen_resume(self) -> None:
        """In front again: what was done elsewhere shows."""
        if self.known is not None:
            self.read()

    def pulse_changed(self) -> None:
        """Something moved."""
        self.read()

    def read(self) -> None:
        """Ask for counts, progress, ids, and the rows in sight."""
        state, text, seen = self.state, self.table.narrow, self.table.in_sight()

        def rule(viewer: Viewer) -> Read:
            from clinic_tui import outbox

            ids = outbox.ids(viewer, state=state, text=text)
            rows = outbox.rows_by_id(viewer, dict.fromkeys([*ids[:PAGE], *seen]))
            shown = {row.message_id: row for row in rows}
            return Read(state, text, outbox.counts(viewer), outbox.progress(viewer), ids, shown)

        self.ask(rule, self._came, failed=self.lost)

    def _came(self, answer: Read) -> None:
        if (answer.state, answer.text) != (self.state, self.table.narrow):
            return  # something else has been asked for since, and is on its way
        if self.error is not None:
            self.error = None
            self.clear_notice()
        same = self.known is not None and (answer.state, answer.text) == (self.known.state, self.known.text)
        self.known = answer
        self.rate.saw(answer.progress)
        # At the top one watches them go; further down one looks at a message.
        self.table.show_first(answer.ids, answer.rows, keep=same and not self.table.at_top, done=True)
        self.say()

    @on(PagedTable.NeedRows)
    def _need_rows(self, event: PagedTable.NeedRows) -> None:
        ids = list(event.ids)

        def rule(viewer: Viewer) -> tuple[dict[int, OutboxRow], list[int]]:
            from clinic_tui import outbox

            return {row.message_id: row for row in outbox.rows_by_id(viewer, ids)}, ids

        self.ask(rule, self._rows_came)

    def _rows_came(self, answer: tuple[dict[int, OutboxRow], list[int]]) -> None:
        self.table.take_rows(*answer)
        self.say_about()

    def lost(self, error: ClinicError) -> None:
        """What is listed stays, and what is wrong is said."""
        self.error = error
        if self.table.count:
            self.show_error(error)
        self.say()

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened."""
        self.lost(error)
