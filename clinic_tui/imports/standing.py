"""What stands in the way of undoing a batch: who has used its patients, and later imports that built on its rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.imports.touched import HANGS
from clinic_tui.text import clean


class Line(NamedTuple):
    """What the history says of one patient: what was done, and who did it."""

    patient: int
    action: str
    login: str

    @property
    def why(self) -> str:
        """`patient changed by ann`."""
        return f"{clean(self.action, 40)} by {clean(self.login, 40)}"


def used(patients: Iterable[int], since: int) -> list[Line]:
    """What was first done with each of these patients after that line of the history, but for what imports did."""
    test, value = bulk.any_of(list(patients))
    imports = "detail::json ->> 'import'" if is_postgres() else "json_extract(detail, '$.import')"
    select = (
        f"SELECT patient_id, action, login FROM history WHERE patient_id {test} AND id > ? "  # noqa: S608
        f"AND (action <> 'patient changed' OR detail IS NULL OR {imports} IS NULL) ORDER BY id DESC"
    )
    return list({row[0]: Line(*row) for row in bulk.fetch(select, value, since)}.values())


def used_practitioner(batch: int, since: int) -> tuple[str, Line] | None:
    """The name of a practitioner whom the batch added or changed, and whom somebody changed after that line."""
    select = "SELECT 0, action, login, detail FROM history WHERE id > ? AND action = 'practitioner changed' ORDER BY id"
    lines = {json.loads(detail)["practitioner"]: Line(*said) for *said, detail in bulk.fetch(select, since)}
    test, value = bulk.any_of(list(lines))
    select = (
        f"SELECT id, name FROM practitioner WHERE id {test} AND (batch_id = ? OR id IN "  # noqa: S608
        "(SELECT row_id FROM import_change WHERE batch_id = ? AND kind = 'practitioner'))"
    )
    found = bulk.fetch(select, value, batch, batch)
    return (found[0][1], lines[found[0][0]]) if found else None


# Rows of a kind as `h`, each with its key in `import_change`, and whose they are.
_ROWS = {
    "patient": ("patient h", "h.id", "h.id"), "contact": ("contact h", "h.id", "h.patient_id"),
    "appointment": ("appointment h", "h.id", "h.patient_id"),
    "portal": ("portal_account h", "h.patient_id", "h.patient_id"),
}  # fmt: skip
_CHANGED_AFTER = """
    SELECT c.batch_id FROM {table} JOIN import_change c ON c.row_id = {key} AND c.kind = '{kind}' AND c.batch_id <> ?
    WHERE {where} AND (h.batch_id = ? OR EXISTS (SELECT 1 FROM import_change m WHERE m.row_id = c.row_id
    AND m.kind = c.kind AND m.batch_id = ? AND m.id < c.id)) LIMIT 1"""
_ADDED_AFTER = """
    SELECT h.batch_id FROM {table} h JOIN patient p ON p.id = h.patient_id WHERE p.id {test} AND p.batch_id = ?
    AND h.batch_id <> ? AND NOT EXISTS (SELECT 1 FROM import_change m WHERE m.row_id = h.id AND m.kind = '{table}'
    AND m.batch_id = ?) LIMIT 1"""
_SAID_AFTER = """
    SELECT s.batch_id FROM import_said s WHERE s.row_id {test} AND s.kind <> 'practitioner' AND s.batch_id <> ?
    AND (EXISTS (SELECT 1 FROM patient p WHERE p.id = s.row_id AND p.batch_id = ?)
    OR EXISTS (SELECT 1 FROM import_said m WHERE m.row_id = s.row_id AND m.kind = s.kind AND m.field = s.field
    AND m.batch_id = ? AND m.id < s.id)) LIMIT 1"""


def later(batch: int, patients: Iterable[int]) -> int | None:
    """Another import that changed, after the batch did, a row that the batch added to these patients or changed of
    them, or that added rows to those of them whom the batch added.
    """
    test, value = bulk.any_of(list(patients))
    for kind, (table, key, whose) in _ROWS.items():
        asked = _CHANGED_AFTER.format(table=table, key=key, kind=kind, where=f"{whose} {test}")
        if found := bulk.fetch(asked, batch, value, batch, batch):
            return int(found[0][0])
    for table in HANGS:
        if found := bulk.fetch(_ADDED_AFTER.format(table=table, test=test), value, batch, batch, batch):
            return int(found[0][0])
    found = bulk.fetch(_SAID_AFTER.format(test=test), value, batch, batch, batch)
    return int(found[0][0]) if found else None


_CAME_AFTER = """
    SELECT x.batch_id FROM {table} x WHERE x.practitioner_id IN (SELECT id FROM practitioner WHERE batch_id = ?)
    AND x.batch_id > ? AND EXISTS (SELECT 1 FROM import_batch b WHERE b.id = x.batch_id AND b.undone_at IS NULL)
    LIMIT 1"""
_SENT_AFTER = """
    SELECT c.batch_id FROM import_change c JOIN {table} x ON x.id = c.row_id
    JOIN practitioner p ON p.id = x.practitioner_id
    WHERE p.batch_id = ? AND c.batch_id > ? AND c.kind = '{table}' AND c.after LIKE ? LIMIT 1"""


def later_practitioner(batch: int) -> int | None:
    """Another import that changed a practitioner of the batch, or brought somebody who comes to one that it added."""
    asked = _CHANGED_AFTER.format(table="practitioner h", key="h.id", kind="practitioner", where="1 = 1")
    found = bulk.fetch(asked, batch, batch, batch)
    for table in ("patient", "appointment"):
        found = found or bulk.fetch(_CAME_AFTER.format(table=table), batch, batch)
        found = found or bulk.fetch(_SENT_AFTER.format(table=table), batch, batch, '%"practitioner_id"%')
    return int(found[0][0]) if found else None


def holders(batch: int, patients: Iterable[int]) -> dict[int, int]:
    """Of these patients, those whose number or id of before is another patient's by now: each with that patient."""
    test, value = bulk.any_of(list(patients))
    select = (
        "SELECT c.id, c.row_id, c.before, p.source, p.source_id FROM import_change c JOIN patient p ON p.id = c.row_id "  # noqa: S608
        f"WHERE c.batch_id = ? AND c.kind = 'patient' AND c.row_id {test} "
        "AND (c.before LIKE ? OR c.before LIKE ?)"
    )
    numbers: dict[str, int] = {}
    ids: dict[tuple[Any, ...], int] = {}
    rows = bulk.fetch(select, batch, value, '%"number"%', '%"source%')
    for _, patient, text, source, source_id in sorted(rows, reverse=True):  # the first change knows best
        before = json.loads(text)
        if "number" in before:
            numbers[before["number"]] = patient
        if "source" in before or "source_id" in before:
            ids[before.get("source", source), before.get("source_id", source_id)] = patient
    test, value = bulk.any_of(list(numbers))
    select = f"SELECT number, id FROM patient WHERE number {test}"  # noqa: S608
    found = [(numbers[number], holder) for number, holder in bulk.fetch(select, value)]
    for source in {source for source, source_id in ids if source and source_id}:
        test, value = bulk.any_of([source_id for of, source_id in ids if of == source and source_id])
        select = f"SELECT source_id, id FROM patient WHERE source = ? AND source_id {test}"  # noqa: S608
        found += [(ids[source, source_id], holder) for source_id, holder in bulk.fetch(select, source, value)]
    return {patient: holder for patient, holder in found if patient != holder}
