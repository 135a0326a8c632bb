"""Some patients of a batch as they were before it: what it added is taken away, what it changed is put back.

All inside the caller's transaction, and so that the same again finds nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from clinic_tui.case_load import activity
from clinic_tui.db import bulk
from clinic_tui.imports import changes
from clinic_tui.imports.merge import rewrite
from clinic_tui.imports.practitioners import free_fold
from clinic_tui.imports.touched import HANGS
from clinic_tui.invitations import portal_line
from clinic_tui.patients.derived import email_fold

Rows = dict[int, dict[str, Any]]
_SAID_OF_PATIENTS = "('patient', 'contact', 'portal', 'absent')"


def put_back(batch: int, patients: Sequence[int]) -> tuple[int, int]:
    """These patients with all that hangs on them: how many rows were taken away, how many changes put back."""
    test, value = bulk.any_of(list(patients))
    before: dict[str, Rows] = {}
    done: list[int] = []
    for kind, rows in (
        ("patient", test), ("portal", test), *((kind, _of(kind, test)) for kind in ("contact", "appointment")),
    ):  # fmt: skip
        keys, before[kind] = _changed(batch, kind, rows, value)
        done += keys
    moved = _whose("appointment", list(before["appointment"]))
    moved |= {row["patient_id"] for row in before["appointment"].values() if "patient_id" in row}
    theirs = {table: _added_to(batch, table, test, value) for table in HANGS}
    added = _ids(f"SELECT id FROM patient WHERE batch_id = ? AND id {test}", batch, value)  # noqa: S608
    _write("appointment", before["appointment"])  # from a patient who goes away to one who stays, before that one goes
    removed = sum(bulk.run(f"DELETE FROM {table} WHERE batch_id = ? AND patient_id {test}", batch, value)  # noqa: S608
                  for table in HANGS)  # fmt: skip
    removed += _take_away(added)
    _write("contact", before["contact"])
    _write("portal_account", before["portal"], "patient_id")
    _patients(before["patient"])
    _unsay(batch, f"kind <> 'practitioner' AND row_id {test}", value)
    activity.refresh(sorted((moved | theirs["appointment"]) - added))
    portal_line.refresh(*sorted((set(before["portal"]) | theirs["portal_account"]) - added))
    bulk.execute_many("DELETE FROM import_change WHERE id = ?", [(key,) for key in done])
    return removed, len(done)


def put_back_practitioners(batch: int) -> tuple[int, int]:
    """The same of practitioners; of those whom the batch added, such as nobody has come to."""
    free = (
        "SELECT id FROM practitioner p WHERE batch_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM patient x WHERE x.practitioner_id = p.id) "
        "AND NOT EXISTS (SELECT 1 FROM appointment x WHERE x.practitioner_id = p.id) "
        "AND NOT EXISTS (SELECT 1 FROM staff x WHERE x.practitioner_id = p.id)"
    )
    gone = bulk.fetch(free, batch)
    bulk.execute_many("DELETE FROM practitioner WHERE id = ?", gone)
    bulk.execute_many("DELETE FROM imported_value WHERE kind = 'practitioner' AND row_id = ?", gone)
    done, rows = _changed(batch, "practitioner", "IS NOT NULL")
    for row_id, before in rows.items():
        if "name" in before:
            before["name_fold"] = free_fold(before["name"], row_id)
    _write("practitioner", rows)
    _unsay(batch, "kind = 'practitioner'")
    bulk.execute_many("DELETE FROM import_change WHERE id = ?", [(key,) for key in done])
    return len(gone), len(done)


def _of(kind: str, test: str) -> str:
    """The condition on the id of a row that hangs on such patients."""
    return f"IN (SELECT id FROM {kind} WHERE patient_id {test})"  # noqa: S608


def _changed(batch: int, kind: str, rows: str, *values: Any) -> tuple[list[int], Rows]:
    """The changes of these rows, and what stood there before all of them."""
    # Sorted here: asked to, SQLite would walk all changes of the batch in order rather than find these.
    select = f"SELECT id, row_id, before FROM import_change WHERE batch_id = ? AND kind = ? AND row_id {rows}"  # noqa: S608
    keys: list[int] = []
    before: Rows = {}
    for key, row_id, text in sorted(bulk.fetch(select, batch, kind, *values), reverse=True):
        keys.append(key)
        before.setdefault(row_id, {}).update(json.loads(text))  # the first change knows best
    return keys, before


def _ids(select: str, *values: Any) -> set[int]:
    return {row_id for (row_id,) in bulk.fetch(select, *values)}


def _added_to(batch: int, table: str, test: str, value: Any) -> set[int]:
    return _ids(f"SELECT DISTINCT patient_id FROM {table} WHERE batch_id = ? AND patient_id {test}", batch, value)  # noqa: S608


def _whose(table: str, row_ids: list[int]) -> set[int]:
    test, value = bulk.any_of(row_ids)
    return _ids(f"SELECT DISTINCT patient_id FROM {table} WHERE id {test}", value)  # noqa: S608


def _take_away(added: Iterable[int]) -> int:
    test, value = bulk.any_of(sorted(added))
    bulk.run(f"DELETE FROM imported_value WHERE kind IN {_SAID_OF_PATIENTS} AND row_id {test}", value)  # noqa: S608
    bulk.run(f"DELETE FROM patient_token WHERE patient_id {test}", value)  # noqa: S608
    return bulk.run(f"DELETE FROM patient WHERE id {test}", value)  # noqa: S608


def _patients(rows: Rows) -> None:
    # Numbers and ids may have gone from one patient to another: all are let go before any is put back.
    keyed = [(f"\x01{row_id}", row_id) for row_id, before in rows.items() if {"number", "source_id"} & before.keys()]
    if keyed:
        test, value = bulk.any_of([row_id for _, row_id in keyed])
        kept = bulk.fetch(f"SELECT id, number, source_id FROM patient WHERE id {test}", value)  # noqa: S608
        for row_id, number, source_id in kept:
            rows[row_id] = {"number": number, "source_id": source_id} | rows[row_id]
        bulk.execute_many("UPDATE patient SET number = ?, source_id = NULL WHERE id = ?", keyed)
    rewrite(rows)


def _write(table: str, rows: Rows, key: str = "id") -> None:
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for row_id, before in rows.items():
        if "email" in before:
            before["email_fold"] = email_fold(before["email"])
        alike.setdefault(tuple(before), []).append((*before.values(), row_id))
    for columns, values in alike.items():
        names = ", ".join(f"{column} = ?" for column in columns)
        bulk.execute_many(f"UPDATE {table} SET {names} WHERE {key} = ?", values)  # noqa: S608


def _unsay(batch: int, rows: str, *values: Any) -> None:
    """Put back what was kept as said last, so that the same file again brings the same again."""
    select = f"SELECT id, kind, row_id, field, before FROM import_said WHERE batch_id = ? AND {rows}"  # noqa: S608
    said = sorted(bulk.fetch(select, batch, *values), reverse=True)
    first = {(kind, row_id, field): before for _, kind, row_id, field, before in said}
    changes.put((*key, before) for key, before in first.items())
    bulk.execute_many("DELETE FROM import_said WHERE id = ?", [(key,) for key, *_ in said])
