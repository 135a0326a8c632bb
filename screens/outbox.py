"""The outbox: messages on their way, what became of the others, and the whole queue paused or running."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.content import Content

from clinic_tui.clock import local, today
from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.widgets.cells import fit, line
from screens.widgets.person import listed
from screens.widgets.rows import Rows
from screens.widgets.sign import TONES, sign_text

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.outbox import Counts, OutboxRow

MOST = 200
SIGN, WHEN = 13, 12
KINDS = {"invitation": "invitation", "confirmation": "confirmation", "setup": "set-up steps"}
NOT_OUT = ("held", "queued", "deferred")


class Read(NamedTuple):
    """All that the screen shows, read at one time."""

    counts: Counts
    rows: list[OutboxRow]


class OutboxScreen(ListScreen["OutboxRow"]):
    """Those that wait first, then the newest. It is read again only when something in the practice moved."""

    HEADING = "Outbox"
    ABOUT = (
        "Every message waits out a short hold, in which it can be taken back; then it is sent. Deferred ones are tried "
        "again by themselves. Unconfirmed: the line broke before the mail server's last answer, so that nobody knows "
        "whether it was sent; it is never sent again by itself. Look into the Sent folder, or ask the patient; then "
        "mark it as sent, or resend the invitation from the patient's profile."
    )
    KEYS = (
        Command("open", "Open the patient", "enter", "open", "The patient's profile."),
        Command("take_back", "Take back", "u", "take back", "Take back this invitation before it goes."),
        Command("mark_sent", "Mark as sent", "m", "mark sent", "This unconfirmed message was sent after all."),
        Command("pause", "Pause the outbox", "p", "pause", "Send nothing until somebody resumes."),
        Command("resume", "Resume the outbox", "p", "resume", "Send again."),
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counts | None = None

    def key(self, row: OutboxRow) -> int:
        """By message."""
        return row.message_id

    def read(self) -> None:
        """Ask for counts and rows."""

        def rule(viewer: Viewer) -> Read:
            from clinic_tui import outbox

            return Read(outbox.counts(viewer), outbox.rows(viewer, limit=MOST))

        self.ask(rule, self._listed, failed=self.lost)

    def _listed(self, answer: Read) -> None:
        self._counts = answer.counts
        self.show_rows(answer.rows)

    # Showing

    def count(self) -> Content:
        """`2 held · 1 sending · 3 sent today`: only what is not nothing, and first that it is paused."""
        counts = self._counts
        if counts is None:
            return Content("")
        states = [
            ("held", counts.held, "$accent"), ("queued", counts.queued, "$accent"),
            ("sending", counts.sending, "$accent"), ("sent today", counts.sent, "$success"),
            ("deferred", counts.deferred, "$warning"), ("unconfirmed", counts.unconfirmed, "$warning"),
            ("failed", counts.failed, "$error"), ("bounced", counts.bounced, "$error"),
        ]  # fmt: skip
        parts = {word: (f"{number:,} {word}", colour) for word, number, colour in states if number}
        if counts.paused is not None:
            parts = {"paused": (f"{self.look.symbols.paused} paused", "$error"), **parts}
        room = self.app.size.width - len(self.HEADING) - 4
        for spare in ("paused", "sent today"):  # the header says the one, the list the other
            if sum(len(text) + 3 for text, _ in parts.values()) - 3 > room:
                parts.pop(spare, None)
        dot = Content.styled(f" {self.look.symbols.dot} ", "$quiet")
        said = dot.join(Content.styled(*part) for part in parts.values())
        return said if parts else Content.styled("nothing on its way", "$quiet")

    def draw(self, row: OutboxRow, width: int, marked: bool) -> Content:
        """State, patient, address, when."""
        from clinic_tui.invitations.states import MESSAGE_SIGNS

        marks = self.look.symbols
        sign = MESSAGE_SIGNS["claimed" if row.state == "sending" else row.state]
        when = WHEN if width >= 66 else 0
        room = max(8, width - 3 - SIGN - 2 - (when + 2 if when else 0) - 1)
        kind = 14 if width >= 110 else 0
        room -= kind and kind + 2
        name = min(32, room * 45 // 100 if when else room)
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ", (fit(sign_text(sign, self.look), SIGN), TONES[sign.tone]), "  ",
            fit(listed(row) or marks.none, name, ellipsis=marks.ellipsis),
        ]  # fmt: skip
        if when:
            parts += ["  ", (fit(line(row.email) or marks.none, room - name - 2, ellipsis=marks.ellipsis), "$quiet")]
        if kind:
            parts += ["  ", (fit(KINDS[row.kind], kind), "$quiet")]
        if when:
            parts += ["  ", (fit(self._when(row), when), "$quiet")]
        return Content.assemble(*parts)

    def _when(self, row: OutboxRow) -> str:
        if row.state in NOT_OUT:
            if self._counts is not None and self._counts.paused is not None:
                return "when resumed"
            ahead = {"held": "goes", "queued": "due", "deferred": "again"}[row.state]
            return f"{ahead} {_time(row.due_at)}" if _is_today(row.due_at) else _time(row.due_at)
        if row.state == "sending":
            return "now"
        return _time(row.sent_at) if row.sent_at else ""

    def about_row(self, row: OutboxRow) -> Content:
        """Which message it is, to whom, and the server's last word; why nothing goes, where it does not."""
        dot = f" {self.look.symbols.dot} "
        tries = f"{row.attempts} {'try' if row.attempts == 1 else 'tries'} so far" if row.attempts else ""
        parts = [KINDS[row.kind], line(row.email), tries, line(row.answer)]
        what = Content.styled(dot.join(part for part in parts if part), "$quiet")
        reason = self._counts.paused if self._counts else None
        if reason is None:
            return what
        return Content.assemble(what, "\n", (f"{self.look.symbols.paused} {line(reason)}", "$error"))

    def nothing(self) -> tuple[str, ...]:
        """What will appear here."""
        reason = self._counts.paused if self._counts else None
        paused = f"{self.look.symbols.paused} The outbox is paused: {line(reason)}" if reason is not None else ""
        said = "Invitations wait here for a short while after they are made, and can be taken back; then they are sent."
        return "Nothing is on its way.", said, paused

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for the row under the cursor, and for the queue as it is."""
        row = self.current
        if action == "open":
            return row is not None
        if action == "take_back":
            return row is not None and row.kind == "invitation" and row.state in NOT_OUT
        if action == "mark_sent":
            return row is not None and row.state == "unconfirmed"
        if action in ("pause", "resume"):
            paused = self._counts is not None and self._counts.paused is not None
            return self._counts is not None and paused == (action == "resume")
        return super().offers(action)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The patient."""
        if self.current is not None:
            self.clinic.open_patient(self.current.patient_id)

    def action_take_back(self) -> None:
        """No mail goes out; the patient can be invited again."""
        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.inviting import cancel

            cancel(viewer, row.invitation_id)
            return f"Taken back: nothing goes to {line(row.email) or listed(row)}."

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
        """Send again."""

        def rule(viewer: Viewer) -> str:
            from clinic_tui.outbox import resume

            return "Resumed: what is due goes out." if resume(viewer) else "It was running already."

        self.do(rule, self._done)

    def _done(self, sentence: str) -> None:
        self.show_done(sentence)
        self.clinic.poll()
        self.read()


def _is_today(when: datetime) -> bool:
    return local(when).date() == today()


def _time(when: datetime) -> str:
    """`09:32` today, `21 Nov 09:30` this year, `21 Nov 2025`."""
    here = local(when)
    if _is_today(when):
        return f"{here:%H:%M}"
    return f"{here.day} {here:%b} {here:%H:%M}" if here.year == today().year else f"{here.day} {here:%b} {here.year}"
