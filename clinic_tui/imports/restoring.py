"""What a batch changed, put back: rows as they were before it, a page of changes at a time, inside a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from clinic_tui.case_load import activity
from clinic_tui.db import bulk
from clinic_tui.imports.matching import COLUMNS
from clinic_tui.imports.merge import rewrite
from clinic_tui.invitations import portal_line
from clinic_tui.patients.derived import email_fold
from clinic_tui.text import fold

_PAGE = 2_000


class Change(NamedTuple):
    """One row that the batch changed: the columns that it changed."""

    id: int
    kind: str
    row_id: int
    before: dict[str, Any]
    after: dict[str, Any]


def changes(batch: int) -> Iterator[list[Change]]:
    """The changes of a batch in pages, the last change first."""
    before = 1 << 62
    select = (
        "SELECT id, kind, row_id, before, after FROM import_change WHERE batch_id = ? AND id < ? "  # noqa: S608
        f"ORDER BY id DESC LIMIT {_PAGE}"
    )
    while page := bulk.fetch(select, batch, before):
        yield [Change(key, kind, row_id, json.loads(was), json.loads(then)) for key, kind, row_id, was, then in page]
        before = page[-1][0]


def changed_since(batch: int) -> Iterator[str]:
    """The numbers of patients who do not stand as the batch left them."""
    seen: set[int] = set()
    for page in changes(batch):
        left: dict[int, dict[str, Any]] = {}
        for one in page:
            if one.kind == "patient" and one.row_id not in seen:  # the last change of each is what must still stand
                seen.add(one.row_id)
                left[one.row_id] = one.after
        test, value = bulk.any_of(list(left))
        select = f"SELECT id, number, {', '.join(COLUMNS)} FROM patient WHERE id {test} ORDER BY id"  # noqa: S608
        for patient, number, *values in bulk.fetch(select, value):
            now = dict(zip(COLUMNS, values, strict=True))
            if any(_plain(now[column]) != then for column, then in left[patient].items()):
                yield number


def restored(batch: int) -> Iterator[int]:
    """Put back what the batch changed; how many changes, page by page."""
    for page in changes(batch):
        kinds: dict[str, dict[int, dict[str, Any]]] = {}
        for one in page:  # of a row that was changed twice, the first change knows best what stood there
            kinds.setdefault(one.kind, {}).setdefault(one.row_id, {}).update(one.before)
        for kind, rows in kinds.items():
            _RESTORE[kind](rows)
        yield len(page)
    bulk.run("DELETE FROM import_change WHERE batch_id = ?", batch)


Rows = dict[int, dict[str, Any]]


def _patients(rows: Rows) -> None:
    rewrite(rows)
    _forget("absent", list(rows))


def _practitioners(rows: Rows) -> None:
    for before in rows.values():
        if "name" in before and "name_fold" not in before:
            before["name_fold"] = fold(before["name"])
    _write("practitioner", rows)
    _forget("practitioner", list(rows))


def _contacts(rows: Rows) -> None:
    patients = _patients_of("contact", rows)
    _write("contact", rows)
    _forget("contact", patients)


def _appointments(rows: Rows) -> None:
    patients = _patients_of("appointment", rows)
    _write("appointment", rows)
    _forget("appointment", list(rows))
    activity.refresh({*patients, *(before["patient_id"] for before in rows.values() if "patient_id" in before)})


def _portal(rows: Rows) -> None:
    _write("portal_account", rows, "patient_id")
    _forget("portal", list(rows))
    portal_line.refresh(*rows)


_RESTORE = {
    "patient": _patients, "practitioner": _practitioners, "contact": _contacts, "appointment": _appointments,
    "portal": _portal,
}  # fmt: skip


def _patients_of(table: str, rows: Rows) -> list[int]:
    test, value = bulk.any_of(list(rows))
    return [one for (one,) in bulk.fetch(f"SELECT DISTINCT patient_id FROM {table} WHERE id {test}", value)]  # noqa: S608


def _write(table: str, rows: Rows, key: str = "id") -> None:
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for row_id, before in rows.items():
        if "email" in before:
            before["email_fold"] = email_fold(before["email"])
        alike.setdefault(tuple(before), []).append((*before.values(), row_id))
    for columns, values in alike.items():
        names = ", ".join(f"{column} = ?" for column in columns)
        bulk.execute_many(f"UPDATE {table} SET {names} WHERE {key} = ?", values)  # noqa: S608


def _forget(kind: str, row_ids: list[int]) -> None:
    """Forget what the source said last, so that the same file again brings it again."""
    test, value = bulk.any_of(row_ids)
    bulk.run(f"DELETE FROM imported_value WHERE kind = ? AND row_id {test}", kind, value)  # noqa: S608


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
