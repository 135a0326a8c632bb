"""A look into files before they are imported: what each lists, what its columns hold, and what must be said first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.dates import Order
from clinic_tui.errors import ClinicError
from clinic_tui.imports import table_rows
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.dates import OpenOrder, order_named
from clinic_tui.imports.found import Opened, Source, find
from clinic_tui.imports.headers import guesses, key_of, recognise
from clinic_tui.imports.mapping import FIELDS
from clinic_tui.imports.others import WHOSE, Column
from clinic_tui.imports.rights import need_all
from clinic_tui.imports.scan import scan
from clinic_tui.imports.systems import looks_like
from clinic_tui.imports.tables import FIELDS as FIELDS_OF
from clinic_tui.imports.tables import Kind, read_header
from clinic_tui.patients.slips import Mistyped

ROWS = 10
# Several titles are of one person: the first of them is offered.
_TITLES = {title: whose for whose, (title, _) in reversed(WHOSE.items())}
_PERSONS = tuple(whose for whose in WHOSE if whose in _TITLES.values())
_HELD = (*FIELDS, *(f"{whose} {what}" for whose in _PERSONS for what in ("name", "email", "phone", "relationship")))


class ColumnGuess(NamedTuple):
    """A column: its header, its first cells, and what it is read as: a field, `guardian email`, "" where nothing reads
    it. `asked`: somebody must say what it holds.
    """

    header: str
    cells: list[str]
    field: str
    asked: bool


class FilePreview(NamedTuple):
    """`system`: the program that it looks like, "" where that is not known; `problem`: why it cannot be imported so.

    `dates`: a sentence where they leave open in which order they are written.
    """

    shown: str
    kind: Kind
    system: str
    columns: list[ColumnGuess]
    problem: ClinicError | None
    dates: str


class Preview(NamedTuple):
    """The CSVs; those that are FHIR; files that hold nothing kept here; those that cannot be read, and why.

    `notes`: what is to be known and keeps nothing from being imported: addresses in CSVs that look mistyped.
    """

    files: list[FilePreview]
    fhir: list[str]
    passed: list[str]
    failed: list[tuple[str, ClinicError]]
    notes: list[str]

    @property
    def questions(self) -> list[str]:
        """The headers of columns of which somebody must say what they hold."""
        return [column.header for file in self.files for column in file.columns if column.asked]

    @property
    def dates_open(self) -> bool:
        """Whether somebody must say how dates are written."""
        return any(file.dates for file in self.files)

    @property
    def ready(self) -> bool:
        """Whether all of it can be imported as it is."""
        usable = bool(self.fhir) or bool(self.files)
        return usable and not self.questions and not any(file.problem or file.dates for file in self.files)


def preview(
    viewer: Viewer, sources: Sequence[Source], mapping: Mapping[str, str] | None = None, *, kind: str | None = None,
    date_format: str | None = None, progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Preview:  # fmt: skip
    """Look into them; the options are those of `run.run`, `progress` is called with (done, all).

    Raises ClinicError where there is nothing in them to be imported, NotAllowed.
    """
    need_all(viewer)
    order = order_named(date_format) if date_format else None
    files = find(sources, kind)
    every = max(1, sum(file.csv.size for file in files.opened if file.csv))
    seen = Preview([], [file.shown for file in files.opened if file.csv is None], files.passed, files.failed, [])
    mistyped = Mistyped()
    done = 0

    def tick(csv: CsvFile) -> None:
        progress(done + csv.bytes_read, every)

    for file in files.opened:
        if file.csv is not None:
            seen.files.append(_looked_into(file, file.csv, mapping, order, mistyped, partial(tick, file.csv)))
            done += file.csv.size
    if not seen.files and not seen.fhir:
        if files.failed:
            raise files.failed[0][1]
        raise ClinicError("There is nothing in it that is kept here.", "Choose the export.")
    seen.notes.extend(mistyped.sentences())
    return seen


def offered(kind: Kind) -> tuple[str, ...]:
    """What a column of a list of this kind can be said to hold, as `mapping.checked` takes it: a field; of patients
    also what of whom.
    """
    return tuple(FIELDS_OF[kind]) if kind in FIELDS_OF else _HELD


def _looked_into(
    file: Opened, csv: CsvFile, mapping: Mapping[str, str] | None, order: Order | None, mistyped: Mistyped,
    tick: Callable[[], None],
) -> FilePreview:  # fmt: skip
    asked: set[str] = set()
    problem: ClinicError | None = None
    dates = ""
    held: dict[int, str] = {}
    try:
        if file.kind == "patients":
            held = dict(enumerate(map(_said, guesses(csv.header, mapping))))
            columns = recognise(csv.header, file.shown, mapping=mapping)
            asked = set(columns.questions)
            held = {index: _said(column) for column, index in columns.contacts.items()}
            held |= {index: field for field, index in columns.at.items()}
            scan(csv, columns, order, today(), tick, mistyped)
        else:
            table = read_header(csv.header, file.kind, file.shown, mapping=mapping)
            held = {index: field for field, index in table.at.items()}
            if order is None:
                table_rows.order_of(csv, table)
    except OpenOrder as error:
        dates = error.title
    except ClinicError as error:
        problem = error
    rows = [row.cells for row in islice((row for row in csv.rows() if row.cells), ROWS)]
    columns_seen = [
        ColumnGuess(name, [row[index] for row in rows], held.get(index, ""), name in asked)
        for index, name in enumerate(csv.header)
    ]
    system = looks_like(frozenset(key_of(name) for name in csv.header))
    return FilePreview(file.shown, file.kind, system, columns_seen, problem, dates)


def _said(guess: str | Column | None) -> str:
    return f"{guess.whose} {guess.what}" if isinstance(guess, Column) else guess or ""
