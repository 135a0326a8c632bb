"""The imports that there were: each a batch by a name, with what became of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from clinic_tui import csv_out, history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import FORGOTTEN, ImportBatch, RefusedRow
from clinic_tui.errors import NotFound
from clinic_tui.imports import tally
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.rights import need_all

COUNTS = ("read", "added", "updated", "unchanged")
MOST_KEPT = 10_000


class Batch(NamedTuple):
    """One import. `counts`: read, added, updated, unchanged, refused; {} where it was stopped midway. `kinds` the same
    for each kind of row; `unused`: columns that nothing read; `passed`: files that held nothing kept here;
    `forgotten`: what it changed is kept no longer, and it cannot be undone.
    """

    id: int
    name: str
    login: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    counts: dict[str, int]
    kinds: dict[str, dict[str, int]]
    unused: list[str]
    passed: list[str]
    archived: int
    notes: list[str]
    forgotten: bool = False


def batches(viewer: Viewer, limit: int = 50) -> list[Batch]:
    """The latest imports, the newest first. Raises NotAllowed."""
    need_all(viewer)
    with session():
        return [_read(row) for row in ImportBatch.select().order_by(ImportBatch.id.desc()).limit(limit)]


def summary(viewer: Viewer, batch: int) -> Batch:
    """One import. Raises NotFound, NotAllowed."""
    need_all(viewer)
    with session():
        row = ImportBatch.get_or_none(ImportBatch.id == batch)
        if row is None:
            raise NotFound(f"There is no import {batch}.", "List them: clinic-tui import --list.")
        return _read(row)


def _read(row: ImportBatch) -> Batch:
    kept = row.summary or {}
    counts = {count: kept[count] for count in (*COUNTS, "refused") if count in kept}
    kinds = {kind: dict(zip(tally.Counts._fields, of, strict=True)) for kind, of in kept.get("kinds", {}).items()}
    return Batch(
        row.id, row.name, row.login, row.started_at, row.finished_at, row.undone_at, counts, kinds,
        kept.get("unused", []), kept.get("passed", []), kept.get("archived", 0), kept.get("notes", []),
        kept.get(FORGOTTEN, False),
    )  # fmt: skip


def refused(viewer: Viewer, batch: int) -> list[tally.RefusedRow]:
    """The rows that an import refused, those that were kept (MOST_KEPT). Raises NotFound, NotAllowed."""
    summary(viewer, batch)
    with session():
        rows: Any = RefusedRow.select(RefusedRow.file, RefusedRow.line, RefusedRow.reason)
        return [
            tally.RefusedRow(*row) for row in rows.where(RefusedRow.batch == batch).order_by(RefusedRow.id).tuples()
        ]


def refused_csv(viewer: Viewer, batch: int) -> Iterator[str]:
    """The same as lines of CSV: file, row and reason, then the row's cells as they stood. Raises as `refused` does."""
    summary(viewer, batch)
    with session():
        query: Any = RefusedRow.select().where(RefusedRow.batch == batch).order_by(RefusedRow.id)
        rows = list(query)
    yield csv_out.line(("file", "row", "reason", "cells"))
    for row in rows:
        yield csv_out.line((row.file, row.line, row.reason, *(row.cells or ())))


def begin(viewer: Viewer, names: Sequence[str]) -> int:
    """A new batch; its id."""
    with transaction():
        return int(ImportBatch.insert(name=", ".join(names), login=viewer.login, started_at=now()).execute())


def end(viewer: Viewer, batch: int, names: Sequence[str], outcome: dict[str, Any]) -> None:
    """Keep what became of the batch's rows, in its record and in the history."""
    counts: dict[str, Any] = {count: outcome[count] for count in COUNTS}
    counts["refused"] = sum(1 for row in outcome["refused"] if row.row is not None)
    kept = counts | {
        "kinds": {kind: list(of) for kind, of in outcome["kinds"].items()},
        **{name: outcome[name] for name in ("unused", "passed", "archived", "notes")},
    }
    with transaction():
        ImportBatch.update(finished_at=now(), summary=kept).where(ImportBatch.id == batch).execute()
        history.record(viewer, "import", file=", ".join(names), **counts)


def keep_refused(batch: int, rows: Sequence[tally.RefusedRow], files: Sequence[CsvFile]) -> None:
    """Keep the first refused rows, with their cells: each file is read once more for them."""
    kept = rows[:MOST_KEPT]
    cells: dict[tuple[str, int | None], list[str]] = {}
    for file in files:
        wanted = {row.row for row in kept if row.file == file.shown}
        for row in file.rows() if wanted else ():
            if row.line in wanted and row.cells:
                cells[file.shown, row.line] = row.cells
    with transaction():
        RefusedRow.insert_many(
            [
                {"batch": batch, "file": row.file, "line": row.row, "reason": row.reason,
                 "cells": cells.get((row.file, row.row))}
                for row in kept
            ]
        ).execute()  # fmt: skip
