"""Invite to patient portal, for all who are ticked: the dry run, a message above the invitation, then all or none."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Label, Static
from textual.worker import get_current_worker

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.reports.bulk_plan import QUEUED, Line, Plan
from screens.reports.export import in_order
from screens.widgets.cells import cut, line, lines
from screens.widgets.marks import Field
from screens.widgets.rows import Rows
from screens.widgets.said import Said
from screens.widgets.written import Written

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.drafting import Shown

CONFIRMED_FROM = 25  # so many invitations are not queued by one key
_REST = 16  # lines that are not those of the dry run, with some of the message


class Asked(Message):
    """How many patients have been asked about."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Letter(NamedTuple):
    """The message of one recipient, and who that is."""

    at: int
    name: str
    shown: Shown


class BulkInviteDialog(Dialog[str]):
    """Answers with a sentence about what was queued. `order`: the order in which the patients are shown."""

    HEADING = "Invite to patient portal"
    ABOUT = (
        "First nothing is queued: the rules are asked of every ticked patient, and the answers counted. Enter on a "
        "line lists its patients; Enter there opens one, to mend what is wrong.\n\n"
        "A message of your own stands above every invitation. Left and Right show what each recipient gets, PgUp and "
        "PgDn read on in it.\n\n"
        f"From {CONFIRMED_FROM} invitations on, type how many they are. Then all are queued at once, or none; the "
        "outbox (F3) shows them going."
    )
    WIDTH = 78
    CSS_PATH = "bulk_invite.tcss"
    KEYS = (
        Command("people", "List them", "enter", "list", "The patients whom the line counts."),
        Command("recipient(1)", "Next recipient", "right", "next", "What the next recipient gets."),
        Command("recipient(-1)", "Recipient before", "left", "", "What the one before gets."),
        Command("scroll(1)", "Message down", "pagedown", "read on", "Read on in the message.", priority=True),
        Command("scroll(-1)", "Message up", "pageup", "", "Back in the message.", priority=True),
        Command("invite", "Invite", "ctrl+s", "Invite", "Queue all of them.", priority=True),
        CANCEL,
    )

    def __init__(self, ids: array[int], order: array[int]) -> None:
        super().__init__()
        self._ids, self._order = ids, order
        self._plan: Plan | None = None
        self._queueing = False
        self._at = 0

    def body(self) -> ComposeResult:
        """The counted lines, the message, the number, and what one of them gets."""
        yield Static("", id="asked", markup=False)
        yield Rows[Line](self._draw, self.look, key=lambda row: row.reason, takes_keys=True)
        with Horizontal(id="message-row"):
            yield Label("Your message", markup=False)
            yield Written("optional; it stands above every invitation", id="message")
        yield Said(self.look, id="message-said")
        with Horizontal(id="number-row"):
            yield Label("To confirm", markup=False)
            yield Field(id="number", max_length=12)
        yield Said(self.look, id="number-said")
        yield Static("", id="to", markup=False)
        with VerticalScroll(id="preview", can_focus=False):
            yield Static("", id="preview-text", markup=False)

    def on_mount(self) -> None:
        """Ask the rules of everybody."""
        self.query_one("#number-row").display = False
        self.query_one(Rows).styles.height = 1
        self.query_one(Rows).focus()
        self._dry_run()

    @property
    def holds_keys(self) -> bool:
        """Only while it queues: the dry run of many can be left."""
        return self._queueing

    def offers(self, action: str) -> bool:
        """Nothing is invited before the dry run is there, or where nobody gets it; nothing is left half queued."""
        some = self._plan is not None and bool(self._plan.queued)
        if action == "invite":
            return some and not self._queueing
        if action in ("recipient", "scroll"):
            return some
        if action == "people":
            return self._plan is not None
        return action != "cancel" or not self._queueing

    # The dry run

    def _dry_run(self) -> None:
        ids, order, text = self._ids, self._order, self.query_one(Written).text
        self._say_asked(Asked(0))

        def rule(viewer: Viewer) -> Plan:
            from screens.reports.bulk_plan import plan

            return plan(viewer, in_order(ids, order), text, self._tell)

        self.ask(rule, self._planned, failed=self._refused)

    def _tell(self, number: int) -> None:
        """In the thread: tell how far it is; end it where nobody waits for it any more."""
        if get_current_worker().is_cancelled:
            raise ClinicError("It was left.")
        self.post_message(Asked(number))

    @on(Asked)
    def _say_asked(self, asked: Asked) -> None:
        doing = "Queueing" if self._queueing else "Asking"
        waiting = f"{doing}: {asked.number:,} of {len(self._ids):,} patients {self.look.symbols.ellipsis}"
        self.query_one("#asked", Static).update(Content.styled(waiting, "$quiet"), layout=False)

    def _planned(self, plan: Plan) -> None:
        self._plan = plan
        rows = self.query_one(Rows)
        rows.styles.height = min(len(plan.lines), max(4, self.app.size.height - _REST))
        rows.show(plan.lines, keep=True)
        count = len(plan.queued)
        ticked = f"{len(self._ids):,} ticked. Nothing is queued yet."
        self.query_one("#asked", Static).update(Content.styled(ticked, "$quiet"))
        row = self.query_one("#number-row")
        row.display = count >= CONFIRMED_FROM
        self.query_one("#number", Field).placeholder = f"type {count}: so many get it"
        self._at = min(self._at, max(0, count - 1))
        self._preview()
        self.refresh_keys()

    def _draw(self, row: Line, width: int, marked: bool) -> Content:
        cursor = self.look.symbols.cursor if marked else " "
        tone = "$success" if row.reason == QUEUED and row.number else "$foreground"
        words = cut(row.words, max(0, width - 12), self.look.symbols.ellipsis)
        return Content.assemble(f" {cursor} ", (f"{row.number:>7,}", tone), "  ", words)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_people()

    def action_people(self) -> None:
        """The patients of the line under the cursor."""
        from screens.reports.people import PeopleDialog

        row = self.query_one(Rows).current
        if row is not None and row.patients:
            self.app.push_screen(PeopleDialog(f"{row.number:,} {row.words}", row.patients), self._listed)

    def _listed(self, opened: bool | None) -> None:
        if opened:
            self._dry_run()

    # The message

    @on(Written.Changed)
    def _written(self) -> None:
        self.query_one("#message-said", Said).clear()
        self._preview()

    @on(Field.Changed)
    def _number_changed(self) -> None:
        self.query_one("#number-said", Said).clear()

    def _preview(self) -> None:
        if self._plan is None or not self._plan.queued:
            self.query_one("#to", Static).update("")
            self.query_one("#preview-text", Static).update("")
            return
        at, row, text = self._at, self._plan.queued[self._at], self.query_one(Written).text

        def rule(viewer: Viewer) -> Letter:
            from clinic_tui.invitations.drafting import show
            from clinic_tui.patients.lookup import display_name, rows_by_id

            name = next((display_name(patient) for patient in rows_by_id(viewer, [row.patient_id])), row.email)
            return Letter(at, name, show(viewer, row.patient_id, row.email, text))

        self.ask(rule, self._previewed)

    def _previewed(self, letter: Letter) -> None:
        if self._plan is None or letter.at >= len(self._plan.queued):
            return
        rule = self.look.symbols.rule
        email, many = line(self._plan.queued[letter.at].email), len(self._plan.queued)
        to = f"What {letter.at + 1:,} of {many:,} gets: {line(letter.name)}, {email}"
        width = self.query_one("#to").content_size.width
        to = cut(to, max(0, width - 4), self.look.symbols.ellipsis)
        self.query_one("#to", Static).update(Content.assemble((rule * 2, "$rule"), " ", (to, "$quiet")))
        composed = letter.shown.composed
        subject = Content.assemble(("Subject: ", "$quiet"), line(composed.subject), "\n\n")
        self.query_one("#preview-text", Static).update(
            Content.assemble(subject, Content(lines(composed.text).rstrip("\n")))
        )
        if letter.shown.unresolved:
            said = f"{line(letter.shown.unresolved.term)} is unknown, or empty for {line(letter.name)}."
            self.query_one("#message-said", Said).error(said)

    def action_recipient(self, by: int) -> None:
        """The message of the next recipient, or of the one before."""
        if self._plan is not None and 0 <= self._at + by < len(self._plan.queued):
            self._at += by
            self.query_one("#preview", VerticalScroll).scroll_home(animate=False)
            self._preview()

    def action_scroll(self, by: int) -> None:
        """The message, a page down or up."""
        preview = self.query_one("#preview", VerticalScroll)
        preview.scroll_relative(y=by * max(1, preview.size.height - 1), animate=False)

    # Invite

    def action_invite(self) -> None:
        """Queue all, in one transaction. Where the message came to leave others out, that is shown first."""
        before = self._plan
        if before is None or not self.offers("invite"):
            return
        self.clear_notice()
        number, count = self.query_one("#number", Field), len(before.queued)
        if count >= CONFIRMED_FROM and number.value.strip().replace(",", "") != str(count):
            self.query_one("#number-said", Said).error(f"Type {count} to confirm: so many get an invitation.")
            number.focus()
            return
        ids, order, text = self._ids, self._order, self.query_one(Written).text
        self._queueing = True
        self._say_asked(Asked(0))
        self.refresh_keys()

        def rule(viewer: Viewer) -> Plan | str:
            from clinic_tui.invitations.inviting import invite_many
            from screens.reports.bulk_plan import plan, planned

            wanted = in_order(ids, order)
            if text != before.message and "[" in text + before.message:
                now = plan(viewer, wanted, text, self._tell)
                if now.sums != before.sums:
                    return now
            outcome = invite_many(viewer, wanted, custom_message=text, progress=self._tell)
            return _sentence(planned(outcome, text))

        self.do(rule, self._invited, failed=self._refused)

    def _invited(self, answer: Plan | str) -> None:
        if isinstance(answer, str):
            self.dismiss(answer)
            return
        self._queueing = False
        self.query_one("#number", Field).value = ""
        self._planned(answer)
        self.show_error(
            ClinicError("With this message the numbers are others.", "Nothing is queued: look again, then invite.")
        )

    def _refused(self, error: ClinicError) -> None:
        self._queueing = False
        if self._plan is not None:
            self._planned(self._plan)
        else:
            self.query_one("#asked", Static).update("")
        self.refresh_keys()
        if isinstance(error, FieldError) and error.field == "message":
            self.query_one("#message-said", Said).error(f"{error.title} {error.advice}")
            self.query_one(Written).focus()
        else:
            self.show_error(error)


def _sentence(done: Plan) -> str:
    count, skipped = len(done.queued), sum(row.number for row in done.lines[1:])
    queued = f"{count:,} invitation{'' if count == 1 else 's'} queued"
    left_out = f"; {skipped:,} patient{'' if skipped == 1 else 's'} skipped" if skipped else ""
    return f"{queued}{left_out}. F3 shows them going."
