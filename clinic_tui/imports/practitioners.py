"""Practitioners into the practice: found by the source's id, else by name where no source has claimed that name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from clinic_tui.db import bulk
from clinic_tui.imports import changes
from clinic_tui.imports.records import Outcome, PractitionerRow
from clinic_tui.patients.derived import email_fold
from clinic_tui.text import fold

_COLUMNS = ("id", "name", "name_fold", "email", "email_fold", "source_id", "active")
_SAID = ("name", "email", "active")


def key(source: str, source_id: str) -> str:
    """How a source's id of a practitioner, or of an appointment, stands in the database."""
    return f"{source}:{source_id}"


class Practitioners:
    """Merges rows of one source. `batch` None: a dry run."""

    def __init__(self, batch: int | None, source: str) -> None:
        self._batch = batch
        self._source = source
        self._would_be: set[str] = set()  # the keys and names that a dry run would have added

    def merge(self, rows: Sequence[PractitionerRow]) -> Outcome:
        """Merge these rows, inside a transaction. Practitioners are few: each is looked up by itself."""
        counts = {"added": 0, "updated": 0, "unchanged": 0}
        for row in rows:
            counts[self._one(row)] += 1
        return Outcome(**counts, refused=[])

    def _one(self, row: PractitionerRow) -> str:
        own = key(self._source, row.source_id) if row.source_id else None
        there = self._find(own, row.name)
        if there is None:
            return self._add(own, row)
        said = self._last_said(there["id"])
        after: dict[str, Any] = {}
        for field, value in (("name", row.name), ("email", row.email), ("active", row.active)):
            if value is not None and value != said.get(field) and value != there[field]:
                after[field] = value
        if own and there["source_id"] != own:
            after["source_id"] = own
        if "name" in after:
            after["name_fold"] = free_fold(after["name"], there["id"])
        if "email" in after:
            after["email_fold"] = email_fold(after["email"])
        if self._batch is not None:
            self._say(self._batch, there["id"], row, said)
            if after:
                names = ", ".join(f"{column} = ?" for column in after)
                bulk.execute_many(f"UPDATE practitioner SET {names} WHERE id = ?", [(*after.values(), there["id"])])  # noqa: S608
                changes.keep(
                    self._batch, "practitioner", [(there["id"], {column: there[column] for column in after}, after)]
                )
        return "updated" if after else "unchanged"

    def _find(self, own: str | None, name: str) -> dict[str, Any] | None:
        select = f"SELECT {', '.join(_COLUMNS)} FROM practitioner WHERE "  # noqa: S608
        rows = bulk.fetch(f"{select} source_id = ?", own) if own else []
        # A name alone is enough for those whom no source has an id for: they were made from a name.
        rows = rows or bulk.fetch(f"{select} name_fold = ? AND (source_id IS NULL OR ? = '')", fold(name), own or "")
        if not rows:
            return None
        there = dict(zip(_COLUMNS, rows[0], strict=True))
        there["active"] = bool(there["active"])
        return there

    def _add(self, own: str | None, row: PractitionerRow) -> str:
        if self._batch is None:
            known = own or fold(row.name)
            if known in self._would_be:
                return "unchanged"
            self._would_be.add(known)
            return "added"
        (row_id,) = bulk.new_ids("practitioner", 1)
        active = True if row.active is None else row.active
        values = (row_id, row.name, free_fold(row.name, row_id), row.email, email_fold(row.email), own, active)
        bulk.insert("practitioner", (*_COLUMNS, "batch_id"), [(*values, self._batch)])
        self._say(self._batch, row_id, row, {})
        return "added"

    @staticmethod
    def _last_said(row_id: int) -> dict[str, Any]:
        select = "SELECT field, value FROM imported_value WHERE kind = 'practitioner' AND row_id = ?"
        return {field: json.loads(value) for field, value in bulk.fetch(select, row_id)}

    @staticmethod
    def _say(batch: int, row_id: int, row: PractitionerRow, said: dict[str, Any]) -> None:
        """Keep what the source says now: an edit of the desk stands until that changes."""
        news = {
            (row_id, field): json.dumps(value, ensure_ascii=False)
            for field in _SAID
            if (value := getattr(row, field)) is not None and value != said.get(field)
        }
        changes.say(batch, "practitioner", news)


def free_fold(name: str, row_id: int) -> str:
    """The folded name of that practitioner; a number behind it where another one has that name."""
    folded = fold(name)
    wanted, number = folded, 1
    while bulk.fetch("SELECT 1 FROM practitioner WHERE name_fold = ? AND id <> ?", wanted, row_id):
        number += 1
        wanted = f"{folded} ({number})"
    return wanted
