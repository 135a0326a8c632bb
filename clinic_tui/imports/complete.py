"""A complete export: whoever came from its source before and is absent from it now is archived.

Who was put on the record by hand, or came from another source, is left alone; so is everybody where some row could not
be read at all, for it may be about anybody. Who turns up again gets the status back that they had.
"""

from __future__ import annotations

from collections.abc import Iterable

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import transaction
from clinic_tui.imports import changes
from clinic_tui.imports.pace import Turns
from clinic_tui.imports.seen import Met

_PAGE = 2_000


def archive_absent(viewer: Viewer, batch: int | None, sources: Iterable[str], met: Met, turns: Turns) -> int:
    """Archive them, a block at a time; how many. `sources`: "" for those that have no id of their source.

    `batch` None: only count.
    """
    archived = last = 0
    test, value = bulk.any_of(list(sources))
    select = (
        f"SELECT id, status FROM patient WHERE id > ? AND status IN ('current', 'waiting') AND batch_id IS NOT NULL "  # noqa: S608
        f"AND coalesce(source, '') {test} ORDER BY id LIMIT {_PAGE}"
    )
    while page := bulk.fetch(select, last, value):
        last = page[-1][0]
        gone = [(patient, status) for patient, status in page if patient not in met]
        archived += len(gone)
        if not gone or batch is None:
            continue
        turns.wait()
        with transaction():
            _archive(viewer, batch, gone)
        turns.written(len(gone), 0.05)
    return archived


def _archive(viewer: Viewer, batch: int, gone: list[tuple[int, str]]) -> None:
    update = "UPDATE patient SET status = 'archived', version = version + 1 WHERE id = ? AND status = ?"
    bulk.execute_many(update, gone)
    told = [(patient, {"status": status}, {"status": "archived"}) for patient, status in gone]
    changes.keep(batch, "patient", told)
    changes.say(batch, "absent", {(patient, "status"): status for patient, status in gone})
    history.record_many(
        viewer, "patient changed",
        [(patient, None, {"before": was, "after": now, "import": batch}) for patient, was, now in told],
    )  # fmt: skip


def absent(patient_ids: Iterable[int]) -> dict[int, str]:
    """Of these patients, those who were archived because they were absent: the status that they had."""
    if not bulk.fetch("SELECT 1 FROM imported_value WHERE kind = 'absent' LIMIT 1"):
        return {}
    test, value = bulk.any_of(list(patient_ids))
    return dict(bulk.fetch(f"SELECT row_id, value FROM imported_value WHERE kind = 'absent' AND row_id {test}", value))  # noqa: S608


def back(batch: int, patient_ids: Iterable[int]) -> None:
    """They are in the export again."""
    changes.say(batch, "absent", {(patient, "status"): None for patient in patient_ids})
