"""Erasing what imports keep of one patient besides the record: values from before, and rows that were refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.models.practice import RefusedRow
from clinic_tui.text import fold

_AT_ONCE = 1_000
_SHORTEST = 4  # letters or digits of a cell that is a number or a phone, and not an age or a count
_TELLING = ("number", "source_id", "email", "mobile", "phone")
_HANGS = ("contact", "appointment")


def erase_imports(viewer: Viewer, patient: Any) -> int:
    """Erase it, in the transaction of the caller: how many values, changes and rows are gone. `patient`: the record.

    An import that changed the patient cannot put that back any more, and what it says next stands. A contact or an
    appointment that is gone belongs to nobody: what was changed of such goes too.
    """
    alone, names = _said(viewer, patient)
    gone = bulk.run("DELETE FROM imported_value WHERE row_id = ? AND kind IN ('patient', 'contact')", patient.id)
    gone += bulk.run("DELETE FROM import_said WHERE row_id = ? AND kind <> 'practitioner'", patient.id)
    gone += bulk.run("DELETE FROM import_change WHERE row_id = ? AND kind IN ('patient', 'portal')", patient.id)
    for table in _HANGS:
        gone += bulk.run(
            f"DELETE FROM import_change WHERE kind = '{table}' AND NOT EXISTS (SELECT 1 FROM {table} h "  # noqa: S608
            "WHERE h.id = import_change.row_id AND h.patient_id <> ?)",
            patient.id,
        )
    for page in _refused():
        theirs = [key for key, cells in page if _is_theirs(cells, alone, names)]
        for key in theirs:
            RefusedRow.update(cells=None, reason="Erased.").where(RefusedRow.id == key).execute()
        gone += len(theirs)
    return gone


def _said(viewer: Viewer, patient: Any) -> tuple[set[str], set[str]]:
    """What alone tells in a cell that it is about them, now or before, and the names that tell it together."""
    contacts = access.contacts(viewer).among([patient.id], "patient")
    alone = (*(getattr(patient, column) for column in _TELLING),
             *(value for one in contacts for value in (one.email, one.phone)), *_before(patient.id))  # fmt: skip
    names = {fold(name) for name in (patient.given, patient.family) if name}
    return {fold(value) for value in alone if value and len(value) >= _SHORTEST}, names


def _before(patient_id: int) -> Iterator[str]:
    """What stood in those columns before imports or edits changed them."""
    select = "SELECT before FROM import_change WHERE kind = 'patient' AND row_id = ?"
    for (text,) in bulk.fetch(select, patient_id):
        yield from (value for column, value in json.loads(text).items() if column in _TELLING and value)
    select = (
        "SELECT field, value FROM imported_value WHERE kind = 'patient' AND row_id = ? UNION "
        "SELECT field, before FROM import_said WHERE kind = 'patient' AND row_id = ? AND before IS NOT NULL"
    )
    for column, text in bulk.fetch(select, patient_id, patient_id):
        if column in _TELLING and (value := json.loads(text)):
            yield value


def _is_theirs(cells: Sequence[str], alone: set[str], names: set[str]) -> bool:
    there = {fold(cell) for cell in cells}
    whole = " ".join(there).split()  # a name may be one cell of two words
    return not alone.isdisjoint(there) or (bool(names) and all(set(name.split()) <= set(whole) for name in names))


def _refused() -> Iterator[list[tuple[int, list[str]]]]:
    """The refused rows that have their cells, a page at a time."""
    select = f"SELECT id, cells FROM refused_row WHERE id > ? AND cells IS NOT NULL ORDER BY id LIMIT {_AT_ONCE}"  # noqa: S608
    last = 0
    while page := bulk.fetch(select, last):
        yield [(key, json.loads(cells)) for key, cells in page]
        last = page[-1][0]
