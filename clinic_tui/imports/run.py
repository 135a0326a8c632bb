"""An import: files into the practice, each read as a stream, merged in short transactions, all of it one batch.

Practitioners come first, then patients, then what hangs on them, whatever order the files are named in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import peewee

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.aside import Left
from clinic_tui.clock import today
from clinic_tui.db import bulk
from clinic_tui.db.connection import database, is_postgres, session, transaction
from clinic_tui.errors import ClinicError
from clinic_tui.imports import batches, table_rows
from clinic_tui.imports import matching as at
from clinic_tui.imports.appointments import Appointments
from clinic_tui.imports.complete import archive_absent
from clinic_tui.imports.contacts import RelatedPersons
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.dates import order_named
from clinic_tui.imports.fhir import Spool
from clinic_tui.imports.fhir_rows import SOURCE as FHIR
from clinic_tui.imports.fhir_stream import FhirFile
from clinic_tui.imports.found import FORMATS, Files, Opened, Source, find
from clinic_tui.imports.headers import Columns, recognise
from clinic_tui.imports.merge import LOCK, Merge, Prepared, tokens
from clinic_tui.imports.order import ByName
from clinic_tui.imports.pace import Turns
from clinic_tui.imports.patient_rows import prepared
from clinic_tui.imports.portal import PortalUsers
from clinic_tui.imports.practitioners import Practitioners
from clinic_tui.imports.records import Outcome, PatientRef
from clinic_tui.imports.rights import need_all
from clinic_tui.imports.running import importing
from clinic_tui.imports.scan import Scan, scan
from clinic_tui.imports.seen import Met, Seen
from clinic_tui.imports.tables import Table, read_header
from clinic_tui.imports.tally import Counts, RefusedRow, Tally
from clinic_tui.imports.whom import Whom
from clinic_tui.patients.slips import Mistyped
from clinic_tui.text import clean

__all__ = ["FORMATS", "ImportSummary", "RefusedRow", "Source", "import_csv", "run"]

_TRIES = 3

Progress = Callable[[int, int, Counts], None]
Refusal = tuple[int, str]
Place = Callable[[int], tuple[str, int]]


class ImportSummary(NamedTuple):
    """What became of an import's rows. `batch` is None for a dry run.

    `kinds`: the same by what the rows are of; `unused`: columns that nothing reads; `passed`: files of a folder that
    hold nothing kept here; `archived`: patients who were absent from a complete export; `stopped`: it was left midway.
    """

    batch: int | None
    read: int
    added: int
    updated: int
    unchanged: int
    refused: list[RefusedRow]
    unused: list[str]
    kinds: dict[str, Counts]
    passed: list[str]
    archived: int
    notes: list[str]
    stopped: bool = False


def import_csv(
    viewer: Viewer, path: Path, *, date_format: str | None = None, dry_run: bool = False,
    progress: Progress | None = None, shown: str = "",
) -> ImportSummary:  # fmt: skip
    """`run` for one CSV; raises ClinicError where nothing of it can be taken."""
    return run(
        viewer, [Source(path, shown or path.name)], kind="csv", date_format=date_format, dry_run=dry_run,
        progress=progress,
    )  # fmt: skip


def run(
    viewer: Viewer,
    sources: Sequence[Source],
    *,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    date_format: str | None = None,
    complete: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportSummary:
    """Merge files; every row is added, updated, unchanged or refused, and an empty cell wipes nothing.

    `kind`: one of FORMATS, None to tell each file by what stands in it; `mapping`: what columns hold, as `mapping.read`
    gives it; `complete`: whoever came from the same source and is absent is archived. `progress` is called with (done,
    all, counts); where it raises Left, the rows that were merged stay, and the summary says that it was `stopped`. A
    file that cannot be used is refused as one, and the others go in. Ended midway, it leaves whole rows, and the same
    call again finishes. Raises ClinicError where nothing of any file can be taken, Left where it was left before that,
    NotAllowed where the viewer may not.
    """
    need_all(viewer)
    order = order_named(date_format) if date_format else None
    files = find(sources, kind)
    meter = _Meter(files.opened, progress)
    own_age = settings.load(viewer).number("patient_access.own_age")
    plan = _Plan([], [], Spool(today(), own_age, sum(file.path.stat().st_size for file in files.opened)))
    for file in files.opened:
        try:
            plan.add(file, "synthea" if kind == "synthea" else None, mapping or {}, order, meter)
        except ClinicError as error:
            files.failed.append((file.shown, error))
    if not plan.patients and not plan.tables and not any(plan.fhir.counts.values()):
        raise _nothing(files)
    if complete and files.failed:
        raise files.failed[0][1]  # not complete: nobody may be taken for absent
    with session(), nullcontext() if dry_run else importing():
        batch = None if dry_run else batches.begin(viewer, [source.shown for source in sources])
        work = _Work(viewer, batch, meter, Met() if complete else None)
        stopped = False
        with bulk.tuned(), bulk.seldom_collected(100_000):
            try:
                work.all(plan)
            except Left:
                stopped = True
        work.tally.refused.sort(key=lambda row: (row.file, row.row or 0))
        archived, notes = 0, list[str]()
        if work.met is not None and not stopped:
            archived, notes = _absent(viewer, batch, plan, work, work.met)
        notes += work.mistyped.sentences()
        failed = [RefusedRow(shown, None, str(error)) for shown, error in files.failed]
        total = work.tally.total
        summary = ImportSummary(
            batch, total.read, total.added, total.updated, total.unchanged, failed + work.tally.refused,
            plan.unused(), work.tally.kinds, files.passed, archived, notes,
            stopped,
        )  # fmt: skip
        if batch is not None:
            headers = batches.keep_refused(batch, summary.refused, plan.csvs()) if summary.refused else {}
            batches.end(viewer, batch, [source.shown for source in sources], summary._asdict(), headers)
        if not stopped:
            meter.end()
        return summary


def _absent(viewer: Viewer, batch: int | None, plan: _Plan, work: _Work, met: Met) -> tuple[int, list[str]]:
    """Archive who is absent from a complete export: how many, and what is to be said of it."""
    refused = [row for row in work.tally.refused if row.row is not None]
    for csv, columns, _ in plan.patients:
        lines = {row.row for row in refused if row.file == csv.shown}
        keyed = [columns.at[field] for field in ("number", "source_id") if field in columns.at]
        found = {
            row.line: [row.cells[at].strip() for at in keyed] for row in csv.rows() if row.line in lines and row.cells
        }
        refs = [PatientRef(cell, cell) for cells in found.values() for cell in cells if cell]
        if len(refs) < len(lines):
            return 0, ["Nobody was archived: some refused rows do not say whom they are about."]
        whom = Whom(columns.source)
        whom.look_up(refs)
        for ref in refs:
            if (patient := whom.of(ref).patient) is not None:
                met.add(patient)
    if any(
        row.file not in {csv.shown for csv, _, _ in plan.patients} for row in refused if plan.fhir.counts["patients"]
    ):
        return 0, ["Nobody was archived: some refused rows do not say whom they are about."]
    sources = {columns.source for _, columns, _ in plan.patients} | ({FHIR} if plan.fhir.counts["patients"] else set())
    if any("source_id" not in columns.at for _, columns, _ in plan.patients):
        sources.add("")
    if not sources:
        return 0, ["Nobody was archived: there is no list of patients among the files."]
    return archive_absent(viewer, batch, sorted(sources), met, work.turns), []


def _nothing(files: Files) -> ClinicError:
    if files.failed:
        return files.failed[0][1]
    return ClinicError("None of these files lists patients, practitioners or appointments.", "Choose the export.")


class _Meter:
    """How far an import is, in bytes of its files: each is read twice."""

    def __init__(self, files: Sequence[Opened], progress: Progress | None) -> None:
        self._progress = progress
        self.counts = Counts()
        self._all = max(1, sum(2 * file.path.stat().st_size for file in files))
        self._before = self._done = 0

    def at(self, done: int) -> None:
        """So much of the present reading is done."""
        self._done = max(self._done, min(self._before + done, self._all))
        if self._progress:
            self._progress(self._done, self._all, self.counts)

    def read(self, size: int) -> None:
        """The present reading, of a file of that size, is over."""
        self.at(size)
        self._before += size

    def end(self) -> None:
        """All is done."""
        self.at(self._all)


class _Plan(NamedTuple):
    """What there is to merge: CSVs of patients, CSVs of other things, FHIR."""

    patients: list[tuple[CsvFile, Columns, Scan]]
    tables: list[tuple[CsvFile, Table, Any]]
    fhir: Spool

    def add(self, file: Opened, source: str | None, mapping: Mapping[str, str], order: Any, meter: _Meter) -> None:
        """Read the file once, to know it whole. Raises ClinicError where it cannot be used."""
        csv = file.csv
        if csv is None:
            resources = FhirFile(file.path, file.shown)
            self.fhir.add(resources, meter.at)
            meter.read(resources.size)
            return
        if file.kind == "patients":
            columns = recognise(csv.header, file.shown, source, mapping)
            if columns.questions:
                name = clean(columns.questions[0], 40)
                raise ClinicError(
                    f"Whose e-mail addresses the column {name!r} of {file.shown} holds is not clear.",
                    f'Say it with --map FILE, by a line such as "{name}" = "email"; or "guardian email", or "".',
                )
            known = scan(csv, columns, order, today(), lambda: meter.at(csv.bytes_read))
            self.patients.append((csv, columns, known))
        else:
            table = read_header(csv.header, file.kind, file.shown, source, mapping)
            self.tables.append((csv, table, order or table_rows.order_of(csv, table)))
        meter.read(csv.size)

    def csvs(self) -> list[CsvFile]:
        """All files that are CSV."""
        return [csv for csv, *_ in (*self.patients, *self.tables)]

    def unused(self) -> list[str]:
        """Columns that nothing reads, each once."""
        return list(dict.fromkeys(name for _, columns, _ in self.patients for name in columns.unused))


class _Work:
    """The merging itself."""

    def __init__(self, viewer: Viewer, batch: int | None, meter: _Meter, met: Met | None) -> None:
        self._viewer = viewer
        self._batch = batch
        self.meter = meter
        self.turns = Turns()
        self._seen = Seen() if batch is None else None
        self.met = met
        self.tally = Tally()
        self.mistyped = Mistyped()

    def _counted(self, done: int) -> None:
        """So much of the present reading is done, and counted."""
        self.meter.counts = self.tally.total
        self.meter.at(done)

    def all(self, plan: _Plan) -> None:
        """Merge everything, in the order in which one kind refers to another."""
        self._tables(plan, "practitioners")
        self._rows("practitioners", plan.fhir.place, plan.fhir.practitioners(), Practitioners(self._batch, FHIR).merge)
        for csv, columns, known in plan.patients:
            self._patients(csv, columns, known)
        self._fhir(plan.fhir)
        self._tables(plan, "appointments")
        self._tables(plan, "portal")

    def _fhir(self, spool: Spool) -> None:
        merge = Merge(self._viewer, self._batch, FHIR, spool.highest, self._seen, self.met)
        self._merge(merge, spool.patients(), spool.place)
        related = RelatedPersons(self._batch, FHIR, self._seen)
        self._rows("contacts", spool.place, spool.contacts(), related.merge)
        self._rows("appointments", spool.place, spool.appointments(), Appointments(self._batch, FHIR, self._seen).merge)

    def _patients(self, csv: CsvFile, columns: Columns, known: Scan) -> None:
        merge = Merge(self._viewer, self._batch, columns.source, known.highest, self._seen, self.met)
        ordered = ByName(csv, prepared(csv, columns, known, today()))
        self._merge(merge, iter(ordered), partial(_in, csv.shown), lambda: ordered.bytes_done)
        self.meter.read(csv.size)

    def _merge(
        self, merge: Merge, rows: Iterator[Prepared | Refusal], place: Place, done: Callable[[], int] = lambda: 0
    ) -> None:
        mostly_new = self._batch is not None
        for block in self.turns.blocks(rows):
            ready = [row for row in block if isinstance(row, Prepared)]
            words = {row.line: tokens(row.values) for row in ready} if mostly_new else {}
            self.turns.wait()
            outcome = merge.block(ready, words)
            self.mistyped.count(row.values[at.EMAIL_FOLD] for row in ready if row.values[at.EMAIL_FOLD])
            self.turns.written(outcome.added + outcome.updated, merge.held())
            mostly_new = self._batch is not None and outcome.added * 2 >= len(block)
            refused = [row for row in block if not isinstance(row, Prepared)]
            self.tally.add("patients", place, len(block), outcome, refused)
            self._counted(done())

    def _tables(self, plan: _Plan, kind: str) -> None:
        for csv, table, order in plan.tables:
            if table.kind == kind:
                rows = table_rows.rows_of(csv, table, order)
                self._rows(
                    kind, partial(_in, csv.shown), rows, self._merger(kind, table.source), partial(_read_of, csv)
                )
                self.meter.read(csv.size)

    def _merger(self, kind: str, source: str) -> Callable[[Any], Outcome]:
        if kind == "practitioners":
            return Practitioners(self._batch, source).merge
        if kind == "appointments":
            return Appointments(self._batch, source, self._seen).merge
        return PortalUsers(self._batch, source, self._seen).merge

    def _rows(
        self, kind: str, place: Place, rows: Iterator[Any], merge: Callable[[Any], Outcome],
        done: Callable[[], int] = lambda: 0,
    ) -> None:  # fmt: skip
        """Merge rows of which each is a NamedTuple, or a plain tuple: its line and why it is refused."""
        for block in self.turns.blocks(rows):
            ready = [row for row in block if type(row) is not tuple]
            self.turns.wait()
            outcome, seconds = self._whole(merge, ready)
            self.turns.written(outcome.added + outcome.updated, seconds)
            self.tally.add(kind, place, len(block), outcome, [row for row in block if type(row) is tuple])
            self._counted(done())

    def _whole(self, merge: Callable[[Any], Outcome], rows: list[Any]) -> tuple[Outcome, float]:
        """One block in one transaction; again, where another program came between."""
        if self._batch is None:
            return merge(rows), 0.0
        for left in reversed(range(_TRIES)):
            try:
                began = monotonic()
                with transaction():
                    if is_postgres():
                        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                    began = monotonic()
                    outcome = merge(rows)
                return outcome, monotonic() - began
            except peewee.IntegrityError:
                if not left:
                    raise
        raise AssertionError


def _in(shown: str, line: int) -> tuple[str, int]:
    return shown, line


def _read_of(csv: CsvFile) -> int:
    return csv.bytes_read
