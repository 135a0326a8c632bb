"""Undoing an import, until its rows have been used: what it added is taken away, what it changed is put back.

All of it in one transaction, or nothing: whether somebody has used a row is asked inside it, once nobody else can. Who
writes meanwhile waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.case_load import activity
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres, session, transaction
from clinic_tui.errors import ClinicError, Refused
from clinic_tui.imports import batches
from clinic_tui.imports.merge import LOCK, rewrite
from clinic_tui.imports.moments import millis
from clinic_tui.invitations import portal_line
from clinic_tui.patients.derived import email_fold
from clinic_tui.text import clean, fold

_PAGE = 500
_TABLES = {"contact": "contact", "appointment": "appointment", "practitioner": "practitioner"}
_HANGS = ("appointment", "contact", "portal_account")


class Undone(NamedTuple):
    """How many rows were taken away, and how many put back."""

    removed: int
    restored: int


def undo(viewer: Viewer, batch: int, progress: Callable[[int], None] | None = None) -> Undone:
    """Undo an import. Raises Refused where somebody has used one of its rows, NotFound, NotAllowed, ClinicError.

    `progress` is called with how many rows are done; where it raises, nothing is.
    """
    known = batches.summary(viewer, batch)
    done = 0

    def on(rows: Iterable[int]) -> int:
        nonlocal done
        before = done
        for number in rows:
            done += number
            if progress:
                progress(done)
        return done - before

    with session(), bulk.seldom_collected(100_000), transaction():
        if not bulk.run("UPDATE import_batch SET undone_at = ?, undone_by = ? WHERE id = ? AND undone_at IS NULL",
                        millis(now()), viewer.login, batch):  # fmt: skip
            raise ClinicError(f"Import {batch} is undone already.")
        _hold(batch)
        if used := _used(batch, millis(known.started_at)):
            raise Refused(
                "used",
                f"Import {batch} cannot be undone: patient {' and '.join(clean(one, 30) for one in used)} was used.",
                "Change what is wrong by hand, or import a mended file.",
            )
        restored = on(_restored(batch))
        removed = sum(on(_removed(table, batch)) for table in (*_HANGS, "patient"))
        removed += _remove_practitioners(batch)
        history.record(viewer, "import undone", batch=batch, removed=removed, restored=restored)
    return Undone(removed, restored)


def _hold(batch: int) -> None:
    """Until the transaction ends nobody else imports, invites or edits whom the batch is about (SQLite has one writer
    anyway).
    """
    if is_postgres():
        bulk.fetch("SELECT pg_advisory_xact_lock(?)", LOCK)
        bulk.fetch(
            "SELECT count(*) FROM (SELECT id FROM patient WHERE batch_id = ? OR id IN (SELECT row_id FROM "
            "import_change WHERE batch_id = ? AND kind = 'patient') ORDER BY id FOR UPDATE) held", batch, batch,
        )  # fmt: skip


def _used(batch: int, since: int) -> list[str]:
    """The numbers of some patients whom somebody has changed or invited since."""
    hangs = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} h WHERE h.patient_id = p.id AND coalesce(h.batch_id, 0) <> p.batch_id)"  # noqa: S608
        for table in _HANGS
    )
    added = (
        "SELECT p.number FROM patient p WHERE p.batch_id = ? AND (p.version <> 0 AND p.version <> (SELECT count(*) "  # noqa: S608
        "FROM import_change c WHERE c.batch_id = p.batch_id AND c.kind = 'patient' AND c.row_id = p.id) "
        f"OR EXISTS (SELECT 1 FROM invitation i WHERE i.patient_id = p.id) OR {hangs}) ORDER BY p.id LIMIT 3"
    )
    invited = (
        "SELECT DISTINCT p.number FROM import_change c JOIN patient p ON p.id = c.row_id "
        "JOIN invitation i ON i.patient_id = p.id WHERE c.batch_id = ? AND c.kind = 'patient' AND i.created_at >= ? "
        "ORDER BY p.number LIMIT 3"
    )
    found = [number for (number,) in bulk.fetch(added, batch)] or [
        number for (number,) in bulk.fetch(invited, batch, since)
    ]
    if found:
        return found
    seen: set[int] = set()
    for _, kind, row_id, _, after in _changes(batch):
        if kind == "patient" and row_id not in seen:  # the last change of each is what must still stand
            seen.add(row_id)
            columns = list(after)
            row = bulk.fetch(f"SELECT number, {', '.join(columns)} FROM patient WHERE id = ?", row_id)  # noqa: S608
            if row and [_plain(value) for value in row[0][1:]] != list(after.values()):
                found.append(row[0][0])
    return found[:3]


def _changes(batch: int) -> Iterator[tuple[int, str, int, dict[str, Any], dict[str, Any]]]:
    """The changes of a batch, the last first."""
    before = 1 << 62
    select = (
        "SELECT id, kind, row_id, before, after FROM import_change WHERE batch_id = ? AND id < ? "  # noqa: S608
        f"ORDER BY id DESC LIMIT {_PAGE}"
    )
    while page := bulk.fetch(select, batch, before):
        for key, kind, row_id, was, then in page:
            yield key, kind, row_id, json.loads(was), json.loads(then)
        before = page[-1][0]


def _restored(batch: int) -> Iterator[int]:
    """Put back what the batch changed, a page at a time."""
    changed = _changes(batch)
    while page := list(islice(changed, _PAGE)):
        for _, kind, row_id, before, _ in page:
            _restore(kind, row_id, before)
        yield len(page)
    bulk.run("DELETE FROM import_change WHERE batch_id = ?", batch)


def _restore(kind: str, row_id: int, before: dict[str, Any]) -> None:
    if kind == "patient":
        rewrite(row_id, before)
        bulk.execute_many("DELETE FROM imported_value WHERE kind = 'absent' AND row_id = ?", [(row_id,)])
        return
    table = _TABLES.get(kind, "portal_account")
    if "email" in before:
        before["email_fold"] = email_fold(before["email"])
    if kind == "practitioner" and "name" in before and "name_fold" not in before:
        before["name_fold"] = fold(before["name"])
    patient = [row_id]
    if kind in ("contact", "appointment"):
        patient = [one for (one,) in bulk.fetch(f"SELECT patient_id FROM {table} WHERE id = ?", row_id)]  # noqa: S608
    by = "patient_id" if kind == "portal" else "id"
    names = ", ".join(f"{column} = ?" for column in before)
    bulk.execute_many(f"UPDATE {table} SET {names} WHERE {by} = ?", [(*before.values(), row_id)])  # noqa: S608
    # What the source said last is forgotten, so that the same file again brings it again.
    whose = [(kind, one) for one in (patient if kind == "contact" else [row_id])]
    bulk.execute_many("DELETE FROM imported_value WHERE kind = ? AND row_id = ?", whose)
    if kind == "portal":
        portal_line.refresh(*patient)
    if kind == "appointment":
        activity.refresh({*patient, before.get("patient_id", patient[0] if patient else 0)})


def _removed(table: str, batch: int) -> Iterator[int]:
    """Take away the batch's rows of a table, a page at a time."""
    patient = "id" if table == "patient" else "patient_id"
    select = f"SELECT id, {patient} FROM {table} WHERE batch_id = ? AND id > ? ORDER BY id LIMIT {_PAGE}"  # noqa: S608
    last = 0
    while rows := bulk.fetch(select, batch, last):
        last = rows[-1][0]
        _remove(table, rows)
        yield len(rows)


def _remove(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    bulk.execute_many(f"DELETE FROM {table} WHERE id = ?", [(row_id,) for row_id, _ in rows])  # noqa: S608
    patients = sorted({patient for _, patient in rows})
    kinds = {
        "contact": ("contact",),
        "portal_account": ("portal",),
        "patient": ("patient", "contact", "portal", "absent"),
    }
    for kind in kinds.get(table, ()):
        bulk.execute_many(
            "DELETE FROM imported_value WHERE kind = ? AND row_id = ?", [(kind, patient) for patient in patients]
        )
    if table == "appointment":
        activity.refresh(patients)
    if table == "portal_account":
        portal_line.refresh(*patients)


def _remove_practitioners(batch: int) -> int:
    """Those whom nobody has come to yet."""
    free = (
        "SELECT id FROM practitioner p WHERE batch_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM patient x WHERE x.practitioner_id = p.id) "
        "AND NOT EXISTS (SELECT 1 FROM appointment x WHERE x.practitioner_id = p.id) "
        "AND NOT EXISTS (SELECT 1 FROM staff x WHERE x.practitioner_id = p.id)"
    )
    rows = bulk.fetch(free, batch)
    bulk.execute_many("DELETE FROM practitioner WHERE id = ?", rows)
    bulk.execute_many("DELETE FROM imported_value WHERE kind = 'practitioner' AND row_id = ?", rows)
    return len(rows)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
