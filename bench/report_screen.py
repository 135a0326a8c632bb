"""The case load as a desk has it: 100,000 patients, 500,000 appointments, the real app on a pty of 120x40.

Counted: from Ctrl+R in New Report until the first row stands on the terminal, against Textual's DataTable over as many
rows (see `paged_table`); the bytes of a tick and of a cursor move; resident memory with everybody listed. How long keys
wait is in `keys`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.paged_table import CURSOR, FASTER, MEMORY, TICK, measured
from tests.screens.line import Line
from tests.screens.table_app import make

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
RUNS = int(os.environ.get("BENCH_TABLE_RUNS", "3"))
F2, CTRL_R, DOWN = b"\x1bOQ", b"\x12", b"\x1b[B"
APP = """
import sys
from pathlib import Path
from clinic_tui.config import Config
from screens.app import run
sys.exit(run(Config(sys.argv[1], Path(sys.argv[2]))))
"""
# In a process of its own: what a practice is made with stays out of the memory of what is measured beside it.
PRACTICE = """
import sys
from pathlib import Path
from bench.queueing import prepare
from clinic_tui.case_load import query
from screens.reports.case_columns import short_day
prepare(sys.argv[1], int(sys.argv[3]), Path(sys.argv[2]), 5 * int(sys.argv[3]))
rows = query.first_rows(__import__("clinic_tui.staff").staff.at_the_keyboard())
print(next(short_day(row.last_seen) for row in rows if row.last_seen))
"""


class Desk:
    """The app on a terminal, over a practice of so many patients."""

    def __init__(self, folder: Path, patients: int) -> None:
        self.patients = patients
        self._arguments = (f"sqlite:///{folder}/{patients}.db", f"{folder}/{patients}.key")
        made = [sys.executable, "-c", PRACTICE, *self._arguments, str(patients)]
        self.seen = subprocess.run(made, check=True, capture_output=True, text=True).stdout.strip()
        self.line: Line

    def open(self) -> None:
        """At the filters of a new report."""
        self.line = Line("-c", APP, *self._arguments)
        self.line.wait_for(f"{self.patients:,} patients")
        for key, text in ((F2, "New Report"), (b"n", "Report Type")):
            self.line.seconds_until(key, text)
        self.line.read()

    def run_report(self) -> float:
        """Seconds from Ctrl+R until the first rows stand there; then all are listed."""
        seconds = self.line.seconds_until(CTRL_R, self.seen)
        self.line.wait_for(f"1 of {self.patients:,} patients ")
        return seconds


def run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = Desk(folder, PATIENTS)
        first = []
        for number in range(RUNS):
            desk.open()
            first.append(desk.run_report())
            if number < RUNS - 1:
                desk.line.close()
        line = desk.line
        line.read(1.0)
        memory, cursor, tick = line.memory(), line.bytes_for(DOWN), line.bytes_for(b" ")
        line.close()
        file = folder / "people.db"
        make(file, PATIENTS)
        table = measured("DataTable", file)
    ratio = table.first / statistics.median(first)
    print(f"   {PATIENTS:,} patients       first rows      tick    cursor    memory")
    print(f"   case load         {statistics.median(first) * 1000:9.0f} ms {tick:9,} {cursor:9,} {memory:6.0f} MB")
    print(f"   DataTable         {table.first * 1000:9.0f} ms {table.tick:9,} {table.cursor:9,} {table.memory:6.0f} MB")
    print(f"   first rows {ratio:.0f}x as fast as DataTable, bar {FASTER:.0f}x")
    print(f"   bytes {tick} and {cursor}, bars {TICK} and {CURSOR}; {memory:.0f} MB, bar {MEMORY:.0f} MB")
