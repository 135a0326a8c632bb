"""What a patient was sent: each message as it was, its code masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.outbox.columns import KINDS
from screens.widgets.cells import fit, line
from screens.widgets.dates import moment
from screens.widgets.marks import Rule
from screens.widgets.message_text import MessageText
from screens.widgets.sign import TONES, sign_text

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.reading import SentText

KIND, STATE, WHEN = 14, 13, 22


class SentTextsScreen(ListScreen["SentText"]):
    """The list above, the text under the cursor below."""

    HEADING = "What was sent"
    ABOUT = (
        "The messages made for this patient, the newest first, as they were sent: only the code is masked, which "
        "nobody at the practice can see. Up and Down choose the message, PgDn and PgUp scroll it."
    )
    KEYS = (
        Command("scroll(1)", "Down", "pagedown", "read on", "Scroll the message down.", priority=True),
        Command("scroll(-1)", "Up", "pageup", "", "Scroll the message up.", priority=True),
        RETRY,
        BACK,
    )

    def __init__(self, patient_id: int) -> None:
        super().__init__()
        self._patient_id = patient_id
        self._drawn_text: int | None = None

    def below(self) -> ComposeResult:
        """The message."""
        yield Rule(self.look, id="about-rule")
        yield Static("", id="about", markup=False)
        with VerticalScroll(id="reply", can_focus=False):
            yield MessageText(self.look, id="text")

    def read(self) -> None:
        """Ask for them."""
        patient_id = self._patient_id

        def rule(viewer: Viewer) -> list[SentText]:
            from clinic_tui.invitations.reading import texts_of_patient

            return texts_of_patient(viewer, patient_id)

        self.ask(rule, self._listed, failed=self.lost)

    def _listed(self, rows: list[SentText]) -> None:
        self.rows.styles.height = max(1, min(len(rows), max(3, self.app.size.height // 4)))
        self.show_rows(rows)

    # Showing

    def draw(self, row: SentText, width: int, marked: bool) -> Content:
        """What it was, what became of it, when, to whom."""
        from clinic_tui.invitations.states import MESSAGE_SIGNS

        marks, sign = self.look.symbols, MESSAGE_SIGNS[row.state]
        rest = width - 3 - KIND - STATE - WHEN - 7
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ", fit(KINDS[row.kind], KIND), "  ",
            (fit(sign_text(sign, self.look), STATE), TONES[sign.tone]), "  ",
        ]  # fmt: skip
        if rest > 8:
            parts += [(fit(line(row.email), rest, ellipsis=marks.ellipsis), "$quiet"), "  "]
        return Content.assemble(*parts, (fit(moment(row.made_at), WHEN, right=True), "$quiet"))

    def about_row(self, row: SentText) -> Content:
        """To whom, and the subject."""
        to = f"to {line(row.email)}" if row.email else f"invitation {row.invitation_id}"
        whose = ", a guardian's address" if row.for_guardian else ""
        return Content.assemble((f"{to}{whose}", "$quiet"), "\n", (line(row.subject), "bold"))

    def say_about(self) -> None:
        """The message as well."""
        super().say_about()
        row = self.current
        if row is not None and row.id != self._drawn_text:
            said = "It is hidden from you, with the patient's name." if row.body is None else row.body.strip()
            self.query_one("#text", MessageText).say(said or "Its text was erased.")
            self.query_one("#reply", VerticalScroll).scroll_home(animate=False)
        self._drawn_text = row.id if row is not None else None

    def nothing(self) -> tuple[str, ...]:
        """What will appear here."""
        return ("Nothing was sent to this patient yet.", "What is sent is kept here as it went out.")

    def count(self) -> Content:
        """How many."""
        number = len(self.rows.rows)
        return Content.styled(f"{number} message{'' if number == 1 else 's'}" if number else "", "$quiet")

    # Keys

    def action_scroll(self, by: int) -> None:
        """The message, a page down or up."""
        said = self.query_one("#reply", VerticalScroll)
        said.scroll_relative(y=by * max(1, said.size.height - 1), animate=False)
