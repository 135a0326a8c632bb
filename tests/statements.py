"""The statements that a piece of work runs, as Peewee hands them to the engine."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clinic_tui.db.connection import database

_SAVEPOINT = re.compile('"s[0-9a-f]{32}"')
_LOG = logging.getLogger("peewee")


class Statements(logging.Handler):
    """What was run, in order: each statement with its values."""

    def __init__(self) -> None:
        super().__init__()
        self.run: list[tuple[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, tuple):
            self.run.append(record.msg[:2])

    @property
    def texts(self) -> list[str]:
        """The statements without their values, nor the names of savepoints."""
        return [_SAVEPOINT.sub('"s"', sql) for sql, _ in self.run]

    def steps(self) -> list[str]:
        """How SQLite goes about each query."""
        asked = [(sql, values) for sql, values in self.run if 'FROM "setting"' not in sql]
        return [row[-1] for sql, values in asked for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values)]


@contextmanager
def recorded() -> Iterator[Statements]:
    """The statements that are run inside, on any connection of this process."""
    statements, before = Statements(), (_LOG.level, _LOG.propagate)
    _LOG.setLevel(logging.DEBUG)
    _LOG.propagate = False  # pytest would keep them all, too
    _LOG.addHandler(statements)
    try:
        yield statements
    finally:
        _LOG.removeHandler(statements)
        _LOG.setLevel(before[0])
        _LOG.propagate = before[1]
