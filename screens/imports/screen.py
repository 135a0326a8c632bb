"""Patients > Import: the imports that there were; a new one, who may be one person twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.imports.files import ImportDialog, Looked
from screens.imports.words import became, name, state
from screens.listing import RETRY, ListScreen
from screens.widgets.cells import fit, line
from screens.widgets.dates import day_of, moment

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.imports.batches import Batch

WHEN, NAME, STATE = 18, 24, 14
DUPLICATES = Command("duplicates", "Likely duplicates", "d", "duplicates", "Patients who may be one person twice.")


class ImportsScreen(ListScreen["Batch"]):
    """The newest first."""

    HEADING = "Patients > Import"
    ABOUT = (
        "Patients, practitioners, appointments, contacts and portal accounts come from what the practice's other "
        "program exports. {new} brings in a file or a folder, after a look into it. Each import is kept as a batch: "
        "{open} shows what became of its rows, and there it can be undone until somebody has used one of its patients."
    )
    KEYS = (
        Command("open", "Open", "enter", "open", "What became of the rows of the import under the cursor."),
        Command("new", "Import a file or folder", "n", "new import", "Look into a file, then bring it in."),
        DUPLICATES, RETRY, BACK,
    )  # fmt: skip

    def read(self) -> None:
        """Ask for them."""

        def rule(viewer: Viewer) -> list[Batch]:
            from clinic_tui.imports.batches import batches

            return batches(viewer, 500)

        self.ask(rule, self.show_rows, failed=self.lost)

    # Showing

    def nothing(self) -> tuple[str, ...]:
        """How to begin."""
        return (
            "Nothing has been imported yet.",
            f"{self.key_of('new')} brings in what your practice's other program exports: CSV, Synthea, or FHIR.",
        )

    def draw(self, row: Batch, width: int, marked: bool) -> Content:
        """When, which file, what became of its rows."""
        marks = self.look.symbols
        spare = max(0, min(24, (width - 80) // 2))
        start = f" {marks.cursor if marked else ' '} {fit(moment(row.started_at), WHEN)}"
        file = fit(name(row), NAME + spare, ellipsis=marks.ellipsis)
        rest = width - len(start) - NAME - spare - 4
        said = state(row)
        counts = became(row.counts) if row.counts else ""
        text = f"{said}: {counts}" if said and counts else said or counts
        tone = "$quiet" if said == "undone" else "$warning" if said else ""
        return Content.assemble(start, file, "  ", (fit(text, max(0, rest), ellipsis=marks.ellipsis), tone))

    def about_row(self, row: Batch) -> Content:
        """Who, when, and what of it."""
        who = f"Import {row.id} by {line(row.login)}, {day_of(row.started_at)}"
        return Content.assemble((name(row), "bold"), "\n", (who, "$quiet"))

    # Keys

    def offers(self, action: str) -> bool:
        """Opening, where there is one."""
        return self.current is not None if action == "open" else super().offers(action)

    def action_open(self) -> None:
        """What became of its rows."""
        from screens.imports.batch import BatchScreen

        if self.current is not None:
            self.app.push_screen(BatchScreen(self.current.id))

    def action_new(self) -> None:
        """Which file; then what is in it."""

        def looked(answer: Looked | None) -> None:
            from screens.imports.preview import PreviewScreen

            if answer is not None:
                self.app.push_screen(PreviewScreen(answer))

        self.app.push_screen(ImportDialog(), looked)

    def action_duplicates(self) -> None:
        """Who may be one person twice."""
        from screens.imports.duplicates import DuplicatesScreen

        self.app.push_screen(DuplicatesScreen())
