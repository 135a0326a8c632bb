"""A case load as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from clinic_tui import csv_out, history
from clinic_tui.access import Viewer
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.query import CaseRow, rows
from clinic_tui.clock import local
from clinic_tui.db.connection import transaction
from clinic_tui.invitations.states import portal_word
from clinic_tui.patients.lookup import display_name

HEADER = (
    "id", "number", "patient", "age", "practitioner", "appointments", "first_seen", "last_seen", "next_appointment",
    "email", "portal",
)  # fmt: skip
_AT_ONCE = 500


def in_pages(viewer: Viewer, filters: Filters, patient_ids: Iterable[int]) -> Iterator[CaseRow]:
    """The rows of any number of patients, read a page at a time."""
    ids = iter(patient_ids)
    while some := list(islice(ids, _AT_ONCE)):
        yield from rows(viewer, filters, some)


def lines(found: Iterable[CaseRow]) -> Iterator[str]:
    """The lines of the CSV, its header first; days are those of the practice."""
    yield csv_out.line(HEADER)
    for row in found:
        patient = row.patient
        yield csv_out.line(
            (
                patient.id, patient.number, display_name(patient), row.age, patient.practitioner, row.appointments,
                _day(row.first_seen), _day(row.last_seen), _minute(row.next_appointment), patient.email,
                portal_word(patient.portal, patient.portal_until),
            )
        )  # fmt: skip


def write(viewer: Viewer, path: Path, filters: Filters, patient_ids: Sequence[int]) -> None:
    """Write the rows of these patients to `path`, 0600, in place of what was there; all of it, or nothing.

    Raises ClinicError where the file cannot be written, NotAllowed where the viewer may not export.
    """
    viewer.need_bulk()
    csv_out.write(path, lines(in_pages(viewer, filters, patient_ids)))


def record(viewer: Viewer, count: int) -> None:
    """Leave a line in the history: who took how many patients out. Raises NotAllowed where they may not."""
    viewer.need_bulk()
    with transaction():
        history.record(viewer, "export case load", patients=count)


def _day(when: Any) -> str:
    return "" if when is None else local(when).date().isoformat()


def _minute(when: Any) -> str:
    return "" if when is None else local(when).strftime("%Y-%m-%d %H:%M")
