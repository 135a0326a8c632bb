"""How long a key waits for its frame, on a pty of 120x40: at rest, while a report is listed, asked about, queued.

1,000,000 patients with 3,000,000 appointments, of whom 100,000 stand in a saved report (BENCH_KEYS sets the patients; a
tenth stands in it). For each key: the milliseconds from writing it until the last byte of the frame that shows what it
did. The terminal answers Textual's question for synchronised output, so that frames have an end. Keys come as they do
when one is held down, 20 to 60 ms after the frame before. On a machine that does other work, `alone` is what counts:
the same without the time that the app's threads on the key's way stood ready and waited for a processor. `over` counts
the keys above the bar by it; `worked` is the longest that the app's loop had a processor for one: what is above the bar
without it, as at rest, is the machine's.

On both engines. BENCH_KEYS_URL: only on that one, the database of a practice that `prepare` made before (its key is
beside it).
"""

from __future__ import annotations

import gc
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

from bench.lookup import _postgres, _sqlite
from clinic_tui.case_load import saved
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.orders import Sort
from clinic_tui.db.connection import close_database, database, is_postgres, session, transaction
from tests.screens.line import Line

PATIENTS = int(os.environ.get("BENCH_KEYS", "1000000"))
INVITED = PATIENTS // 10
KEYS = int(os.environ.get("BENCH_KEYS_EACH", "200"))
BAR = 20.0
KEPT = 200_000  # bytes of what was written last: several times the whole terminal
REPORT = "A tenth of all"
F2, CTRL_R, CTRL_S, ENTER, TAB = b"\x1bOQ", b"\x12", b"\x13", b"\r", b"\t"
DOWN, UP, HOME, DELETE = b"\x1b[B", b"\x1b[A", b"\x1b[H", b"\x7f"
SYNCHRONISED, FRAME_ENDS = b"\x1b[?2026;1$y", b"\x1b[?2026l"
CURSOR = "▸".encode()
APP = """
import sys
from pathlib import Path
from screens.app import run
from clinic_tui.config import Config
sys.exit(run(Config(sys.argv[1], Path(sys.argv[2]))))
"""
PREPARE = "import sys; from bench.keys import prepare; prepare(sys.argv[1])"


class Took(NamedTuple):
    """Milliseconds for a key; how many of them it waited for a processor, and how many the app's loop had one."""

    wall: float
    machine: float
    worked: float

    @property
    def alone(self) -> float:
        """Without the machine's part."""
        return self.wall - self.machine


class Waits(NamedTuple):
    """The keys of one kind; the load average at the end."""

    what: str
    taken: list[Took]
    load: float


def prepare(url: str) -> None:
    """Make the practice, of whom a tenth stands in the report."""
    from bench.queueing import prepare as made

    viewer = made(url, PATIENTS, _key(url), 3 * PATIENTS)
    with transaction():
        database.execute_sql(f"UPDATE patient SET status = 'waiting' WHERE id <= {INVITED}")
        saved.save(viewer, REPORT, Filters(statuses=("waiting",)), Sort())
    with session():
        database.execute_sql("VACUUM ANALYZE" if is_postgres() else "PRAGMA wal_checkpoint(TRUNCATE)")
    close_database()


def run() -> None:
    gc.disable()  # here, not in the app: what looks for garbage reads no frame
    for name, practice in _practices():
        with practice as url:
            desk = Desk(url)
            waits = [desk.at_rest(), desk.listing(), *desk.inviting()]
            desk.line.close()
        _print(name, waits)


def _print(name: str, waits: Sequence[Waits]) -> None:
    head = "keys    p50    p95    max   alone:  p50    p95    max  over   worked   load"
    print(f"   {name + ': a key waits, ms':<28}(bar {BAR:.0f}){head}")
    for what, taken, load in waits:
        wall, alone = _spread(key.wall for key in taken), _spread(key.alone for key in taken)
        over, worked = sum(key.alone > BAR for key in taken), max(key.worked for key in taken)
        print(f"   {what:<32}{len(taken):>6}{wall}         {alone}{over:>6}{worked:>9.1f}{load:>7.1f}", flush=True)


def _spread(taken: Iterable[float]) -> str:
    ordered = sorted(taken)
    shown = ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))], ordered[-1]
    return "".join(f"{ms:7.1f}" for ms in shown)


class Desk:
    """The app on a terminal, over the practice."""

    def __init__(self, url: str) -> None:
        self.line = Line("-c", APP, url, str(_key(url)))
        self._chance = random.Random(1)
        self._seen = b""
        os.write(self.line.master, SYNCHRONISED)
        self.line.wait_for(f"{PATIENTS:,} patients")
        tasks = Path(f"/proc/{self.line.process.pid}/task")
        # The loop, what writes to the terminal and what reads it come first; and this process, which sees it.
        threads = sorted(tasks.iterdir(), key=lambda task: int(task.name))[:3]
        self._on_the_way = [*(task / "schedstat" for task in threads), Path("/proc/self/schedstat")]

    def at_rest(self) -> Waits:
        """Cursor moves, everybody listed."""
        self._after(F2, "New Report")
        self._after(b"n", "Report Type")
        self.line.read()
        self._after(CTRL_R, f"1 of {PATIENTS:,} patients ")
        self.line.read(1.0)
        return _waits("at rest", [self._moved(number) for number in range(KEYS)])

    def listing(self) -> Waits:
        """Cursor moves while everybody is listed, over and over."""
        taken: list[Took] = []
        while len(taken) < KEYS:
            os.write(self.line.master, HOME)
            self.line.read(0.5)
            self._after(CTRL_R, "so far")
            moved = len(taken)
            while self._works_aside():
                taken.append(self._moved(len(taken) - moved))
                self._pause()
            self.line.read(0.5)
        return _waits(f"while {PATIENTS:,} are listed", taken)

    def inviting(self) -> Iterator[Waits]:
        """Letters typed and taken away, while the report's patients are asked about, and while they are queued."""
        self._after(F2, REPORT)
        self._after(ENTER, f"1 of {INVITED:,} patients ")
        self._after(b"a", f"{INVITED:,} ticked")
        self._after(b"x", "Invite to patient portal")
        self._after(ENTER, "Asking")
        os.write(self.line.master, TAB)
        self._pause(0.3, 0.3)  # until the dialog is open
        yield _waits(f"while {INVITED:,} are asked about", self._typed_until("Nothing is queued yet"))
        self._after(CTRL_S, "to confirm")
        os.write(self.line.master, str(INVITED).encode())
        self.line.read()
        self._after(CTRL_S, "Queueing")
        yield _waits(f"while {INVITED:,} are queued", self._typed_until("invitations queued"))

    def _after(self, key: bytes, text: str) -> None:
        self.line.seconds_until(key, text)

    def _moved(self, number: int) -> Took:
        taken = self._key(DOWN if number % 20 < 10 else UP, CURSOR)
        self._pause()
        return taken

    def _typed_until(self, text: str) -> list[Took]:
        taken: list[Took] = []
        self._seen = b""
        while text.encode() not in self._seen:
            taken.append(self._key(b"z", b"z", text.encode()))
            self._pause()
            os.write(self.line.master, DELETE)
            self._pause()
        return taken[:-1]  # the last was answered by the end of it

    def _key(self, key: bytes, *shows: bytes) -> Took:
        """From the key until the frame has ended that shows one of these."""
        worked, waited, began, frames = self._worked(), self._waited(), time.perf_counter(), b""
        os.write(self.line.master, key)
        while not any(FRAME_ENDS in frames[frames.find(one) :] for one in shows if one in frames):
            frames += os.read(self.line.master, 65536)
        self._seen = (self._seen + frames)[-KEPT:]
        taken = (time.perf_counter() - began) * 1000
        return Took(taken, min(taken, self._waited() - waited), self._worked() - worked)

    def _waited(self) -> float:
        """Milliseconds that the threads on the way have stood ready, and waited for a processor."""
        return sum(int(file.read_text().split()[1]) for file in self._on_the_way) / 1e6

    def _worked(self) -> float:
        """Milliseconds that the app's loop has had a processor."""
        return int(self._on_the_way[0].read_text().split()[0]) / 1e6

    def _works_aside(self) -> bool:
        """Whether the app has a process that lists for it."""
        try:
            of_threads = Path(f"/proc/{self.line.process.pid}/task").glob("*/children")
            children = [child for file in of_threads for child in file.read_text().split()]
            return any(b"clinic_tui.aside" in Path(f"/proc/{child}/cmdline").read_bytes() for child in children)
        except OSError:  # one has just ended
            return self._works_aside()

    def _pause(self, least: float = 0.02, most: float = 0.06) -> None:
        ends = time.perf_counter() + self._chance.uniform(least, most)
        while (left := ends - time.perf_counter()) > 0:
            if select.select([self.line.master], [], [], left)[0]:
                self._seen = (self._seen + os.read(self.line.master, 65536))[-KEPT:]


def _waits(what: str, taken: list[Took]) -> Waits:
    return Waits(what, taken, os.getloadavg()[0])


def _practices() -> list[tuple[str, AbstractContextManager[str]]]:
    url = os.environ.get("BENCH_KEYS_URL")
    if url:
        return [("SQLite" if url.startswith("sqlite") else "PostgreSQL", nullcontext(url))]
    return [("SQLite", _made(_sqlite)), ("PostgreSQL", _made(_postgres))]


@contextmanager
def _made(engine: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    with engine() as url:
        # In a process of its own: what a practice is made with stays out of what is measured beside it.
        subprocess.run([sys.executable, "-c", PREPARE, url], check=True)
        yield url


def _key(url: str) -> Path:
    """Beside an SQLite file; else where `prepare` and `run` find it again."""
    name = url.removeprefix("sqlite:///") if url.startswith("sqlite") else f"{tempfile.gettempdir()}/bench-keys"
    return Path(f"{name}.key")
