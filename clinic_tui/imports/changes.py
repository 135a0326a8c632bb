"""What a batch changes of rows that were there before: kept, so that it can be told and undone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from clinic_tui.db import bulk

_CHANGED = ("batch_id", "kind", "row_id", "before", "after")
_SAID = ("batch_id", "kind", "row_id", "field", "before")


def keep(batch: int, kind: str, changes: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]]) -> None:
    """Keep each changed row's id and the columns that changed, before and after. Inside the transaction of that."""
    rows = [(batch, kind, row_id, _text(before), _text(after)) for row_id, before, after in changes]
    if rows:
        bulk.insert("import_change", _CHANGED, rows)


def say(batch: int, kind: str, said: Mapping[tuple[int, str], str | None]) -> None:
    """Keep what the source says now, by row and field, None for nothing any more; and what was kept there before.

    Rows that the batch itself has added take with them what is said of them.
    """
    if not said:
        return
    test, value = bulk.any_of(sorted({row_id for row_id, _ in said}))
    table = "practitioner" if kind == "practitioner" else "patient"
    own = {row_id for (row_id,) in bulk.fetch(f"SELECT id FROM {table} WHERE batch_id = ? AND id {test}", batch, value)}  # noqa: S608
    select = f"SELECT row_id, field, value FROM imported_value WHERE kind = ? AND row_id {test}"  # noqa: S608
    stood = {(row_id, field): text for row_id, field, text in bulk.fetch(select, kind, value)}
    bulk.insert(
        "import_said", _SAID, [(batch, kind, *key, stood.get(key)) for key in said if key[0] not in own]
    )  # fmt: skip
    put((kind, *key, text) for key, text in said.items())


def put(said: Iterable[tuple[str, int, str, str | None]]) -> None:
    """What is kept as said last, by kind, row and field, and its text; None for nothing."""
    rows = list(said)
    bulk.execute_many(
        "DELETE FROM imported_value WHERE kind = ? AND row_id = ? AND field = ?",
        [key for *key, text in rows if text is None],
    )
    bulk.execute_many(
        "INSERT INTO imported_value (kind, row_id, field, value) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (kind, row_id, field) DO UPDATE SET value = excluded.value",
        [row for row in rows if row[-1] is not None],
    )


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
