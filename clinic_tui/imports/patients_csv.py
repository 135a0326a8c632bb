"""A CSV of patients into the practice. It is read twice: once to know it whole, once to merge it.

Between transactions the next block is read and made ready, so that whoever waits to write gets their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import now, today
from clinic_tui.db import bulk
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import ImportBatch
from clinic_tui.errors import NotAllowed
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.dates import order_named
from clinic_tui.imports.headers import Columns, recognise
from clinic_tui.imports.merge import Merge, Prepared, prepare, tokens
from clinic_tui.imports.order import ByName, Refusal
from clinic_tui.imports.rows import Unusable, cleaner
from clinic_tui.imports.scan import Scan, scan
from clinic_tui.text import clean

# A block is written in one transaction, which others wait for: at most so many rows, and fewer where that takes
# longer than HOLD seconds. Between two of them they get PAUSE seconds, a little more than the longest time for
# which SQLite lets a waiting writer sleep (0.1 s); as a rule the next block takes longer than that to make ready.
BLOCK = 8_000
_FIRST = 2_000
_FEWEST = 500
_CHECKPOINT = 25_000  # rows between two: in a large practice they leave some 250 MB of log
HOLD = 0.3
PAUSE = 0.11

_REASONS = 10_000

Progress = Callable[[int, int], None]


class RefusedRow(NamedTuple):
    """A row that was not taken: the physical line it begins on, and why."""

    file: str
    row: int
    reason: str


class ImportSummary(NamedTuple):
    """What became of a file's rows. `batch` is None for a dry run; `unused` are columns that nothing reads."""

    batch: int | None
    read: int
    added: int
    updated: int
    unchanged: int
    refused: list[RefusedRow]
    unused: list[str]


def import_csv(
    viewer: Viewer,
    path: Path,
    *,
    date_format: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    shown: str = "",
) -> ImportSummary:
    """Merge the patients of a CSV; every row is added, updated, unchanged or refused, and an empty cell wipes nothing.

    `progress` is called with (done, all), `shown` is the file's name in messages. Stopped midway, it leaves whole
    rows, and the same call again finishes. Raises ClinicError where nothing of the file can be taken, NotAllowed
    where the viewer does not reach every patient.
    """
    viewer.need("owner", "front-desk")
    viewer.need_names()
    if not viewer.sees_all:
        raise NotAllowed(
            "You reach only some of the patients; an import reaches all.", "Ask an owner to import the file."
        )
    order = order_named(date_format) if date_format else None
    file = CsvFile(path, shown)
    columns = recognise(file.header, file.shown)

    def tick(done: int) -> None:
        if progress:
            progress(done, 2 * file.size)

    found = scan(file, columns, order, today(), lambda: tick(file.bytes_read))
    with session():
        batch = None if dry_run else _begun(viewer, file.shown)
        with bulk.tuned(), bulk.seldom_collected(100_000):
            summary = _merge(file, columns, found, batch, lambda done: tick(file.size + done))
        if batch is not None:
            _ended(viewer, file.shown, summary)
    return summary


def _merge(
    file: CsvFile, columns: Columns, found: Scan, batch: int | None, tick: Callable[[int], None]
) -> ImportSummary:
    merge = Merge(batch, found.highest)
    read = added = updated = unchanged = unsaved = 0
    refused: list[RefusedRow] = []
    reasons: dict[str, str] = {}
    mostly_new = batch is not None
    ordered = ByName(file, _prepared(file, columns, found, today()))
    rows = iter(ordered)
    size, ended = min(BLOCK, _FIRST), monotonic() - PAUSE
    while block := list(islice(rows, size)):
        ready = [row for row in block if isinstance(row, Prepared)]
        words = {row.line: tokens(row.values) for row in ready} if mostly_new else {}
        if unsaved > _CHECKPOINT:
            bulk.checkpoint()
            unsaved = 0
        sleep(max(0.0, ended + PAUSE - monotonic()))
        outcome = merge.block(ready, words)
        ended, size = monotonic(), _next_size(size, merge.held())
        mostly_new = batch is not None and outcome.added * 2 >= len(block)
        read += len(block)
        added += outcome.added
        updated += outcome.updated
        unchanged += outcome.unchanged
        unsaved += outcome.added + outcome.updated
        for line, reason in [row for row in block if not isinstance(row, Prepared)] + outcome.refused:
            # One text for all who share it: every row of a file may be refused.
            shared = reasons.setdefault(reason, reason) if len(reasons) < _REASONS else reasons.get(reason, reason)
            refused.append(RefusedRow(file.shown, line, shared))
        tick(ordered.bytes_done)
    refused.sort(key=lambda row: row.row)
    return ImportSummary(batch, read, added, updated, unchanged, refused, columns.unused)


def _next_size(size: int, taken: float) -> int:
    """So many rows that writing them takes about HOLD; never suddenly many more than before."""
    fitting = int(size * min(1.5, HOLD / max(taken, 0.001)))
    return min(BLOCK, max(_FEWEST, fitting))


def _prepared(file: CsvFile, columns: Columns, found: Scan, day: date) -> Iterator[Prepared | Refusal]:
    """Every row made ready, or its line and why it is refused."""
    clean_row = cleaner(columns, found.order, day)
    suspects, first = found.suspects, dict[str, int]()
    source = columns.source
    for line, cells, reason in file.rows():
        if reason:
            yield line, reason
            continue
        try:
            row = clean_row(cells)
        except Unusable as error:
            yield line, str(error)
            continue
        if suspects and (again := _again(row.number, row.source_id, suspects, first, line)):
            yield line, again
            continue
        yield prepare(line, row, source)


def _again(
    number: str | None, source_id: str | None, suspects: frozenset[str], first: dict[str, int], line: int
) -> str:
    for kind, key in (("number", number), ("id", source_id)):
        if key and key in suspects and first.setdefault(f"{kind} {key}", line) != line:
            return f"its {kind} {clean(key, 40)} stands already in row {first[f'{kind} {key}']}"
    return ""


def _begun(viewer: Viewer, name: str) -> int:
    with transaction():
        return int(ImportBatch.insert(name=name, login=viewer.login, started_at=now()).execute())


def _ended(viewer: Viewer, name: str, summary: ImportSummary) -> None:
    counts = {
        "read": summary.read, "added": summary.added, "updated": summary.updated,
        "unchanged": summary.unchanged, "refused": len(summary.refused),
    }  # fmt: skip
    with transaction():
        ImportBatch.update(finished_at=now(), summary=counts).where(ImportBatch.id == summary.batch).execute()
        history.record(viewer, "import", file=name, **counts)
