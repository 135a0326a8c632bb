"""Many rows at a time, by each engine's own quick way. Inside a transaction; errors are Peewee's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import peewee

from clinic_tui.db.connection import database, is_postgres

_PASSED_ON = ("IntegrityError", "OperationalError", "InterfaceError", "DataError", "InternalError", "DatabaseError")


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows, each with a value for each of `columns`."""
    names = ", ".join(columns)
    with _as_peewee():
        connection = database.connection()
        if isinstance(connection, sqlite3.Connection):
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
            return
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def execute_many(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run one statement, its values marked `?`, for each of `rows`."""
    with _as_peewee():
        connection = database.connection()
        if isinstance(connection, sqlite3.Connection):
            connection.executemany(statement, rows)
            return
        with connection.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s"), rows)


def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query; its values are marked `?`."""
    marked = statement.replace("?", "%s") if is_postgres() else statement
    rows: list[tuple[Any, ...]] = database.execute_sql(marked, values).fetchall()
    return rows


def any_of(values: Sequence[Any]) -> tuple[str, Any]:
    """SQL that stands after a column for "is one of `values`", and the one value to pass with it."""
    if is_postgres():
        return "= ANY(?)", list(values)
    import json

    return "IN (SELECT value FROM json_each(?))", json.dumps(values)


def new_ids(table: str, count: int) -> Sequence[int]:
    """Ids for `count` new rows, which nobody else will get."""
    if is_postgres():
        sequence = "SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)"
        return [row[0] for row in fetch(sequence, table, count)]
    # The transaction holds the only write lock.
    used = fetch(f"SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), "  # noqa: S608
                 f"coalesce((SELECT max(id) FROM {table}), 0))", table)[0][0]  # fmt: skip
    return range(used + 1, used + 1 + count)


@contextmanager
def wide_cache() -> Iterator[None]:
    """On SQLite, room in memory for the upper parts of the indexes while many rows are added."""
    if is_postgres():
        yield
        return
    before = fetch("PRAGMA cache_size")[0][0]
    database.execute_sql("PRAGMA cache_size = -128000")
    try:
        yield
    finally:
        database.execute_sql(f"PRAGMA cache_size = {int(before)}")


@contextmanager
def _as_peewee() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for cls in type(error).__mro__:
            if cls.__name__ in _PASSED_ON and not issubclass(cls, peewee.PeeweeException):
                raise getattr(peewee, cls.__name__)(*error.args) from error
        raise
