"""The rows of a CSV of patients, made ready for merging. It is read twice: once to know it whole, once to merge it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.headers import Columns
from clinic_tui.imports.merge import Prepared, prepare
from clinic_tui.imports.order import Refusal
from clinic_tui.imports.rows import Unusable, cleaner
from clinic_tui.imports.scan import Scan
from clinic_tui.text import clean


def prepared(file: CsvFile, columns: Columns, found: Scan, day: date) -> Iterator[Prepared | Refusal]:
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
        if suspects and (again := stands_already(row.number, row.source_id, suspects, first, line)):
            yield line, again
            continue
        yield prepare(line, row, source)


def stands_already(
    number: str | None, source_id: str | None, suspects: frozenset[str], first: dict[str, int], line: int
) -> str:
    """Why a row is refused whose number or id an earlier one has, else "". `first` is kept from row to row."""
    for kind, key in (("number", number), ("id", source_id)):
        if key and key in suspects and first.setdefault(f"{kind} {key}", line) != line:
            return f"its {kind} {clean(key, 40)} stands already in row {first[f'{kind} {key}']}"
    return ""
