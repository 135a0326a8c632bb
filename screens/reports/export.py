"""Exporting as CSV, to a file for its owner alone: the ticked patients of a report, or what else a screen shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.case_load.filters import Filters
    from screens.reports.ticked import Ticked


class FileDialog(Dialog[str]):
    """Asks for a file, writes it, and answers with a sentence about it. Override `asked` and `write`.

    `USUAL`: the name to begin with; `ELSEWHERE`: what whoever may write none does instead.
    """

    USUAL: ClassVar[str] = ""
    ELSEWHERE: ClassVar[str] = ""
    WIDTH = 66
    CSS_PATH = Path(__file__).with_name("bulk.tcss")  # whichever folder the dialog itself stands in
    KEYS = (Command("write", "Write the file", "enter", "Write", "Write the file.", priority=True), CANCEL)

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self._replaces = ""

    def asked(self) -> str:
        """What will be written, in a sentence."""
        raise NotImplementedError

    def write(self, viewer: Viewer, path: Path) -> str:
        """Write it, in a thread; a sentence about it."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """How many, and where to."""
        yield Static(self.asked(), id="asked", markup=False)
        yield Field(self.USUAL, "a file", id="path", max_length=1000)
        yield Said(self.look, id="path-said")

    def on_mount(self) -> None:
        """The cursor behind the name; where no file may be written, say so."""
        field = self.query_one(Field)
        field.cursor_position = len(field.value)
        field.focus()
        if not self.clinic.reaches_files:
            self.show_error(
                ClinicError(
                    "Only the account that owns the practice's data writes files here.",
                    self.ELSEWHERE,
                )
            )

    def offers(self, action: str) -> bool:
        """No file for those who may write none."""
        return action != "write" or (self.clinic.reaches_files and not self._asked)

    @on(Field.Changed)
    def _changed(self) -> None:
        self.query_one(Said).clear()

    def action_write(self) -> None:
        """Write it; a file that is there is replaced when asked a second time."""
        if not self.offers("write"):
            return
        self._asked = True
        typed = self.query_one(Field).value.strip()
        again = typed == self._replaces
        self.do(lambda viewer: self.write(viewer, _path(typed, replace=again)), self._wrote, failed=self._refused)

    def _wrote(self, sentence: str) -> None:
        self.dismiss(sentence)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        self.refresh_keys()
        if isinstance(error, FieldError) and error.field == "replace":
            self._replaces = self.query_one(Field).value.strip()
        self.query_one(Said).error(f"{error.title} {error.advice}")


class ExportDialog(FileDialog):
    """The ticked patients of a case load."""

    HEADING = "Export CSV"
    ABOUT = (
        "Writes the ticked patients, and nobody else, to a file on this host that only you can read (0600). What a "
        "spreadsheet would take for a formula is made text."
    )
    USUAL = "~/case-load.csv"
    ELSEWHERE = "Save the report, then at your own computer: ssh HOST report run NAME --csv - > case-load.csv"

    def __init__(self, filters: Filters, ticked: Ticked) -> None:
        super().__init__()
        self._filters, self._ticked = filters, ticked

    def asked(self) -> str:
        """How many patients."""
        count = len(self._ticked.ids)
        return f"{count:,} patient{'' if count == 1 else 's'}, in the order shown."

    def write(self, viewer: Viewer, path: Path) -> str:
        """Write them, and leave a line in the history."""
        from clinic_tui.case_load import export

        wanted = self._ticked.in_order()
        export.write(viewer, path, self._filters, wanted)
        export.record(viewer, len(wanted))
        return f"{len(wanted):,} patients in {line(str(path))}, which only you can read."


def _path(typed: str, *, replace: bool) -> Path:
    if not typed:
        raise FieldError("path", "There is no file name.", "Type one.")
    try:
        path = Path(typed).expanduser()
        taken, folder = path.exists(), path.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise FieldError("path", "This is no file name.", "Type another one.") from error
    if folder:
        raise FieldError("path", "This is a folder.", "Add a file name to it.")
    if taken and not replace:
        raise FieldError("replace", "There is such a file already.", "Enter again replaces it.")
    return path
