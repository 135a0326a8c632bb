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

CHUNK = 60_000

Refusal = tuple[int, str]  # the line of a row, and why it cannot be taken


class ByName:
    """The rows of `file`, each ready or refused. A chunk with rows that have no number keeps the file's order.

    (Who comes first of two rows decides there what number a patient gets, and which row a doubt is held against.)
    """

    def __init__(self, file: CsvFile, rows: Iterator[Prepared | Refusal]) -> None:
        self._file = file
        self._rows = rows
        self._begun = self._read = 0  # bytes read before the chunk, and with it
        self._given, self._size = 0, 1

    @property
    def bytes_done(self) -> int:
        """How much of the file has been handed out."""
        return self._begun + (self._read - self._begun) * self._given // self._size

    def __iter__(self) -> Iterator[Prepared | Refusal]:
        while chunk := self._chunk():
            self._begun, self._read = self._read, self._file.bytes_read
            self._given, self._size = 0, len(chunk)
            chunk.reverse()  # taken from its end, it frees memory as it goes
            while chunk:
                self._given += 1
                yield _unpacked(chunk.pop()[1])

    def _chunk(self) -> list[tuple[str, bytes]]:
        numbered = True
        chunk: list[tuple[str, bytes]] = []
        for row in islice(self._rows, CHUNK):
            if isinstance(row, Prepared):
                numbered = numbered and bool(row.values[at.NUMBER])
                chunk.append((row.values[at.SORT_NAME], marshal.dumps(tuple(row))))
            else:
                chunk.append(("", marshal.dumps(row)))
        if numbered:
            chunk.sort(key=_name)
        return chunk


def _name(item: tuple[str, bytes]) -> str:
    return item[0]


def _unpacked(packed: bytes) -> Prepared | Refusal:
    row: tuple[Any, ...] = marshal.loads(packed)  # noqa: S302 -- packed above, in this process
    return Prepared(*row) if len(row) > 2 else (row[0], row[1])
