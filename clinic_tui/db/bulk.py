"""Many rows at a time, by each engine's own quick way. Inside a transaction; errors are Peewee's."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import peewee

from clinic_tui.db.connection import database, is_postgres

_NEVER = 1_000_000
_KEPT_AS_IT_IS = (
    peewee.BigAutoField, peewee.BigIntegerField, peewee.ForeignKeyField, peewee.IntegerField, peewee.TextField,
)  # fmt: skip
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


def add(model: type[peewee.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]], **shared: Any) -> None:
    """Add rows of a model, each with a value for each of `fields`, and besides them what is `shared`.

    Fields that are not named get the model's default.
    """
    meta: Any = model._meta
    own = [meta.combined[name] for name in fields]
    same = {field: value() if callable(value) else value for field, value in meta.defaults.items()}
    same |= {meta.combined[name]: value for name, value in shared.items()}
    for field in own:
        same.pop(field, None)
    ends = [field.db_value(value) for field, value in same.items()]
    made = {at: field.db_value for at, field in enumerate(own) if type(field) not in _KEPT_AS_IT_IS}
    if made:
        rows = ([made[at](value) if at in made else value for at, value in enumerate(row)] for row in rows)
    insert(meta.table_name, [field.column_name for field in (*own, *same)], ((*row, *ends) for row in rows))


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


def rows_of(query: peewee.BaseQuery) -> list[tuple[Any, ...]]:
    """The rows of a query of Peewee's as the engine has them: quick, and right for texts and whole numbers."""
    rows: list[tuple[Any, ...]] = database.execute(query).fetchall()
    return rows


def models_of(query: peewee.BaseQuery, *models: type[peewee.Model]) -> Iterator[list[Any]]:
    """The rows of a query that selects all columns of these models, and nothing else, each as one of every model.

    Peewee makes the same several times as slowly, for it sets one field after the other.
    """
    shapes = []
    for model in models:
        fields = model._meta.sorted_fields
        made = [(field.name, field.python_value) for field in fields if type(field) not in _KEPT_AS_IT_IS]
        shapes.append((model, [field.name for field in fields], made))
    for row in rows_of(query):
        values = iter(row)
        found = []
        for model, names, made in shapes:
            one: Any = model(__no_default__=1)
            held = one.__data__
            held.update(zip(names, values))  # noqa: B905 (it takes as many of the row's values as the model has)
            for name, python_value in made:
                held[name] = python_value(held[name])
            found.append(one)
        yield found


def run(statement: str, *values: Any) -> int:
    """Run one statement, its values marked `?`; how many rows it met."""
    marked = statement.replace("?", "%s") if is_postgres() else statement
    return int(database.execute_sql(marked, values).rowcount)


def values_of(rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """SQL of these rows, `VALUES ...`, and the values to pass. In parentheses it is a table, whose columns are called
    column1, column2 and so on.
    """
    marks = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
    return f"VALUES {marks}", [value for row in rows for value in row]


def any_of(values: Sequence[Any]) -> tuple[str, Any]:
    """SQL that stands after a column for "is one of `values`", and the one value to pass with it."""
    if is_postgres():
        return "= ANY(?)", _array(values)
    import json

    return "IN (SELECT value FROM json_each(?))", json.dumps(values)


def _array(values: Sequence[Any]) -> Any:
    """An array for PostgreSQL, which gives it the column's type. The driver takes a microsecond or two for each value;
    as PostgreSQL writes an array itself it is one text.
    """
    kinds = set(map(type, values))
    if kinds == {int}:
        texts = [str(value) for value in values]
    elif kinds == {str}:
        escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
        texts = [f'"{value}"' for value in escaped]
    else:
        return list(values)
    return "{" + ",".join(texts) + "}"


def is_one_of(column: Any, values: Sequence[Any]) -> Any:
    """The same for a query of Peewee's: a condition of one value, however many they are."""
    test, value = any_of(values)
    return peewee.NodeList((column, peewee.SQL(test.replace("?", "%s") if is_postgres() else test, (value,))))


def new_ids(table: str, count: int) -> Sequence[int]:
    """Ids for `count` new rows, which nobody else will get."""
    if is_postgres():
        sequence = "SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)"
        return [row[0] for row in fetch(sequence, table, count)]
    # The transaction holds the only write lock.
    used = fetch(f"SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), "  # noqa: S608
                 f"coalesce((SELECT max(id) FROM {table}), 0))", table)[0][0]  # fmt: skip
    return range(used + 1, used + 1 + count)


# For this connection only, while it imports. A wide cache holds the upper parts of the indexes. Not every commit
# waits for the disk: rows stay whole after a power cut, the same import again brings the last ones, and the next
# commit of anybody else takes all of them to the disk. What a row refers to has been looked up inside the same
# transaction, so the engine need not look again; nor need it hold each row's words against a list, for which it makes
# a table of the list for every row: they come from the same lists here, and `integrity_check` still knows them.
# `checkpoint` comes in place of the engine's own, which is made before a commit returns.
_TUNED = {
    "cache_size": -128_000, "synchronous": 1, "foreign_keys": 0, "ignore_check_constraints": 1, "wal_autocheckpoint": 0,
}  # fmt: skip


@contextmanager
def tuned() -> Iterator[None]:
    """On SQLite, settings for adding many rows, put back at the end."""
    if is_postgres() or database.in_transaction():
        yield
        return
    before = {name: int(fetch(f"PRAGMA {name}")[0][0]) for name in _TUNED}
    try:
        for name, value in _TUNED.items():
            database.execute_sql(f"PRAGMA {name} = {value}")
        database.execute_sql("PRAGMA journal_size_limit = 16000000")  # the log is cut again when it begins anew
        yield
        checkpoint()
    finally:
        for name, value in before.items():
            database.execute_sql(f"PRAGMA {name} = {value}")


def checkpoint() -> None:
    """Between two transactions: carry SQLite's log over into its file. Whoever writes need not wait for it."""
    if not is_postgres():
        fetch("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def seldom_collected(young: int = 0) -> Iterator[None]:
    """While rows stream by, which make no cycles, no garbage is looked for among all objects: that stops every thread,
    and with it the keys of a screen, for as long as it takes. `young`: how many new objects are looked through at a
    time; more take less in all, and stop longer each time.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], young), before[1], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _as_peewee() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for cls in type(error).__mro__:
            if cls.__name__ in _PASSED_ON and not issubclass(cls, peewee.PeeweeException):
                raise getattr(peewee, cls.__name__)(*error.args) from error
        raise
