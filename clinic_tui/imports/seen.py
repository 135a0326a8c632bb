"""Whom rows were about: the patients that a dry run would have added, and those met by an import.

The first are in no database, but later rows of the file may be about them.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator

from clinic_tui.imports import matching as at
from clinic_tui.imports.matching import Known

_APART = 1 << 40  # ids from here downwards are no patient's and no new row's


class Seen:
    """Finds them by name and birth date. They wait in a temporary file, which SQLite makes private and unlinks."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, born TEXT, packed BLOB)")
        self._db.execute("CREATE INDEX person_name ON person (name, born)")
        self._db.execute("CREATE TABLE key (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID")

    def find(self, persons: Iterable[tuple[str, str]]) -> list[Known]:
        """Those of these names and birth dates."""
        select = "SELECT id, packed FROM person WHERE name = ? AND born = ?"
        found = [row for person in persons for row in self._db.execute(select, person)]
        return [Known(-_APART - row_id, list(marshal.loads(packed))) for row_id, packed in found]  # noqa: S302

    def keep(self, patients: Iterable[Known]) -> None:
        """Take in new ones, and found ones that were changed."""
        rows = [
            (
                -patient.id - _APART if patient.id <= -_APART else None,
                patient.values[at.SORT_NAME],
                patient.values[at.BIRTH_DATE],
                marshal.dumps(tuple(patient.values)),
            )
            for patient in patients
        ]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?)", rows)
        self._db.execute("COMMIT")

    def keep_keys(self, patients: Iterable[Known]) -> None:
        """Take in the numbers and source ids of new ones."""
        keys = [
            (kind, key)
            for patient in patients
            for kind, key in (("id", patient.values[at.SOURCE_ID]), ("number", patient.values[at.NUMBER]))
            if key
        ]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", keys)
        self._db.execute("COMMIT")

    def has(self, kind: str, keys: Iterable[str]) -> list[str]:
        """Those of these keys that have been kept; `kind` is `id` or `number`."""
        select = "SELECT 1 FROM key WHERE kind = ? AND key = ?"
        return [key for key in keys if self._db.execute(select, (kind, key)).fetchone()]


class Met:
    """Ids of patients whom some row was about: one bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, patient: int) -> None:
        """Take note of one."""
        at_byte = patient >> 3
        if at_byte >= len(self._bits):
            self._bits.extend(bytes(at_byte + 4096 - len(self._bits)))
        self._bits[at_byte] |= 1 << (patient & 7)

    def __iter__(self) -> Iterator[int]:
        """All of them, the first ones first."""
        for at_byte, bits in enumerate(self._bits):
            if bits:
                yield from ((at_byte << 3) + bit for bit in range(8) if bits >> bit & 1)

    def __contains__(self, patient: int) -> bool:
        at_byte = patient >> 3
        return at_byte < len(self._bits) and bool(self._bits[at_byte] >> (patient & 7) & 1)
