"""One act on many patients, a block of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.errors import NotAllowed

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient

BLOCK = 500


class Skipped(NamedTuple):
    """A patient with whom nothing was done: the reason's word, and the sentence."""

    patient_id: int
    reason: str
    detail: str


class Changed(NamedTuple):
    """What became of changing many: patients by id, each with what is said of the change, such as `all -> phone`."""

    changed: list[tuple[int, str]]
    skipped: list[Skipped]


def blocks(
    viewer: Viewer,
    patient_ids: Iterable[int],
    progress: Callable[[int], None] | None = None,
    *,
    lock: bool = True,
) -> Iterator[list[int]]:
    """The patients, each once, a block at a time, inside the caller's transaction.

    With `lock` all are locked before the first block; `progress` hears after each block how many are done.
    """
    wanted = list(dict.fromkeys(patient_ids))
    if lock:
        access.patients(viewer).lock(wanted)
    for first in range(0, len(wanted), BLOCK):
        block = wanted[first : first + BLOCK]
        yield block
        if progress is not None:
            progress(first + len(block))


def changeable(viewer: Viewer, block: Sequence[int], skipped: list[Skipped]) -> dict[int, Patient]:
    """Those of the block whom the viewer may change, by id and in its order; the others are added to `skipped`."""
    patients = access.patients(viewer)
    found = {row.id: row for row in patients.among(block)}
    skipped += [Skipped(one, "no_access", str(patients.missing(one))) for one in block if one not in found]
    try:
        viewer.need_names()
    except NotAllowed as error:
        skipped += [Skipped(one, "names_hidden", str(error)) for one in block if one in found]
        return {}
    return {one: found[one] for one in block if one in found}
