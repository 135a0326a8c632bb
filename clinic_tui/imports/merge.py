"""Rows into the database, a block at a time: each row whole or not at all, each transaction short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import peewee

from clinic_tui.db.connection import database, is_postgres, transaction
from clinic_tui.imports import bulk
from clinic_tui.imports.matching import (
    BIRTH_DATE, COLUMNS, COMMUNICATION, EMAIL, EMAIL_FOLD, FAMILY, GIVEN, MOBILE, NUMBER, PHONE, PRACTITIONER, PREFERRED,
    SORT_NAME, SOURCE, SOURCE_ID, STATUS, Known, Register, Values,
)  # fmt: skip
from clinic_tui.imports.rows import PatientRow, Unusable
from clinic_tui.patients import derived
from clinic_tui.text import fold

_TRIES = 3
_LOCK = 7_340_412  # any number, as long as it is ours: PostgreSQL's advisory lock for importing
_NEW_COLUMNS = ("id", *COLUMNS, "portal", "batch_id", "version")
_UPDATE = (
    f"UPDATE patient SET {', '.join(f'{column} = ?' for column in COLUMNS)}, version = version + 1 WHERE id = ?"  # noqa: S608
)
_FINDABLE = (GIVEN, FAMILY, PREFERRED, BIRTH_DATE, MOBILE, PHONE)


class Prepared(NamedTuple):
    """One row made ready outside any transaction: all that needs no look at the database is done."""

    line: int
    values: Values
    practitioner: str | None
    tokens: set[str]


class Outcome(NamedTuple):
    """What became of a block's rows."""

    added: int
    updated: int
    unchanged: int
    refused: list[tuple[int, str]]


def prepare(line: int, row: PatientRow, source: str) -> Prepared:
    """A cleaned row with what is derived from it."""
    given, family = row.given or "", row.family or ""
    born = row.birth_date
    values: Values = [
        row.number, source if row.source_id else None, row.source_id, given, family, row.preferred,
        derived.sort_name(given, family), born.isoformat() if born else None, row.sex, row.mobile, row.phone,
        row.email, derived.email_fold(row.email), row.street, row.suburb, row.region, row.postcode, row.country,
        row.language, row.status, row.communication, None,
    ]  # fmt: skip
    words = derived.tokens(given, family, row.preferred, born, (row.mobile, row.phone))
    return Prepared(line, values, row.practitioner, words)


class Merge:
    """Merges the blocks of one file. `batch` None: a dry run, which only says what would become of the rows."""

    def __init__(self, batch: int | None, highest: int) -> None:
        self._batch = batch
        self._highest = highest
        self._counted = False
        self._practitioners: dict[str, int] = {}
        self._dry = Register()
        self._dry_ids = 0

    def block(self, rows: Sequence[Prepared]) -> Outcome:
        """Merge these rows in one transaction; again, where another program's new patient came between."""
        if self._batch is None:
            return self._decide(rows, self._known(rows))
        for left in reversed(range(_TRIES)):
            try:
                with transaction():
                    if is_postgres():
                        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                    self._see_practitioners(rows)
                    return self._decide(rows, self._known(rows))
            except peewee.IntegrityError:
                self._counted = False
                self._practitioners.clear()
                if not left:
                    raise
        raise AssertionError

    def _known(self, rows: Sequence[Prepared]) -> Register:
        """The patients that the rows' ids, numbers, or names and birth dates lead to."""
        select = f"SELECT id, {', '.join(COLUMNS)} FROM patient WHERE "  # noqa: S608
        lock = " ORDER BY id FOR UPDATE" if is_postgres() and self._batch is not None else ""
        found: list[tuple[Any, ...]] = []
        if numbers := [row.values[NUMBER] for row in rows if row.values[NUMBER]]:
            test, value = bulk.any_of(numbers)
            found += bulk.fetch(f"{select}number {test}{lock}", value)
        if ids := [row.values[SOURCE_ID] for row in rows if row.values[SOURCE_ID]]:
            test, value = bulk.any_of(ids)
            source = next(row.values[SOURCE] for row in rows if row.values[SOURCE])
            found += bulk.fetch(f"{select}source = ? AND source_id {test}{lock}", source, value)
        persons = [row.values for row in rows if not row.values[NUMBER] and not row.values[SOURCE_ID]]
        if names := sorted({values[SORT_NAME] for values in persons if values[BIRTH_DATE]}):
            test, value = bulk.any_of(names)
            dates = sorted({values[BIRTH_DATE] for values in persons if values[BIRTH_DATE]})
            also, more = bulk.any_of(dates)
            also = also.replace("?", "?::date[]") if is_postgres() else also
            found += bulk.fetch(f"{select}sort_name {test} AND birth_date {also}{lock}", value, more)
        patients: dict[int, Known] = {}
        for row_id, *values in found:
            values[BIRTH_DATE] = None if values[BIRTH_DATE] is None else str(values[BIRTH_DATE])
            patients[row_id] = Known(row_id, values)
        register = Register(patients.values())
        if self._batch is None:  # what the same dry run would have added before
            register.add_all(self._dry)
        return register

    def _see_practitioners(self, rows: Sequence[Prepared]) -> None:
        """Make sure that every practitioner named is there: by name, made where new."""
        wanted = {fold(row.practitioner): row.practitioner for row in rows if row.practitioner}
        if missing := [key for key in wanted if key not in self._practitioners]:
            if self._batch is not None:
                bulk.execute_many(
                    "INSERT INTO practitioner (name, name_fold, active) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    [(wanted[key], key, True) for key in missing],
                )
            test, value = bulk.any_of(missing)
            self._practitioners.update(bulk.fetch(f"SELECT name_fold, id FROM practitioner WHERE name_fold {test}", value))  # noqa: S608

    def _decide(self, rows: Sequence[Prepared], register: Register) -> Outcome:
        if self._batch is None:
            self._see_practitioners(rows)
        new: list[Prepared] = []
        changed: dict[int, tuple[Known, Sequence[Any]]] = {}
        fresh: set[int] = set()
        refused: list[tuple[int, str]] = []
        added = updated = unchanged = 0
        ids = iter(self._ids(len(rows)))
        stopped: set[int] | None = None
        for row in rows:
            values = row.values
            if row.practitioner:
                values[PRACTITIONER] = self._practitioners.get(fold(row.practitioner), -1)
            try:
                known = register.patient_of(values)
            except Unusable as error:
                refused.append((row.line, str(error)))
                continue
            if known is None:
                pass
        return Outcome(added, updated, unchanged, refused)
