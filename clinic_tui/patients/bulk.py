"""Setting one thing on the records of many patients: all in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from clinic_tui import access, history, many
from clinic_tui.access import Viewer
from clinic_tui.db.connection import snapshot, transaction
from clinic_tui.errors import FieldError
from clinic_tui.many import Changed, Skipped
from clinic_tui.patients import fields, imported

FIELDS = ("status", "communication")


def change_many(
    viewer: Viewer,
    patient_ids: Iterable[int],
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    **values: Any,
) -> Changed:
    """Put `communication`, `status` or both on each patient's record, whoever has it otherwise.

    What is said of each changed patient is `all -> phone`. With `dry_run` the same questions are asked and nothing is
    written; `progress` hears how many have been asked about. Raises FieldError.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_bulk()
    kept = fields.read(values)
    for field in kept:
        if field not in FIELDS:
            raise FieldError(field, f"The {fields.shown(field)} is set for one patient at a time.")
    if not kept:
        raise FieldError(FIELDS[0], "There is nothing to set.", f"There are: {', '.join(FIELDS)}.")
    outcome = Changed([], [])
    with snapshot() if dry_run else transaction():
        for block in many.blocks(viewer, patient_ids, progress, lock=not dry_run):
            changes = _ask(viewer, block, kept, outcome)
            if not dry_run:
                _write(viewer, kept, changes)
    return outcome


_Told = list[tuple[int, int | None, dict[str, Any] | None]]


def _ask(viewer: Viewer, block: list[int], kept: dict[str, Any], outcome: Changed) -> _Told:
    """Add each of the block to the outcome; what the history will say of those who change."""
    told: _Told = []
    for one, patient in many.changeable(viewer, block, outcome.skipped).items():
        before = {field: getattr(patient, field) for field in kept if getattr(patient, field) != kept[field]}
        if not before:
            outcome.skipped.append(Skipped(one, "unchanged", "The record says so already."))
            continue
        told.append((one, None, {"before": before, "after": {field: kept[field] for field in before}}))
        outcome.changed.append((one, ", ".join(f"{was} -> {kept[field]}" for field, was in before.items())))
    return told


def _write(viewer: Viewer, kept: dict[str, Any], told: _Told) -> None:
    patients = access.patients(viewer)
    column = patients.columns
    update = patients.update(**kept, version=column.version + 1)
    update.where(column.id.in_([one for one, _, _ in told])).execute()
    imported.edited((one, detail["before"]) for one, _, detail in told if detail is not None)
    history.record_many(viewer, "patient changed", told)
