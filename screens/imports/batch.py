"""One import: what became of its rows, those that were refused with the reason, and how it is undone."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.commands import BACK, Command
from screens.dialogs.confirm import ConfirmDialog
from screens.imports.screen import DUPLICATES
from screens.imports.words import COUNTS, lists, name, state
from screens.listing import RETRY, ListScreen
from screens.reports.export import FileDialog
from screens.widgets.cells import fit, line
from screens.widgets.dates import moment
from screens.widgets.marks import Rule
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.imports.batches import Batch
    from clinic_tui.imports.tally import RefusedRow
    from clinic_tui.imports.undo import Undone

LABEL, NUMBER, FILE, ROW = 16, 11, 26, 9
ORDER = ("patients", "contacts", "practitioners", "appointments", "portal")


class _Read(NamedTuple):
    batch: Batch
    refused: list[RefusedRow]


class BatchScreen(ListScreen["RefusedRow"]):
    """The first refused rows, as many as are kept."""

    HEADING = "An import"
    ABOUT = (
        "What became of the rows, by what they are of; below, each row that was refused: its line, and why. "
        "{save} writes them as CSV under the columns that their file had, to be mended and imported again. {undo} "
        "takes away all that the import added and puts back all that it changed, until somebody has used one of its "
        "patients."
    )
    CSS_PATH = Path(__file__).with_name("batch.tcss")
    KEYS = (
        Command("save", "Save the refused rows", "s", "save refused", "Write them to a CSV that only you can read."),
        Command("undo", "Undo this import", "u", "undo", "Take away what it added, put back what it changed."),
        DUPLICATES, RETRY, BACK,
    )  # fmt: skip

    def __init__(self, batch: int) -> None:
        super().__init__()
        self._batch_id = batch
        self._batch: Batch | None = None

    def body(self) -> ComposeResult:
        """Heading, counts, and the refused rows."""
        yield Static("", id="heading", markup=False)
        yield Rule(self.look)
        yield Static("", id="summary", markup=False)
        yield Rule(self.look, "Refused", id="refused-rule")
        yield Static("", id="state", markup=False)
        yield Rows["RefusedRow"](self.draw, self.look, key=self.key, takes_keys=True)
        yield from self.below()

    def read(self) -> None:
        """Ask for it."""
        batch = self._batch_id

        def rule(viewer: Viewer) -> _Read:
            from clinic_tui.imports.batches import refused, summary

            return _Read(summary(viewer, batch), refused(viewer, batch))

        self.ask(rule, self._came, failed=self.lost)

    def _came(self, read: _Read) -> None:
        self._batch = read.batch
        self.query_one("#summary", Static).update(self._summary(read.batch))
        self.show_rows(read.refused)

    # Showing

    def key(self, row: RefusedRow) -> tuple[str, int | None]:
        """Which row it is."""
        return row.file, row.row

    def count(self) -> Content:
        """When, and by whom."""
        if self._batch is None:
            return Content("")
        said = state(self._batch)
        when = f"{moment(self._batch.started_at)} by {line(self._batch.login)}"
        return Content.assemble((f"{said}  " if said else "", "$warning"), (when, "$quiet"))

    def heading(self) -> Content:
        """Its number and its files."""
        if self._batch is None:
            return super().heading()
        return Content.assemble((f"Import {self._batch_id}: ", "$quiet"), (name(self._batch), "bold"))

    def _summary(self, batch: Batch) -> Content:
        kinds = batch.kinds or ({"rows": batch.counts} if batch.counts else {})
        titles = "".join(fit(each, NUMBER, right=True) for each in COUNTS)
        parts = [Content.styled(fit("", LABEL) + titles, "$quiet")] if kinds else []
        for kind, counts in sorted(kinds.items(), key=lambda one: ORDER.index(one[0]) if one[0] in ORDER else -1):
            numbers = (fit(f"{counts.get(each, 0):,}", NUMBER, right=True) for each in COUNTS)
            parts.append(Content.assemble((fit(lists(kind), LABEL), "$quiet"), *numbers))
        if batch.finished_at is None and batch.undone_at is None:
            said = "It was stopped midway: the rows above are here. The same import again goes on, or undo it."
            parts.append(Content.styled(said, "$warning"))
        if batch.archived:
            parts.append(Content(f"{batch.archived:,} archived, who were absent from the full export."))
        parts += [Content.styled(line(note), "$warning") for note in batch.notes]
        if batch.unused:
            parts.append(Content.styled(f"Columns that were not read: {line(', '.join(batch.unused))}", "$quiet"))
        if batch.passed:
            parts.append(Content.styled(f"Passed over: {line(', '.join(batch.passed))}", "$quiet"))
        return Content("\n").join(parts)

    def nothing(self) -> tuple[str, ...]:
        """All were taken."""
        return ("No row was refused.",)

    def draw(self, row: RefusedRow, width: int, marked: bool) -> Content:
        """File, line, reason."""
        marks = self.look.symbols
        several = len({each.file for each in self.rows.rows[:200]}) > 1
        file = fit(line(row.file), FILE, ellipsis=marks.ellipsis) if several else ""
        at = "the file" if row.row is None else f"row {row.row:,}"
        start = f" {marks.cursor if marked else ' '} {file} {fit(at, ROW)}  "
        reason = fit(line(row.reason), max(0, width - len(start)), ellipsis=marks.ellipsis)
        return Content.assemble((start, "$quiet"), reason)

    def about_row(self, row: RefusedRow) -> Content:
        """The reason in full."""
        where = line(row.file) if row.row is None else f"{line(row.file)}, row {row.row:,}"
        return Content.assemble((where, "bold"), "\n", (line(row.reason), "$quiet"))

    # Keys

    def offers(self, action: str) -> bool:
        """Saving, where something was refused; undoing, what is not undone."""
        if action == "save":
            return bool(self.rows.rows)
        if action == "undo":
            return self._batch is not None and self._batch.undone_at is None
        return super().offers(action)

    def action_save(self) -> None:
        """To which file."""
        if self._batch is not None:
            self.app.push_screen(RefusedFile(self._batch_id, len(self.rows.rows)), self._said)

    def _said(self, sentence: str | None) -> None:
        if sentence:
            self.show_done(sentence)

    def action_undo(self) -> None:
        """Ask, then undo it."""
        batch = self._batch
        if batch is None or not self.offers("undo"):
            return
        added, updated = (batch.counts.get(each, 0) for each in ("added", "updated"))

        def sure(yes: bool | None) -> None:
            from screens.imports.running import RunningDialog
            from screens.imports.works import Undo

            if yes:
                self.app.push_screen(RunningDialog("Undoing", Undo(batch.id, added + updated)), self._undone)

        question = (
            f"Undo import {batch.id}, {name(batch)}? What it added ({added:,}) is taken away, what it changed "
            f"({updated:,}) is put back: all of it, or nothing where somebody has used one of its patients."
        )
        if batch.undoing:
            question = (
                f"Go on undoing import {batch.id}, {name(batch)}? It was cut; until it is undone nothing is imported."
            )
        self.app.push_screen(ConfirmDialog(question, "Undo"), sure)

    def _undone(self, done: Undone | None) -> None:
        if done is not None:
            left = f" Left as they are, for somebody used them meanwhile: {', '.join(done.left)}." if done.left else ""
            self.show_done(f"Undone: {done.removed:,} taken away, {done.restored:,} put back.{left}")
            self.clinic.poll()
            self.read()

    def action_duplicates(self) -> None:
        """Who of this import may be here twice."""
        from screens.imports.duplicates import DuplicatesScreen

        self.app.push_screen(DuplicatesScreen(self._batch_id))


class RefusedFile(FileDialog):
    """The refused rows of an import; another file for each header that its files had."""

    HEADING = "Save the refused rows"
    ABOUT = (
        "Writes the rows under the columns that their file had, with the reason behind each, to a file on this host "
        "that only you can read (0600). Mend them, and import that file. What a spreadsheet would take for a formula "
        "is made text."
    )
    USUAL = "~/refused.csv"
    ELSEWHERE = "At your own computer: ssh HOST import --refused BATCH > refused.csv"

    def __init__(self, batch: int, rows: int) -> None:
        super().__init__()
        self._batch, self._rows = batch, rows

    def asked(self) -> str:
        """How many rows."""
        return f"{self._rows:,} refused row{'' if self._rows == 1 else 's'}, under the columns of their file."

    def write(self, viewer: Viewer, path: Path) -> str:
        """Write them."""
        from clinic_tui import csv_out
        from clinic_tui.imports.batches import refused_csv

        paths: list[Path] = []
        for lines in refused_csv(viewer, self._batch):
            others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
            paths.append(next(other for other in others if not other.exists()) if paths else path)
            csv_out.write(paths[-1], lines)
        return f"{self._rows:,} rows in {line(' and '.join(map(str, paths)))}, which only you can read."
