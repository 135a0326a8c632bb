"""A CSV file of any usual delimiter and encoding, read as a stream: its header, then row after row.

A row that cannot be read is handed out as a refusal, and reading goes on with the line after the one it
begins on, so that a quotation mark that is never closed costs its own row and no other.
"""

from __future__ import annotations

import csv
import re
import statistics
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from clinic_tui import csv_out
from clinic_tui.errors import ClinicError
from clinic_tui.imports.csv_lines import CELL_LIMIT, Lines, RowTooLong
from clinic_tui.imports.encoding import Encoding, detect, open_binary

DELIMITERS = ",;\t|"
# The last columns of what `batches.refused_csv` writes: where the row stood, and why it was refused.
MARKS = ("refused in", "refused row", "refused because")
_SAMPLE_ROWS = 100
_MOST_TITLES = 20
# After a refused row reading goes back to its second line. A file made to be read for hours stops here.
_MOST_READ_AGAIN = 5_000_000
_SEP_LINE = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)


class Row(NamedTuple):
    """The cells of a row and the physical line it begins on; or, where `refused` says why, none.

    `torn`: the cells of a row that has too few or too many: nobody knows which of them stands under which header.
    """

    line: int
    cells: list[str]
    refused: str = ""
    torn: tuple[str, ...] = ()


class CsvFile:
    """An opened CSV: `header`, and `rows()` as often as wanted, each time from the file's first row.

    `shown` is the name for messages. ClinicError where the file is no CSV, is empty, or has a header only.
    """

    def __init__(self, path: Path, shown: str = "") -> None:
        self.path = path
        self.shown = shown or path.name
        self.encoding: Encoding = detect(path, self.shown)
        self.size = path.stat().st_size
        self._lines: Lines | None = None
        sample = self._sample()
        self._start = 1  # the line on which the header begins, or a line without text before it
        if sample and (named := _SEP_LINE.fullmatch(sample[0])):
            self._start = 2
            self.delimiter = named[1]
        else:
            self.delimiter = _delimiter(sample)
        self._spaced = False
        self._start = self._below_titles()
        self._spaced = _spaced(sample[self._start - 1 :], self.delimiter)
        first = next(self._all_rows(self._start), None)
        if first is None:
            raise ClinicError(f"{self.shown} holds no text.", "Export the patients again.")
        if first.refused:
            raise ClinicError(f"The header of {self.shown} cannot be read: {first.refused}.", "Export it again.")
        self.header = [cell.strip() for cell in first.cells]
        self.header_line = first.line
        self._ours = tuple(self.header[-len(MARKS) :]) == MARKS
        if self._ours:
            del self.header[-len(MARKS) :]
        # Columns at the end without a name: their cells may be left out.
        self._named = max((at for at, name in enumerate(self.header, 1) if name), default=0)
        if next(self.rows(), None) is None:
            raise ClinicError(f"{self.shown} has a header and no rows.", "Check the filters of the export.")

    def _sample(self) -> list[str]:
        with open_binary(self.path, self.shown) as file:
            sample: list[str] = []
            with suppress(RowTooLong):
                sample.extend(islice(Lines(file, self.encoding, self.shown).starting_at(1), _SAMPLE_ROWS))
            return sample

    def _below_titles(self) -> int:
        """The line on which the header begins."""
        rows = [row for row in islice(self._all_rows(self._start), _SAMPLE_ROWS) if not row.refused]
        at = _titles([row.cells for row in rows])
        return rows[at].line if at else self._start

    @property
    def bytes_read(self) -> int:
        """How far the latest `rows()` has come, of `size`."""
        return self._lines.bytes_read if self._lines else 0

    def rows(self) -> Iterator[Row]:
        """Every row after the header that is not blank, each with as many cells as the header, or refused."""
        rows = _mended(self._rows()) if self._ours else self._rows()
        return _last_refused(rows) if self.encoding.cut else rows

    def _rows(self) -> Iterator[Row]:
        marks = len(MARKS) if self._ours else 0
        width = len(self.header) + marks
        least = width if self._ours else self._named
        for row in islice(self._all_rows(self._start), 1, None):
            if len(row[1]) == width or row[2]:
                yield row
            elif least <= len(row[1]) < width:
                yield Row(row[0], [*row[1], *[""] * (width - len(row[1]))])
            elif len(row[1]) > width and not any(row[1][width:]):
                yield Row(row[0], row[1][:width])
            else:
                torn = tuple(row[1][: max(0, len(row[1]) - marks)])
                few = f"it has only {len(torn)} of {width - marks} cells"
                many = f"it has {len(torn)} cells, the header {width - marks}"
                yield Row(row[0], [], many if len(row[1]) > width else few, torn)

    def _all_rows(self, start: int) -> Iterator[Row]:
        # For the whole process, but nothing else in it reads CSV.
        csv.field_size_limit(CELL_LIMIT)
        with open_binary(self.path, self.shown) as file:
            lines = self._lines = Lines(file, self.encoding, self.shown)
            at: int | None = start
            while at is not None:
                lines.row_at = at
                at = yield from self._until_refused(lines, at)

    def _until_refused(self, lines: Lines, start: int) -> Generator[Row, None, int | None]:
        """Rows from line `start` on; returns the line to go on from after a refusal, None at the end."""
        reader = csv.reader(
            lines.starting_at(start), delimiter=self.delimiter, skipinitialspace=self._spaced, strict=True
        )
        before = start - 1
        make = tuple.__new__  # as a NamedTuple makes itself, at half the time
        try:
            for cells in reader:
                if any(cells) and (cells[0].strip() or any(map(str.strip, cells))):
                    yield make(Row, (lines.row_at, cells, "", ()))
                lines.row_at = before + reader.line_num + 1
        except csv.Error as error:
            yield Row(lines.row_at, [], _reason(str(error)))
        except RowTooLong:
            yield Row(lines.row_at, [], "it is longer than a megabyte, or a quotation mark in it is not closed")
        else:
            return None
        lines.read_again += before + reader.line_num - lines.row_at
        if lines.read_again > _MOST_READ_AGAIN:
            raise ClinicError(
                f"The quotation marks of {self.shown} do not pair, in row after row: it cannot be read as CSV.",
                "Export it again.",
            )
        return lines.row_at + 1


def _mended(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that were refused, without the marks and with their cells as they stood."""
    for row in rows:
        yield row._replace(
            cells=[csv_out.plain(cell) for cell in row.cells[: -len(MARKS)]],
            torn=tuple(csv_out.plain(cell) for cell in row.torn),
        )


def _last_refused(rows: Iterator[Row]) -> Iterator[Row]:
    held = next(rows, None)
    for row in rows:
        if held:
            yield held
        held = row
    if held:
        yield Row(held.line, [], held.refused or "the file is cut off in the middle of it")


def _reason(said: str) -> str:
    if "field limit" in said:
        return "a cell is longer than 64 kB, or a quotation mark in it is not closed"
    if "end of data" in said:
        return "a quotation mark is opened and never closed; the file may be cut off"
    if "expected after" in said:
        return "its quotation marks do not pair"
    return "it is not well-formed CSV"


def _delimiter(sample: list[str]) -> str:
    """The delimiter that cuts most of the rows, once titles are passed over, to the same, largest width."""

    def worth(delimiter: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(sample, delimiter=delimiter, skipinitialspace=True) if row]
        except csv.Error:
            return 0.0, 0
        rows = rows[_titles(rows) :]
        if not rows or len(rows[0]) < 2:
            return 0.0, 0
        widths = Counter(len(row) for row in rows)
        return round(widths[len(rows[0])] / len(rows), 1), len(rows[0])

    return max(DELIMITERS, key=worth)


def _titles(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are no header but titles: less than half as wide as most of the rows are."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    wide = statistics.median_high(filled) if filled else 0
    return next((at for at, cells in enumerate(filled[:_MOST_TITLES]) if 2 * cells >= wide), 0) if wide > 2 else 0


def _spaced(sample: list[str], delimiter: str) -> bool:
    """Whether a space follows each delimiter of the header, and is no part of the cells."""
    header = next((line for line in sample if line.strip()), "")
    return delimiter != "\t" and delimiter in header and header.count(delimiter) == header.count(delimiter + " ")
