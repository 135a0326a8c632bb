"""All ticked, 100,000 invitations: the dry run, then queueing them, each against the bar of 15 s, on both engines.

Every patient has an address and may be invited, so that none costs less than the most. Beside the wall time stand the
processor's (the server's too), for a machine that does other work; the longest time without progress; and the longest
that a sender in another process waited for its claim meanwhile (it gives up after 20 s, and comes again). `rows alone`
is what the same rows take on SQLite where nobody asks anything: the floor. BENCH_INVITED sets how many patients.
"""

from __future__ import annotations

import os
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
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import close_database, database, is_postgres, open_database, session, transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import History
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
        database.execute_sql(
            f"UPDATE patient SET status = 'current', birth_date = '1984-03-12', "
            f"email = {address}, email_fold = {address}"
        )
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
    began, cpu = time.perf_counter(), time.process_time()
    with database.atomic("IMMEDIATE") as rows:
        addresses = database.execute_sql("SELECT id, email, email_fold FROM patient").fetchall()
        made = ((*new, *address) for new, address in zip(codes.fresh(PATIENTS), addresses, strict=True))
        columns = (*codes.Fresh._fields, "patient", "email", "email_fold")
        bulk.add(Invitation, columns, made, created_at=now(), expires_days=7)
        made_ids = database.execute_sql("SELECT id FROM invitation").fetchall()
        messages = ((codes.new_ref()[:16], number) for (number,) in made_ids)
        shared = {"kind": "invitation", "domain": "", "created_at": now(), "due_at": now()}
        bulk.add(Message, ("ref", "invitation"), messages, **shared)
        database.execute_sql("UPDATE patient SET portal = 'queued', portal_at = 1")
        bulk.add(History, ("invitation_id", "patient_id"), ((n, n) for (n,) in made_ids), at=now(), login="", action="")
        rows.rollback()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"   {'rows alone':<22}{wall:12.1f} s {used:7.1f} s", flush=True)
