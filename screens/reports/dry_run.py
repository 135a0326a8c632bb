"""A dry run, counted and confirmed: what every action on the ticked patients goes through."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label, Static
from textual.worker import get_current_worker

from clinic_tui.aside import Left
from clinic_tui.errors import ClinicError, FieldError
from screens.aside import MANY, aside
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.reports.bulk_plan import DONE, Answer, Line, Plan, Question
from screens.widgets.cells import cut
from screens.widgets.marks import Field
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from screens.reports.reasons import Words
    from screens.reports.steps import Step
    from screens.reports.ticked import Ticked

CONFIRMED_FROM = 25  # with so many, nothing is done by one key
TOLD_SECONDS = 0.1  # how often it is said how far it is
LIST = Command("people", "List them", "enter", "list", "The patients whom the line counts.")
STOP = Command("stop", "Stop", "escape", "stop", "While it is being done: stop it. Then it is done with nobody.")


class Asked(Message):
    """How many patients have been asked about."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def go_ahead(word: str, about: str) -> Command:
    """The key that does it."""
    return Command("go_ahead", word, "ctrl+s", word, about, priority=True)


class DryRunDialog(Dialog[str]):
    """Answers with a sentence about what was done. Override `step` and `closing`; `fields` and `below` add to it."""

    WIDTH = 78
    CSS_PATH = "bulk.tcss"
    MOVES = LIST_MOVES
    KEYS: ClassVar[tuple[Command, ...]] = (
        LIST,
        go_ahead("Do it", "Do it with all whom the first line counts."),
        STOP,
        CANCEL,
    )
    WORDS: ClassVar[Words] = ("", "")  # what is done with one patient, with several
    DOING: ClassVar[str] = "Changing"
    NOTHING: ClassVar[str] = "Nothing is changed yet."
    BESIDES: ClassVar[int] = 10  # so many lines of the terminal are not for the counted ones
    MENDS: ClassVar[bool] = False  # whether another address on a patient's record changes what is done

    def __init__(self, ticked: Ticked) -> None:
        super().__init__()
        self.ticked = ticked
        self.plan: Plan | None = None
        self._working = False
        self._stopping = False
        self._told = 0.0
        self._said_at_the_end: str | None = None

    # What the actions differ in

    @property
    def words(self) -> Words:
        """What is done, of one patient and of several."""
        return self.WORDS

    def step(self, shown: Plan | None) -> Step:
        """What is asked of the rules: the dry run, or, where one was `shown`, that it be done."""
        raise NotImplementedError

    def closing(self, done: Plan, shown: Plan) -> str:
        """The sentence about what was done; `shown`: what the dry run had promised."""
        raise NotImplementedError

    def fields(self) -> ComposeResult:
        """What can be typed besides the number."""
        yield from ()

    def below(self) -> ComposeResult:
        """What stands under it all."""
        yield from ()

    def planned(self) -> None:
        """Another dry run is shown."""

    def different(self, error: ClinicError, before: Plan, now: Plan) -> ClinicError:
        """What is said where it is no longer what the dry run showed."""
        return error

    # The dialog

    def body(self) -> ComposeResult:
        """The counted lines and the number."""
        yield Static("", id="asked", markup=False)
        yield Rows[Line](self._draw, self.look, key=lambda row: row.reason, takes_keys=True)
        yield from self.fields()
        with Horizontal(id="number-row"):
            yield Label("To confirm", markup=False)
            yield Field(id="number", max_length=12)
        yield Said(self.look, id="number-said")
        yield from self.below()

    def on_mount(self) -> None:
        """Ask the rules of everybody."""
        self.query_one("#number-row").display = False
        rows = self.query_one(Rows)
        rows.styles.height = 1
        rows.focus()
        self._dry_run()

    @property
    def holds_keys(self) -> bool:
        """Only while it works, and shortly: what takes longer can be stopped."""
        return self._working and not self._is_long

    @property
    def _is_long(self) -> bool:
        return len(self.ticked.ids) > MANY

    def offers(self, action: str) -> bool:
        """Nothing is done before the dry run is there, or where it is done with nobody; what is done is not left."""
        if action == "go_ahead":
            return self.plan is not None and bool(self.plan.done) and not self._working
        if action == "people":
            return self.plan is not None and not self._working
        if action == "stop":
            return self._working and not self._stopping
        return action != "cancel" or not self._working

    # The dry run

    def _dry_run(self) -> None:
        self._ask(None, lambda rule: self.ask(rule, self._show, failed=self._refused))

    def _ask(self, shown: Plan | None, run: Callable[[Callable[[Viewer], Answer]], None]) -> None:
        try:
            question = Question(self.step(shown), self.ticked, self.words)
        except ClinicError as error:
            self._refused(error)
            return
        self._working, self._stopping = shown is not None, False
        self._say_asked(Asked(0))
        self.refresh_keys()
        run(lambda viewer: self._answer_to(question, viewer))

    # In the thread

    def _answer_to(self, question: Question, viewer: Viewer) -> Answer:
        if not self._is_long:
            return question(viewer, self._tell)
        writes = question.step.shown is not None
        answer: Answer = aside(self.clinic.config, viewer, question, self._tell, self._left, writes=writes)
        return answer

    def _left(self) -> bool:
        return self._stopping or get_current_worker().is_cancelled

    def _tell(self, number: int) -> None:
        if self._left():
            raise Left
        if (now := monotonic()) >= self._told + TOLD_SECONDS:
            self._told = now
            self.post_message(Asked(number))

    # And here again

    @on(Asked)
    def _say_asked(self, asked: Asked) -> None:
        if self._stopping or self.is_left:
            return
        doing = self.DOING if self._working else "Asking"
        waiting = f"{doing}: {asked.number:,} of {len(self.ticked.ids):,} patients {self.look.symbols.ellipsis}"
        self.query_one("#asked", Static).update(Content.styled(waiting, "$quiet"), layout=False)

    def _show(self, said: Answer) -> None:
        self.plan = said.plan
        lines, count = said.plan.lines, len(said.plan.done)
        rows = self.query_one(Rows)
        rows.styles.height = min(len(lines), max(4, self.app.size.height - self.BESIDES))
        rows.show(lines, keep=True)
        ticked = f"{len(self.ticked.ids):,} ticked. {self.NOTHING}"
        self.query_one("#asked", Static).update(Content.styled(ticked, "$quiet"))
        self.query_one("#number-row").display = count >= CONFIRMED_FROM
        self.query_one("#number", Field).placeholder = f"type {count}: so many {self.words[1]}"
        self.planned()
        self.refresh_keys()

    def _draw(self, row: Line, width: int, marked: bool) -> Content:
        cursor = self.look.symbols.cursor if marked else " "
        tone = "$success" if row.reason == DONE and row.number else "$foreground"
        words = cut(row.words, max(0, width - 12), self.look.symbols.ellipsis)
        return Content.assemble(f" {cursor} ", (f"{row.number:>7,}", tone), "  ", words)

    def action_people(self) -> None:
        """The patients of the line under the cursor."""
        from screens.reports.people import PeopleDialog

        row = self.query_one(Rows).current
        if row is not None and row.patients:
            self.app.push_screen(PeopleDialog(row, self.ticked.names, mends=self.MENDS), self._listed)

    def _listed(self, mended: bool | None) -> None:
        if mended:
            self._dry_run()

    # Doing it

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        for said in self.query(f"#{event.input.id}-said").results(Said):
            said.clear()

    def action_go_ahead(self) -> None:
        """All in one transaction, or none."""
        if self.plan is None or not self.offers("go_ahead"):
            return
        self.clear_notice()
        number, count = self.query_one("#number", Field), len(self.plan.done)
        if count >= CONFIRMED_FROM and number.value.strip().replace(",", "") != str(count):
            self._refused(FieldError("number", f"Type {count} to confirm: so many {self.words[1]}."))
            return
        self._ask(self.plan, lambda rule: self.do(rule, self._done, failed=self._refused))

    def action_stop(self) -> None:
        """Ask it to stop. It may be too late for that: then all is done."""
        self._stopping = True
        self.query_one("#asked", Static).update(Content.styled(f"Stopping {self.look.symbols.ellipsis}", "$quiet"))
        self.refresh_keys()

    def _done(self, said: Answer) -> None:
        before, error = self.plan, said.error
        if before is None or error is None:
            self._said_at_the_end = self.closing(said.plan, before or said.plan)
            self._close()
            return
        self._working = False
        self.query_one("#number", Field).value = ""
        self._show(said)
        self.show_error(self.different(error, before, said.plan))

    def _close(self) -> None:
        if self._said_at_the_end is not None and self.app.screen is self:
            self.dismiss(self._said_at_the_end)

    def on_screen_resume(self) -> None:
        """It may have been done while help stood before it."""
        self.call_later(self._close)

    def _refused(self, error: ClinicError) -> None:
        self._working = self._stopping = False
        if self.plan is not None:
            self._show(Answer(self.plan))
        else:
            self.query_one("#asked", Static).update("")
        self.refresh_keys()
        beside = self.query(f"#{error.field}-said").results(Said) if isinstance(error, FieldError) else ()
        said = next(iter(beside), None)
        if said is None or not isinstance(error, FieldError):
            self.show_error(error)
        else:
            said.error(str(error))
            self.query_one(f"#{error.field}", Widget).focus()
