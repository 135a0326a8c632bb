"""All ticked, 100,000 invitations: the dry run, then queueing them, each against the bar of 15 s, on both engines.

Every patient has an address and may be invited, so that none costs less than the most. Beside the wall time stand the
processor's (the server's too), for a machine that does other work; the longest time without progress; and the longest
that a sender in another process waited for its claim meanwhile (it gives up after 5 s, and comes again). `rows alone`
is what the same rows take on SQLite where nobody asks anything: the floor. BENCH_INVITED sets how many patients.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from bench.lookup import _postgres, _sqlite
from bench.practice_of import build
from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, database, is_postgres, open_database, session, transaction
from clinic_tui.invitations import codes
from clinic_tui.invitations.inviting import Outcome, invite_many
from clinic_tui.staff import at_the_keyboard
from tests.conftest import PRACTICE

PATIENTS = int(os.environ.get("BENCH_INVITED", "100000"))
BAR = 15.0
SENDER = """
import select, sys, time
from clinic_tui import outbox
from clinic_tui.db.connection import open_database, session
from clinic_tui.errors import DatabaseLost
open_database(sys.argv[1])
longest, given_up = 0.0, 0
with session():
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        began = time.perf_counter()
        try:
            outbox.claim("bench", 5)
        except DatabaseLost:
            given_up += 1
        longest = max(longest, time.perf_counter() - began)
print(longest, given_up)
"""


def run() -> None:
    for name, practice in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with practice() as url, tempfile.TemporaryDirectory() as folder:
            viewer = prepare(url, PATIENTS, Path(folder) / "clinic.key")
            print(f"{name}, {PATIENTS:,} patients         wall       CPU   no progress   a sender waited")
            with session():
                if not is_postgres():
                    _floor()
                _measured("dry run", url, viewer, dry_run=True)
                _measured("queued", url, viewer, dry_run=False)
            close_database()


def prepare(url: str, patients: int, key: Path, appointments: int = 0) -> Viewer:
    """A practice of so many patients, each of whom may be invited; the process is bound to it."""
    build(url, patients, appointments)
    open_database(url)
    viewer = at_the_keyboard()
    codes.use_key_file(key)
    settings.seed(viewer, PRACTICE)
    with transaction():
        address = "coalesce(email, 'patient' || id || '@example.com')"
        database.execute_sql(f"UPDATE patient SET status = 'current', email = {address}, email_fold = {address}")
    with session():
        database.execute_sql("VACUUM ANALYZE" if is_postgres() else "PRAGMA wal_checkpoint(TRUNCATE)")
    return viewer


def _measured(what: str, url: str, viewer: Viewer, *, dry_run: bool) -> None:
    heard: list[float] = []

    def invite() -> Outcome:
        return invite_many(
            viewer, range(1, PATIENTS + 1), bulk=True, dry_run=dry_run,
            progress=lambda _: heard.append(time.perf_counter()),
        )  # fmt: skip

    with _sender(url) as waited:
        began, cpu = time.perf_counter(), _used()
        outcome = invite()
        ended, used = time.perf_counter(), _used() - cpu
    assert len(outcome.queued) == PATIENTS
    moments = [began, *heard, ended]
    quiet = max(after - before for before, after in pairwise(moments))
    longest, given_up = waited()
    gave = f", gave up {given_up} times" if given_up else ""
    over = "" if ended - began <= BAR else f"   {(ended - began) / BAR:.1f}x the bar"
    print(
        f"   {what:<22}{ended - began:12.1f} s {used:7.1f} s {quiet:11.1f} s {longest:15.2f} s{gave}{over}", flush=True
    )


def _used() -> float:
    """Seconds of the processor that this process has had, and on PostgreSQL the server's process for it too."""
    if not is_postgres():
        return time.process_time()
    (backend,) = database.execute_sql("SELECT pg_backend_pid()").fetchone()
    ticks = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _sender(url: str) -> Iterator[Callable[[], tuple[float, int]]]:
    """A sender in another process, which claims what is due again and again; afterwards, how long it waited at most."""
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    said: list[str] = []
    try:
        yield lambda: (float(said[0]), int(said[1]))
    finally:
        said += process.communicate("end")[0].split()


def _floor() -> None:
    """The rows of as many invitations, in one transaction that is not kept."""
    connection = database.connection()
    assert isinstance(connection, sqlite3.Connection)
    began, cpu = time.perf_counter(), time.process_time()
    fresh, at = codes.fresh(PATIENTS), 1_700_000_000_000
    columns = "id, ref, key_id, token_hash, patient_id, email, email_fold, state, custom_message, template, language"
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        f"INSERT INTO invitation ({columns}, failed_codes, expires_days, created_at) "
        f"SELECT ?1, ?2, ?3, ?4, id, email, email_fold, 'queued', '', 'invitation', 'en', 0, 7, {at} "
        "FROM patient WHERE id = ?1",
        ((number, *new) for number, new in enumerate(fresh, 1)),
    )
    connection.executemany(
        "INSERT INTO message (ref, invitation_id, kind, state, automatic, domain, created_at, due_at, attempts, fence) "
        f"VALUES (?, ?, 'invitation', 'queued', 0, '', {at}, {at}, 0, 0)",
        ((new.ref[:16], number) for number, new in enumerate(fresh, 1)),
    )
    connection.execute(f"UPDATE patient SET portal = 'queued', portal_at = {at}")
    connection.executemany(
        f"INSERT INTO history (at, login, action, patient_id, invitation_id) VALUES ({at}, 'bench', 'invite', ?1, ?1)",
        ((number,) for number in range(1, PATIENTS + 1)),
    )
    connection.execute("ROLLBACK")
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"   {'rows alone':<22}{wall:12.1f} s {used:7.1f} s", flush=True)
