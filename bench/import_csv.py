"""Importing a CSV of 1,000,000 patients: at most 5 times `sqlite3 .import` into the same indexes, others not blocked.

BENCH_ROWS in the environment sets another number of rows than 1,000,000. Three floors, each without any of our checks:

- `rows`: the bare rows into a table that has the indexes of our patients, as our import meets it;
- `rows, then indexes`: the indexes made after the rows, as only an empty table allows;
- `rows and words`: as the first, and the words that lookup needs, made beforehand, into their table.

Wall time decides; CPU time (user and system, of the process alone) stands beside it, for a machine that does other
work at the same time.
"""

from __future__ import annotations

import csv
import os
import resource
import select
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from bench.practice_of import patients
from clinic_tui.db.connection import close_database, open_database
from clinic_tui.db.migrate import migrate
from clinic_tui.imports.run import import_csv
from clinic_tui.staff import at_the_keyboard

FIELDS = "number given family preferred dob sex mobile phone email suburb country status communication practitioner"
HEADER = FIELDS.split()
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
BAR = 5.0  # times the floor `rows`
BLOCKED = 1.0  # seconds
NIGHTLY, NIGHTLY_BAR = 100_000, 5.0  # rows that are all unchanged; seconds
COLUMNS = ", ".join(f"{name} TEXT" for name in HEADER)
INDEXES = (
    "CREATE UNIQUE INDEX a ON p (number); CREATE INDEX b ON p (family, given); CREATE INDEX c ON p (dob); "
    "CREATE INDEX d ON p (email); CREATE INDEX e ON p (practitioner, family, given);"
)
WORDS = (
    "CREATE TABLE w (token TEXT NOT NULL, patient_id INTEGER NOT NULL, PRIMARY KEY (token, patient_id)) WITHOUT ROWID; "
    "CREATE INDEX f ON w (patient_id, token);"
)


def write_files(rows: int, table: Path, words: Path) -> None:
    """The CSV to import; and the words of its patients, for the floor that has them too."""
    with table.open("w", newline="") as one, words.open("w", newline="") as two:
        out, out_words = csv.writer(one), csv.writer(two)
        out.writerow(HEADER)
        for row, tokens in patients(rows, 20):
            born = "/".join(reversed(row[6].split("-"))) if row[6] else ""
            out.writerow([row[1], *row[2:5], born, *row[7:11], *row[12:16], f"Dr {row[16]}"])
            out_words.writerows((token, row[0]) for token in tokens)


class Taken(NamedTuple):
    """Seconds by the clock and of the processor."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:7.1f} s  {self.cpu:7.1f} s CPU"


class Timer:
    """Time from its making on: this process's, its children's too where they have ended."""

    def __init__(self) -> None:
        self._wall, self._cpu = monotonic(), self._used()

    def taken(self) -> Taken:
        return Taken(monotonic() - self._wall, self._used() - self._cpu)

    @staticmethod
    def _used() -> float:
        return sum(os.times()[:4])


def floor(folder: Path, steps: list[str]) -> Taken:
    """What the sqlite3 shell takes for these commands on a new database (Python's where it is absent)."""
    path = folder / "floor.db"
    path.unlink(missing_ok=True)
    timer = Timer()
    if shutil.which("sqlite3"):
        subprocess.run(["sqlite3", str(path), ".mode csv", *steps], check=True, stdout=subprocess.DEVNULL)
    else:
        db = sqlite3.connect(path)
        for step in steps:
            if not step.startswith(".import"):
                db.executescript(step)
                continue
            *_, source, table = step.split()
            with Path(source).open(newline="") as file:
                lines = csv.reader(file)
                first = next(lines) if "--skip" in step else None
                marks = ", ".join("?" * (len(first) if first else 2))
                db.executemany(f"INSERT INTO {table} VALUES ({marks})", lines)
            db.commit()
        db.close()
    taken = timer.taken()
    path.unlink()
    return taken


def write_on(path: str) -> None:
    """A process of its own that writes every 20 ms, as a sender does, until its input ends; prints how it fared."""
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    db.execute("PRAGMA synchronous = FULL")
    waits: list[float] = []
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        started = monotonic()
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE queue SET last_sync_at = ?", (len(waits),))
        db.execute("COMMIT")
        waits.append(monotonic() - started)
    print(max(waits), statistics.mean(waits), len(waits))


def run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, words = folder / "patients.csv", folder / "words.csv"
        write_files(ROWS, table, words)
        load = f".import --skip 1 {table} p"
        wal = "PRAGMA journal_mode = wal;"
        floors = {
            "rows": [wal, f"CREATE TABLE p ({COLUMNS});", INDEXES, load],
            "rows, then indexes": [wal, f"CREATE TABLE p ({COLUMNS});", load, INDEXES],
            "rows and words": [wal, f"CREATE TABLE p ({COLUMNS});", INDEXES, WORDS, load, f".import {words} w"],
        }
        shell = "sqlite3 .import" if shutil.which("sqlite3") else "Python's sqlite3 (no shell here)"
        print(f"  {ROWS:,} rows of CSV; floors by {shell}; load average {os.getloadavg()[0]:.1f}", flush=True)
        taken = {what: floor(folder, steps) for what, steps in floors.items()}
        _sqlite(folder / "clinic.db", table, taken)
        try:
            from tests.servers.postgres import fresh_database
        except ImportError as error:
            print(f"  PostgreSQL left out: {error}")
            return
        with fresh_database() as url:
            ours, _ = _imported(url, table)
            print(f"  PostgreSQL          {ours}   (its fsync is off; no bar)", flush=True)
            close_database()


def _imported(url: str, table: Path) -> tuple[Taken, int]:
    """Import `table` into the empty database of `url`; what it took, and by how many MB the peak of memory rose."""
    open_database(url)
    migrate()
    viewer = at_the_keyboard()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    timer = Timer()
    summary = import_csv(viewer, table)
    taken = timer.taken()
    assert (summary.added, summary.read) == (ROWS, ROWS)
    return taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


def _sqlite(path: Path, table: Path, floors: dict[str, Taken]) -> None:
    url = f"sqlite:///{path}"
    open_database(url)
    migrate()
    other = subprocess.Popen(
        [sys.executable, "-m", "bench.import_csv", "--write-on", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    ours, grown = _imported(url, table)
    longest, mean, writes = (float(word) for word in other.communicate("")[0].split())
    print(f"  ours                {ours}   peak of memory {grown} MB above what it was before")
    for what, floor_taken in floors.items():
        bar = f" (bar: {BAR:.0f}x)" if what == "rows" else ""
        wall, cpu = ours.wall / floor_taken.wall, ours.cpu / floor_taken.cpu
        print(f"  {what:<19} {floor_taken}   ours is {wall:.1f}x{bar}, {cpu:.1f}x by CPU")
    print(
        f"  another writer      {longest:7.2f} s at most (bar: {BLOCKED} s), {mean:.2f} s on average of {writes:,.0f}"
    )
    timer = Timer()
    assert import_csv(at_the_keyboard(), table).unchanged == ROWS
    again = timer.taken()
    nightly = again.wall * NIGHTLY / ROWS
    print(f"  a nightly {NIGHTLY:,}   {nightly:7.1f} s  unchanged (bar: {NIGHTLY_BAR:.0f} s), by the same again")
    print(f"  the same again      {again}   all unchanged; load average {os.getloadavg()[0]:.1f}", flush=True)
    close_database()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write-on"]:
        write_on(sys.argv[2])
    else:
        run()
