"""What became of the rows of an import, counted as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from clinic_tui.imports.records import Outcome

_REASONS = 10_000


class RefusedRow(NamedTuple):
    """A row that was not taken: the line (of FHIR, the resource) it begins on, and why. `row` None: the whole file."""

    file: str
    row: int | None
    reason: str


class Counts(NamedTuple):
    """What became of rows of one kind."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


class Tally:
    """Counts by kind, and the refused rows."""

    def __init__(self) -> None:
        self.kinds: dict[str, Counts] = {}
        self.refused: list[RefusedRow] = []
        self._reasons: dict[str, str] = {}

    def add(
        self, kind: str, place: Callable[[int], tuple[str, int]], read: int, outcome: Outcome,
        refused: Iterable[tuple[int, str]] = (),
    ) -> None:  # fmt: skip
        """Count a block of `read` rows; `refused` never came to merging; `place`: the file and row of a line."""
        before = len(self.refused)
        for line, reason in (*refused, *outcome.refused):
            # One text for all who share it: every row of a file may be refused.
            known = self._reasons
            shared = known.setdefault(reason, reason) if len(known) < _REASONS else known.get(reason, reason)
            self.refused.append(RefusedRow(*place(line), shared))
        more = Counts(read, outcome.added, outcome.updated, outcome.unchanged, len(self.refused) - before)
        self.kinds[kind] = Counts(*(a + b for a, b in zip(self.kinds.get(kind, Counts()), more, strict=True)))

    @property
    def total(self) -> Counts:
        """All kinds together."""
        return Counts(*(sum(column) for column in zip(*self.kinds.values(), strict=True))) if self.kinds else Counts()
