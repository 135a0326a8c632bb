"""Appointments into the practice, each known by the source's id; without one, by patient, practitioner and moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clinic_tui.case_load import activity
from clinic_tui.db import bulk
from clinic_tui.imports import changes
from clinic_tui.imports.practitioners import key
from clinic_tui.imports.records import AppointmentRow, Outcome
from clinic_tui.imports.seen import Seen
from clinic_tui.imports.whom import Whom
from clinic_tui.text import clean, fold

_COLUMNS = ("patient_id", "practitioner_id", "starts_at", "minutes", "status")


class Appointments:
    """Merges rows of one source. `batch` None: a dry run, and `seen` are the patients whom it would have added."""

    def __init__(self, batch: int | None, source: str, seen: Seen | None = None) -> None:
        self._batch = batch
        self._source = source
        self._whom = Whom(source, seen)
        self._seen = seen

    def merge(self, rows: Sequence[AppointmentRow]) -> Outcome:
        """Merge these rows, inside a transaction."""
        self._whom.look_up(row.patient for row in rows)
        practitioners = self._practitioners(rows)
        wanted: dict[str, tuple[int, tuple[Any, ...]]] = {}
        refused: list[tuple[int, str]] = []
        follow: set[str] = set()
        again = 0
        for row in rows:
            patient, why = self._whom.of(row.patient)
            if patient is None:
                refused.append((row.line, why))
                continue
            by = practitioners.get(row.practitioner or "") or practitioners.get(fold(row.practitioner_name or ""))
            own = key(self._source, row.source_id or f"{patient}/{by or 0}/{row.starts_at}")
            values = (patient, by, row.starts_at, row.minutes, row.status)
            if own in wanted and (row.follows or wanted[own][1] == values):
                again += 1
                continue
            if own in wanted:
                refused.append((row.line, f"its id {clean(own, 80)} stands already in row {wanted[own][0]}"))
                continue
            wanted[own] = row.line, values
            if row.follows:
                follow.add(own)
        return self._write(wanted, follow, again, refused)

    def _practitioners(self, rows: Sequence[AppointmentRow]) -> dict[str, int]:
        keys = {key(self._source, row.practitioner): row.practitioner for row in rows if row.practitioner}
        test, value = bulk.any_of(sorted(keys))
        by_id = f"SELECT source_id, id FROM practitioner WHERE source_id {test}"  # noqa: S608
        found = {keys[own]: row_id for own, row_id in bulk.fetch(by_id, value)}
        names = sorted({fold(row.practitioner_name) for row in rows if row.practitioner_name})
        if names:
            test, value = bulk.any_of(names)
            found |= dict(bulk.fetch(f"SELECT name_fold, id FROM practitioner WHERE name_fold {test}", value))  # noqa: S608
        return found

    def _write(
        self, wanted: dict[str, tuple[int, tuple[Any, ...]]], follow: set[str], again: int,
        refused: list[tuple[int, str]],
    ) -> Outcome:  # fmt: skip
        test, value = bulk.any_of(list(wanted))
        select = f"SELECT source_id, id, {', '.join(_COLUMNS)} FROM appointment WHERE source_id {test}"  # noqa: S608
        there = {own: (row_id, tuple(values)) for own, row_id, *values in bulk.fetch(select, value)}
        new: list[tuple[Any, ...]] = []
        changed: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
        touched: set[int] = set()
        for own, (_, values) in wanted.items():
            if own not in there:
                new.append((*values, own))
                touched.add(values[0])
                continue
            if own in follow:
                continue  # the appointment's own row speaks for it
            row_id, was = there[own]
            # A practitioner who is not named takes nothing away.
            after = {
                column: value
                for column, value, old in zip(_COLUMNS, values, was, strict=True)
                if value != old and not (column == "practitioner_id" and value is None)
            }
            if after:
                changed.append((row_id, dict(zip(_COLUMNS, was, strict=True)), after))
                touched |= {values[0], was[0]}
        if self._batch is not None:
            bulk.insert("appointment", (*_COLUMNS, "source_id", "batch_id"), [(*values, self._batch) for values in new])
            for row_id, _, after in changed:
                names = ", ".join(f"{column} = ?" for column in after)
                bulk.execute_many(f"UPDATE appointment SET {names} WHERE id = ?", [(*after.values(), row_id)])  # noqa: S608
            changes.keep(
                self._batch, "appointment",
                [(row_id, {column: was[column] for column in after}, after) for row_id, was, after in changed],
            )  # fmt: skip
            activity.refresh(sorted(touched))
        return Outcome(len(new), len(changed), again + len(wanted) - len(new) - len(changed), refused)
