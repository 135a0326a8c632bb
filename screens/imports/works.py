"""The long work of importing, each as something that another process can be asked for: many rows slow no key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from clinic_tui.aside import Left
from clinic_tui.errors import ClinicError
from screens.aside import LONG, MANY

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.aside import Tell
    from clinic_tui.imports.duplicates import Pair
    from clinic_tui.imports.preview import Preview
    from clinic_tui.imports.undo import Undone

LARGE = 500_000  # bytes of files: some thousands of rows


class Told(NamedTuple):
    """How far it is: `done` of `of`, which is 0 where that is not known, and what became of the rows so far."""

    done: int
    of: int
    counts: Mapping[str, int]


class Asked(NamedTuple):
    """Which files, and what was said of them. `mapping`: fields by the keys of headers, as `mapping.checked` gives."""

    path: str = ""
    kind: str | None = None
    dates: str | None = None
    complete: bool = False
    mapping: Mapping[str, str] = {}

    @property
    def shown(self) -> str:
        """The path as it was typed: quotation marks that a dragged file brings along are no part of it."""
        typed = self.path.strip()
        return typed[1:-1] if len(typed) > 1 and typed[0] == typed[-1] and typed[0] in "'\"" else typed

    @property
    def source(self) -> Path:
        """Where it is."""
        return Path(self.shown).expanduser()

    def is_large(self) -> bool:
        """Whether it is worth a process of its own."""
        size = 0
        try:
            for path in self.source.rglob("*") if self.source.is_dir() else (self.source,):
                size += path.stat().st_size
                if size > LARGE:
                    return True
        except OSError:
            pass  # reading it will say so
        return False


class Work(Protocol):
    """What is done with the right of a viewer; it tells how far it is."""

    def is_long(self) -> bool:
        """Whether it is worth a process of its own; asked in a thread."""

    def __call__(self, viewer: Viewer, tell: Tell) -> Any:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look into the files."""

    asked: Asked

    def is_long(self) -> bool:
        """Large files."""
        return self.asked.is_large()

    def __call__(self, viewer: Viewer, tell: Tell) -> Preview:
        """What is in them."""
        from clinic_tui.imports.preview import preview
        from clinic_tui.imports.run import Source

        it = self.asked
        return preview(
            viewer, [Source(it.source, it.shown)], it.mapping, kind=it.kind, date_format=it.dates,
            progress=lambda done, of: tell(Told(done, of, {})),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Import:
    """Bring the files in."""

    asked: Asked

    def is_long(self) -> bool:
        """Large files."""
        return self.asked.is_large()

    def __call__(self, viewer: Viewer, tell: Tell) -> int:
        """The batch."""
        from clinic_tui.imports.run import Source, run

        it = self.asked
        summary = run(
            viewer, [Source(it.source, it.shown)], kind=it.kind, mapping=it.mapping, date_format=it.dates,
            complete=it.complete, progress=lambda done, of, counts: tell(Told(done, of, counts._asdict())),
        )  # fmt: skip
        return summary.batch or 0


_HALF_UNDONE = ClinicError("It was stopped half undone.", "Undo it again to finish; until then nothing is imported.")


@dataclass(frozen=True, slots=True)
class Undo:
    """Undo a batch of so many rows."""

    batch: int
    rows: int

    def is_long(self) -> bool:
        """Many rows."""
        return self.rows > MANY

    def __call__(self, viewer: Viewer, tell: Tell) -> Undone:
        """All of it, or nothing; stopped in between, the same again finishes."""
        from clinic_tui.imports.batches import summary
        from clinic_tui.imports.undo import undo

        try:
            return undo(viewer, self.batch, lambda done: tell(Told(done, max(self.rows, done), {})))
        except Left:
            if summary(viewer, self.batch).undoing:
                raise _HALF_UNDONE from None
            raise


@dataclass(frozen=True, slots=True)
class Compare:
    """Find who may be one person twice; with `batch`, of whom one came with that import."""

    batch: int | None = None

    def is_long(self) -> bool:
        """Many patients."""
        from clinic_tui.case_load.query import may_be_more_than

        return may_be_more_than(LONG)

    def __call__(self, viewer: Viewer, tell: Tell) -> list[Pair]:
        """The pairs."""
        from clinic_tui.imports.duplicates import duplicates

        return duplicates(viewer, self.batch)
