"""The lookup at 1,000,000 patients: first 50 rows, p95 against the bar of 30 ms, on both engines; look-alikes, 50 ms.

BENCH_PATIENTS in the environment sets another number of patients.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bench.practice_of import build
from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, session
from clinic_tui.patients import lookalikes
from clinic_tui.patients.lookup import PatientRow, count, rows_by_id, search
from clinic_tui.text import digits

BAR = 30.0
ALIKE_BAR = 50.0  # what is to be said of an address that was typed
PATIENTS = int(os.environ.get("BENCH_PATIENTS", "1000000"))
EACH = 60

_LETTERS = "abcdefghijklmnoprstuvwz"
_COMMON = ("smith", "nguyen", "o brien", "zoe", "jo")


class Someone(NamedTuple):
    """What a desk may know of a patient who rings."""

    number: str
    given: str
    family: str
    born: str
    year: str
    phone: str
    email: str

    @classmethod
    def of(cls, row: PatientRow) -> Someone:
        born = row.birth_date.isoformat() if row.birth_date else "1984-03-12"
        phone = digits(row.phone or "0412555018")
        return cls(row.number, row.given or "", row.family or "", born, born[:4], phone, row.email or "jo@example.com")


# What is typed, by kind, of someone that `chance` picked.
KINDS: dict[str, Callable[[Someone, random.Random], str]] = {
    "nothing": lambda who, chance: "",
    "one letter": lambda who, chance: chance.choice(_LETTERS),
    "two letters": lambda who, chance: who.family[:2],
    "family name": lambda who, chance: who.family,
    "two letters of each name": lambda who, chance: f"{who.family[:2]} {who.given[:2]}",
    "one letter of each name": lambda who, chance: f"{who.given[:1]} {who.family[:1]}",
    "both names": lambda who, chance: f"{who.given} {who.family}",
    "names of two others": lambda who, chance: f"{who.family} {chance.choice(_COMMON)}",
    "three letters and year": lambda who, chance: f"{who.family[:3]} {who.year}",
    "letter and year": lambda who, chance: f"{who.family[:1]} {who.year}",
    "year": lambda who, chance: who.year,
    "year being typed": lambda who, chance: f"{who.family[:3]} {who.given[:1]} {who.year[: chance.randint(1, 3)]}",
    "name, letters, year": lambda who, chance: f"{who.family[:3]} {who.given[:2]} {who.year}",
    "birth date": lambda who, chance: "/".join(reversed(who.born.split("-"))),
    "birth date in words": lambda who, chance: f"{who.born[8:]} {chance.choice(('jan', 'feb', 'mar'))} {who.year}",
    "birthday": lambda who, chance: f"{chance.randint(1, 28)} {chance.choice(('jan', 'may', 'dec'))}",
    "name and birthday": lambda who, chance: f"{who.family[:3]} {int(who.born[8:])}/{int(who.born[5:7])}",
    "phone start": lambda who, chance: who.phone[: chance.randint(2, 8)],
    "phone in pieces": lambda who, chance: f"{who.phone[:4]} {who.phone[4:7]}",
    "phone end": lambda who, chance: who.phone[-chance.randint(3, 6) :],
    "name and phone end": lambda who, chance: f"{who.family[:4]} {who.phone[-4:]}",
    "name and two digits": lambda who, chance: f"{who.family} {who.phone[-2:]}",
    "name and 04": lambda who, chance: f"{who.family[:3]} 04",
    "year and phone start": lambda who, chance: f"{who.year} {who.phone[:4]}",
    "name, phone start, year": lambda who, chance: f"{who.given[:2]} {who.phone[:4]} {who.year}",
    "e-mail": lambda who, chance: who.email[: chance.randint(4, len(who.email))],
    "number": lambda who, chance: who.number,
    "number begun": lambda who, chance: who.number[: chance.randint(1, 5)],
    "matches nothing": lambda who, chance: f"zqx{who.family[:2]}",
    "common and nothing": lambda who, chance: f"{who.family[:1]} zqx",
    "common and rare": lambda who, chance: f"{chance.choice(_LETTERS)} {who.family}",
}  # fmt: skip


def run() -> None:
    for name, practice in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with practice() as url:
            build(url, PATIENTS)
            with session():
                _measure(name, Viewer("bench", "owner"))
                _look_alike(name, Viewer("bench", "owner"))
                _measure(
                    f"{name}, patients of 1 of 20 practitioners", Viewer("bench", "front-desk", scope=frozenset([7]))
                )
            close_database()


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/clinic.db"


@contextmanager
def _postgres() -> Iterator[str]:
    from tests.servers.postgres import fresh_database

    with fresh_database() as url:
        yield url


def _measure(name: str, viewer: Viewer) -> None:
    chance = random.Random(7)
    picked = rows_by_id(Viewer("bench", "owner"), chance.sample(range(1, PATIENTS + 1), min(PATIENTS, 200)))
    people = [Someone.of(row) for row in picked]
    print(f"{name}, {PATIENTS:,} patients; ms    p50    p95    max   count p95")
    every: list[float] = []
    for kind, typed in KINDS.items():
        taken: list[float] = []
        counted: list[float] = []
        for _ in range(EACH):
            text = typed(chance.choice(people), chance)
            began = time.perf_counter()
            search(viewer, text)
            found = time.perf_counter()
            count(viewer, text)
            taken.append((found - began) * 1000)
            counted.append((time.perf_counter() - found) * 1000)
        every += taken
        over = "" if _p95(taken) <= BAR else f"   {_p95(taken) / BAR:.1f}x the bar"
        middle = statistics.median(taken)
        print(f"  {kind:<28}{middle:>7.1f}{_p95(taken):>7.1f}{max(taken):>7.1f}{_p95(counted):>9.1f}{over}", flush=True)
    print(f"  {'of all':<28}{statistics.median(every):>7.1f}{_p95(every):>7.1f}{max(every):>7.1f}")
    print(f"  p95 of all is {_p95(every) / BAR:.2f} of the bar of {BAR:.0f} ms", flush=True)


def _look_alike(name: str, viewer: Viewer) -> None:
    """The addresses of patients with one letter left out, put in, or swapped with the next, and as they are."""
    chance = random.Random(8)
    people = rows_by_id(viewer, chance.sample(range(1, PATIENTS + 1), min(PATIENTS, 200)))
    addresses = [row.email for row in people if row.email]
    taken, found = [], 0
    for email in addresses:
        at = chance.randrange(1, email.index("@"))
        for typed in (email, email[:at] + email[at + 1 :], f"{email[:at]}x{email[at:]}",
                      f"{email[: at - 1]}{email[at]}{email[at - 1]}{email[at + 1 :]}"):  # fmt: skip
            began = time.perf_counter()
            found += bool(lookalikes.warnings(viewer, typed))
            taken.append((time.perf_counter() - began) * 1000)
    print(
        f"  {name}, look-alikes of {len(taken)} addresses ({found} said something): "
        f"p50 {statistics.median(taken):.1f}, p95 {_p95(taken):.1f}, max {max(taken):.1f} ms (bar: {ALIKE_BAR:.0f} ms)",
        flush=True,
    )


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20, method="inclusive")[-1]
