"""New Report: the type, the filters as they are typed, and the sentence that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur
from textual.widgets import Label, Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.reports.report import Report
from screens.widgets.cells import line
from screens.widgets.marks import Field, Rule
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.case_load.filters import Filters


class Ask(NamedTuple):
    """One field: the filter it is for, the word before it, what it shows while empty."""

    field: str
    before: str = ""
    example: str = ""


DAY = "1 jan 2026"
SEVERAL = "several with ; between"
LINES: tuple[tuple[str, tuple[Ask, ...]], ...] = (
    ("Practitioner", (Ask("practitioners", example=f"whose patients; {SEVERAL}"),)),
    ("Status", (Ask("statuses", example="current; waiting; archived"), Ask("sexes", "sex", "female; male; other"))),
    ("Portal line", (Ask("portal", example=f"not invited; expired; {SEVERAL}"),)),
    ("Seen from", (Ask("seen_from", example=DAY), Ask("seen_to", "to", DAY), Ask("seen_by", "by", "practitioner"))),
    ("Appointments", (Ask("visits_min", example="at least"), Ask("visits_max", "to", "at most"))),
    ("Not seen since", (Ask("not_seen_since", example=DAY),)),
    ("Next visit from", (Ask("next_from", example=DAY), Ask("next_to", "to", DAY))),
    ("Age from", (Ask("age_min"), Ask("age_max", "to"))),
    ("Own e-mail", (Ask("has_email", example="yes or no"), Ask("never_invited", "never invited", "yes or no"))),
    ("Live in", (Ask("places", example=f"postcode or suburb; {SEVERAL}"),)),
)  # fmt: skip
FIELDS = tuple(ask.field for _, asks in LINES for ask in asks)
_WORD = 2  # cells beside a word between two fields


class Heard(NamedTuple):
    """What the typed filters come to: those that can stand, as a sentence, and what is wrong with the others."""

    sentence: str
    refused: dict[str, str]


class NewReportDialog(Dialog[Report]):
    """Answers with the report to run, saved where it was given a name. `report`: the one to begin from."""

    HEADING = "New Report"
    ABOUT = (
        "A patient is in the report where every filter holds; what is left blank filters nothing. Days may be written "
        "2026-01-01, 1 jan 2026, jan 2026 or 2026. Appointments are counted in the time seen from and to. Where "
        "several may be given, put ; between them: a patient needs only one.\n\n"
        "Given a name, the report is saved under it for the whole practice."
    )
    WIDTH = 78
    CSS_PATH = "new_report.tcss"
    KEYS = (
        Command("run", "Run", "ctrl+r", "Run", "Run the report, and save it where it has a name.", priority=True),
        Command("step(1)", "Next field", "down,enter", "", "", priority=True),
        Command("step(-1)", "Field before", "up", "", "", priority=True),
        CANCEL,
    )

    def __init__(self, report: Report | None = None) -> None:
        super().__init__()
        self._report = report
        self._heard = Heard("", {})
        self._asked = False
        self._replaces = ""

    def body(self) -> ComposeResult:
        """The type, a line for each kind of filter, the sentence, the name."""
        typed = written(self._report.filters) if self._report else {}
        with VerticalScroll(id="filters", can_focus=False):
            with Horizontal():
                yield Label("Report Type", classes="first", markup=False)
                yield Static("Case Load", markup=False)
            for label, asks in LINES:
                with Horizontal():
                    yield Label(label, classes="first", markup=False)
                    for ask in asks:
                        if ask.before:
                            word = Label(ask.before, classes="between", markup=False)
                            word.styles.width = len(ask.before) + _WORD
                            yield word
                        value = typed.get(ask.field, "")
                        yield Field(value, ask.example, id=ask.field.replace("_", "-"), max_length=400)
                for ask in asks:
                    yield Said(self.look, id=f"{ask.field.replace('_', '-')}-said")
        yield Rule(self.look, "Who is in it")
        yield Static("", id="sentence", markup=False)
        with Horizontal(id="name-row"):
            yield Label("Save as", classes="first", markup=False)
            yield Field(placeholder="a name; only where it is to be kept", id="name", max_length=80)
        yield Said(self.look, id="name-said")

    def on_resize(self) -> None:
        """The filters take what the rest leaves, and are scrolled where that is too little."""
        self.query_one("#filters").styles.max_height = max(3, self.app.size.height - 10)

    def on_mount(self) -> None:
        """The cursor in the first field; what the fields say at first."""
        if self._report is not None:
            self.query_one("#frame").border_title = Content("Filters")
        self._field("practitioners").focus()
        self._hear()

    def offers(self, action: str) -> bool:
        """Not twice."""
        return action != "run" or not self._asked

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name.replace('_', '-')}", Field)

    def _said(self, name: str) -> Said:
        return self.query_one(f"#{name.replace('_', '-')}-said", Said)

    def _typed(self) -> dict[str, str]:
        return {name: self._field(name).value for name in FIELDS}

    # While it is typed

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        self._said((event.input.id or "").replace("-", "_")).clear()
        self._replaces = ""
        if event.input.id != "name":
            self._hear()

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        """What is wrong with a field is said when it is left: half a date is none yet."""
        self.call_later(self._show_refused)

    def _hear(self) -> None:
        typed = self._typed()
        self.ask(lambda viewer: hear(viewer, typed), self._understood)

    def _understood(self, heard: Heard) -> None:
        self._heard = heard
        said = Content(line(heard.sentence))
        if heard.refused:
            wrong, them = [_word(name) for name in FIELDS if name in heard.refused], len(heard.refused) > 1
            without = f"{', '.join(wrong)} {'are' if them else 'is'} wrong so far; without {'them' if them else 'it'}: "
            said = Content.assemble((without, "$warning"), said)
        self.query_one("#sentence", Static).update(said)
        self._show_refused()

    def _show_refused(self) -> None:
        for name in FIELDS:
            field, refused = self._field(name), self._heard.refused.get(name)
            if refused is None:
                self._said(name).clear()
            elif not field.has_focus:
                self._said(name).error(refused)

    def action_step(self, by: int) -> None:
        """To the next field, or the one before."""
        if by > 0:
            self.focus_next(Field)
        else:
            self.focus_previous(Field)

    # Run

    def action_run(self) -> None:
        """Read the filters, save them where there is a name; the first that cannot stand is said beside its field."""
        if self._asked:
            return
        self._asked = True
        self.clear_notice()
        typed, name, before = self._typed(), self._field("name").value.strip(), self._report
        replace = bool(name) and name == self._replaces

        def rule(viewer: Viewer) -> Report:
            from clinic_tui.case_load import saved
            from clinic_tui.case_load.filters import read
            from clinic_tui.case_load.orders import Sort

            filters = read(viewer, typed)
            sort = before.sort if before is not None else Sort()
            kept = saved.save(viewer, name, filters, sort, replace=replace) if name else ""
            return Report(filters, sort, kept)

        self.do(rule, self._made, failed=self._refused)

    def _made(self, report: Report) -> None:
        self.dismiss(report)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        self.refresh_keys()
        if not isinstance(error, FieldError) or error.field not in (*FIELDS, "name"):
            self.show_error(error)
            return
        advice = error.advice
        if error.field == "name" and "already" in error.title:
            self._replaces = self._field("name").value.strip()
            advice = f"{self.key_of('run')} again replaces it."
        self._field(error.field).focus()
        self._said(error.field).error(f"{error.title} {advice}")
        self._said(error.field).scroll_visible(animate=False)


def _word(name: str) -> str:
    """What a field is called where it stands alone."""
    label, ask = next((label, ask) for label, asks in LINES for ask in asks if ask.field == name)
    if ask.before in ("to", "by"):
        return f"{label.removesuffix(' from')} {ask.before}"
    return ask.before.capitalize() or label


def hear(viewer: Viewer, typed: Mapping[str, str]) -> Heard:
    """Read each field by itself, so that one that is wrong keeps none of the others from being understood."""
    from clinic_tui.case_load.filters import read
    from clinic_tui.case_load.sentence import sentence

    known: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name, text in typed.items():
        try:
            read(viewer, {name: text})
        except FieldError as error:
            refused[name] = str(error)
        else:
            known[name] = text
    while True:
        try:
            return Heard(sentence(read(viewer, known)), refused)
        except FieldError as error:  # a range upside down
            if error.field not in known:
                raise
            refused[error.field] = str(error)
            del known[error.field]


def written(filters: Filters) -> dict[str, str]:
    """The filters as they would be typed."""
    return dict(_written(filters))


def _written(filters: Filters) -> Iterator[tuple[str, str]]:
    from clinic_tui.case_load.filters import day_words
    from clinic_tui.invitations.states import PORTAL_SIGNS

    for name in FIELDS:
        value = getattr(filters, name)
        if value is None or value == () or (name == "never_invited" and not value):
            continue
        if name in ("practitioners", "seen_by"):
            text = "; ".join(who.name for who in value)
        elif name == "portal":
            text = "; ".join(PORTAL_SIGNS[key].word for key in value)
        elif isinstance(value, tuple):
            text = "; ".join(value)
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        else:
            text = str(value) if isinstance(value, int) else day_words(value)
        yield name, text
