"""One work queue: who is in it, the next thing to do as one key, Enter for the rest."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.commands import BACK, Command
from screens.listing import RETRY, put
from screens.profile_commands import IDENTITY, INVITE, OF_AGE, RESEND
from screens.queues.columns import columns, draw
from screens.widgets.cells import line, spread
from screens.widgets.found import message
from screens.widgets.marks import Rule
from screens.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.queues import Queue, QueueRow

PAGE = 60


class Read(NamedTuple):
    """The ids, one more than are listed where there are more, and the rows in sight."""

    ids: array[int]
    rows: dict[int, QueueRow]


class QueueScreen(BaseScreen):
    """What has waited longest stands first. It is read again whenever something in the practice moved."""

    HEADING = "A work queue"
    ABOUT = (
        "Who waits, the longest first. The footer names the next thing to do about the row under the cursor; Enter "
        "opens the patient, or the reply. Who has been dealt with leaves the queue by themselves."
    )
    CSS_PATH = "one.tcss"
    KEYS = (
        Command("open", "Open", "enter", "open", "The patient's profile; a reply to review opens there."),
        INVITE, IDENTITY, RESEND, OF_AGE, RETRY, BACK,
    )  # fmt: skip

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue
        self._known: Read | None = None
        self._error: ClinicError | None = None

    def body(self) -> ComposeResult:
        """Title and count, the table or a message in its place, what is said of one row."""
        yield Static("", id="heading", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        yield PagedTable["QueueRow"](columns(self._queue), self.look, draw=self._draw, ticking=False, counting=False)
        yield Static("", id="about", markup=False)

    @property
    def table(self) -> PagedTable[QueueRow]:
        """The table."""
        return self.query_one(PagedTable)

    @property
    def current(self) -> QueueRow | None:
        """The row under the cursor."""
        return self.table.current_row

    def _draw(self, row: QueueRow, key: str) -> str | Content:
        return draw(row, key, self.look)

    # Reading

    def on_mount(self) -> None:
        """Read it."""
        self.table.focus()
        self._say()
        self._read()

    def on_screen_resume(self) -> None:
        """In front again: what was done elsewhere shows."""
        if self._known is not None:
            self._read()

    def pulse_changed(self) -> None:
        """Something moved."""
        self._read()

    def _read(self) -> None:
        name, seen = self._queue.name, self.table.in_sight()

        def rule(viewer: Viewer) -> Read:
            from clinic_tui import queues

            ids = queues.ids(viewer, name)
            rows = queues.rows_by_id(viewer, name, dict.fromkeys([*ids[:PAGE], *seen]))
            return Read(ids, {row.id: row for row in rows})

        self.ask(rule, self._came, failed=self._lost)

    def _came(self, answer: Read) -> None:
        from clinic_tui.queues import MOST

        if self._error is not None:
            self._error = None
            self.clear_notice()
        again, self._known = self._known is not None, answer
        self.table.show_first(answer.ids[:MOST], answer.rows, keep=again, done=True)
        self._say()

    @on(PagedTable.NeedRows)
    def _need_rows(self, event: PagedTable.NeedRows) -> None:
        name, ids = self._queue.name, list(event.ids)

        def rule(viewer: Viewer) -> tuple[dict[int, QueueRow], list[int]]:
            from clinic_tui.queues import rows_by_id

            return {row.id: row for row in rows_by_id(viewer, name, ids)}, ids

        self.ask(rule, self._rows_came)

    def _rows_came(self, answer: tuple[dict[int, QueueRow], list[int]]) -> None:
        self.table.take_rows(*answer)
        self._say_about()

    def _lost(self, error: ClinicError) -> None:
        self._error = error
        if self.table.count:
            self.show_error(error)
        self._say()

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened."""
        self._lost(error)

    # Saying

    def _say(self) -> None:
        count = Content("")
        if self._known is not None:
            from clinic_tui.queues import said

            count = Content.styled(f"{said(len(self._known.ids))} waiting", "$quiet")
        heading = Content.styled(self._queue.title, "bold")
        put(
            self.query_one("#heading", Static),
            spread(heading, count, self.app.size.width - 2, self.look.symbols.ellipsis),
        )
        state = None
        if not self.table.count and self._error is not None:
            title = f"{self.look.symbols.bad} {line(self._error.title)}"
            state = message(title, "$error", line(self._error.advice), "Ctrl+R tries again.")
        elif not self.table.count and self._known is not None:
            state = message("Nobody waits here.", "bold", self._queue.about)
        self.set_class(state is not None, "-message")
        self.query_one("#state", Static).update(state or Content(""))
        if state is None and self.focused is None:
            self.table.focus()
        self._say_about()

    def _say_about(self) -> None:
        row = self.current
        said = self._queue.about if row is None else line(row.note) or self._queue.about
        put(self.query_one("#about", Static), Content.styled(said, "$quiet"))
        self.refresh_keys()

    @on(PagedTable.Moved)
    def _moved(self) -> None:
        self._say_about()

    def on_resize(self) -> None:
        """As wide as the terminal."""
        if self.is_mounted:
            self._say()

    # Keys

    def offers(self, action: str) -> bool:
        """The one thing to do next, and opening."""
        row = self.current
        if action == "open":
            return row is not None and (row.patient is not None or row.does == "review")
        if action in ("invite", "identity", "resend", "of_age"):
            seen = self.clinic.viewer is not None and not self.clinic.viewer.names_hidden
            return row is not None and row.does == action and seen
        return self._error is not None if action == "retry" else True

    @on(PagedTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The patient, or the reply."""
        row = self.current
        if row is not None and row.does == "review":
            from screens.review import ReviewScreen

            self.app.push_screen(ReviewScreen(row.id))
        elif row is not None and row.patient is not None:
            self.clinic.open_patient(row.patient.id)

    def action_invite(self) -> None:
        """Open the invite dialog."""
        from screens.dialogs.invite import InviteDialog

        if self.current is not None:
            self.app.push_screen(InviteDialog(self.current.id), self._done)

    def action_resend(self) -> None:
        """Open the invite dialog for an invitation in place of the newest."""
        from screens.dialogs.invite import InviteDialog

        row = self.current
        if row is not None and row.invitation_id is not None:
            self.app.push_screen(InviteDialog(row.id, resend=row.invitation_id), self._done)

    def action_identity(self) -> None:
        """Open the dialog for the identity check."""
        from screens.dialogs.identity import IdentityDialog

        row = self.current
        if row is not None and row.invitation_id is not None:
            self.app.push_screen(IdentityDialog(row.invitation_id), self._done)

    def action_of_age(self) -> None:
        """Somebody has seen to it."""
        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.queues.of_age import seen_to

            seen_to(viewer, row.id)
            return "Seen to: the patient is out of this list for good."

        self.do(rule, self._done)

    def action_retry(self) -> None:
        """Ask again."""
        if self.clinic.viewer is None:
            self.clinic.open_practice()
        self._read()

    def _done(self, sentence: str | None) -> None:
        if sentence:
            self.show_done(sentence)
            self.clinic.poll()
            self._read()
