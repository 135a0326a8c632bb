"""Undoing an import, until its patients have been used: what it added is taken away, what it changed is put back.

First it is asked, of all of them, whether anything stands in the way. Then they are put back some at a time, each with
all that hangs on them, in transactions as short as those of an import; so who writes meanwhile waits for none of them
long. Once that has begun it only goes on: cut anywhere, the batch stands as being undone, nothing is imported, and the
same again finishes. A patient whom somebody uses in between is left as they are by then, and named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from time import monotonic
from typing import NamedTuple

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres, session, transaction
from clinic_tui.errors import ClinicError, Refused
from clinic_tui.imports import batches, restoring, standing
from clinic_tui.imports.merge import LOCK
from clinic_tui.imports.moments import millis
from clinic_tui.imports.pace import Turns
from clinic_tui.imports.running import nobody_imports, none_half_undone
from clinic_tui.imports.seen import Met
from clinic_tui.imports.touched import touched
from clinic_tui.text import clean

_PAGE = 2_000
_NAMED = 3


class Undone(NamedTuple):
    """How many rows were taken away, how many put back; the numbers of patients who were used meanwhile, and left."""

    removed: int
    restored: int
    left: list[str]


def undo(viewer: Viewer, batch: int, progress: Callable[[int], None] | None = None) -> Undone:
    """Undo an import, or go on with undoing it. Raises Refused where somebody has used one of its patients, a later
    import stands on it, or an import runs; NotFound, NotAllowed, ClinicError.

    `progress` is called with how many rows are done; where it raises, those patients stay as they were, and the ones
    before them are undone.
    """
    tell = progress or (lambda _: None)
    with session(), bulk.seldom_collected(100_000), nobody_imports():
        known = batches.summary(viewer, batch)
        if known.undone_at is not None:
            raise ClinicError(f"Import {batch} is undone already.")
        if known.forgotten:
            raise ClinicError(
                f"Import {batch} cannot be undone: what stood there before is kept no longer.",
                "Change what is wrong by hand. The setting retention.imports_days says for how long it is kept.",
            )
        none_half_undone(but=batch)
        since, text = bulk.fetch("SELECT after_history, undoing FROM import_batch WHERE id = ?", batch)[0]
        done = Undone(0, 0, []) if text is None else Undone(*json.loads(text))
        whom = touched(batch)
        if text is None:
            _nothing_in_the_way(batch, since, whom, lambda: tell(0))
        turns = Turns()
        for some in turns.blocks(iter(whom)):
            turns.wait()
            with transaction():
                _hold(some)
                began = monotonic()
                before, done = done, _some(batch, since, whom, some, done)
                bulk.run("UPDATE import_batch SET undoing = ? WHERE id = ?", json.dumps(done), batch)
                tell(done.removed + done.restored)
            written = done.removed + done.restored - before.removed - before.restored
            turns.written(written, monotonic() - began)
        return _finish(viewer, batch, done)


def _nothing_in_the_way(batch: int, since: int, whom: Met, alive: Callable[[], None]) -> None:
    """Raises Refused where somebody has used one of its rows, or a later import stands on one."""
    lines: list[standing.Line] = []
    stands: int | None = standing.later_practitioner(batch)
    if practitioner := standing.used_practitioner(batch, since):
        name, line = practitioner
        raise _refused(batch, f"practitioner {clean(name, 60)} was used since ({line.why})")
    for some in Turns(_PAGE).blocks(iter(whom)):
        alive()
        lines += standing.used(some, since)
        if len(lines) >= _NAMED:
            break
        stands = stands or standing.later(batch, some)
        for patient, holder in standing.holders(batch, some).items():
            if holder not in whom:
                one, other = _numbers([patient]), _numbers([holder])
                raise _refused(batch, f"the number or id that patient {one[0]} had is patient {other[0]}'s by now")
    if lines:
        why = {line.patient: line.why for line in lines[:_NAMED]}
        numbers = dict(zip(why, _numbers(why), strict=True))
        raise _refused(
            batch, " and ".join(f"patient {numbers[one]} was used since ({said})" for one, said in why.items())
        )
    if stands is not None:
        raise Refused("later", f"Import {batch} cannot be undone: import {stands} stands on it.",
                      f"Undo import {stands} first.")  # fmt: skip


def _refused(batch: int, why: str) -> Refused:
    return Refused(
        "used", f"Import {batch} cannot be undone: {why}.", "Change what is wrong by hand, or import a mended file."
    )


def _numbers(patients: Iterable[int]) -> list[str]:
    """Their numbers, in the same order."""
    wanted = list(patients)
    test, value = bulk.any_of(wanted)
    found = dict(bulk.fetch(f"SELECT id, number FROM patient WHERE id {test}", value))  # noqa: S608
    return [clean(found.get(one, ""), 30) for one in wanted]


def _hold(patients: list[int]) -> None:
    """Until the transaction ends nobody else invites or edits these patients, or numbers any (SQLite has one writer
    anyway).
    """
    if is_postgres():
        bulk.fetch("SELECT pg_advisory_xact_lock(?)", LOCK)
        bulk.fetch("SELECT id FROM patient WHERE id = ANY(?) ORDER BY id FOR UPDATE", patients)


def _some(batch: int, since: int, whom: Met, patients: list[int], done: Undone) -> Undone:
    """Put some back, but for those who have been used by now."""
    going = set(patients)
    left = {line.patient for line in standing.used(going, since)}
    going -= left
    # Whose number another one of the batch still has: both at once.
    while others := {one for one in standing.holders(batch, going).values() if one in whom} - going - left:
        left |= {line.patient for line in standing.used(others, since)}
        going |= others - left
    while blocked := {one for one, holder in standing.holders(batch, going).items() if holder not in going}:
        going -= blocked
        left |= blocked
    removed, restored = restoring.put_back(batch, sorted(going))
    named = dict.fromkeys([*done.left, *_numbers(sorted(left))])
    return Undone(done.removed + removed, done.restored + restored, list(named))


def _finish(viewer: Viewer, batch: int, done: Undone) -> Undone:
    with transaction():
        removed, restored = restoring.put_back_practitioners(batch)
        done = Undone(done.removed + removed, done.restored + restored, done.left)
        bulk.run("DELETE FROM import_change WHERE batch_id = ?", batch)  # of those who were left
        bulk.run("DELETE FROM import_said WHERE batch_id = ?", batch)
        bulk.run("UPDATE import_batch SET undone_at = ?, undone_by = ?, undoing = NULL WHERE id = ?",
                 millis(now()), viewer.login, batch)  # fmt: skip
        left = {"left": len(done.left)} if done.left else {}
        history.record(viewer, "import undone", batch=batch, removed=done.removed, restored=done.restored, **left)
    return done
