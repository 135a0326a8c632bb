"""The imports that there were: each a batch by a name, with what became of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from clinic_tui import csv_out, history
from clinic_tui.access import Viewer, newest_history
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import FORGOTTEN, ImportBatch, RefusedRow
from clinic_tui.errors import NotFound
from clinic_tui.imports import tally
from clinic_tui.imports.csv_file import MARKS, CsvFile
from clinic_tui.imports.rights import need_all

COUNTS = ("read", "added", "updated", "unchanged")
MOST_KEPT = 10_000
_HALF = "It is being undone. Where that was cut, undo it again: it goes on, and until then nothing is imported."


class Batch(NamedTuple):
    """One import. `counts`: read, added, updated, unchanged, refused; {} where it was stopped midway. `kinds` the same
    for each kind of row; `unused`: columns that nothing read; `passed`: files that held nothing kept here;
    `headers`: of the files that it refused rows of.
    `forgotten`: what it changed is kept no longer, and it cannot be undone. `undoing`: its undoing has begun.
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
    headers: dict[str, list[str]]
    forgotten: bool = False
    undoing: bool = False


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
    undoing = row.undoing is not None
    notes = [*kept.get("notes", []), *([_HALF] if undoing else [])]
    kinds = {kind: dict(zip(tally.Counts._fields, of, strict=True)) for kind, of in kept.get("kinds", {}).items()}
    return Batch(
        row.id, row.name, row.login, row.started_at, row.finished_at, row.undone_at, counts, kinds,
        kept.get("unused", []), kept.get("passed", []), kept.get("archived", 0), notes,
        kept.get("headers", {}),
        kept.get(FORGOTTEN, False), undoing,
    )  # fmt: skip


def refused(viewer: Viewer, batch: int) -> list[tally.RefusedRow]:
    """The rows that an import refused, those that were kept (MOST_KEPT). Raises NotFound, NotAllowed."""
    summary(viewer, batch)
    with session():
        rows: Any = RefusedRow.select(RefusedRow.file, RefusedRow.line, RefusedRow.reason)
        return [
            tally.RefusedRow(*row) for row in rows.where(RefusedRow.batch == batch).order_by(RefusedRow.id).tuples()
        ]


def refused_csv(viewer: Viewer, batch: int) -> list[list[str]]:
    """The same as CSV, to be mended and imported again: the columns that the file had, then file, row and reason.

    A list of lines for each header that its files had; the first begins with all files that had none (FHIR, or what
    could not be read at all). Raises as `refused` does.
    """
    known = summary(viewer, batch)
    with session():
        query: Any = RefusedRow.select().where(RefusedRow.batch == batch).order_by(RefusedRow.id)
        rows = list(query)
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        header = tuple(known.headers.get(row.file, ()))
        lines = found.setdefault(header, [csv_out.line((*header, *MARKS))])
        # A row of too few cells, or too many, stays so: filled up it would be taken, each cell under some header.
        cells = row.cells or [""] * len(header)
        lines.append(csv_out.line((*cells, row.file, row.line, row.reason)))
    return list(found.values())


def begin(viewer: Viewer, names: Sequence[str]) -> int:
    """A new batch; its id."""
    with transaction():
        values = {
            "name": ", ".join(names),
            "login": viewer.login,
            "started_at": now(),
            "after_history": newest_history(),
        }
        return int(ImportBatch.insert(values).execute())


def end(
    viewer: Viewer, batch: int, names: Sequence[str], outcome: dict[str, Any], headers: dict[str, list[str]]
) -> None:
    """Keep what became of the batch's rows, in its record and in the history; one that was stopped stays unfinished."""
    counts: dict[str, Any] = {count: outcome[count] for count in COUNTS}
    counts["refused"] = sum(1 for row in outcome["refused"] if row.row is not None)
    kept = counts | {
        "kinds": {kind: list(of) for kind, of in outcome["kinds"].items()},
        **{name: outcome[name] for name in ("unused", "passed", "archived", "notes")},
        "headers": headers,
    }
    finished = None if outcome["stopped"] else now()
    with transaction():
        ImportBatch.update(finished_at=finished, summary=kept).where(ImportBatch.id == batch).execute()
        history.record(viewer, "import", file=", ".join(names), **counts, **({} if finished else {"stopped": True}))


def keep_refused(batch: int, rows: Sequence[tally.RefusedRow], files: Sequence[CsvFile]) -> dict[str, list[str]]:
    """Keep the first refused rows, with their cells: each file is read once more for them. The headers of these."""
    kept = rows[:MOST_KEPT]
    cells: dict[tuple[str, int | None], list[str]] = {}
    for file in files:
        wanted = {row.row for row in kept if row.file == file.shown}
        for row in file.rows() if wanted else ():
            if row.line in wanted and (row.cells or row.torn):
                cells[file.shown, row.line] = row.cells or list(row.torn)
    with transaction():
        RefusedRow.insert_many(
            [
                {"batch": batch, "file": row.file, "line": row.row, "reason": row.reason,
                 "cells": cells.get((row.file, row.row))}
                for row in kept
            ]
        ).execute()  # fmt: skip
    return {file.shown: file.header for file in files if any(row.file == file.shown for row in kept)}
