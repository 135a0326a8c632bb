"""An app of one paged table over an SQLite file of made-up people, for tests, pictures and byte counts.

`python -m tests.screens.table_app FILE ROWS [idle]` runs it on the terminal, making the file where it is not there yet.
"""

from __future__ import annotations

import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from screens.theme import THEMES, Look
from screens.widgets.columns import Column
from screens.widgets.hardware_cursor import FollowsFocus
from screens.widgets.paged_table import PagedTable

PIECE = 20_000
FIRST = 50
DARK = Look("clinic-dark", ansi=False, unicode=True)
COLUMNS = (
    Column("name", "Patient", 14, 34, flex=3),
    Column("age", "Age", 4, 4, right=True, down_first=True),
    Column("practitioner", "Practitioner", 8, 20, flex=1, rank=2),
    Column("visits", "Visits", 7, 7, right=True, down_first=True, rank=3),
    Column("first", "First seen", 11, 11, rank=5),
    Column("last", "Last seen", 11, 11, down_first=True, rank=1),
    Column("next", "Next", 11, 11, rank=4),
    Column("email", "E-mail", 12, 36, flex=2, rank=6),
    Column("portal", "Portal", 15, 15),
)
NAMES = (
    "Smith, Joanna (Jo)", "Nguyễn, Văn An", "山田 太郎", "O’Brien, Siobhán", "Łukasiewicz, Żaneta", "김 민준",
    "Emoji, 🦊 Fox", "Family, 👩‍👩‍👧 Three", "de Smit-Jonker, Aníbal", "Bob [/]", "Ab\u0301raham, Z\u0336alg\u0336o",
    "محمد علي",
)  # fmt: skip


class Person(NamedTuple):
    """A row."""

    id: int
    name: str
    age: int
    visits: int
    email: str


def make(path: Path, rows: int) -> None:
    """A file with so many people."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, age INT, visits INT, email TEXT)")
        database.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", people(rows))


def people(rows: int) -> Iterator[Person]:
    """They are always the same."""
    for id in range(1, rows + 1):
        name = f"{NAMES[id % len(NAMES)]} {id}"
        yield Person(id, name, id * 7 % 97, id * 31 % 61, f"person{id}@example.org" if id % 5 else "")


def draw(row: Person, key: str) -> str | Content:
    """A cell, as a case load might have it."""
    if key in ("name", "age", "visits"):
        return str(getattr(row, key))
    if key == "portal":
        return Content.styled("✔ active", "$success") if row.id % 3 else Content.styled("○ not invited", "$quiet")
    if key == "email":
        return Content.styled(row.email or "–", "$quiet")
    return {"practitioner": "Dr R. Okafor", "first": f"{row.id % 28 + 1} Mar 2019", "last": "2 Sep 2026"}.get(key, "–")


def may_tick(row: Person) -> str | None:
    """Nobody of 90 or more."""
    return "Names are hidden from you." if row.age >= 90 else None


class Themed(FollowsFocus):
    """An app in our colours."""

    def __init__(self, look: Look = DARK) -> None:
        super().__init__(ansi_color=look.ansi)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = look.theme


class TableApp(Themed):
    """The table alone. `hold`: the stream of ids waits for it. `idle`: nothing is listed before F5."""

    class Read(Message):
        """What a thread read: of which run, ids or rows, and whether that is all."""

        def __init__(self, run: int, ids: Sequence[int], rows: list[Person] | None, done: bool, first: bool) -> None:
            super().__init__()
            self.run, self.ids, self.rows, self.done, self.first = run, ids, rows, done, first

    CSS = "Screen { background: $background; }"
    BINDINGS = [("f5", "run_again", "Run")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, path: Path, *, look: Look = DARK, ticking: bool = True, hold: Event | None = None, idle: bool = False
    ) -> None:
        super().__init__(look)
        self.path, self.look, self.hold = path, look, hold
        self.idle = idle
        self.table = PagedTable[Person](COLUMNS, look, draw=draw, may_tick=may_tick, ticking=ticking)
        self.order: tuple[str, bool] = ("id", False)
        self.heard: list[object] = []
        self.asked = self.answered = 0

    def compose(self) -> ComposeResult:
        yield self.table

    @property
    def reading(self) -> bool:
        return self.asked != self.answered

    def on_mount(self) -> None:
        self.table.focus()
        if not self.idle:
            self.list_them()

    def action_run_again(self) -> None:
        self.list_them()

    def list_them(self, keep: bool = False) -> None:
        """Run: the first page, then all ids."""
        self.asked += 1
        self.find(self.order, self.table.narrow, keep)

    @work(thread=True, exclusive=True, group="ids")
    def find(self, order: tuple[str, bool], narrow: str, keep: bool) -> None:
        worker = get_current_worker()
        query = f"SELECT id FROM person WHERE name LIKE ? ORDER BY {order[0]} {'DESC' if order[1] else 'ASC'}, id"
        with closing(sqlite3.connect(self.path)) as database:
            like = f"%{narrow}%"
            first = [row[0] for row in database.execute(f"{query} LIMIT {FIRST}", (like,))]
            self.post_message(self.Read(int(keep), first, _rows(database, first), False, True))
            if self.hold is not None:
                self.hold.wait(20)
            ids = database.execute(query, (like,))
            while not worker.is_cancelled:
                piece = array("q", (row[0] for row in ids.fetchmany(PIECE)))
                self.post_message(self.Read(0, piece, None, len(piece) < PIECE, False))
                if len(piece) < PIECE:
                    return
        self.post_message(self.Read(0, (), None, True, False))

    @work(thread=True)
    def read(self, ids: list[int]) -> None:
        with closing(sqlite3.connect(self.path)) as database:
            self.post_message(self.Read(0, ids, _rows(database, ids), True, False))

    @on(Read)
    def was_read(self, read: Read) -> None:
        if read.first:
            rows = {row.id: row for row in read.rows or ()}
            self.table.show_first(read.ids, rows, sort=self.order, keep=bool(read.run))
        elif read.rows is not None:
            self.table.take_rows({row.id: row for row in read.rows}, read.ids)
            self.answered += 1
        else:
            self.table.take_ids(array("q", read.ids), read.done)
            self.answered += read.done

    @on(PagedTable.NeedRows)
    def need_rows(self, need: PagedTable.NeedRows) -> None:
        self.asked += 1
        self.read(need.ids)

    @on(PagedTable.SortBy)
    def sort_by(self, by: PagedTable.SortBy) -> None:
        key = by.key if by.key in Person._fields else "id"
        self.order = (key, by.down)
        self.list_them()

    @on(PagedTable.Narrow)
    def narrow(self) -> None:
        self.list_them()

    @on(PagedTable.Refused)
    @on(PagedTable.TicksChanged)
    @on(PagedTable.Chosen)
    def hear(self, message: Message) -> None:
        self.heard.append(message)


def _rows(database: sqlite3.Connection, ids: Iterable[int]) -> list[Person]:
    marks = ",".join(str(id) for id in ids)
    return [Person(*row) for row in database.execute(f"SELECT * FROM person WHERE id IN ({marks})")]


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if not file.exists():
        make(file, int(sys.argv[2]))
    TableApp(file, idle="idle" in sys.argv).run()
