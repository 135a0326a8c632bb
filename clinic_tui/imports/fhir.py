"""FHIR files, read once: their rows wait by kind in temporary files, for patients come before what hangs on them."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from clinic_tui.imports import fhir_rows
from clinic_tui.imports.fhir_rows import SOURCE, Person, Role
from clinic_tui.imports.fhir_stream import FhirFile
from clinic_tui.imports.hanging import packed
from clinic_tui.imports.merge import BY_ID, Prepared, prepare
from clinic_tui.imports.patient_rows import stands_already
from clinic_tui.imports.records import AppointmentRow, ContactRow, PatientRef, PractitionerRow
from clinic_tui.imports.rows import PatientRow, Unusable
from clinic_tui.imports.scan import Twice

KIND_OF = {
    "Patient": "patients", "RelatedPerson": "contacts", "Practitioner": "practitioners",
    "PractitionerRole": "practitioners", "Appointment": "appointments", "Encounter": "appointments",
}  # fmt: skip
_FILES = 1 << 40  # lines of a file: a row's own line is this times its file, and its place in it

Refusal = tuple[int, str]


class Spool:
    """What some FHIR files hold. `add` each, then ask for the rows of each kind, as often as wanted."""

    def __init__(self, today: date, own_age: int, size: int) -> None:
        self._today = today
        self._own_age = own_age
        self._files: list[str] = []
        self._kept: dict[str, Any] = {kind: tempfile.TemporaryFile() for kind in set(KIND_OF.values())}  # noqa: SIM115
        self._roles: dict[str, Role] = {}
        self._twice = Twice(size)
        self._suspects: set[str] = set()
        self.counts = dict.fromkeys(self._kept, 0)
        self.highest = 0

    def add(self, file: FhirFile, tick: Callable[[int], None]) -> None:
        """Read one file. Raises ClinicError where nothing in it is FHIR."""
        self._files.append(file.shown)
        base = (len(self._files) - 1) * _FILES
        for found in file.resources():
            line = base + found.place
            kind = KIND_OF[found.resource["resourceType"]] if found.resource else "patients"
            row: Any = (line, found.refused)
            if found.resource:
                try:
                    row = fhir_rows.read(found, line, self._today, self._own_age)
                except Unusable as error:
                    row = (line, str(error))
            if isinstance(row, Role):
                self._roles[row.role] = row
                continue
            if isinstance(row, Person):
                self._know(row.row)
            self.counts[kind] += 1
            marshal.dump(_plain(row), self._kept[kind])
            tick(file.bytes_read)

    def _know(self, row: PatientRow) -> None:
        for key in (row.number, row.source_id):
            if key and self._twice.met(key):
                self._suspects.add(key)
        if row.number and row.number.isdecimal() and len(row.number) < 16:
            self.highest = max(self.highest, int(row.number))

    def place(self, line: int) -> tuple[str, int]:
        """The file that a row stands in, and where."""
        return self._files[line // _FILES], line % _FILES

    def practitioners(self) -> Iterator[PractitionerRow | Refusal]:
        """Practitioners, each with the e-mail of a role where they have none of their own."""
        emails = {role.practitioner: role.email for role in self._roles.values() if role.email}
        for row in self._rows("practitioners"):
            if len(row) == 2:
                yield row
                continue
            one = PractitionerRow(*row)
            yield one._replace(email=one.email or emails.get(one.source_id))

    def patients(self) -> Iterator[Prepared | Refusal]:
        """Patients, made ready for merging."""
        first: dict[str, int] = {}
        for row in self._rows("patients"):
            if len(row) == 2:
                yield row
                continue
            line, values, contacts, by = row
            patient = PatientRow(*values)
            if patient.birth_date:
                patient = patient._replace(birth_date=date.fromisoformat(str(patient.birth_date)))
            again = stands_already(patient.number, patient.source_id, frozenset(self._suspects), first, line)
            if again:
                yield line, again
                continue
            treats = self._practitioner(by)
            patient = patient._replace(practitioner=None if treats is None else BY_ID + treats)
            yield prepare(line, patient, SOURCE, (tuple(contacts), None) if contacts else None)

    def contacts(self) -> Iterator[ContactRow | Refusal]:
        """Related persons."""
        for row in self._rows("contacts"):
            yield row if len(row) == 2 else ContactRow(row[0], row[1], PatientRef(*row[2]), *row[3:])

    def appointments(self) -> Iterator[AppointmentRow | Refusal]:
        """Appointments, then the encounters that follow from one."""
        for follows in (False, True):
            for row in self._rows("appointments"):
                if len(row) == 2:
                    if not follows:
                        yield row
                    continue
                one = AppointmentRow(row[0], row[1], PatientRef(*row[2]), *row[3:])
                if one.follows == follows:
                    yield one._replace(practitioner=self._practitioner(one.practitioner))

    def _practitioner(self, reference: str | None) -> str | None:
        """The id of the practitioner whom a reference names, or who has the role that it names."""
        kind, _, row_id = (reference or "").partition("/")
        if kind == "PractitionerRole":
            role = self._roles.get(row_id)
            return None if role is None else role.practitioner
        return row_id or None

    def _rows(self, kind: str) -> Iterator[Any]:
        file = self._kept[kind]
        file.seek(0)
        for _ in range(self.counts[kind]):
            yield marshal.load(file)  # noqa: S302 -- written above, by this process


def _plain(row: Any) -> tuple[Any, ...]:
    """A row as `marshal` takes it: tuples of texts and numbers."""
    if isinstance(row, Person):
        born = row.row.birth_date
        values = tuple(row.row._replace(birth_date=born.isoformat() if born else None))  # type: ignore[arg-type]
        hanging = packed(row.contacts, None)
        return row.line, values, hanging[0] if hanging else (), row.by
    return tuple(tuple(value) if isinstance(value, tuple) else value for value in row)
