"""Putting the sample into a new SQLite database, fast: a hundred thousand patients in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from clinic_tui.case_load import activity
from clinic_tui.clock import local, now
from clinic_tui.db.connection import database, session, transaction
from clinic_tui.demo.records import Appointment, Household, Practitioner
from clinic_tui.patients.derived import sort_name, tokens
from clinic_tui.text import fold, fold_email

_CHUNK = 5_000  # households in one transaction
_MANY = 5_000  # from here on it pays to make the indexes afterwards
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_PATIENT = (
    "id, number, source, source_id, given, family, preferred, birth_date, sex, mobile, phone, email, street, suburb, "
    "region, postcode, country, language, status, communication, practitioner_id, sort_name, email_fold, portal, "
    "portal_at, version"
)
_CONTACT = "patient_id, name, relationship, is_guardian, email, phone, email_fold"
_APPOINTMENT = "patient_id, practitioner_id, starts_at, minutes, status"
_PORTAL = "patient_id, state, since, known_from"


def load(
    practitioners: Sequence[Practitioner],
    households: Iterable[Household],
    total: int,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Insert the sample into the empty database that is open; `progress` hears how many patients are in. How many."""
    rows = iter(households)
    loaded = 0
    with session(), _quick(indexes=total > _MANY):
        with transaction():
            doctors = _practitioners(practitioners)
        batch = _Batch(doctors)
        while chunk := list(islice(rows, _CHUNK)):
            with transaction():
                loaded = batch.insert(chunk)
            if progress is not None:
                progress(loaded)
        with transaction():
            database.execute_sql(
                "INSERT INTO patient_token (token, patient_id) SELECT token, patient_id FROM new_token ORDER BY 1, 2"
            )
            activity.refresh()
    return loaded


@contextmanager
def _quick(*, indexes: bool) -> Iterator[None]:
    """No waiting for the disk; with `indexes`, those that can are made at the end. Only for a file that may be lost."""
    for pragma in ("journal_mode = memory", "synchronous = off", "cache_size = -64000"):
        database.execute_sql(f"PRAGMA {pragma}")
    database.execute_sql("CREATE TEMP TABLE new_token (token TEXT, patient_id INTEGER)")
    found = database.execute_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
        "AND tbl_name IN ('patient', 'patient_token', 'contact', 'appointment', 'patient_activity')"
    ).fetchall()
    left = found if indexes else []
    for name, _ in left:
        database.execute_sql(f'DROP INDEX "{name}"')
    yield
    for _, statement in left:
        database.execute_sql(statement)
    database.execute_sql("DROP TABLE new_token")
    database.execute_sql("ANALYZE")
    for pragma in ("synchronous = full", "journal_mode = wal", "cache_size = -16000"):
        database.execute_sql(f"PRAGMA {pragma}")


def _practitioners(people: Sequence[Practitioner]) -> dict[str, int]:
    rows = [
        (number, person.name, fold(person.name), person.email, person.email and fold_email(person.email), 1)
        for number, person in enumerate(people, 1)
    ]
    _insert("practitioner", "id, name, name_fold, email, email_fold, active", rows)
    return {row[1]: row[0] for row in rows}


class _Batch:
    """Turns records into rows; ids are counted on from one chunk to the next."""

    def __init__(self, doctors: dict[str, int]) -> None:
        self._doctors = doctors
        self._last = 0
        self._today = local(now()).date()
        self._days: dict[int, date] = {}
        self._moments: dict[tuple[int, str], int] = {}

    def insert(self, households: list[Household]) -> int:
        """Insert the households; how many patients there are now."""
        patients: list[Sequence[Any]] = []
        words: list[tuple[str, int]] = []
        contacts: list[Sequence[Any]] = []
        visits: list[Sequence[Any]] = []
        accounts: list[Sequence[Any]] = []
        for household in households:
            ids: dict[str, int] = {}
            accounts_of = {account.number: account for account in household.portal}
            for patient in household.patients:
                self._last += 1
                key = ids[patient.number] = self._last
                account = accounts_of.get(patient.number)
                since = self._moment(account.day, "10:00") if account else None
                if account is not None:
                    accounts.append((key, account.state, since, "the portal's list of users"))
                patients.append((
                    key, patient.number, "sample", patient.number, *patient[1:4], patient.birth_date.isoformat(),
                    *patient[5:17], self._doctors[patient.practitioner], sort_name(patient.given, patient.family),
                    patient.email and fold_email(patient.email), account.state if account else "not_invited", since, 0,
                ))  # fmt: skip
                found = tokens(patient.given, patient.family, patient.preferred, patient.birth_date,
                               (patient.mobile, patient.phone))  # fmt: skip
                words += [(token, key) for token in found]
            contacts += [(ids[row.number], row.name, row.relationship, int(row.is_guardian), row.email, row.phone,
                          row.email and fold_email(row.email)) for row in household.contacts]  # fmt: skip
            visits += [self._visit(ids[row.number], row) for row in household.appointments]
        _insert("patient", _PATIENT, patients)
        _insert("new_token", "token, patient_id", words)
        _insert("contact", _CONTACT, contacts)
        _insert("appointment", _APPOINTMENT, visits)
        _insert("portal_account", _PORTAL, accounts)
        return self._last

    def _visit(self, patient_id: int, row: Appointment) -> tuple[Any, ...]:
        return patient_id, self._doctors[row.practitioner], self._moment(row.day, row.time), row.minutes, row.status

    def _moment(self, day: int, at: str) -> int:
        """That time of that day here, in milliseconds; instead of a weekend the Friday before or the Monday after."""
        if (day, at) not in self._moments:
            on = self._today + timedelta(days=day)
            if on.weekday() >= 5:
                on += timedelta(days=4 - on.weekday() if day < 0 else 7 - on.weekday())
            moment = datetime.combine(on, time.fromisoformat(at)).astimezone()
            self._moments[day, at] = (moment - _EPOCH) // timedelta(milliseconds=1)
        return self._moments[day, at]


def _insert(table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    connection: Any = database.connection()
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608  names of ours
