"""A form: the fields of one record, all at once, each with what is said beside it; a stale save loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.css.query import QueryError
from textual.widgets import Label

from clinic_tui.errors import ClinicError, FieldError, Stale
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.choice import Choice
from screens.widgets.dates import day
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_tui.access import Viewer

R = TypeVar("R")
STORE = Command("store", "Store", "ctrl+s", "Store", "Store it.", priority=True)


class Entry(NamedTuple):
    """One field: typed where it has no `choices`, each of which is a value and its words."""

    name: str
    label: str
    choices: tuple[tuple[Any, str], ...] = ()
    hint: str = ""


class Form(Dialog[R], Generic[R]):
    """Override `known`, which says what a record's fields hold, and `rule`, which stores what was edited.

    Where somebody else changed the record meanwhile, theirs goes into what was left as it was, and what was edited
    keeps mine, with theirs said beside the field.
    """

    CSS_PATH = Path(__file__).with_name("form.tcss")  # whichever folder the form itself stands in
    KEYS: ClassVar[tuple[Command, ...]] = (STORE, CANCEL)
    ENTRIES: ClassVar[Sequence[Entry]] = ()

    def __init__(self, record: Any = None) -> None:
        """`record`: as it was read; None where a new one is made, or none is read yet."""
        super().__init__()
        self.record = record
        self._asked = False

    # What forms differ in

    def known(self, record: Any) -> dict[str, Any]:
        """Each field's value in the words of the form: text for what is typed. `record` None: of a new one."""
        raise NotImplementedError

    def rule(self, edits: dict[str, Any]) -> Callable[[Viewer], R]:
        """What stores the fields that were edited; it raises FieldError, Stale and the like."""
        raise NotImplementedError

    # The fields

    def body(self) -> ComposeResult:
        """The fields, and what is said beside each."""
        for entry in self.ENTRIES:
            with Horizontal(id=f"{entry.name}-row"):
                yield Label(entry.label, markup=False)
                yield (
                    Choice(self.look, id=entry.name) if entry.choices else Field(id=entry.name, placeholder=entry.hint)
                )
            yield Said(self.look, id=f"{entry.name}-said")

    def fill(self) -> None:
        """Put what is known into the fields, and the cursor into the first."""
        for name, value in self.known(self.record).items():
            self.put(name, value)
        first = next(entry.name for entry in self.ENTRIES if self.query_one(f"#{entry.name}-row").display)
        self.query_one(f"#{first}").focus()

    def on_mount(self) -> None:
        """What it is now."""
        self.fill()

    def put(self, name: str, value: Any) -> None:
        """Put a value into a field."""
        entry = self._entry(name)
        if entry.choices:
            self.query_one(f"#{name}", Choice).put(entry.choices, value)
        else:
            field = self.query_one(f"#{name}", Field)
            field.value = value
            field.cursor_position = len(value)

    def value(self, name: str) -> Any:
        """What a field holds."""
        if self._entry(name).choices:
            return self.query_one(f"#{name}", Choice).value
        return self.query_one(f"#{name}", Field).value

    def _entry(self, name: str) -> Entry:
        return next(entry for entry in self.ENTRIES if entry.name == name)

    def edits(self) -> dict[str, Any]:
        """The fields that say something else than what was read."""
        known = self.known(self.record)
        said = {entry.name: self.value(entry.name) for entry in self.ENTRIES}
        return {name: value for name, value in said.items() if value != known[name]}

    def said(self, name: str) -> Said:
        """What is said beside a field."""
        return self.query_one(f"#{name}-said", Said)

    @on(Field.Changed)
    @on(Choice.Changed)
    def _edited(self, event: Field.Changed | Choice.Changed) -> None:
        if event.control is not None and event.control.id:
            self.said(event.control.id).clear()
            self.edited(event.control.id)

    def edited(self, name: str) -> None:
        """A field was edited."""

    # Storing

    def action_store(self) -> None:
        """Store it; what cannot stand is said beside its field."""
        if self._asked:
            return
        self._asked = True
        self.clear_notice()
        self.do(self.rule(self.edits()), self.stored, failed=self._refused)

    def stored(self, answer: R) -> None:
        """It is stored."""
        self.dismiss(answer)

    def refused(self) -> None:
        """It was not stored: it can be stored again."""
        self._asked = False

    def _refused(self, error: ClinicError) -> None:
        self.refused()
        if isinstance(error, Stale):
            self._take_theirs(error)
        elif isinstance(error, FieldError) and self._has(error.field):
            self.said(error.field).error(f"{error.title} {error.advice}")
            self.query_one(f"#{error.field}").focus()
        else:
            self.show_error(error)

    def _has(self, name: str) -> bool:
        try:
            return self.query_one(f"#{name}").display
        except QueryError:
            return False

    def _take_theirs(self, stale: Stale) -> None:
        """Theirs goes into what was left as it was; what was not keeps mine, and what they made of it is said."""
        mine, before, theirs = self.edits(), self.known(self.record), self.known(stale.theirs)
        self.record = stale.theirs
        for entry in self.ENTRIES:
            value = theirs[entry.name]
            if value == before[entry.name] or mine.get(entry.name) == value:
                continue
            if entry.name in mine:
                words = dict(entry.choices)[value] if entry.choices else value or "nothing"
                self.said(entry.name).error(f"theirs is {words}")
            else:
                self.put(entry.name, value)
        both = any(theirs[name] != before[name] and theirs[name] != value for name, value in mine.items())
        key = self.key_of("store")
        said = f"{key} puts yours in the place of theirs." if both else f"Theirs is here now; {key} adds yours."
        self.show_error(ClinicError(stale.title, said))


def typed(value: Any) -> str:
    """A field's value as it is typed."""
    if isinstance(value, date):
        return day(value).strip()
    return line(", ".join(value) if isinstance(value, list) else value)
