"""A text file as numbered physical lines, some of them kept so that a reader can go back. Memory is flat."""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from clinic_tui.errors import ClinicError
from clinic_tui.imports.encoding import Encoding

CELL_LIMIT = 64 * 1024
ROW_LIMIT = 1024 * 1024

_CHUNK = 1 << 17


class RowTooLong(Exception):
    """A row, or one line, is longer than ROW_LIMIT."""


class Lines:
    """Lines from 1 on. Whoever reads rows sets `row_at` to the line after each row as it comes out."""

    def __init__(self, file: BinaryIO, encoding: Encoding, shown: str) -> None:
        self._file = file
        self._shown = shown
        self._decoder = codecs.getincrementaldecoder(encoding.name)("ignore" if encoding.cut else "strict")
        self._next = 1  # number of the first line not yet read
        self._rest = ""  # the beginning of that line
        self._ended = False
        # Blocks that were read last: number of the first line, its lines (None: one line too long), characters.
        self._kept: deque[tuple[int, list[str] | None, int]] = deque()
        self.row_at = 1
        self.bytes_read = 0
        self.read_again = 0  # lines that were read more than once, after refused rows

    def starting_at(self, line: int) -> Iterator[str]:
        """The lines from `line` on, with their ends; it may lie back as far as ROW_LIMIT."""
        return chain.from_iterable(self._blocks(line))

    def _blocks(self, line: int) -> Iterator[list[str]]:
        for first, lines, _ in list(self._kept):
            if lines is None:
                if first >= line:
                    raise RowTooLong
            elif first + len(lines) > line:
                yield lines[max(0, line - first) :]
        given, since = 0, self.row_at
        while (block := self._read()) is not None:
            first, lines, size = block
            given, since = (given, since) if since == self.row_at else (0, self.row_at)
            given += size
            if lines is None or given > ROW_LIMIT + 2 * _CHUNK:
                raise RowTooLong
            yield lines[max(0, line - first) :]

    def _read(self) -> tuple[int, list[str] | None, int] | None:
        while not self._ended and len(self._rest) <= ROW_LIMIT:
            text = self._rest + self._decoded()
            # The last line may go on in the next chunk; so may a "\r" that is half of a "\r\n".
            end = len(text) if self._ended else max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
            self._rest = text[end:]
            if end:
                return self._keep(io.StringIO(text[:end], newline="").readlines(), end)
        if self._rest:
            self._pass_over()
            return self._keep(None, 0)
        return None

    def _keep(self, lines: list[str] | None, size: int) -> tuple[int, list[str] | None, int]:
        block = (self._next, lines, size)
        self._kept.append(block)
        self._next += 1 if lines is None else len(lines)
        total = sum(kept for _, _, kept in self._kept)
        while total - self._kept[0][2] > ROW_LIMIT + 4 * _CHUNK:
            total -= self._kept.popleft()[2]
        return block

    def _pass_over(self) -> None:
        """Drop the rest of a line that is too long."""
        text = self._rest
        while not (end := _end_of_line(text, self._ended)):
            text = text[-1:] + self._decoded()
        self._rest = text[end:]

    def _decoded(self) -> str:
        data = self._file.read(_CHUNK)
        self._ended = not data
        self.bytes_read += len(data)
        try:
            return self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(error.encoding, errors="replace")
            line = self._next + (self._rest + before).count("\n")
            raise ClinicError(
                f"Line {line} of {self._shown} is not in the encoding of what stands before it ({error.encoding}).",
                "Mend that line, or export the file again as UTF-8. Nothing of it was imported.",
            ) from error


def _end_of_line(text: str, ended: bool) -> int:
    # A "\r" at the very end may be half of a "\r\n" while there is more to come.
    match = re.search(r"\r\n?|\n" if ended else r"\r\n|\n|\r(?!\Z)", text)
    return match.end() if match else len(text) if ended else 0
