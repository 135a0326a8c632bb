"""Every filter and every order on sets that other people published, against SQL written by hand for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any

import pytest

from clinic_tui.access import Viewer
from clinic_tui.case_load import query
from clinic_tui.case_load.orders import COLUMNS, Sort
from clinic_tui.db.connection import is_postgres
from tests.case_load import synthea
from tests.case_load.plain_sql import LINE, LINES, NEXT, cases, found, plain, seen
from tests.published import published

SETS = ("synthea-unmc", "synthea-ohdsi")


@pytest.fixture(params=SETS)
def clinic(practice: Viewer, request: pytest.FixtureRequest) -> Viewer:
    """A practice with a published set in it."""
    synthea.fill(published(f"patients/{request.param}"))
    return practice


def test_ids_and_counts_are_those_of_plain_sql(clinic: Viewer) -> None:
    for case in cases():
        expected = found(case)
        assert list(query.all_ids(clinic, case.filters)) == expected, case
        assert query.count(clinic, case.filters) == len(expected), case
        assert query.first_ids(clinic, case.filters, limit=7) == expected[:7], case


def test_each_filter_leaves_some_in_and_some_out(practice: Viewer) -> None:
    synthea.fill(published("patients/synthea-unmc"))
    [(everybody,)] = plain("SELECT count(*) FROM patient")
    numbers = {case: len(found(case)) for case in cases() if case.where != "1 = 1"}
    assert [case for case, number in numbers.items() if not 0 < number < everybody] == []


def test_rows_are_those_of_plain_sql(clinic: Viewer) -> None:
    age = (
        "extract(year FROM age(DATE '2026-11-22', p.birth_date))::int"
        if is_postgres()
        else "2026 - strftime('%Y', p.birth_date) - ('11-22' < strftime('%m-%d', p.birth_date))"
    )
    ever = "FROM appointment a WHERE a.patient_id = p.id AND a.status = 'seen'"
    for case in cases():
        expected = plain(
            f"SELECT p.id, p.number, p.given, p.family, p.email, p.status, p.portal, p.portal_until, d.name, {age}, "
            f"{seen(case.period)}, (SELECT min(a.starts_at) {ever}), (SELECT max(a.starts_at) {ever}), {NEXT} "
            f"FROM patient p LEFT JOIN practitioner d ON d.id = p.practitioner_id WHERE {case.where} ORDER BY p.id DESC"
        )
        rows = query.rows(clinic, case.filters, [row[0] for row in expected])
        assert [_as_kept(row) for row in rows] == expected, case


def _as_kept(row: query.CaseRow) -> tuple[Any, ...]:
    patient = row.patient
    return (
        patient.id, patient.number, patient.given, patient.family, patient.email, patient.status, patient.portal,
        _kept(patient.portal_until), patient.practitioner, row.age, row.appointments, _kept(row.first_seen),
        _kept(row.last_seen), _kept(row.next_appointment),
    )  # fmt: skip


def _kept(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def test_each_order_is_that_of_sorting_the_rows(clinic: Viewer) -> None:
    names = dict(plain("SELECT id, sort_name FROM patient"))
    lines = dict(plain(f"SELECT p.id, {LINE} FROM patient p"))
    folds = dict(plain("SELECT name, name_fold FROM practitioner"))
    values: dict[str, Any] = {
        "patient": lambda row: names[row.patient.id],
        "age": lambda row: row.patient.birth_date and -row.patient.birth_date.toordinal(),
        "practitioner": lambda row: folds.get(row.patient.practitioner),
        "appointments": lambda row: row.appointments or None,
        "first_seen": lambda row: row.first_seen,
        "last_seen": lambda row: row.last_seen,
        "next_appointment": lambda row: row.next_appointment,
        "email": lambda row: row.patient.email and row.patient.email.casefold(),
        "portal": lambda row: LINES.index(lines[row.patient.id]),
    }
    for case in cases()[::4]:
        rows = query.rows(clinic, case.filters, sorted(found(case), key=lambda key: (names[key], key)))
        for column, down in product(COLUMNS, (False, True)):
            expected = [row.patient.id for row in _sorted(rows, values[column], column, down)]
            sort = Sort(column, down)
            assert list(query.all_ids(clinic, case.filters, sort)) == expected, (case, sort)
            assert query.first_ids(clinic, case.filters, sort, 60) == expected[:60], (case, sort)


def _sorted(rows: Sequence[query.CaseRow], value: Any, column: str, down: bool) -> list[query.CaseRow]:
    """`rows` come by name. Those without a value stay so, after the others; of a number none is the lowest."""
    some, none = [row for row in rows if value(row) is not None], [row for row in rows if value(row) is None]
    if column not in ("practitioner", "portal", "patient"):  # alike: by their ids, of who is as old the other way
        some.sort(key=lambda row: row.patient.id, reverse=column == "age")
        if down:
            some.reverse()
    elif column == "patient" and down:
        some.reverse()
    some.sort(key=value, reverse=down)
    return [*none, *some] if column == "appointments" and not down else [*some, *none]
