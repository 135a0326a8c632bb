from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinic_tui.db.connection import close_database, database, open_database, session, sqlite_path, transaction
from clinic_tui.db.migrate import migrate
from clinic_tui.errors import ConfigError, DatabaseLost


def test_a_full_disk_is_called_one_and_leaves_the_database_whole(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/full.db")
    try:
        with session():
            database.execute_sql("CREATE TABLE t (x TEXT)")
            database.execute_sql("PRAGMA max_page_count = 20")  # SQLite then says what it says of a full disk
            with pytest.raises(DatabaseLost) as lost, transaction():
                database.execute_sql("INSERT INTO t VALUES ('one')")
                # SQLite ends the transaction by itself: rolling it back is what fails last.
                database.execute_sql("INSERT INTO t VALUES (zeroblob(200000))")
            assert "full" in lost.value.title
            assert database.execute_sql("SELECT count(*) FROM t").fetchone() == (0,)
    finally:
        close_database()


def test_a_database_that_is_forgotten_at_once_is_refused() -> None:
    with pytest.raises(ConfigError):
        sqlite_path("sqlite:///:memory:")


def test_a_database_file_that_has_gone_is_missed_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "clinic.db"
    open_database(f"sqlite:///{file}")
    migrate()
    file.unlink()
    with pytest.raises(DatabaseLost, match="gone"), session():
        database.execute_sql("SELECT 1 FROM patient")
    assert not file.exists()
    close_database()


def test_who_opens_what_is_open_already_disturbs_nobody_in_the_middle_of_a_transaction(database_url: str) -> None:
    open_database(database_url)
    begun, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with transaction():
            database.execute_sql("CREATE TABLE t (x INTEGER)")
            begun.set()
            go_on.wait(60)
            database.execute_sql("INSERT INTO t VALUES (1)")

    with ThreadPoolExecutor(1) as other:
        writing = other.submit(write)
        begun.wait(60)
        open_database(database_url)
        go_on.set()
        writing.result(60)
    with transaction():
        database.execute_sql("INSERT INTO t VALUES (2)")
        assert database.execute_sql("SELECT count(*) FROM t").fetchone() == (2,)
    close_database()
