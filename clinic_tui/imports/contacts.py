"""Contacts of patients: each known by the source's id, or by its place in the patient's row; a guardian among them.

What the source says last of each is kept beside it, so that a contact whom the desk has changed or taken off the record
stays so until the source says something else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.imports import changes
from clinic_tui.imports.records import ContactRow, Outcome
from clinic_tui.imports.seen import Seen
from clinic_tui.imports.whom import NEW, Whom
from clinic_tui.patients import guardians
from clinic_tui.patients.derived import email_fold
from clinic_tui.text import fold

_FIELDS = ("name", "relationship", "email", "phone", "is_guardian")
_INSERT = ("id", "patient_id", *_FIELDS, "email_fold", "source_id", "batch_id")


class Said(NamedTuple):
    """What a source says of one contact. `guardian`: yes, no, or `minor`: where the patient is under age."""

    key: str
    name: str | None
    relationship: str | None
    email: str | None
    phone: str | None
    guardian: str


class Contacts:
    """Merges contacts. `batch` None: a dry run."""

    def __init__(self, batch: int | None) -> None:
        self._batch = batch
        self._known = settings.load(Viewer.system())

    def merge(self, said: Sequence[tuple[int, Said]]) -> list[str]:
        """Merge contacts, each with its patient's id, inside a transaction; for each added, updated or unchanged."""
        patients = sorted({patient for patient, _ in said if patient > 0})
        test, value = bulk.any_of(patients)
        born = dict(bulk.fetch(f"SELECT id, birth_date FROM patient WHERE id {test}", value))  # noqa: S608
        select = (
            f"SELECT patient_id, id, source_id, {', '.join(_FIELDS)} FROM contact WHERE patient_id {test} ORDER BY id"  # noqa: S608
        )
        there: dict[int, list[dict[str, Any]]] = {}
        for patient, row_id, source_id, *values in bulk.fetch(select, value):
            known = dict(zip(_FIELDS, values, strict=True))
            known |= {"id": row_id, "source_id": source_id, "is_guardian": bool(known["is_guardian"])}
            there.setdefault(patient, []).append(known)
        select = f"SELECT row_id, field, value FROM imported_value WHERE kind = 'contact' AND row_id {test}"  # noqa: S608
        last = {(patient, key): json.loads(text) for patient, key, text in bulk.fetch(select, value)}
        news: dict[tuple[int, str], str | None] = {}
        verdicts = [
            self._one(patient, one, self._values(one, born.get(patient)), there.setdefault(patient, []), last, news)
            for patient, one in said
        ]
        if self._batch is not None:
            changes.say(self._batch, "contact", news)
        return verdicts

    def _values(self, said: Said, born: date | str | None) -> dict[str, Any]:
        day = date.fromisoformat(born) if isinstance(born, str) else born
        is_guardian = said.guardian == "yes" or (said.guardian == "minor" and guardians.minor(self._known, day))
        return {
            "name": said.name, "relationship": said.relationship, "email": said.email, "phone": said.phone,
            "is_guardian": is_guardian,
        }  # fmt: skip

    def _one(
        self, patient: int, said: Said, values: dict[str, Any], there: list[dict[str, Any]],
        last: dict[tuple[int, str], dict[str, Any]], news: dict[tuple[int, str], str | None],
    ) -> str:  # fmt: skip
        before = last.get((patient, said.key))
        if patient != NEW and before != values:
            last[patient, said.key] = values
            news[patient, said.key] = json.dumps(values, ensure_ascii=False, sort_keys=True)
        mine = next((one for one in there if one["source_id"] == said.key), None)
        if mine is None and before is None and said.name:  # the desk may have put them on the record already
            alike = fold(said.name)
            mine = next((one for one in there if not one["source_id"] and fold(one["name"]) == alike), None)
        if mine is None:
            if before == values:
                return "unchanged"  # the desk took them off the record, and the source says nothing new
            self._add(patient, said, values, there)
            return "added"
        after = {
            field: value
            for field, value in values.items()
            if value is not None and value != mine[field] and (before is None or value != before.get(field))
        }
        if mine["source_id"] != said.key:
            after["source_id"] = said.key
        if not after:
            return "unchanged"
        self._change(mine, after)
        return "updated"

    def _add(self, patient: int, said: Said, values: dict[str, Any], there: list[dict[str, Any]]) -> None:
        name = said.name or said.relationship or "Contact"
        (row_id,) = bulk.new_ids("contact", 1) if self._batch is not None else (0,)
        there.append({**values, "name": name, "id": row_id, "source_id": said.key})
        if self._batch is not None:
            row = (row_id, patient, name, *(values[field] for field in _FIELDS[1:]))
            bulk.insert("contact", _INSERT, [(*row, email_fold(values["email"]), said.key, self._batch)])

    def _change(self, mine: dict[str, Any], after: dict[str, Any]) -> None:
        was = {field: mine[field] for field in after}
        mine.update(after)
        if self._batch is None:
            return
        changes.keep(self._batch, "contact", [(mine["id"], was, after)])
        stored = after | ({"email_fold": email_fold(after["email"])} if "email" in after else {})
        names = ", ".join(f"{column} = ?" for column in stored)
        bulk.execute_many(f"UPDATE contact SET {names} WHERE id = ?", [(*stored.values(), mine["id"])])  # noqa: S608


class RelatedPersons:
    """Merges contacts that have rows of their own."""

    def __init__(self, batch: int | None, source: str, seen: Seen | None = None) -> None:
        self._contacts = Contacts(batch)
        self._source = source
        self._whom = Whom(source, seen)

    def merge(self, rows: Sequence[ContactRow]) -> Outcome:
        """Merge these rows, inside a transaction."""
        self._whom.look_up(row.patient for row in rows)
        refused: list[tuple[int, str]] = []
        said: list[tuple[int, Said]] = []
        for row in rows:
            patient, why = self._whom.of(row.patient)
            if patient is None:
                refused.append((row.line, why))
                continue
            key = f"{self._source}:{row.source_id}"
            said.append((patient, Said(key, row.name, row.relationship, row.email, row.phone, row.guardian)))
        return Outcome.of(self._contacts.merge(said), refused)
