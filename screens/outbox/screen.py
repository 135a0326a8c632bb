"""The outbox: messages on their way and what became of the others, in one table; taken back, tried now, paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError
from screens.commands import BACK, Command
from screens.listing import RETRY, put
from screens.outbox import progress as lines_of
from screens.outbox.columns import COLUMNS, KINDS, NOT_OUT, draw
from screens.outbox.reading import OutboxReading
from screens.outbox.states import choose, tabs
from screens.widgets.cells import line
from screens.widgets.found import message
from screens.widgets.marks import Rule
from screens.widgets.moving import COLUMN_MOVES, TABLE_MOVES
from screens.widgets.paged_table import PagedTable
from screens.widgets.person import listed
from screens.widgets.table_keys import NARROW, TICK_KEYS

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.outbox import OutboxRow


class OutboxScreen(OutboxReading):
    """Those that wait first, then the newest. It is read again only when something in the practice moved."""

    HEADING = "Outbox"
    ABOUT = (
        "Every message waits out a short hold, in which it can be taken back; then it is sent. Deferred ones are tried "
        "again by themselves. Unconfirmed: the line broke before the mail server's last answer, so that nobody knows "
        "whether it was sent; it is never sent again by itself. Look into the Sent folder, or ask the patient; then "
        "mark it as sent, or resend the invitation from the patient's profile.\n\n"
        "Left and Right show the messages of one state. Of invitations made in bulk the first 50 go first; five that "
        "come back pause the rest until somebody resumes."
    )
    CSS_PATH = "screen.tcss"
    MOVES = (*TABLE_MOVES, *COLUMN_MOVES)
    KEYS = (
        Command("open", "Open the patient", "enter", "open", "The patient's profile."),
        Command("take_back", "Take back", "u", "take back", "Take back what is ticked, or the one under the cursor."),
        Command("try_now", "Try now", "y", "try now", "Send what is ticked, or the one under the cursor, at once."),
        Command("mark_sent", "Mark as sent", "m", "mark sent", "This unconfirmed message was sent after all."),
        Command("pause", "Pause the outbox", "p", "pause", "Send nothing until somebody resumes."),
        Command("resume", "Resume the outbox", "p", "resume", "Send again."),
        Command("state(1)", "Next state", "right", "", "Show only the messages of the next state."),
        Command("state(-1)", "State before", "left", "", "Show only the messages of the state before."),
        *TICK_KEYS,
        NARROW,
        RETRY,
        BACK,
    )

    def body(self) -> ComposeResult:
        """States, progress, the table or a message in its place, and what is said of one message."""
        yield Static("", id="heading", markup=False)
        yield Static("", id="bar", markup=False)
        yield Static("", id="note", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        yield PagedTable["OutboxRow"](
            COLUMNS, self.look, draw=self._draw, may_tick=_may_tick, noun=("message", "messages")
        )
        yield Static("", id="about", markup=False)

    # Saying

    def _draw(self, row: OutboxRow, key: str) -> str | Content:
        return draw(row, key, self.look, paused=self._paused)

    @property
    def _paused(self) -> bool:
        return self.known is not None and self.known.progress.paused is not None

    @property
    def _stands(self) -> bool:
        """Whether anything waits for somebody to resume: the queue, or a batch."""
        if self.known is None:
            return False
        return self._paused or any(batch.paused for batch in self.known.progress.batches)

    def say(self) -> None:
        """States, progress, why the rest waits; a message where there are no rows."""
        width = self.app.size.width - 2
        known, marks = self.known, self.look.symbols
        put(self.query_one("#heading", Static), tabs(known.counts if known else None, self.state, self.look, width))
        bar = lines_of.how_far(known.progress, self.rate, self.look, width) if known else Content("")
        note = lines_of.note(known.progress, self.look) if known else Content("")
        for name, content in (("#bar", bar), ("#note", note)):
            self.query_one(name).display = bool(content.plain)
            put(self.query_one(name, Static), content)
        state = None
        if not self.table.count and self.error is not None:
            title = f"{marks.bad} {line(self.error.title)}"
            state = message(title, "$error", line(self.error.advice), f"{self.key_of('retry')} tries again.")
        elif known is not None and not self.table.count and not self.table.narrow and self.state is None:
            said = "Invitations wait here for a short while after they are made, and can be taken back; then they go."
            state = message("Nothing is on its way.", "bold", said)
        self.set_class(state is not None, "-message")
        self.query_one("#state", Static).update(state or Content(""))
        if state is None and self.focused is None:
            self.table.focus()
        self.say_about()

    def say_about(self) -> None:
        """What is said of the message under the cursor."""
        row = self.current
        put(self.query_one("#about", Static), Content("") if row is None else self._about(row))
        self.refresh_keys()

    def _about(self, row: OutboxRow) -> Content:
        """Which message it is, to whom, and the server's last word."""
        dot = f" {self.look.symbols.dot} "
        tries = f"{row.attempts} {'try' if row.attempts == 1 else 'tries'} so far" if row.attempts else ""
        parts = [KINDS[row.kind], line(row.email), tries, line(row.answer)]
        return Content.styled(dot.join(part for part in parts if part), "$quiet")

    @on(PagedTable.Moved)
    def _moved(self) -> None:
        self.say_about()

    @on(PagedTable.TicksChanged)
    def _ticked(self) -> None:
        if self.table.ticks:  # as it is now: what was done meanwhile has taken its ticks back, and says so
            self.clear_notice()
        self.refresh_keys()

    @on(PagedTable.Refused)
    def _refused(self, event: PagedTable.Refused) -> None:
        self.show_error(ClinicError(event.reason))

    @on(PagedTable.Narrow)
    def _narrow(self) -> None:
        self.read()

    def on_resize(self) -> None:
        """As wide as the terminal."""
        if self.is_mounted:
            self.say()

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for what is ticked or under the cursor, and for the queue as it is."""
        row, ticked = self.current, bool(self.table.ticks)
        if action == "open":
            return row is not None
        if action in ("take_back", "try_now"):
            wanted = ("held", "deferred") if action == "try_now" else NOT_OUT
            return ticked or (row is not None and row.state in wanted and _can_be(action, row))
        if action == "mark_sent":
            return row is not None and row.state == "unconfirmed"
        if action in ("pause", "resume"):
            return self.known is not None and self._stands == (action == "resume")
        if action == "retry":
            return self.error is not None
        return self.known is not None or action in ("back",)

    @on(PagedTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The patient."""
        if self.current is not None:
            self.clinic.open_patient(self.current.patient_id)

    def action_state(self, by: int) -> None:
        """The messages of another state."""
        if self.known is not None:
            self.state = choose(self.known.counts, self.state, by)
            self.say()
            self.read()

    def action_retry(self) -> None:
        """Ask again."""
        if self.clinic.viewer is None:
            self.clinic.open_practice()
        self.read()

    def _chosen_ids(self) -> list[int]:
        """What is ticked; where nothing is, the one under the cursor."""
        if self.table.ticks:
            return list(self.table.ticks)
        return [] if self.table.current is None else [self.table.current]

    def action_take_back(self) -> None:
        """No mail goes out; the patients can be invited again. Several are asked about first."""
        from screens.dialogs.confirm import ConfirmDialog

        ids, row = self._chosen_ids(), self.current
        alone = len(ids) == 1 and row is not None and ids == [row.message_id]

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.bulk import cancel_messages

            done = cancel_messages(viewer, ids)
            if alone and row is not None:
                return f"Taken back: nothing goes to {line(row.email) or listed(row)}."
            late = f"; {len(done.skipped):,} could not be" if done.skipped else ""
            return f"{len(done.changed):,} taken back{late}."

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, self._done)

        if not ids:
            return
        if alone:
            self.do(rule, self._done)
        else:
            question = f"Take back {len(ids):,} messages? Nothing goes to these patients; they can be invited again."
            self.app.push_screen(ConfirmDialog(question, "Take back"), answered)

    def action_try_now(self) -> None:
        """Send at once what is put off or held."""
        ids = self._chosen_ids()

        def rule(viewer: Viewer) -> str:
            from clinic_tui.outbox import try_now

            count = try_now(viewer, ids)
            return "It is due now." if count == 1 else f"{count:,} are due now."

        if ids:
            self.do(rule, self._done)

    def action_mark_sent(self) -> None:
        """Ask, then say that it was sent."""
        from screens.dialogs.confirm import ConfirmDialog

        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.outbox import confirm_sent

            confirm_sent(viewer, row.invitation_id, f"{viewer.login} says so")
            return f"Marked as sent to {line(row.email) or listed(row)}."

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, self._done)

        question = (
            f"Was the message to {line(row.email) or listed(row)} sent? Mark it only if it is in the Sent folder, or "
            "the patient has it."
        )
        self.app.push_screen(ConfirmDialog(question, "Mark as sent"), answered)

    def action_pause(self) -> None:
        """Stop sending."""

        def rule(viewer: Viewer) -> str:
            from clinic_tui.outbox import pause

            pause(viewer)
            return "Paused: nothing is sent until somebody resumes."

        self.do(rule, self._done)

    def action_resume(self) -> None:
        """Send again, a batch that was paused too. A copy that was put back is asked about."""
        viewer = self.clinic.viewer
        if self.known is not None and self.known.progress.copy and viewer is not None and viewer.role == "owner":
            from screens.outbox.copy import CopyDialog

            self.app.push_screen(CopyDialog(), lambda said: self._done(said) if said else None)
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.outbox import resume

            return "Resumed: what is due goes out." if resume(viewer) else "It was running already."

        self.do(rule, self._done)

    def _done(self, sentence: str) -> None:
        self.table.set_ticks(())
        self.show_done(sentence)
        self.clinic.poll()
        self.read()


def _may_tick(row: OutboxRow) -> str | None:
    if row.state not in NOT_OUT:
        return "Only what has not gone out yet can be ticked, to be taken back or tried now."
    return None


def _can_be(action: str, row: OutboxRow) -> bool:
    return action == "try_now" or row.kind == "invitation"
