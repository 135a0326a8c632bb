"""What a batch changes of rows that were there before: kept, so that it can be told and undone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from clinic_tui.db import bulk

_COLUMNS = ("batch_id", "kind", "row_id", "before", "after")


def keep(batch: int, kind: str, changes: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]]) -> None:
    """Keep each changed row's id and the columns that changed, before and after. Inside the transaction of that."""
    rows = [(batch, kind, row_id, _text(before), _text(after)) for row_id, before, after in changes]
    if rows:
        bulk.insert("import_change", _COLUMNS, rows)


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
