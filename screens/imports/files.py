"""Which files are imported, and how they are read: looked into before the answer is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import on

from clinic_tui.aside import Left
from clinic_tui.errors import ClinicError, DatabaseLost, FieldError, NotAllowed
from screens.base import CANCEL
from screens.commands import Command
from screens.dialogs.form import Entry, Form
from screens.imports.running import HowFar, running
from screens.imports.works import Asked, Look

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.imports.preview import Preview
    from screens.base import Room

KINDS: tuple[tuple[str | None, str], ...] = (
    (None, "what is found in it"), ("patients", "patients"), ("practitioners", "practitioners"),
    ("appointments", "appointments"), ("portal", "the portal's users"), ("fhir", "FHIR R4 (JSON)"),
)  # fmt: skip
DATES: tuple[tuple[str | None, str], ...] = (
    (None, "as found in it"), ("dmy", "day first: 31/01/1980"), ("mdy", "month first: 01/31/1980"),
    ("ymd", "year first: 1980-01-31"),
)  # fmt: skip
COMPLETE = ((False, "no: who is absent stays as they are"), (True, "yes: who is absent is archived"))


class Looked(NamedTuple):
    """What was asked, and what was found."""

    asked: Asked
    seen: Preview


class ImportDialog(Form[Looked]):
    """Answers with what is in the files. `record`: what was asked before; None begins anew."""

    HEADING = "Import"
    ABOUT = (
        "A file or a folder on this host, by its path: CSV, a Synthea folder, or FHIR. What it lists and how its dates "
        "are written is found out; say it where that goes wrong. A full export archives who came from the same program "
        "before and is absent now. {store} looks into it; nothing is brought in yet. Left and Right choose."
    )
    WIDTH = 74
    KEYS = (
        Command("store", "Look into it", "enter,ctrl+s", "look into it", "What would be read.", priority=True),
        CANCEL,
    )
    ENTRIES = (
        Entry("path", "File or folder", hint="~/export/patients.csv"),
        Entry("kind", "It lists", KINDS),
        Entry("dates", "Dates", DATES),
        Entry("complete", "Full export", COMPLETE),
    )

    def __init__(self, record: Asked | None = None) -> None:
        super().__init__(record or Asked())
        self._long = False

    def known(self, record: Asked) -> dict[str, Any]:
        """What was asked, in the words of the form."""
        return {"path": record.path, "kind": record.kind, "dates": record.dates, "complete": record.complete}

    def on_mount(self) -> None:
        """Who may read no file is told what to do instead."""
        if not self.clinic.reaches_files:
            self.show_error(
                ClinicError(
                    "Only the account that owns the practice's data reads files here.",
                    "At your own computer: ssh HOST import - < patients.csv",
                )
            )

    @property
    def holds_keys(self) -> bool:
        """Only shortly: what takes longer can be left."""
        return super().holds_keys and not self._long

    def offers(self, action: str) -> bool:
        """No file for those who may read none."""
        return action != "store" or (self.clinic.reaches_files and not self._asked)

    def action_store(self) -> None:
        """Look into it."""
        if not self.offers("store"):
            return
        said = {entry.name: self.value(entry.name) for entry in self.ENTRIES}
        asked = self.record._replace(**said)
        self._asked = True
        self._long = False
        self.clear_notice()
        self.ask(self.rule(asked), self.stored, failed=self._refused)

    def rule(self, edits: Any) -> Callable[[Viewer], Looked]:
        """Look into what is asked, in a thread or aside; what is wrong with it is said beside its path."""
        asked: Asked = edits

        def rule(viewer: Viewer) -> Looked:
            try:
                if not asked.shown:
                    raise ClinicError("There is no path.", "Type one.")
                return looking(self, asked)(viewer)
            except (NotAllowed, DatabaseLost, Left):
                raise
            except (RuntimeError, ValueError) as error:
                raise FieldError("path", "This is no path.", "Type another one.") from error
            except ClinicError as error:
                raise FieldError("path", error.title, error.advice) from error

        return rule

    @on(HowFar)
    def _how_far(self, event: HowFar) -> None:
        self._long = True
        if self._asked:
            self.said("path").note(event.sentence)


def looking(room: Room[Any], asked: Asked) -> Callable[[Viewer], Looked]:
    """What looks into files for a room, which is told HowFar it is. Long work ends when the room is left."""
    run = running(room, Look(asked))
    return lambda viewer: Looked(asked, run(viewer))
