"""Undoing an import, until its rows have been used: what it added is taken away, what it changed is put back.

All of it in one transaction, or nothing: whether somebody has used a row is asked inside it, once nobody else can. Who
writes meanwhile waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.case_load import activity
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres, session, transaction
from clinic_tui.errors import ClinicError, Refused
from clinic_tui.imports import batches
from clinic_tui.imports.merge import LOCK
from clinic_tui.imports.moments import millis
from clinic_tui.imports.restoring import changed_since, restored
from clinic_tui.imports.running import nobody_imports
from clinic_tui.invitations import portal_line
from clinic_tui.text import clean

_PAGE = 10_000
_HANGS = ("appointment", "contact", "portal_account")
# What is kept beside a row of the table goes with it, by the kind of what was said; and what repeats it is made anew.
_SAID_OF = {
    "contact": ("contact",), "portal_account": ("portal",), "patient": ("patient", "contact", "portal", "absent"),
}  # fmt: skip
_REFRESH: dict[str, Callable[[list[int]], None]] = {
    "appointment": activity.refresh,
    "portal_account": lambda patients: portal_line.refresh(*patients),
}


class Undone(NamedTuple):
    """How many rows were taken away, and how many put back."""

    removed: int
    restored: int


def undo(viewer: Viewer, batch: int, progress: Callable[[int], None] | None = None) -> Undone:
    """Undo an import. Raises Refused where somebody has used one of its rows, or an import runs; NotFound, NotAllowed,
    ClinicError.

    `progress` is called with how many rows are done; where it raises, nothing is.
    """
    known = batches.summary(viewer, batch)
    if known.forgotten:
        raise ClinicError(
            f"Import {batch} cannot be undone: what stood there before is kept no longer.",
            "Change what is wrong by hand. The setting retention.imports_days says for how long it is kept.",
        )
    done = 0

    def on(rows: Iterable[int]) -> int:
        nonlocal done
        before = done
        for number in rows:
            done += number
            if progress:
                progress(done)
        return done - before

    with session(), bulk.seldom_collected(100_000), transaction(), nobody_imports():
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
        put_back = on(restored(batch))
        removed = sum(on(_removed(table, batch)) for table in (*_HANGS, "patient"))
        removed += _remove_practitioners(batch)
        history.record(viewer, "import undone", batch=batch, removed=removed, restored=put_back)
    return Undone(removed, put_back)


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
        "SELECT p.number FROM patient p LEFT JOIN (SELECT row_id, count(*) AS times FROM import_change "  # noqa: S608
        "WHERE batch_id = ? AND kind = 'patient' GROUP BY row_id) c ON c.row_id = p.id "
        "WHERE p.batch_id = ? AND (p.version NOT IN (0, coalesce(c.times, 0)) "
        f"OR EXISTS (SELECT 1 FROM invitation i WHERE i.patient_id = p.id) OR {hangs}) ORDER BY p.id LIMIT 3"
    )
    invited = (
        "SELECT DISTINCT p.number FROM import_change c JOIN patient p ON p.id = c.row_id "
        "JOIN invitation i ON i.patient_id = p.id WHERE c.batch_id = ? AND c.kind = 'patient' AND i.created_at >= ? "
        "ORDER BY p.number LIMIT 3"
    )
    found = [number for (number,) in bulk.fetch(added, batch, batch)] or [
        number for (number,) in bulk.fetch(invited, batch, since)
    ]
    return found or list(islice(changed_since(batch), 3))


def _removed(table: str, batch: int) -> Iterator[int]:
    """Take away the batch's rows of a table, a page at a time."""
    patient = "id" if table == "patient" else "patient_id"
    page = f"SELECT count(*), max(id) FROM (SELECT id FROM {table} WHERE batch_id = ? AND id > ? ORDER BY id LIMIT {_PAGE}) x"  # noqa: S608, E501
    rows = f"FROM {table} WHERE batch_id = ? AND id > ? AND id <= ?"
    theirs = f"IN (SELECT {patient} {rows})"
    last = 0
    while (found := bulk.fetch(page, batch, last)[0])[0]:
        count, upto = found
        of_page = (batch, last, upto)
        for kind in _SAID_OF.get(table, ()):
            bulk.run(f"DELETE FROM imported_value WHERE kind = ? AND row_id {theirs}", kind, *of_page)  # noqa: S608
        if table == "patient":
            bulk.run(f"DELETE FROM patient_token WHERE patient_id {theirs}", *of_page)  # noqa: S608
        # Those who were there before it; the batch's own go away themselves.
        others = f"SELECT id FROM patient WHERE id {theirs} AND coalesce(batch_id, 0) <> ?"  # noqa: S608
        left = bulk.fetch(others, *of_page, batch) if table in _REFRESH else []
        bulk.run(f"DELETE {rows}", *of_page)
        if left:
            _REFRESH[table]([one for (one,) in left])
        last = upto
        yield count


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
