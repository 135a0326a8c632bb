"""The number that tells whether somebody else has written since: it may say so too often, and never too seldom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from clinic_tui.db.connection import (
    database,
    is_postgres,
    snapshot,
    transaction,
    version,
)
from tests.servers.postgres import own_server

pytestmark = pytest.mark.xdist_group("version")  # one server for all of them
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
INSERT = "INSERT INTO written VALUES (1)"


@pytest.fixture(scope="module")
def quiet_server() -> Iterator[str]:
    """PostgreSQL counts for all databases of a server: here no other test writes."""
    with own_server() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("quiet_server"))
    return f"sqlite:///{tmp_path}/clinic.db"


@pytest.fixture
def practice(opened: str) -> str:
    with transaction():
        database.execute_sql("DROP TABLE IF EXISTS written")
        database.execute_sql("CREATE TABLE written (x INTEGER)")
    return opened


@contextmanager
def somebody(url: str) -> Iterator[psycopg.Connection]:
    """Another connection, in a transaction that has written and waits."""
    with psycopg.connect(url) as connection:
        connection.execute(INSERT)
        yield connection


def test_it_stays_the_same_while_nobody_writes(practice: str) -> None:
    with snapshot():
        database.execute_sql("SELECT count(*) FROM written")
        before = version()
    with transaction():
        database.execute_sql("SELECT count(*) FROM written")
        if is_postgres():
            database.execute_sql(INSERT)  # its own writing is nobody else's
        after = version()
    assert before is not None
    assert before == after


@POSTGRES
def test_it_is_another_once_somebody_has_written(practice: str) -> None:
    with snapshot():
        before = version()
    with somebody(practice):
        pass
    assert version() != before


@POSTGRES
def test_who_was_writing_already_is_told_of(practice: str) -> None:
    with somebody(practice) as first:
        with snapshot():
            before = version()
        first.commit()
    assert version() != before
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
    assert before is not None
    assert version() != before
