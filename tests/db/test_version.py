"""The number that tells whether somebody else has written since: it may say so too often, and never too seldom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from clinic_tui.db.connection import (
    database,
    is_postgres,
    snapshot,
    transaction,
    version,
)

POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
INSERT = "INSERT INTO written VALUES (1)"


@pytest.fixture
def practice(opened: str) -> str:
    with transaction():
        database.execute_sql("CREATE TABLE written (x INTEGER)")
    return opened


@contextmanager
def somebody(url: str) -> Iterator[psycopg.Connection]:
    """Another connection, in a transaction that has written and waits."""
    with psycopg.connect(url) as connection:
        connection.execute(INSERT)
        yield connection


def test_it_stays_the_same_while_nobody_writes(practice: str) -> None:
    for _ in range(200):  # on PostgreSQL other tests write beside this one
        with snapshot():
            database.execute_sql("SELECT count(*) FROM written")
            before = version()
        with transaction():
            database.execute_sql("SELECT count(*) FROM written")
            if is_postgres():
                database.execute_sql(INSERT)  # its own writing is nobody else's
            after = version()
        if before is not None and before == after:
            return
    pytest.fail("It is another number every time.")


@POSTGRES
def test_it_is_another_once_somebody_has_written(practice: str) -> None:
    for _ in range(20):
        with snapshot():
            before = version()
        with somebody(practice):
            pass
        assert before is None or version() != before


@POSTGRES
def test_who_was_writing_already_is_told_of(practice: str) -> None:
    for _ in range(20):
        with somebody(practice) as first:
            with snapshot():
                before = version()
            first.commit()
        assert before is None or version() != before
        with somebody(practice) as first:
            with somebody(practice):
                pass
            assert version() is None, "the first has written, and ends later than one who came after it"
            first.commit()


@POSTGRES
def test_a_snapshot_has_the_number_of_its_moment(practice: str) -> None:
    with snapshot():
        before = version()
        with somebody(practice):
            pass
        assert version() == before
    assert before is None or version() != before
