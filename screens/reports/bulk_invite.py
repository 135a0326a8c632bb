"""Invite to patient portal, for all who are ticked: the dry run, a message above the invitation, then all or none."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL
from screens.commands import Command
from screens.reports.bulk_plan import Plan
from screens.reports.dry_run import CONFIRMED_FROM, LIST, STOP, DryRunDialog, go_ahead
from screens.reports.steps import Invite
from screens.templates.choosing import Offer, offered
from screens.widgets.cells import cut, line
from screens.widgets.choice import Choice
from screens.widgets.marks import Field
from screens.widgets.message_text import MessageText
from screens.widgets.said import Said
from screens.widgets.written import Written

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.drafting import Shown
    from screens.reports.steps import Step
    from screens.reports.ticked import Ticked


class Letter(NamedTuple):
    """The message of one recipient, and who that is."""

    at: int
    name: str
    email: str
    shown: Shown


class BulkInviteDialog(DryRunDialog):
    """The dry run with a message, a pace, and what each recipient gets."""

    HEADING = "Invite to patient portal"
    ABOUT = (
        "First nothing is queued: the rules are asked of every ticked patient, and the answers counted. Enter on a "
        "line lists its patients; there, e mends an address and Enter opens a patient.\n\n"
        "A message of your own stands above every invitation. Left and Right show what each recipient gets, PgUp and "
        "PgDn read on in it. The pace is how many messages go in a minute; empty, as many as the server takes.\n\n"
        f"From {CONFIRMED_FROM} invitations on, type how many they are. Then all are queued at once, or none: where "
        "somebody changed a patient since the dry run, it is shown anew first. {stop} stops it while it queues. The "
        "outbox ({outbox}) shows them going."
    )
    KEYS = (
        LIST,
        Command("recipient(1)", "Next recipient", "right", "next", "What the next recipient gets."),
        Command("recipient(-1)", "Recipient before", "left", "", "What the one before gets."),
        Command("scroll(1)", "Message down", "pagedown", "read on", "Read on in the message.", priority=True),
        Command("scroll(-1)", "Message up", "pageup", "", "Back in the message.", priority=True),
        go_ahead("Invite", "Queue all of them."),
        STOP,
        CANCEL,
    )
    WORDS = ("gets the invitation", "get the invitation")
    DOING = "Queueing"
    NOTHING = "Nothing is queued yet."
    BESIDES = 16  # with some of the message
    MENDS = True

    def __init__(self, ticked: Ticked) -> None:
        super().__init__(ticked)
        self._at = 0
        self._shown_with: tuple[str, int | None] = ("", None)  # the message and template that the dry run was made with

    def on_mount(self) -> None:
        """Read which templates there are; where there is but one, nobody is asked."""
        for absent in ("#template-row", "#unready"):
            self.query_one(absent).display = False
        self._warn()

        def rule(viewer: Viewer) -> list[Offer]:
            from clinic_tui.messages.templates import listing

            return offered(listing(viewer, kind="invitation"))

        self.ask(rule, self._may_choose)

    def _may_choose(self, templates: list[Offer]) -> None:
        usual: Offer = (None, "the default in each patient's language")
        self.query_one(Choice).put([usual, *templates], None)
        self.query_one("#template-row").display = len(templates) > 1
        self.set_class(len(templates) > 1, "-choosing")

    @property
    def _wanted(self) -> tuple[str, int | None]:
        """The message and the template."""
        return self.query_one(Written).text, self.query_one(Choice).value

    def fields(self) -> ComposeResult:
        """The template and the message."""
        yield Static("", id="unready", markup=False)
        with Horizontal(id="template-row"):
            yield Label("Template", markup=False)
            yield Choice["int | None"](self.look, id="template")
        with Horizontal(id="message-row"):
            yield Label("Your message", markup=False)
            yield Written("optional; it stands above every invitation", id="message")
        yield Said(self.look, id="message-said")

    def below(self) -> ComposeResult:
        """The pace, and what one of them gets."""
        with Horizontal():
            yield Label("Pace", markup=False)
            yield Field("", "messages a minute; empty: as many as the server takes", id="pace", max_length=12)
        yield Said(self.look, id="pace-said")
        yield Static("", id="to", markup=False)
        with VerticalScroll(id="preview", can_focus=False):
            yield MessageText(self.look, id="preview-text")

    def offers(self, action: str) -> bool:
        """Reading messages where there are some."""
        if action in ("recipient", "scroll"):
            return self.plan is not None and bool(self.plan.done)
        return super().offers(action)

    # The rules

    def step(self, shown: Plan | None) -> Step:
        """Invite them."""
        (text, template), pace = self._wanted, 0 if shown is None else _pace(self.query_one("#pace", Field).value)
        if shown is None:
            self._shown_with = text, template

        return Invite(text, template, pace, None if shown is None else shown.done)

    def closing(self, done: Plan, shown: Plan) -> str:
        """How many are queued, how many not."""
        return queued_of(done, shown)

    def different(self, error: ClinicError, before: Plan, now: Plan) -> ClinicError:
        """Another message since the dry run may be what makes the difference."""
        wanted, left_out = self._wanted, "unresolved_term"
        if wanted != self._shown_with and before.number(left_out) != now.number(left_out):
            self._shown_with = wanted
            return ClinicError("With this message the numbers are others.", error.advice)
        return error

    # What the practice has not told

    def _warn(self) -> None:
        def rule(viewer: Viewer) -> list[str]:
            from clinic_tui.invitations.readiness import warnings

            return warnings(viewer)

        self.ask(rule, self._say_warnings)

    def _say_warnings(self, warned: list[str]) -> None:
        if warned:
            said = Content("\n").join(Content.styled(f"! {line(one)}", "$warning") for one in warned)
            self.query_one("#unready", Static).update(said)
            self.query_one("#unready").display = True

    # The message

    def planned(self) -> None:
        """Show what one of them gets."""
        self._at = min(self._at, max(0, len(self.plan.done) - 1)) if self.plan is not None else 0
        self._preview()

    @on(Choice.Changed)
    @on(Written.Changed)
    def _written(self) -> None:
        self.query_one("#message-said", Said).clear()
        self._preview()

    def _preview(self) -> None:
        if self.plan is None or not self.plan.done:
            self.query_one("#to", Static).update("")
            self.query_one(MessageText).clear()
            return
        at, (text, template) = self._at, self._wanted
        patient_id, email = next(islice(self.plan.done.items(), at, None))

        def rule(viewer: Viewer) -> Letter:
            from clinic_tui.invitations.drafting import show
            from clinic_tui.patients.lookup import display_name, rows_by_id

            name = next((display_name(patient) for patient in rows_by_id(viewer, [patient_id])), email)
            return Letter(at, name, email, show(viewer, patient_id, email, text, template))

        self.ask(rule, self._previewed)

    def _previewed(self, letter: Letter) -> None:
        many = 0 if self.plan is None else len(self.plan.done)
        if letter.at >= many:
            return
        to = f"What {letter.at + 1:,} of {many:,} gets: {line(letter.name)}, {line(letter.email)}"
        width = self.query_one("#to").content_size.width
        to = cut(to, max(0, width - 4), self.look.symbols.ellipsis)
        self.query_one("#to", Static).update(
            Content.assemble((self.look.symbols.rule * 2, "$rule"), " ", (to, "$quiet"))
        )
        composed = letter.shown.composed
        subject = Content.assemble(("Subject: ", "$quiet"), line(composed.subject), "\n\n")
        self.query_one(MessageText).say(composed.text, subject)
        if letter.shown.unresolved:
            said = f"{line(letter.shown.unresolved.term)} is unknown, or empty for {line(letter.name)}."
            self.query_one("#message-said", Said).error(said)

    def action_recipient(self, by: int) -> None:
        """The message of the next recipient, or of the one before."""
        if self.plan is not None and 0 <= self._at + by < len(self.plan.done):
            self._at += by
            self.query_one("#preview", VerticalScroll).scroll_home(animate=False)
            self._preview()

    def action_scroll(self, by: int) -> None:
        """The message, a page down or up."""
        preview = self.query_one("#preview", VerticalScroll)
        preview.scroll_relative(y=by * max(1, preview.size.height - 1), animate=False)


def queued_of(done: Plan, shown: Plan) -> str:
    """The sentence about invitations that were queued; whom somebody else was earlier to invite is told apart."""
    count, earlier = len(done.done), len(shown.done) - len(done.done)  # nobody is invited who was not shown
    skipped = done.skipped - earlier
    parts = [f"{count:,} invitation{'' if count == 1 else 's'} queued"]
    if skipped:
        parts.append(f"{skipped:,} patient{'' if skipped == 1 else 's'} skipped")
    if earlier:
        parts.append(f"{earlier:,} {'was' if earlier == 1 else 'were'} invited by somebody else a moment earlier")
    return f"{'; '.join(parts)}. F3 shows them going."


def _pace(typed: str) -> int:
    """Messages a minute; 0 for as many as the server takes. Raises FieldError."""
    from clinic_tui.invitations.inviting import FASTEST

    number = typed.strip().replace(",", "")
    if not number:
        return 0
    if number.isascii() and number.isdecimal() and len(number) < 10 and 1 <= int(number) <= FASTEST:
        return int(number)
    raise FieldError("pace", f"A pace is a whole number from 1 to {FASTEST:,}.", "Or leave it empty.")
