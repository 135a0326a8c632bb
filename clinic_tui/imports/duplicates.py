"""Patients who may be one person twice, for somebody to look at: nothing here merges them.

Two are listed where they have one birth date and names that differ by a slip, are swapped or shortened, or share a
phone or an e-mail address; and where they have one name and place and birth dates that differ by a slip.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations, groupby
from typing import Any, NamedTuple

from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import session
from clinic_tui.imports.rights import need_all
from clinic_tui.patients.phones import nationals
from clinic_tui.text import fold

_COLUMNS = "id, number, given, family, birth_date, mobile, phone, email_fold, postcode, street, batch_id"
_PAGE = 20_000
_LARGEST = 300  # born on one day: beyond that the date says nothing (1900-01-01)
_ALIKE = 0.8


class Person(NamedTuple):
    """One of the two."""

    id: int
    number: str
    given: str
    family: str
    birth_date: str


class Pair(NamedTuple):
    """Two patients, and why they may be one."""

    one: Person
    other: Person
    why: str


def duplicates(viewer: Viewer, batch: int | None = None, limit: int = 1_000) -> list[Pair]:
    """Likely duplicates, at most `limit`; with `batch`, those of whom one came with that import. Raises NotAllowed."""
    need_all(viewer)
    found: dict[tuple[int, int], Pair] = {}
    with session():
        for one, other, why in (*_born_alike(limit, batch), *_named_alike(limit, batch)):
            found.setdefault((one[0], other[0]), Pair(_person(one), _person(other), why))
    return list(found.values())[:limit]


def _born_alike(limit: int, batch: int | None) -> Iterator[tuple[Any, Any, str]]:
    count = 0
    for group in _by_birth_date():
        if len(group) > _LARGEST:
            continue
        for one, other in combinations(group, 2):
            if (batch is None or batch in (one[-1], other[-1])) and (why := _alike(one, other)):
                yield one, other, why
                if (count := count + 1) >= limit:
                    return


def _by_birth_date() -> Iterator[list[Any]]:
    last: Any = "0001-01-01"
    select = f"SELECT {_COLUMNS} FROM patient WHERE birth_date > ? AND birth_date <= ? ORDER BY birth_date, id"  # noqa: S608
    upto = f"SELECT max(birth_date) FROM (SELECT birth_date FROM patient WHERE birth_date > ? ORDER BY birth_date LIMIT {_PAGE}) x"  # noqa: S608, E501
    while (end := bulk.fetch(upto, last)[0][0]) is not None:
        for _, group in groupby(bulk.fetch(select, last, end), key=lambda row: row[4]):
            yield list(group)
        last = end


def _alike(one: Any, other: Any) -> str:
    given, family = (fold(one[2]), fold(other[2])), (fold(one[3]), fold(other[3]))
    if given[0] == family[1] and family[0] == given[1] and given[0]:
        return "the same birth date, given and family name swapped"
    same_given, same_family = _slip(*given), _slip(*family)
    if given[0] == given[1] and family[0] == family[1]:
        return "the same name and birth date"
    if same_given and same_family:
        return "the same birth date, names that differ by a slip"
    shared = _shared(one, other)
    if (same_given or same_family) and shared:
        return f"the same birth date and {shared}, one name alike"
    return ""


def _slip(one: str, other: str) -> bool:
    if one == other or not one or not other:
        return one == other and bool(one)
    if one.startswith(other) or other.startswith(one):  # an initial too: the rest of the record must agree
        return True
    if abs(len(one) - len(other)) > 2 or not set(one) & set(other):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _shared(one: Any, other: Any) -> str:
    phones = [{number for at in (5, 6) for number in nationals(row[at])} for row in (one, other)]
    if phones[0] & phones[1]:
        return "phone"
    if one[7] and one[7] == other[7]:
        return "e-mail"
    if one[8] and one[8] == other[8] and one[9] and other[9] and _slip(fold(one[9]), fold(other[9])):
        return "address"
    return ""


def _named_alike(limit: int, batch: int | None) -> Iterator[tuple[Any, Any, str]]:
    columns = [f"{side}.{column}" for side in "ab" for column in _COLUMNS.split(", ")]
    of_batch = " AND (a.batch_id = ? OR b.batch_id = ?)" if batch is not None else ""
    select = (
        f"SELECT {', '.join(columns)} FROM patient a JOIN patient b ON a.sort_name = b.sort_name AND a.id < b.id "  # noqa: S608
        f"WHERE (a.birth_date IS NULL OR b.birth_date IS NULL OR a.birth_date <> b.birth_date){of_batch} "
        f"ORDER BY a.id, b.id LIMIT {10 * limit}"
    )
    for row in bulk.fetch(select, *([batch, batch] if batch is not None else [])):
        one, other = row[: len(row) // 2], row[len(row) // 2 :]
        if (_slip_of_date(one[4], other[4]) or one[4] is None or other[4] is None) and (shared := _shared(one, other)):
            yield one, other, f"the same name and {shared}, birth dates that differ by a slip or are missing"


def _slip_of_date(one: Any, other: Any) -> bool:
    a, b = (str(day or "").replace("-", "") for day in (one, other))
    if len(a) != 8 or len(b) != 8:
        return False
    swapped = a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]
    return swapped or sum(x != y for x, y in zip(a, b, strict=True)) <= 1 or sorted(a) == sorted(b)


def _person(row: Any) -> Person:
    return Person(row[0], row[1], row[2], row[3], str(row[4] or ""))
