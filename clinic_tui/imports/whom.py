"""Which patients rows of other kinds are about: by the source's id, by number, or by an e-mail that one of them has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from clinic_tui.db import bulk
from clinic_tui.imports.records import PatientRef
from clinic_tui.imports.seen import Seen
from clinic_tui.patients.derived import email_fold, sort_name
from clinic_tui.text import clean

NEW = -1  # the patient whom a dry run would have added


class Found(NamedTuple):
    """A patient's id; None, and `why`, where there is none."""

    patient: int | None
    why: str = ""


class Whom:
    """Looks patients up for a block of rows. `seen`: whom a dry run would have added, else None."""

    def __init__(self, source: str, seen: Seen | None = None) -> None:
        self._source = source
        self._seen = seen
        self._ids: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._emails: dict[str, list[tuple[int, str]]] = {}

    def look_up(self, refs: Iterable[PatientRef]) -> None:
        """Read all of these patients at once."""
        refs = list(refs)
        self._ids, self._numbers, self._emails = {}, {}, {}
        if ids := sorted({ref.source_id for ref in refs if ref.source_id}):
            test, value = bulk.any_of(ids)
            select = f"SELECT source_id, id FROM patient WHERE source = ? AND source_id {test}"  # noqa: S608
            self._ids = dict(bulk.fetch(select, self._source, value))
            self._add_new(self._ids, "id", ids)
        if numbers := sorted({ref.number for ref in refs if ref.number}):
            test, value = bulk.any_of(numbers)
            self._numbers = dict(bulk.fetch(f"SELECT number, id FROM patient WHERE number {test}", value))  # noqa: S608
            self._add_new(self._numbers, "number", numbers)
        if folds := sorted({fold for ref in refs if (fold := email_fold(ref.email))}):
            test, value = bulk.any_of(folds)
            select = f"SELECT email_fold, id, sort_name FROM patient WHERE email_fold {test} ORDER BY id"  # noqa: S608
            for fold, patient, name in bulk.fetch(select, value):
                self._emails.setdefault(fold, []).append((patient, name))

    def _add_new(self, found: dict[str, int], kind: str, keys: list[str]) -> None:
        if self._seen is not None:
            for key in self._seen.has(kind, [key for key in keys if key not in found]):
                found[key] = NEW

    def of(self, ref: PatientRef, given: str = "", family: str = "") -> Found:
        """The patient that `ref` names; where several share an e-mail, the one of that name."""
        if ref.source_id and (patient := self._ids.get(ref.source_id)) is not None:
            return Found(patient)
        if ref.number and (patient := self._numbers.get(ref.number)) is not None:
            return Found(patient)
        if ref.source_id or ref.number:
            return Found(None, f"there is no patient {clean(ref.number or ref.source_id or '', 40)} here")
        theirs = self._emails.get(email_fold(ref.email) or "", [])
        if len(theirs) > 1:
            wanted = {sort_name(given, family), sort_name(family, given)}
            theirs = [one for one in theirs if (given or family) and one[1] in wanted] or theirs
        if len(theirs) == 1:
            return Found(theirs[0][0])
        if theirs:
            return Found(None, f"{len(theirs)} patients share its e-mail address: nothing tells whose it is")
        return Found(None, "no patient here has its e-mail address" if ref.email else "it names no patient")
