"""What an import said last of a field that somebody edited since: the edit stands until the source says something else.

Only edits are kept so. Where nothing is kept for a field, what the record says is what was said last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from clinic_tui.db import bulk

_COLUMN = {"practitioner": "practitioner_id"}
_KEEP = "INSERT INTO imported_value (kind, row_id, field, value) VALUES ('patient', ?, ?, ?) ON CONFLICT DO NOTHING"


def edited(changes: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Keep what each patient's fields, {field: plain value}, held before an edit. Call it in the edit's transaction."""
    rows = [
        (patient, _COLUMN.get(field, field), json.dumps(value, ensure_ascii=False))
        for patient, before in changes
        for field, value in before.items()
    ]
    if rows:
        bulk.execute_many(_KEEP, rows)


def said(patient_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What was said last of each of these patients' edited columns."""
    if not bulk.fetch("SELECT 1 FROM imported_value WHERE kind = 'patient' LIMIT 1"):
        return {}
    test, value = bulk.any_of(list(patient_ids))
    select = f"SELECT row_id, field, value FROM imported_value WHERE kind = 'patient' AND row_id {test}"  # noqa: S608
    found: dict[int, dict[str, Any]] = {}
    for patient, column, text in bulk.fetch(select, value):
        found.setdefault(patient, {})[column] = json.loads(text)
    return found
