"""Patients who may be the one that is being added: the same name and birth date. They are shown, never merged."""

from __future__ import annotations

from typing import Any

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.patients import derived, fields
from clinic_tui.patients.lookup import PatientRow, rows_by_id

MOST = 5


def likely(viewer: Viewer, given: str, family: str, birth_date: Any, *, besides: int = 0) -> list[PatientRow]:
    """The patients in reach with the same folded name, either way round, and the same birth date (typed, or a date).

    None where no birth date is given: a name alone says nothing. `besides`: the id of one who does not count. Raises
    FieldError for what is no name or date; NotAllowed.
    """
    viewer.need_names()
    kept = fields.read({"given": given, "family": family, "birth_date": birth_date})
    if kept["birth_date"] is None or not (kept["given"] or kept["family"]):
        return []
    names = {derived.sort_name(kept["given"], kept["family"]), derived.sort_name(kept["family"], kept["given"])}
    with session():
        patients = access.patients(viewer)
        column = patients.columns
        query: Any = patients.select(column.id).where(
            column.sort_name.in_(sorted(names)), column.birth_date == kept["birth_date"], column.id != besides
        )
        return rows_by_id(viewer, [row[0] for row in query.order_by(column.id).limit(MOST).tuples()])
