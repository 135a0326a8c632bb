"""A look into a file before it is imported: what each column holds, the first rows, and what must be said first."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.errors import ClinicError
from clinic_tui.imports import table_rows
from clinic_tui.imports.dates import order_named
from clinic_tui.imports.found import Source, find
from clinic_tui.imports.headers import key_of, recognise
from clinic_tui.imports.rights import need_all
from clinic_tui.imports.scan import scan
from clinic_tui.imports.tables import read_header

ROWS = 10


class ColumnGuess(NamedTuple):
    """A column: its header, and what it is read as: a field, `guardian email`, or "" where nothing reads it."""

    header: str
    field: str


class Question(NamedTuple):
    """What has to be said before the file is imported. `about`: `column` (a header, for the map) or `dates`."""

    about: str
    what: str
    text: str


class Preview(NamedTuple):
    """`kind` is what the file lists (`fhir` for JSON); `rows` are its first cells, as they stand."""

    kind: str
    source: str
    columns: list[ColumnGuess]
    rows: list[list[str]]
    questions: list[Question]


def preview(
    viewer: Viewer, path: Path, mapping: Mapping[str, str] | None = None, *, kind: str | None = None,
    date_format: str | None = None, shown: str = "",
) -> Preview:  # fmt: skip
    """Look into one file; `mapping` as `mapping.checked` makes it. Raises ClinicError where it cannot be used."""
    need_all(viewer)
    files = find([Source(path, shown or path.name)], kind)
    if files.failed:
        raise files.failed[0][1]
    if not files.opened:
        raise ClinicError(f"{shown or path.name} holds nothing that is kept here.", "Choose the export.")
    file = files.opened[0]
    if file.csv is None:
        return Preview("fhir", "fhir", [], [], [])
    csv = file.csv
    rows = [row.cells for row in islice((row for row in csv.rows() if row.cells), ROWS)]
    order = order_named(date_format) if date_format else None
    questions: list[Question] = []
    if file.kind == "patients":
        columns = recognise(csv.header, file.shown, mapping=mapping)
        held = {index: field for field, index in columns.at.items()}
        held |= {index: f"{whose} {what}" for (whose, what), index in columns.contacts.items()}
        questions += [
            Question("column", name, f"Whose e-mail does the column {name!r} hold?") for name in columns.questions
        ]
        source = columns.source
        try:
            scan(csv, columns, order, today(), lambda: None)
        except ClinicError as error:
            questions.append(Question("dates", columns.shown("birth_date"), str(error)))
    else:
        table = read_header(csv.header, file.kind, file.shown)
        held = {index: field for field, index in table.at.items()}
        source = table.source
        try:
            if order is None:
                table_rows.order_of(csv, table)
        except ClinicError as error:
            questions.append(Question("dates", "", str(error)))
    guesses = [ColumnGuess(name, held.get(index, "")) for index, name in enumerate(csv.header)]
    return Preview(file.kind, source, guesses, rows, questions)


def keyed(header: str) -> str:
    """The key by which a mapping names this header."""
    return key_of(header)
