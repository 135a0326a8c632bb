"""The PostgreSQL server that the tests lean on really works, and ends with them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.servers.postgres import ROOT, fresh_database, template_database


def test_an_empty_database_that_is_gone_afterwards() -> None:
    with fresh_database() as url:
        with psycopg.connect(url, connect_timeout=10) as connection:
            connection.execute("CREATE TABLE patient (name text)")
            connection.execute("INSERT INTO patient VALUES ('Łucja Strauß')")
            [row] = connection.execute("SELECT lower(name), current_setting('server_encoding') FROM patient")
            assert row == ("łucja strauß", "UTF8")
        left_open = psycopg.connect(url, connect_timeout=10)
        with fresh_database() as another:
            assert another != url
            with psycopg.connect(another) as connection, pytest.raises(psycopg.errors.UndefinedTable):
                connection.execute("SELECT * FROM patient")
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url, connect_timeout=10)


def test_a_template_is_built_once_and_copied() -> None:
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE migrated (number bigint PRIMARY KEY)")

    name = template_database("test_servers_template", build)
    assert template_database("test_servers_template", build) == name
    assert len(built) <= 1  # another worker of the same run may have built it
    for _ in range(2):
        with fresh_database(name) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM migrated").fetchone() == (0,)
            connection.execute("INSERT INTO migrated VALUES (1)")


@pytest.mark.parametrize("end", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_the_database_server_ends_with_its_users_however_they_end(end: str) -> None:
    script = (
        "from tests.servers.postgres import _sockets, postgres_url\n"
        "import psycopg\n"
        "with psycopg.connect(postgres_url()) as connection:\n"
        "    row = connection.execute(\"SELECT pg_read_file('postmaster.pid', 0, 20)\").fetchone()\n"
        "print(row[0].split()[0], _sockets(), flush=True)\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_TESTRUNUID"}
    done = subprocess.run(
        [sys.executable, "-c", script + end],
        check=False,  # a killed process has no good status
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    pid, folder = done.stdout.split()
    deadline = time.monotonic() + 60
    while running(int(pid)) or Path(folder).parent.exists():
        assert time.monotonic() < deadline, f"PostgreSQL {pid} is still there"
        time.sleep(0.02)


def running(pid: int) -> bool:
    """Whether the process lives; one that has ended and is only not yet collected has no command line."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and command.read_bytes() != b""
