"""Importing a CSV of a million patients, against the sqlite3 shell's `.import` of the same into the same indexes.

    python -m bench.import_csv [ROWS]

Three floors, each without any of our checks:

- `rows`: the bare rows into a table that has the indexes of our patients, as our import meets it;
- `rows, then indexes`: the indexes made after the rows, as only an empty table allows;
- `rows and words`: as the first, and the words that lookup needs, made beforehand, into their table.
"""

from __future__ import annotations

import csv
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

from bench.practice_of import patients
from clinic_tui.db.connection import close_database, open_database
from clinic_tui.db.migrate import migrate
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.patients_csv import import_csv
from clinic_tui.staff import at_the_keyboard

FIELDS = "number given family preferred dob sex mobile phone email suburb country status communication practitioner"
HEADER = FIELDS.split()
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


def floor(folder: Path, steps: list[str]) -> float:
    """Seconds that the sqlite3 shell takes for these commands on a new database (Python's where it is absent)."""
    path = folder / "floor.db"
    path.unlink(missing_ok=True)
    started = monotonic()
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
    taken = monotonic() - started
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
    print(f"waited {max(waits):.2f} s at most, {statistics.mean(waits):.2f} s on average, in {len(waits):,} writes")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, words = folder / "patients.csv", folder / "words.csv"
        write_files(rows, table, words)
        load = f".import --skip 1 {table} p"
        wal = "PRAGMA journal_mode = wal;"
        floors = {
            "rows": [wal, f"CREATE TABLE p ({COLUMNS});", INDEXES, load],
            "rows, then indexes": [wal, f"CREATE TABLE p ({COLUMNS});", load, INDEXES],
            "rows and words": [wal, f"CREATE TABLE p ({COLUMNS});", INDEXES, WORDS, load, f".import {words} w"],
        }
        shell = "sqlite3 .import" if shutil.which("sqlite3") else "Python's sqlite3 (no shell here)"
        print(f"import of {rows:,} rows of CSV; floors by {shell}")
        taken = {what: floor(folder, steps) for what, steps in floors.items()}
        path = folder / "clinic.db"
        open_database(f"sqlite:///{path}")
        migrate()
        viewer = at_the_keyboard()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        other = subprocess.Popen(
            [sys.executable, "-m", "bench.import_csv", "--write-on", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started = monotonic()
        summary = import_csv(viewer, table)
        ours = monotonic() - started
        fared = other.communicate("")[0].strip()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert summary.added == rows == sum(1 for _ in CsvFile(table).rows())
        print(f"  ours                {ours:7.1f} s   peak {after // 1024} MB ({before // 1024} MB before)")
        for what, seconds in taken.items():
            print(f"  {what:<19} {seconds:7.1f} s   ours is {ours / seconds:.1f}x")
        print(f"  another writer {fared} (bar: 1 s)")
        started = monotonic()
        assert import_csv(viewer, table).unchanged == rows
        print(f"  the same again      {monotonic() - started:7.1f} s   all unchanged")
        close_database()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write-on"]:
        write_on(sys.argv[2])
    else:
        main()
