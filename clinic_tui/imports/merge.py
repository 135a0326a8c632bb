"""Rows into the database, a block at a time: each row whole or not at all, each transaction short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from time import monotonic
from typing import Any, NamedTuple

import peewee

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import database, is_postgres, transaction
from clinic_tui.imports import changes, complete
from clinic_tui.imports import matching as at
from clinic_tui.imports.hanging import Hanging
from clinic_tui.imports.matching import COLUMNS, Known, Register, Values
from clinic_tui.imports.practitioners import key
from clinic_tui.imports.records import Outcome
from clinic_tui.imports.rows import PatientRow, Unusable
from clinic_tui.imports.seen import Met, Seen
from clinic_tui.patients import derived, imported
from clinic_tui.text import clean, fold

_TRIES = 3
LOCK = 7_340_412  # any number, as long as it is ours: PostgreSQL's advisory lock for importing
_NEW_COLUMNS = ("id", *COLUMNS, "portal", "batch_id", "version")
_UPDATE = f"UPDATE patient SET {', '.join(f'{column} = ?' for column in COLUMNS)}, version = version + 1 WHERE id = ?"  # noqa: S608
_FINDABLE = (at.GIVEN, at.FAMILY, at.PREFERRED, at.BIRTH_DATE, at.MOBILE, at.PHONE)


class Prepared(NamedTuple):
    """One row made ready outside any transaction: all that needs no look at the database is done.

    `practitioner`: a name, or BY_ID and their id in the source. `hanging`: contacts and portal account of the patient,
    as `hanging.Hanging` takes them.
    """

    line: int
    values: Values
    practitioner: str | None
    hanging: tuple[Any, ...] | None = None


BY_ID = "\x00"


def prepare(line: int, row: PatientRow, source: str, hanging: tuple[Any, ...] | None = None) -> Prepared:
    """A cleaned row with the columns that are derived from it."""
    given, family = row.given or "", row.family or ""
    born = row.birth_date
    values: Values = [
        row.number, source if row.source_id else None, row.source_id, given, family, row.preferred,
        derived.sort_name(given, family), born.isoformat() if born else None, row.sex, row.mobile, row.phone,
        row.email, derived.email_fold(row.email), row.street, row.suburb, row.region, row.postcode, row.country,
        row.language, row.status, row.communication, None, row.middle,
    ]  # fmt: skip
    return Prepared(line, values, row.practitioner, hanging)


def tokens(values: Sequence[Any]) -> set[str]:
    """The tokens of the patient with these values."""
    phones = (values[at.MOBILE], values[at.PHONE])
    return derived.tokens(values[at.GIVEN], values[at.FAMILY], values[at.PREFERRED], values[at.BIRTH_DATE], phones)


class Merge:
    """Merges the blocks of one source. `batch` None: a dry run, which only says what would become of the rows.

    `highest` is the highest patient number in the file: the numbers made here begin after it. `seen`: whom the dry run
    would have added; `met` takes note of every patient whom a row is about.
    """

    def __init__(
        self, viewer: Viewer, batch: int | None, source: str, highest: int,
        seen: Seen | None = None, met: Met | None = None,
    ) -> None:  # fmt: skip
        self._viewer = viewer
        self._batch = batch
        self._source = source
        self._met = met
        self._numbers = Numbers(highest)
        self._practitioners: dict[str, int] = {}
        self._began = 0.0
        self._seen = (seen or Seen()) if batch is None else None
        self._hanging = Hanging(batch)

    def block(self, rows: Sequence[Prepared], ready: dict[int, set[str]]) -> Outcome:
        """Merge these rows in one transaction; again, where another program's new patient came between.

        `ready`: the tokens of lines whose patients are likely to be new, made before anybody waits for them.
        """
        self._began = monotonic()
        if self._batch is None:
            return self._merge(rows, ready)
        for left in reversed(range(_TRIES)):
            try:
                with transaction():
                    self._began = monotonic()
                    if is_postgres():
                        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                    return self._merge(rows, ready)
            except peewee.IntegrityError:
                self._practitioners.clear()
                if not left:
                    raise
        raise AssertionError

    def held(self) -> float:
        """Called after `block`: for how many seconds others have had to wait for it."""
        return monotonic() - self._began

    def _merge(self, rows: Sequence[Prepared], ready: dict[int, set[str]]) -> Outcome:
        self._see_practitioners(rows)
        by_person = any(not row.values[at.NUMBER] and not row.values[at.SOURCE_ID] for row in rows)
        register = Register(self._known(rows), by_person)
        ids = register.ids()
        said = imported.said(ids) if ids else {}
        absent = complete.absent(ids) if ids else {}
        back: list[int] = []
        added: list[Known] = []
        words: list[set[str]] = []
        before: dict[int, Sequence[Any]] = {}
        refused: list[tuple[int, str]] = []
        overtaken: list[tuple[int, str]] = []
        hanging: list[tuple[Known, tuple[Any, ...], bool]] = []
        updated = unchanged = 0
        for row in rows:
            if row.practitioner:
                row.values[at.PRACTITIONER] = self._practitioners.get(row.practitioner, -1)
                if row.values[at.PRACTITIONER] < 0 and row.practitioner.startswith(BY_ID):
                    row.values[at.PRACTITIONER] = None
            try:
                known = register.patient_of(row.values)
                if known is not None and known.id in absent:
                    back.append(known.id)
                    if known.values[at.STATUS] == "archived" and row.values[at.STATUS] is None:
                        row.values[at.STATUS] = absent[known.id]
                merged = None if known is None else _merged(known, row.values, said.get(known.id), overtaken)
            except Unusable as error:
                refused.append((row.line, str(error)))
                continue
            unchanged_yet = known is not None and merged is None
            if known is None:
                # A copy: should the block be tried again, the row is as it was.
                known = Known(-1 - len(added), row.values.copy())
                known.values[at.STATUS] = known.values[at.STATUS] or "current"
                known.values[at.COMMUNICATION] = known.values[at.COMMUNICATION] or "all"
                added.append(known)
                words.append(ready.get(row.line) or tokens(known.values))
            elif merged is None:
                unchanged += 1
            else:
                updated += 1
                if -len(added) <= known.id < 0:
                    words[-1 - known.id] = tokens(merged)
                else:
                    before.setdefault(known.id, known.values)
                known.values = merged
            if row.hanging:
                hanging.append((known, row.hanging, unchanged_yet))
            if not unchanged_yet:
                register.add(known)
            if self._met is not None and known.id > 0:
                self._met.add(known.id)
        changed = [register.by_id(patient) for patient in before]
        if self._seen:
            told_apart = [known for known in added if not known.values[at.NUMBER] and not known.values[at.SOURCE_ID]]
            self._seen.keep([*told_apart, *(known for known in changed if known.id < 0)])
            self._seen.keep_keys(added)
        else:
            self._insert(added, words)
            self._update(changed, before)
            assert self._batch is not None
            changes.say(self._batch, "patient", dict.fromkeys(overtaken))
            complete.back(self._batch, back)
        if hanging:
            touched = self._hanging.merge([(known.id, what) for known, what, _ in hanging])
            more = sum(1 for (_, _, was_unchanged), now in zip(hanging, touched, strict=True) if now and was_unchanged)
            updated, unchanged = updated + more, unchanged - more
        return Outcome(len(added), updated, unchanged, refused)

    def _known(self, rows: Sequence[Prepared]) -> Iterable[Known]:
        """The patients that the rows' ids, numbers, or names and birth dates lead to."""
        select = f"SELECT id, {', '.join(COLUMNS)} FROM patient WHERE "  # noqa: S608
        lock = " ORDER BY id FOR UPDATE" if is_postgres() and self._batch is not None else ""
        found: list[tuple[Any, ...]] = []
        if numbers := [row.values[at.NUMBER] for row in rows if row.values[at.NUMBER]]:
            test, value = bulk.any_of(numbers)
            found += bulk.fetch(f"{select}number {test}{lock}", value)
        if ids := [row.values[at.SOURCE_ID] for row in rows if row.values[at.SOURCE_ID]]:
            test, value = bulk.any_of(ids)
            found += bulk.fetch(f"{select}source = ? AND source_id {test}{lock}", self._source, value)
        persons = [row.values for row in rows if not row.values[at.NUMBER] and not row.values[at.SOURCE_ID]]
        born = sorted({(values[at.SORT_NAME], values[at.BIRTH_DATE]) for values in persons if values[at.BIRTH_DATE]})
        if born:
            test, value = bulk.any_of([name for name, _ in born])
            also, dates = bulk.any_of(sorted({day for _, day in born}))
            also = also.replace("?", "?::date[]") if is_postgres() else also
            found += bulk.fetch(f"{select}sort_name {test} AND birth_date {also}{lock}", value, dates)
        patients: dict[int, Known] = {}
        for row_id, *values in found:
            values[at.BIRTH_DATE] = None if values[at.BIRTH_DATE] is None else str(values[at.BIRTH_DATE])
            patients[row_id] = Known(row_id, values)
        return [*patients.values(), *(self._seen.find(born) if self._seen else ())]

    def _see_practitioners(self, rows: Sequence[Prepared]) -> None:
        """Make sure that every practitioner named is there: by name, made where new."""
        named = {row.practitioner for row in rows if row.practitioner}
        if not (missing := sorted(named.difference(self._practitioners))):
            return
        if by_id := [name for name in missing if name.startswith(BY_ID)]:
            keys = {key(self._source, name.removeprefix(BY_ID)): name for name in by_id}
            test, value = bulk.any_of(list(keys))
            select = f"SELECT source_id, id FROM practitioner WHERE source_id {test}"  # noqa: S608
            self._practitioners.update((keys[own], row_id) for own, row_id in bulk.fetch(select, value))
        folded = {name: fold(name) for name in missing if not name.startswith(BY_ID)}
        if self._batch is not None:
            bulk.execute_many(
                "INSERT INTO practitioner (name, name_fold, active, batch_id) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                [(name, fold_of, True, self._batch) for name, fold_of in folded.items()],
            )
        test, value = bulk.any_of(list(folded.values()))
        ids = dict(bulk.fetch(f"SELECT name_fold, id FROM practitioner WHERE name_fold {test}", value))  # noqa: S608
        self._practitioners.update((name, ids[key]) for name, key in folded.items() if key in ids)

    def _insert(self, added: list[Known], words: list[set[str]]) -> None:
        if not added:
            return
        unnumbered = [known for known in added if not known.values[at.NUMBER]]
        for known, number in zip(unnumbered, self._numbers.take(len(unnumbered)), strict=True):
            known.values[at.NUMBER] = number
        ids = bulk.new_ids("patient", len(added))
        last = ("not_invited", self._batch, 0)
        bulk.insert(
            "patient", _NEW_COLUMNS, [(row_id, *known.values, *last) for row_id, known in zip(ids, added, strict=True)]
        )
        _insert_tokens(zip(ids, words, strict=True))
        for row_id, known in zip(ids, added, strict=True):
            known.id = row_id
            if self._met is not None:
                self._met.add(row_id)

    def _update(self, patients: list[Known], before: dict[int, Sequence[Any]]) -> None:
        if not patients:
            return
        bulk.execute_many(_UPDATE, [(*known.values, known.id) for known in patients])
        told = [(known.id, *_differences(before[known.id], known.values)) for known in patients]
        assert self._batch is not None
        erased = history.erased_among([known.id for known in patients])
        changes.keep(self._batch, "patient", [one for one in told if one[0] not in erased])
        history.record_many(
            self._viewer,
            "patient changed",
            [
                (patient, None, {"after": now, "import": self._batch} | ({} if patient in erased else {"before": was}))
                for patient, was, now in told
            ],
        )
        _change_tokens(
            (known.id, before[known.id], known.values) for known in patients
            if any(known.values[n] != before[known.id][n] for n in _FINDABLE)
        )  # fmt: skip


class Numbers:
    """Patient numbers for those who come without: the next after the highest there is."""

    def __init__(self, highest: int) -> None:
        self._last = highest
        self._counted = False

    def take(self, count: int) -> list[str]:
        """`count` numbers that no patient has."""
        while count:
            if not self._counted:
                digits = "~ '^[0-9]{1,15}$'" if is_postgres() else "NOT GLOB '*[^0-9]*' AND length(number) < 16"
                highest = f"SELECT max(CAST(number AS BIGINT)) FROM patient WHERE number {digits}"  # noqa: S608
                self._last = max(self._last, bulk.fetch(highest)[0][0] or 0)
                self._counted = True
            numbers = [f"{self._last + n:06}" for n in range(1, count + 1)]
            test, value = bulk.any_of(numbers)
            if not bulk.fetch(f"SELECT 1 FROM patient WHERE number {test} LIMIT 1", value):  # noqa: S608
                self._last += count
                return numbers
            self._counted = False  # somebody else made one meanwhile
        return []


def _merged(known: Known, row: Values, said: dict[str, Any] | None, overtaken: list[tuple[int, str]]) -> Values | None:
    """The patient's values with what the row says put over them; None where that changes nothing.

    `said`: what the source said last of columns that the desk has edited since. What it still says changes nothing;
    columns of which it says something else are added to `overtaken`.
    """
    old = known.values
    if row == old and not said:  # so it is with most, night after night
        return None
    if said:
        row = row.copy()
        for index, column in enumerate(COLUMNS):
            if column in said and row[index] not in (None, ""):
                if row[index] == said[column]:
                    row[index] = None
                else:
                    overtaken.append((known.id, column))
        if row[at.EMAIL] is None:
            row[at.EMAIL_FOLD] = None
    if old[at.STATUS] == "deceased" and row[at.STATUS] not in (None, "deceased"):
        raise Unusable(f"patient {clean(old[at.NUMBER], 30)} is marked deceased here, and {row[at.STATUS]} in the file")
    new = [a or b for a, b in zip(row, old, strict=True)]
    if new == old:
        return None
    if (
        new[at.COMMUNICATION] != old[at.COMMUNICATION]
        and new[at.COMMUNICATION] in ("all", "email")
        and _said_stop(known.id)
    ):
        new[at.COMMUNICATION] = old[at.COMMUNICATION]
    new[at.SORT_NAME] = derived.sort_name(new[at.GIVEN], new[at.FAMILY])
    return None if new == old else new


def _differences(before: Sequence[Any], after: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns that differ, but for those that others are made into: before and after."""
    places = [
        n for n, (was, now) in enumerate(zip(before, after, strict=True))
        if was != now and n not in (at.SORT_NAME, at.EMAIL_FOLD)
    ]  # fmt: skip
    return {COLUMNS[n]: before[n] for n in places}, {COLUMNS[n]: after[n] for n in places}


def rewrite(rows: Mapping[int, Mapping[str, Any]]) -> None:
    """Put these columns on patients' records, {patient: {column: value}}, with what is derived from them. Inside a
    transaction.
    """
    test, value = bulk.any_of(list(rows))
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    found: list[tuple[int, Sequence[Any], Sequence[Any]]] = []
    for patient, *was in bulk.fetch(f"SELECT id, {', '.join(COLUMNS)} FROM patient WHERE id {test}", value):  # noqa: S608
        now, put = list(was), dict(rows[patient])
        for column, said in put.items():
            now[COLUMNS.index(column)] = said
        put |= {
            "sort_name": derived.sort_name(now[at.GIVEN], now[at.FAMILY]),
            "email_fold": derived.email_fold(now[at.EMAIL]),
        }
        # Only columns that change: an index is written for each that is named.
        put = {column: said for column, said in put.items() if said != was[COLUMNS.index(column)]}
        alike.setdefault(tuple(put), []).append((*put.values(), patient))
        if any(COLUMNS[n] in put for n in _FINDABLE):
            found.append((patient, was, now))
    for columns, values in alike.items():
        names = "".join(f"{column} = ?, " for column in columns)
        bulk.execute_many(f"UPDATE patient SET {names}version = version + 1 WHERE id = ?", values)  # noqa: S608
    _change_tokens(found)


def _change_tokens(patients: Iterable[tuple[int, Sequence[Any], Sequence[Any]]]) -> None:
    """Have these patients found by what their values are now, and no more by what they were."""
    gone: list[tuple[str, int]] = []
    new: list[tuple[int, set[str]]] = []
    for patient, was, now in patients:
        before, after = tokens(was), tokens(now)
        gone += [(token, patient) for token in before - after]
        new.append((patient, after - before))
    bulk.execute_many("DELETE FROM patient_token WHERE token = ? AND patient_id = ?", sorted(gone))
    _insert_tokens(new)


def _said_stop(patient: int) -> bool:
    """Whether the patient ended invitations by a reply: no export knows of that, so none may undo it."""
    return bool(bulk.fetch("SELECT 1 FROM history WHERE patient_id = ? AND action = 'stop' LIMIT 1", patient))


def _insert_tokens(words: Iterable[tuple[int, set[str]]]) -> None:
    # In the order of the index, which costs fewer visits to its pages.
    rows = sorted([(token, patient) for patient, tokens_of in words for token in tokens_of], key=itemgetter(0))
    bulk.insert("patient_token", ("token", "patient_id"), rows)
