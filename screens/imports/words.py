"""What the screens of importing call things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from screens.widgets.cells import line

if TYPE_CHECKING:
    from clinic_tui.imports.batches import Batch
    from clinic_tui.imports.preview import FilePreview

COUNTS = ("read", "added", "updated", "unchanged", "refused")
_LISTS = {"portal": "the portal's users"}


def lists(kind: str) -> str:
    """What a file lists."""
    return _LISTS.get(kind, kind)


def file_said(file: FilePreview) -> str:
    """`patients, looks like OpenEMR`."""
    looks = f", looks like {file.system}" if file.system else ""
    return f"{lists(file.kind)}{looks}"


def held(field: str, kind: str = "patients") -> str:
    """What a column of a list of that kind holds, in words: `birth date`, `guardian: e-mail`."""
    from clinic_tui.imports import fields, tables
    from clinic_tui.imports.others import WHOSE

    if kind in tables.FIELDS:
        return tables.called(field)
    whose, _, what = field.partition(" ")
    if whose in WHOSE:
        return f"{WHOSE[whose][0].lower()}'s {fields.called(what)}"
    return fields.called(field)


def became(counts: Mapping[str, int]) -> str:
    """`1,204 added, 3 refused`; what is none is left out."""
    said = [f"{counts[count]:,} {count}" for count in COUNTS[1:] if counts.get(count)]
    return ", ".join(said) or "nothing"


def state(batch: Batch) -> str:
    """What is to be known of a batch besides its counts."""
    if batch.undone_at is not None:
        return "undone"
    if batch.undoing:
        return "being undone"
    return "stopped midway" if batch.finished_at is None else ""


def name(batch: Batch) -> str:
    """The files, safe to draw."""
    return line(batch.name)
