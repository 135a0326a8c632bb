"""What an import would read, before anything is brought in: each column, what it is taken for, its first cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.base import BaseScreen
from screens.commands import BACK, Command
from screens.imports.files import COMPLETE, DATES, ImportDialog, Looked, looking
from screens.imports.running import HowFar
from screens.imports.words import file_said, held
from screens.listing import put
from screens.widgets.cells import fit, line, spread
from screens.widgets.marks import Rule
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.imports.preview import ColumnGuess
    from clinic_tui.imports.tables import Kind

HEADER, FIELD = 22, 26


class Entry(NamedTuple):
    """A line: of a file what it is, or a column of the file `text`."""

    text: str
    column: ColumnGuess | None = None
    wrong: bool = False
    kind: Kind = "patients"  # what the column's file lists


class PreviewScreen(BaseScreen):
    """It is looked into again after each thing that is said."""

    HEADING = "Import"
    ABOUT = (
        "Nothing is brought in yet. Each line is a column of the file: its header, what it is taken for, its first "
        "cells. {holds} says what the column under the cursor holds: where that is not clear it must be said, so that "
        "no address of somebody else becomes the patient's. {options} says what the file lists, how its dates are "
        "written, and whether it is a full export."
    )
    CSS_PATH = "preview.tcss"
    MOVES = LIST_MOVES
    KEYS = (
        Command("holds", "Say what it holds", "enter", "say what it holds", "What the column is read as."),
        Command("options", "Kind, dates, full export", "o", "options", "How the files are read."),
        Command("go", "Import", "ctrl+s", "import", "Bring it in; it can be undone.", priority=True),
        BACK,
    )

    def __init__(self, looked: Looked) -> None:
        super().__init__()
        self._looked = looked

    def body(self) -> ComposeResult:
        """Heading, what must be said, columns, and what is chosen."""
        yield Static("", id="heading", markup=False)
        yield Rule(self.look)
        yield Static("", id="wanted", markup=False)
        yield Rows[Entry](self._draw, self.look, key=_key, passive=lambda row: row.column is None, takes_keys=True)
        yield Rule(self.look)
        yield Static("", id="about", markup=False)
        yield Static("", id="options", markup=False)

    @property
    def rows(self) -> Rows[Entry]:
        """The list."""
        return self.query_one(Rows)

    @property
    def current(self) -> ColumnGuess | None:
        """The column under the cursor."""
        row = self.rows.current
        return row.column if row else None

    def on_mount(self) -> None:
        """Show it."""
        self.rows.focus()
        self._show(self._looked)

    # Showing

    def _show(self, looked: Looked) -> None:
        self._looked = looked
        entries = _entries(looked)
        again = bool(self.rows.rows)
        self.rows.show(entries, keep=again)
        asked = next((at for at, row in enumerate(entries) if row.column and row.column.asked), None)
        if asked is not None:
            self.rows.move(asked - self.rows.cursor)
        self._say()

    def _say(self) -> None:
        asked, seen = self._looked
        width = self.app.size.width - 2
        heading = Content.assemble(("Import: ", "$quiet"), (line(asked.shown), "bold"))
        count = len(seen.files) + len(seen.fhir)
        said = file_said(seen.files[0]) if count == 1 and seen.files else "FHIR R4" if count == 1 else f"{count} files"
        put(
            self.query_one("#heading", Static),
            spread(heading, Content.styled(said, "$quiet"), width, self.look.symbols.ellipsis),
        )
        self.query_one("#wanted", Static).update(Content("\n").join(self._wanted()))
        dates, complete = dict(DATES)[asked.dates], dict(COMPLETE)[asked.complete]
        chosen = Content.assemble(
            ("Dates  ", "$quiet"),
            dates,
            ("   Full export  ", "$quiet"),
            (complete, "$warning" if asked.complete else ""),
        )
        put(self.query_one("#options", Static), chosen)
        self._say_about()
        self.refresh_keys()

    def _wanted(self) -> list[Content]:
        """What must be said or mended first; that all is clear, where it is."""
        marks, seen = self.look.symbols, self._looked.seen
        found = [Content.styled(f"{marks.bad} {line(str(error))}", "$error") for _, error in seen.failed]
        for file in seen.files:
            if file.problem is not None:
                found.append(Content.styled(f"{marks.bad} {line(file.problem.title)}", "$error"))
            if file.dates:
                found.append(Content.styled(f"? {line(file.dates)} {self.key_of('options')} says which.", "$warning"))
        if asked := seen.questions:
            more = f" and {len(asked) - 1} more" if asked[1:] else ""
            said = f"? Whose e-mail {line(asked[0])!r}{more} holds is not clear: {self.key_of('holds')} says it."
            found.append(Content.styled(said, "$warning"))
        if seen.notes:
            found.append(Content.styled(line(" ".join(seen.notes)), "$warning"))
        del found[4:]
        if seen.ready:
            found.append(
                Content.styled(
                    f"{marks.good} {'The rest' if seen.failed else 'All'} is clear: {self.key_of('go')} imports.",
                    "$success",
                )
            )
        return found

    def _draw(self, row: Entry, width: int, marked: bool) -> Content:
        marks = self.look.symbols
        column = row.column
        if column is None:
            return Content.styled(
                fit(f" {line(row.text)}", width, ellipsis=marks.ellipsis), "$error" if row.wrong else "$quiet"
            )
        spare = max(0, min(14, (width - 80) // 4))
        name = fit(line(column.header), HEADER + spare, ellipsis=marks.ellipsis)
        if column.asked:
            said, tone = "? whose is it", "$warning bold"
        elif column.field:
            said, tone = held(column.field, row.kind), "$foreground"
        else:
            said, tone = "not read", "$quiet"
        cells = f"  {marks.dot}  ".join(line(cell) for cell in column.cells if cell.strip())
        start = f" {marks.cursor if marked else ' '} {name}  "
        room = max(0, width - len(start) - FIELD - spare - 1)
        return Content.assemble(
            start, (fit(said, FIELD + spare - 1, ellipsis=marks.ellipsis), tone), " ",
            (fit(cells, room, ellipsis=marks.ellipsis), "$quiet"),
        )  # fmt: skip

    def _say_about(self) -> None:
        column = self.current
        said = Content("")
        if column is not None:
            cells = ", ".join(line(cell) or "(empty)" for cell in column.cells)
            said = Content.assemble((line(column.header), "bold"), ": ", (cells, "$quiet"))
        elif self._looked.seen.fhir:
            said = Content.styled("FHIR says itself what each thing is: there is nothing to be said here.", "$quiet")
        put(self.query_one("#about", Static), said)

    @on(Rows.Moved)
    def _moved(self) -> None:
        self._say_about()
        self.refresh_keys()

    def on_resize(self) -> None:
        """As wide as the terminal."""
        if self.is_mounted:
            self._say()

    # Keys

    def offers(self, action: str) -> bool:
        """Importing, once all is clear."""
        if action == "holds":
            return self.current is not None
        return self._looked.seen.ready if action == "go" else True

    def action_holds(self) -> None:
        """Say what the column holds."""
        from screens.imports.holds import HoldsDialog

        row = self.rows.current
        if row is None or (column := row.column) is None:
            return

        def said(field: str | None) -> None:
            if field is not None:
                self._look_again(column.header, field)

        self.app.push_screen(HoldsDialog(column, row.kind), said)

    def _look_again(self, header: str, field: str) -> None:
        from clinic_tui.imports.mapping import checked

        asked = self._looked.asked
        told = checked([(header, field)], asked.shown)
        self.ask(looking(self, asked._replace(mapping={**asked.mapping, **told})), self._show)

    @on(HowFar)
    def _how_far(self, event: HowFar) -> None:
        if self.busy:
            self.query_one("#wanted", Static).update(Content.styled(event.sentence, "$quiet"))

    def action_options(self) -> None:
        """What the files list, how their dates are written, whether it is a full export."""

        def looked(answer: Looked | None) -> None:
            if answer is not None:
                self._show(answer)

        self.app.push_screen(ImportDialog(self._looked.asked), looked)

    def action_go(self) -> None:
        """Bring it in."""
        from screens.imports.batch import BatchScreen
        from screens.imports.running import RunningDialog
        from screens.imports.works import Import

        if not self.offers("go"):
            return

        def done(batch: int | None) -> None:
            self.clinic.poll()
            if batch:
                self.app.switch_screen(BatchScreen(batch))

        self.app.push_screen(RunningDialog("Importing", Import(self._looked.asked)), done)


def _key(row: Entry) -> tuple[str, str]:
    return row.text, row.column.header if row.column else ""


def _entries(looked: Looked) -> list[Entry]:
    asked, seen = looked
    entries: list[Entry] = []
    inside = f"{asked.shown.rstrip('/')}/"
    several = len(seen.files) + len(seen.fhir) > 1 or bool(seen.failed)
    for file in sorted(seen.files, key=lambda file: file.kind != "patients"):
        if several:
            name = file.shown.removeprefix(inside)
            entries.append(Entry(f"{name}: {file_said(file)}", wrong=file.problem is not None))
        entries += [Entry(file.shown, column, kind=file.kind) for column in file.columns]
    if seen.fhir:
        one = f"{seen.fhir[0].removeprefix(inside)}: FHIR R4"
        entries.append(Entry(one if len(seen.fhir) == 1 else f"{len(seen.fhir):,} files of FHIR R4"))
    entries += [Entry(f"{name.removeprefix(inside)}: {error}", wrong=True) for name, error in seen.failed]
    if seen.passed:
        passed = ", ".join(name.removeprefix(inside) for name in seen.passed)
        entries.append(Entry(f"Passed over, for nothing in it is kept here: {passed}"))
    return entries
