"""Replies that need a person: what was written, why the program did not decide, and one key to accept it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.incidents import WRONG_PERSON, opened, question
from screens.listing import MOST, RETRY
from screens.reading_list import OPEN, READ_BACK, READ_ON, ReadingList
from screens.widgets.cells import line, lines
from screens.widgets.dates import moment
from screens.widgets.person import listed

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.accepting import Accepted
    from clinic_tui.invitations.reviewing import ReviewRow

AGE = 8


class ReviewScreen(ReadingList["ReviewRow"]):
    """The list above, the reply under the cursor below. `reply_id`: the one to begin at."""

    HEADING = "Replies to review"
    ABOUT = (
        "A reply counts by itself only where it came from the invited address and begins with ACCEPT, NO, STOP or "
        "NOT ME. Whatever else a person wrote is shown here: read it, then accept it as a yes, or dismiss it. Who "
        "did so is kept in the history. Up and Down choose the reply, PgDn and PgUp scroll it."
    )
    BELOW = "What was written"
    KEYS = (
        Command("accept", "Accept as a yes", "y", "accept", "Take this reply as the patient's yes."),
        Command("dismiss_reply", "Dismiss", "d", "dismiss", "Put this reply away: nothing follows from it."),
        WRONG_PERSON,
        Command("undo", "Undo the accept", "u", "undo", "What you have just accepted waits for a person again."),
        OPEN,
        READ_ON,
        READ_BACK,
        RETRY,
        BACK,
    )

    def __init__(self, reply_id: int | None = None) -> None:
        super().__init__()
        self._begin_at = reply_id
        self._drawn_reply: int | None = None
        self._accepted: int | None = None  # the invitation that was accepted here a moment ago

    def read(self) -> None:
        """Ask for what waits."""

        def rule(viewer: Viewer) -> list[ReviewRow]:
            from clinic_tui.invitations.reviewing import waiting

            return waiting(viewer, MOST)

        self.ask(rule, self._listed, failed=self.lost)

    def _listed(self, rows: list[ReviewRow]) -> None:
        self.list_rows(rows)
        if self._begin_at is not None:
            at = next((at for at, row in enumerate(rows) if row.id == self._begin_at), 0)
            self._begin_at = None
            self.rows.move(at - self.rows.cursor)

    # Showing

    def draw(self, row: ReviewRow, width: int, marked: bool) -> Content:
        """Patient, sender, why, age."""
        from clinic_tui.invitations.states import ago

        age = (ago(row.received_at), "$quiet", AGE)
        return self.one_line(listed(row) or "no patient found", row.why or "", age, width, marked)

    def about_row(self, row: ReviewRow) -> Content:
        """From whom, when, about what; why it needs a person."""
        dot = f" {self.look.symbols.dot} "
        where = f"invitation {row.invitation_state}" if row.invitation_state else "no invitation found"
        parts = [f"from {line(row.sender)}", moment(row.received_at), where]
        return Content.assemble(
            (dot.join(parts), "$quiet"), "\n", (f"? {line(row.why)}", "$warning"), "\n", (line(row.subject), "bold")
        )

    def say_about(self) -> None:
        """The reply as well."""
        super().say_about()
        row = self.current
        if row is not None and row.id != self._drawn_reply:
            self.say(Content(lines(row.body).strip() or "(no text)"))
        self._drawn_reply = row.id if row is not None else None

    def nothing(self) -> tuple[str, ...]:
        """What will appear here."""
        return (
            "No reply needs you.",
            "A reply that says something else than ACCEPT, NO, STOP or NOT ME, or comes from another address, is shown "
            "here, for a person to decide.",
        )

    def count(self) -> Content:
        """How many wait."""
        number = len(self.rows.rows)
        return Content.styled(f"{number}{'+' if number >= MOST else ''} to review" if number else "", "$quiet")

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for the reply under the cursor."""
        row = self.current
        if action in ("accept", "wrong_person"):
            return row is not None and row.invitation_id is not None
        if action == "undo":
            return self._accepted is not None
        if action == "dismiss_reply":
            return row is not None
        return super().offers(action)

    def action_accept(self) -> None:
        """Take it as a yes."""
        row = self.current
        if row is None or row.invitation_id is None:
            return

        def rule(viewer: Viewer) -> Accepted:
            from clinic_tui.invitations.reviewing import accept

            return accept(viewer, row.id)

        def accepted(answer: Accepted) -> None:
            who = listed(row) or "The patient"
            checking = "the identity is still to be checked (in the profile)"
            steps = checking if answer.identity_wanted else "the set-up steps are queued"
            self._done(f"{who} has accepted: {steps}. {self.key_of('undo')} undoes it.")
            self._accepted = answer.invitation_id

        self.do(rule, accepted)

    def action_undo(self) -> None:
        """Put back what was accepted a moment ago: the reply waits again."""
        invitation_id = self._accepted
        if invitation_id is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.undoing import undo_accept

            return undo_accept(viewer, invitation_id)

        self.do(rule, lambda _state: self._done("Undone: the reply waits for a person again."))

    def action_dismiss_reply(self) -> None:
        """Put it away."""
        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> None:
            from clinic_tui.invitations.reviewing import dismiss

            dismiss(viewer, row.id)

        self.do(rule, lambda _nothing: self._done("Dismissed: nothing follows from that reply."))

    def action_wrong_person(self) -> None:
        """Ask, then revoke, block the address and open an incident."""
        from screens.dialogs.confirm import ConfirmDialog

        row = self.current
        if row is None or row.invitation_id is None:
            return

        def rule(viewer: Viewer) -> int:
            from clinic_tui.invitations.reviewing import wrong_person

            return wrong_person(viewer, row.id)

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, lambda incident: self._done(opened(incident)))

        self.app.push_screen(ConfirmDialog(question(row.email), WRONG_PERSON.name), answered)

    def _done(self, sentence: str) -> None:
        self._accepted = None
        self.show_done(sentence)
        self.clinic.poll()
        self.read()
