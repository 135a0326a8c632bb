"""Rows made ready for merging, in the order that costs a database least: by name, within chunks of a file.

Neighbours in an index are then written together, so that each of its pages is written a few times and not thousands.
A chunk waits in memory, packed: some 400 bytes a row.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from itertools import islice
from typing import Any

from clinic_tui.imports import matching as at
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.merge import Prepared

CHUNK = 100_000
WORTH_IT = 5_000  # a shorter chunk keeps the file's order, and so do its patients' ids

Refusal = tuple[int, str]  # the line of a row, and why it cannot be taken


class ByName:
    """The rows of `file`, each ready or refused. A chunk with rows that have no number keeps the file's order.

    (Who comes first of two rows decides there what number a patient gets, and which row a doubt is held against.)
    """

    def __init__(self, file: CsvFile, rows: Iterator[Prepared | Refusal]) -> None:
        self._file = file
        self._rows = rows
        self._read = self._given = self._done = 0

    @property
    def bytes_done(self) -> int:
        """How much of the file has been handed out, about; never less than before."""
        self._done = max(self._done, self._file.bytes_read * self._given // max(self._read, 1))
        return self._done

    def __iter__(self) -> Iterator[Prepared | Refusal]:
        rows = map(_packed, self._rows)
        chunk = self._sorted(list(islice(rows, CHUNK)))
        self._read = len(chunk)
        while chunk:
            after: list[tuple[str | None, bytes]] = []
            while chunk:  # as it empties from its end, the next one fills: the time between two blocks is used
                self._given += 1
                yield _unpacked(chunk.pop()[1])
                if (row := next(rows, None)) is not None:
                    after.append(row)
                    self._read += 1
            chunk = self._sorted(after)

    @staticmethod
    def _sorted(chunk: list[tuple[str | None, bytes]]) -> list[tuple[str | None, bytes]]:
        """The chunk, last row first."""
        chunk.reverse()
        if len(chunk) >= WORTH_IT and all(name is not None for name, _ in chunk):
            chunk.sort(key=_name, reverse=True)
        return chunk


def _name(item: tuple[str | None, bytes]) -> str:
    return item[0] or ""


def _packed(row: Prepared | Refusal) -> tuple[str | None, bytes]:
    """The row, and the name it is sorted by: None where there is no number."""
    if isinstance(row, Prepared):
        return row.values[at.SORT_NAME] if row.values[at.NUMBER] else None, marshal.dumps(tuple(row))
    return "", marshal.dumps(row)


def _unpacked(packed: bytes) -> Prepared | Refusal:
    row: tuple[Any, ...] = marshal.loads(packed)  # noqa: S302 -- packed above, in this process
    return Prepared(*row) if len(row) > 2 else (row[0], row[1])
