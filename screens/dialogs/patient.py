"""A patient's record: added, or changed, all fields at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual import on
from textual.content import Content

from clinic_tui.errors import ClinicError
from screens.base import CANCEL
from screens.dialogs.form import STORE, Entry, Form, typed
from screens.widgets.cells import line
from screens.widgets.dates import day
from screens.widgets.marks import Field
from screens.widgets.profile_text import MAIL

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_tui.access import Viewer
    from clinic_tui.patients.editing import Record
    from clinic_tui.patients.lookalikes import Warned
    from clinic_tui.patients.lookup import PatientRow

_STATUSES = ("current", "waiting", "archived", "deceased", "blocked")
_FRESH: dict[str, Any] = {"sex": None, "status": "current", "communication": "all"}


class Stored(NamedTuple):
    """What storing came to: the patient's id; None where it is asked first whether to go ahead, for others are `alike`,
    or the address is `warned` of.
    """

    id: int | None
    alike: tuple[PatientRow, ...] = ()
    warned: tuple[Warned, ...] = ()


class PatientDialog(Form["Stored"]):
    """Answers with the patient who was stored. `patient_id` None adds one."""

    HEADING = "New patient"
    ABOUT = (
        "Everything that the record has of the patient. A birth date is typed as 12 Mar 1984 or 1984-03-12, the "
        "practitioner by the beginning of their name. Left and Right choose; {store} stores.\n\n"
        "Where somebody else changed the same record meanwhile, what you left as it was takes theirs; what you changed "
        "keeps yours, with theirs said below it, and {store} stores that. Every change is in the history.\n\n"
        "A new patient with the name and birth date of another is added only on a second {store}: nothing is merged. "
        "So is an address stored that looks like a slip, or nearly like another one; a marker shows the difference."
    )
    WIDTH = 76
    KEYS = (STORE, CANCEL)
    ENTRIES = (
        Entry("family", "Family name"),
        Entry("given", "Given name"),
        Entry("middle", "Middle names"),
        Entry("preferred", "Called"),
        Entry("birth_date", "Born", hint="12 Mar 1984"),
        Entry("sex", "Sex", ((None, "not said"), ("female", "female"), ("male", "male"), ("other", "other"))),
        Entry("mobile", "Mobile"),
        Entry("phone", "Phone"),
        Entry("email", "E-mail"),
        Entry("street", "Street"),
        Entry("suburb", "Suburb"),
        Entry("postcode", "Postcode"),
        Entry("language", "Language"),
        Entry("practitioner", "Practitioner"),
        Entry("status", "Status", tuple((word, word) for word in _STATUSES)),
        Entry("communication", "Mail", tuple(MAIL.items())),
    )

    def __init__(self, patient_id: int | None = None) -> None:
        super().__init__()
        self._patient_id = patient_id
        self._warned = False  # of the likely duplicates
        self._warned_of = ""  # the address that the warnings below its field are of

    def known(self, record: Record | None) -> dict[str, Any]:
        """The record in the words of the form."""
        values = {entry.name: getattr(record, entry.name, _FRESH.get(entry.name)) for entry in self.ENTRIES}
        return {
            entry.name: values[entry.name] if entry.choices else typed(values[entry.name]) for entry in self.ENTRIES
        }

    def on_mount(self) -> None:
        """Read the record."""
        patient_id = self._patient_id
        if patient_id is None:
            return

        def rule(viewer: Viewer) -> Record:
            from clinic_tui.patients.editing import read

            return read(viewer, patient_id)

        self.ask(rule, self._show)

    def _show(self, record: Record) -> None:
        self.record = record
        self.query_one("#frame").border_title = Content(f"Patient {line(record.number)}")
        self.fill()
        self.refresh_keys()

    def offers(self, action: str) -> bool:
        """Nothing is stored before the record is there."""
        return action != "store" or self._patient_id is None or self.record is not None

    def rule(self, edits: dict[str, Any]) -> Callable[[Viewer], Stored]:
        """Change the record, or add one once likely duplicates have been looked at."""
        record, alike_seen = self.record, self._warned
        if record is None:
            edits = {name: value for name, value in edits.items() if value}
        email = edits.get("email", "").strip()
        address_seen = not email or email == self._warned_of

        def rule(viewer: Viewer) -> Stored:
            from clinic_tui.patients import duplicates, lookalikes, records

            warned = () if address_seen else tuple(lookalikes.warnings(viewer, email, record.id if record else 0))
            if warned:
                return Stored(None, (), warned)
            if record is not None:
                records.change(viewer, record.id, version=record.version, **edits)
                return Stored(record.id)
            alike = [] if alike_seen else duplicates.likely(
                viewer, edits.get("given", ""), edits.get("family", ""), edits.get("birth_date")
            )  # fmt: skip
            return Stored(None, tuple(alike)) if alike else Stored(records.add(viewer, **edits))

        return rule

    def stored(self, answer: Stored) -> None:
        """Stored; or there are others like it."""
        if answer.id is not None:
            self.dismiss(answer)
            return
        from clinic_tui.patients.lookup import display_name

        self.refused()
        if answer.warned:
            self._say_warnings(answer.warned)
            self.show_error(ClinicError("Look at the address.", f"{self.key_of('store')} stores it all the same."))
            return
        self._warned = True
        them = "; ".join(
            f"{line(display_name(row))}, {day(row.birth_date).strip()}, patient {line(row.number)}"
            for row in answer.alike
            if row.birth_date
        )
        more = f"{self.key_of('store')} adds another all the same; {self.key_of('cancel')} adds none."
        self.show_error(ClinicError(f"There is such a patient already: {them}.", more))

    @on(Field.Blurred, "#email")
    def _warn(self) -> None:
        """Once another address is typed: what is to be said of it."""
        email, record = self.value("email").strip(), self.record
        if not email or email in (self._warned_of, record.email if record else None):
            return
        patient_id = record.id if record else 0

        def rule(viewer: Viewer) -> tuple[Warned, ...]:
            from clinic_tui.patients.lookalikes import warnings

            return tuple(warnings(viewer, email, patient_id))

        self.ask(rule, self._say_warnings)

    def _say_warnings(self, warned: tuple[Warned, ...]) -> None:
        field = self.query_one("#email", Field)
        self._warned_of = field.value.strip()
        self.said("email").warnings(warned, room=field.content_size.width)

    def edited(self, name: str) -> None:
        """Another name or date may be somebody else's."""
        if name in ("family", "given", "birth_date"):
            self._warned = False
