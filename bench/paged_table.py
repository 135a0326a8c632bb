"""The case-load table with 100,000 rows against Textual's DataTable (and textual-fastdatatable, where it is installed).

Each table runs in a process of its own on a pty of 120x40, over the same SQLite file. Counted: from the key that runs
the report until its first row stands on the terminal; the bytes of a tick and of a cursor move, the number ticked
included; resident memory once everything is listed.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.screens.line import Line
from tests.screens.table_app import make

ROWS = int(os.environ.get("BENCH_TABLE_ROWS", "100000"))
RUNS = int(os.environ.get("BENCH_TABLE_RUNS", "3"))
FASTER, TICK, CURSOR, MEMORY = 20.0, 600, 700, 150.0
LISTED = "all listed"


class Figures(NamedTuple):
    """Seconds, bytes, bytes, megabytes."""

    first: float
    tick: int
    cursor: int
    memory: float


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.db"
        make(file, ROWS)
        ours = measured("ours", file)
        data_table = measured("DataTable", file)
        others = {"DataTable": data_table}
        if importlib.util.find_spec("textual_fastdatatable"):
            others["fastdatatable"] = measured("fastdatatable", file)
    print(f"   {ROWS:,} rows            first rows      tick    cursor    memory")
    for name, figures in {"paged table": ours, **others}.items():
        first, tick, cursor, memory = figures
        print(f"   {name:<18}{first * 1000:9.0f} ms {tick:9,} {cursor:9,} {memory:6.0f} MB", flush=True)
    if "fastdatatable" not in others:
        print("   textual-fastdatatable is not installed: not compared")
    print(f"   first rows {data_table.first / ours.first:.0f}x as fast as DataTable, bar {FASTER:.0f}x")
    print(
        f"   bytes {ours.tick} and {ours.cursor}, bars {TICK} and {CURSOR}; {ours.memory:.0f} MB, bar {MEMORY:.0f} MB"
    )


def measured(which: str, file: Path) -> Figures:
    """The figures of one kind of table over the people of `file`."""
    figures = []
    for _ in range(RUNS):
        if which == "ours":
            line = Line("-m", "tests.screens.table_app", str(file), str(ROWS), "idle")
            ready, first, listed = "no patients", "person1@", f"of {ROWS:,} patients ·"
        else:
            line = Line("-m", "bench.paged_table", which, str(file))
            ready, first, listed = "nothing listed", "person1@", LISTED
        try:
            line.wait_for(ready)
            line.read()
            seconds = line.seconds_until(b"\x1b[15~", first)
            if which == "ours":
                line.wait_for(listed)
            line.read()
            memory = line.memory()
            cursor = line.bytes_for(b"\x1b[B")
            tick = line.bytes_for(b" ")
            figures.append(Figures(seconds, tick, cursor, memory))
        finally:
            line.close()
    return Figures(
        statistics.median(one.first for one in figures), max(one.tick for one in figures),
        max(one.cursor for one in figures), statistics.median(one.memory for one in figures),
    )  # fmt: skip


def _other(which: str, file: Path) -> None:
    """The same rows and columns in a table that holds them all, ticked with Space. (A "[" is markup to it.)"""
    import sqlite3
    from contextlib import closing

    from textual.app import App, ComposeResult
    from textual.widgets import DataTable, Static

    from tests.screens.table_app import COLUMNS, Person, draw

    class Other(App[None]):
        BINDINGS = [("f5", "list_them", "Run"), ("space", "tick", "Tick")]
        CSS = "DataTable { height: 1fr; }"
        ticked = 0

        def compose(self) -> ComposeResult:
            if which == "DataTable":
                yield DataTable(cursor_type="row", id="table")
            yield Static("nothing listed", id="count")

        def on_mount(self) -> None:
            for table in self.query(DataTable):
                table.add_columns("tick", *(column.title for column in COLUMNS))

        def action_list_them(self) -> None:
            with closing(sqlite3.connect(file)) as database:
                rows = [
                    ("-", *(str(draw(person, column.key)).replace("[", "(") for column in COLUMNS))
                    for person in map(Person._make, database.execute("SELECT * FROM person ORDER BY id"))
                ]
            if which == "DataTable":
                self.query_one(DataTable).add_rows(rows)
            else:
                fast = importlib.import_module("textual_fastdatatable")
                backend = fast.ArrowBackend.from_records([("tick", *(column.title for column in COLUMNS)), *rows])
                self.mount(fast.DataTable(backend=backend, cursor_type="row", id="table"), before=0)
            self.query_one("#table").focus()
            self.query_one("#count", Static).update(LISTED)

        def action_tick(self) -> None:
            table: DataTable[str] = self.query_one("#table")  # type: ignore[assignment]
            table.update_cell_at(table.cursor_coordinate._replace(column=0), "x")
            self.ticked += 1
            self.query_one("#count", Static).update(f"{self.ticked} ticked", layout=False)

    Other().run()


if __name__ == "__main__":
    _other(sys.argv[1], Path(sys.argv[2]))
