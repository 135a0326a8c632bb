"""Writing a template: its name, its subject, its text, and what the check marks in them while one writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Label, Static

from clinic_tui.errors import ClinicError, FieldError, Stale
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import cut, line, lines
from screens.widgets.choice import Choice
from screens.widgets.marks import Field, Rule
from screens.widgets.said import Said
from screens.widgets.written import Written

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.messages.checking import Mark
    from clinic_tui.messages.languages import Kind
    from clinic_tui.messages.templates import TemplateRow

MOST_MARKS = 3


class Typed(NamedTuple):
    """What stands in the fields."""

    kind: Kind
    language: str
    name: str
    subject: str
    body: str


class TemplateDialog(Dialog["TemplateRow"]):
    """Answers with the template as it was stored. `template`: the one to change; None writes another one."""

    HEADING = "Communication template"
    ABOUT = (
        "Subject and text may hold terms in square brackets: {term} lists them. A term that is unknown, or empty for a "
        "patient, keeps the message from that patient until it is mended.\n\n"
        "[How To Accept], or what stands for it in other messages, is where the part goes that every patient gets: "
        "the two steps, the code, the date, NO, STOP and NOT ME. Where it is left out, it follows at the end. A short "
        "line at the beginning that ends in a comma is the greeting: a message of your own for a patient goes below "
        "it.\n\n"
        "What is marked below the text is for you to judge; it can be stored all the same. Every edit is a version of "
        "its own."
    )
    WIDTH = 78
    CSS_PATH = "editor.tcss"
    KEYS = (
        Command("term", "Insert a term", "ctrl+t", "term", "Choose a term from the list.", priority=True),
        Command("preview", "Preview", "ctrl+o", "preview", "The message as a patient would get it.", priority=True),
        Command("store", "Store", "ctrl+s", "Store", "Store it as the next version.", priority=True),
        CANCEL,
    )

    def __init__(self, template: TemplateRow | None) -> None:
        super().__init__()
        self._template = template
        self._version = template.version if template is not None else 0
        self._offered = ("", "")
        self._asked = False

    def body(self) -> ComposeResult:
        """The fields, what is said beside each, and what the check marks."""
        with Horizontal(id="kind-row"):
            yield Label("For", markup=False)
            yield Choice(self.look, id="kind")
        with Horizontal(id="language-row"):
            yield Label("Language", markup=False)
            yield Choice(self.look, id="language")
        with Horizontal():
            yield Label("Name", markup=False)
            yield Field(id="name", max_length=60)
        yield Said(self.look, id="name-said")
        with Horizontal():
            yield Label("Subject", markup=False)
            yield Field(id="subject", max_length=150)
        yield Said(self.look, id="subject-said")
        yield Rule(self.look, "Text")
        yield Written(id="text")
        yield Said(self.look, id="body-said")
        yield Static("", id="checked", markup=False)

    def on_mount(self) -> None:
        """The words that it has; those that come with the program, for another one."""
        from clinic_tui.messages.languages import LANGUAGES
        from clinic_tui.messages.templates import KIND_NAMES

        row = self._template
        self.query_one("#kind", Choice).put(list(KIND_NAMES.items()), row.kind if row else "invitation")
        languages = [(code, words.name) for code, words in LANGUAGES.items()]
        self.query_one("#language", Choice).put(languages, row.language if row else "en")
        for field in ("#kind-row", "#language-row"):
            self.query_one(field).display = row is None
        if row is None:
            self.query_one("#frame").border_title = Content("New template")
            self._offer_standard()
        else:
            title = f"{KIND_NAMES[row.kind]}, {LANGUAGES[row.language].name}"
            self.query_one("#frame").border_title = Content(title)
            self.query_one("#name", Field).value = line(row.name)
            self._fill(row.subject, row.body)
        self.query_one("#name" if row is None else "#text").focus()

    @on(Choice.Changed)
    def _offer_standard(self) -> None:
        """Where nothing has been written yet, the words that come with the program."""
        from clinic_tui.messages.languages import LANGUAGES

        typed = self._typed
        if self._template is None and (typed.subject, typed.body) in (self._offered, ("", "")):
            standard = LANGUAGES[typed.language].standard[typed.kind]
            self._offered = (standard.subject, standard.body)
            self._fill(*self._offered)
        self._check()

    def _fill(self, subject: str, body: str) -> None:
        self.query_one("#subject", Field).value = line(subject)
        self.query_one("#text", Written).text = lines(body)

    @property
    def _typed(self) -> Typed:
        kind, language = self.query_one("#kind", Choice).value, self.query_one("#language", Choice).value
        name, subject = self.query_one("#name", Field).value, self.query_one("#subject", Field).value
        return Typed(kind or "invitation", language or "en", name, subject, self.query_one("#text", Written).text)

    # While it is written

    @on(Field.Changed)
    @on(Written.Changed)
    def _edited(self) -> None:
        for said in self.query(Said):
            said.clear()
        self._check()

    def _check(self) -> None:
        typed = self._typed

        def rule(_viewer: Viewer) -> list[Mark]:
            from clinic_tui.messages.checking import check

            return check(typed.kind, typed.subject, typed.body)

        self.ask(rule, self._checked)

    def _checked(self, marks: list[Mark]) -> None:
        symbols = self.look.symbols
        width = max(10, self.query_one("#checked").content_size.width)
        said = [
            cut(f"{symbols.bad} {mark.place}: {line(mark.words)}: {mark.why}", width, symbols.ellipsis)
            for mark in marks[:MOST_MARKS]
        ]
        if len(marks) > MOST_MARKS:
            said[-1] = f"{symbols.bad} and {len(marks) - MOST_MARKS + 1} more to look at"
        self.query_one("#checked", Static).update(Content.styled("\n".join(said), "$warning"))

    # Keys

    def action_term(self) -> None:
        """Choose a term; it goes where the cursor is, in the text or the subject."""
        from screens.templates.terms import TermsDialog

        subject = self.query_one("#subject", Field)
        in_subject = self.focused is subject

        def chosen(term: str | None) -> None:
            if term is None:
                return
            if in_subject:
                subject.insert_text_at_cursor(term)
            else:
                self.query_one("#text", Written).insert(term)

        self.app.push_screen(TermsDialog(self._typed.kind), chosen)

    def action_preview(self) -> None:
        """Show it as a patient would get it, as it stands now."""
        from clinic_tui.messages.choosing import Words
        from screens.templates.preview import PreviewDialog

        typed = self._typed
        self.app.push_screen(PreviewDialog(typed.kind, Words(typed.language, typed.subject, typed.body)))

    def action_store(self) -> None:
        """Store it; what cannot stand is said beside its field."""
        if self._asked:
            return
        self._asked = True
        self.clear_notice()
        typed, row, version = self._typed, self._template, self._version

        def rule(viewer: Viewer) -> TemplateRow:
            from clinic_tui.messages import templates

            if row is None:
                return templates.add(viewer, typed.kind, typed.name, typed.language, typed.subject, typed.body)
            return templates.edit(viewer, row.id, version, name=typed.name, subject=typed.subject, body=typed.body)

        self.do(rule, self._stored, failed=self._refused)

    def _stored(self, row: TemplateRow) -> None:
        self.dismiss(row)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, Stale):
            self._version = error.theirs.version
        if isinstance(error, FieldError) and error.field in ("name", "subject", "body"):
            self.query_one(f"#{error.field}-said", Said).error(f"{error.title} {error.advice}")
            self.query_one("#text" if error.field == "body" else f"#{error.field}").focus()
        else:
            self.show_error(error)
