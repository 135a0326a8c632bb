"""The case load as a desk has it: 100,000 patients, 500,000 appointments, the real app on a pty of 120x40.

Counted: from Ctrl+R in New Report until the first row stands on the terminal, against Textual's DataTable over as many
rows (see `paged_table`); the bytes of a tick and of a cursor move; resident memory with everybody listed; and how long
keys wait for what they do: at rest, while a report of BENCH_LONG patients is listed, while the rules are asked of
everybody, and while everybody is queued. (While it queues, the dialog keeps keys for what comes after it. Here it lets
them through, to see whether the work leaves the screen room.)
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.paged_table import CURSOR, FASTER, MEMORY, TICK, measured
from tests.screens.line import Line
from tests.screens.table_app import make

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
LONG = int(os.environ.get("BENCH_LONG", "1000000"))
RUNS = int(os.environ.get("BENCH_TABLE_RUNS", "3"))
BAR = 20.0
F2, CTRL_R, CTRL_S, DOWN, UP, HOME = b"\x1bOQ", b"\x12", b"\x13", b"\x1b[B", b"\x1b[A", b"\x1b[H"
DELETE = b"\x7f"
APP = """
import sys
from pathlib import Path
from clinic_tui.config import Config
from screens.app import run
from screens.reports.bulk_invite import BulkInviteDialog
BulkInviteDialog.holds_keys = property(lambda self: False)
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
        line.bytes_for(UP)
        waits = {"at rest": _moving(line, lambda: False, 40)}
        waits |= _inviting(desk)
        after = line.memory()
        line.close()
        file = folder / "people.db"
        make(file, PATIENTS)
        table = measured("DataTable", file)
        waits[f"listing {LONG:,}"] = _listing(Desk(folder, LONG))
    ratio = table.first / statistics.median(first)
    print(f"   {PATIENTS:,} patients       first rows      tick    cursor    memory")
    print(f"   case load         {statistics.median(first) * 1000:9.0f} ms {tick:9,} {cursor:9,} {memory:6.0f} MB")
    print(f"   DataTable         {table.first * 1000:9.0f} ms {table.tick:9,} {table.cursor:9,} {table.memory:6.0f} MB")
    print(f"   first rows {ratio:.0f}x as fast as DataTable, bar {FASTER:.0f}x")
    print(f"   bytes {tick} and {cursor}, bars {TICK} and {CURSOR}; {memory:.0f} MB, bar {MEMORY:.0f} MB; "
          f"{after:.0f} MB once all are queued")  # fmt: skip
    print(f"   a key waits, ms (bar {BAR:.0f})      keys    p50    p95    max")
    for what, taken in waits.items():
        ordered = sorted(1000 * seconds for seconds in taken)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        print(f"   {what:<30}{len(ordered):>6}{statistics.median(ordered):>7.1f}{p95:>7.1f}{ordered[-1]:>7.1f}")


def _moving(line: Line, over: Callable[[], bool], most: int) -> list[float]:
    """Seconds that each of up to `most` cursor moves takes, from the key until the cursor is drawn again."""
    taken: list[float] = []
    while not over() and len(taken) < most:
        taken.append(line.seconds_until(DOWN if len(taken) % 20 < 10 else UP, "▸"))
        time.sleep(0.015)
    line.read(0.1)
    return taken


def _listing(desk: Desk) -> list[float]:
    """Cursor moves while all ids come, over and over."""
    desk.open()
    desk.run_report()
    taken: list[float] = []
    while len(taken) < 100:
        os.write(desk.line.master, CTRL_R)
        desk.line.wait_for("so far")
        ended = time.monotonic() + 0.3  # the ids of a million take longer than that
        taken += _moving(desk.line, lambda ended=ended: time.monotonic() > ended, 10)  # type: ignore[misc]
        desk.line.read(1.0)
        os.write(desk.line.master, HOME)
        desk.line.read(1.0)
    desk.line.close()
    return taken


def _inviting(desk: Desk) -> dict[str, list[float]]:
    """Letters typed, and taken away again, while everybody is asked about, and while everybody is queued."""
    line = desk.line
    line.seconds_until(b"a", f"{desk.patients:,} ticked")
    line.seconds_until(b"x", "Invite to patient portal")
    line.seconds_until(b"\r", "Asking")
    os.write(line.master, b"\t")
    asking = _typing(line, "Nothing is queued yet")
    line.seconds_until(CTRL_S, "to confirm")
    os.write(line.master, str(desk.patients).encode())
    line.read()
    line.seconds_until(CTRL_S, "Queueing")
    queueing = _typing(line, "invitations queued")
    line.read(2.0)
    return {f"asking about {desk.patients:,}": asking, f"queueing {desk.patients:,}": queueing}


def _typing(line: Line, until: str) -> list[float]:
    """Seconds that a "z" takes to stand in the field, until something is said."""
    taken: list[float] = []
    while True:
        began = time.perf_counter()
        os.write(line.master, b"z")
        seen = line.read_until((b"z", until.encode()))
        if until.encode() in seen:
            return taken
        taken.append(time.perf_counter() - began)
        os.write(line.master, DELETE)
        if until.encode() in line.read(0.03):
            return taken
