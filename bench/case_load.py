"""The case load: Run to first rows for each single filter and sort, against the bar of 1.0 s, on both engines.

Each line is one question: its first rows, all its ids, its count, and below it the plan of each statement that its
first rows took. BENCH_PATIENTS and BENCH_APPOINTMENTS in the environment set another practice, BENCH_PLANS=0 leaves
the plans out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.lookup import _postgres, _sqlite
from bench.practice_of import build
from clinic_tui.access import Viewer
from clinic_tui.case_load import query
from clinic_tui.case_load.filters import Filters, Who
from clinic_tui.case_load.orders import COLUMNS, Sort
from clinic_tui.clock import today
from clinic_tui.db.connection import close_database, database, is_postgres, session
from tests.statements import recorded

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "1000000"))
APPOINTMENTS = int(os.environ.get("BENCH_APPOINTMENTS", str(3 * PATIENTS)))
PLANS = os.environ.get("BENCH_PLANS", "1") != "0"
BAR = 1_000.0
VIEWER = Viewer("bench", "owner")


def questions() -> Iterator[tuple[str, Filters, Sort]]:
    """Each sort in both directions, and each filter: common ones, and rare ones that an index in order never meets."""
    for column in COLUMNS:
        for descending in (False, True):
            yield f"sort {'-' if descending else ''}{column}", Filters(), Sort(column, descending)
    day = today()
    ago = [day - timedelta(days=days) for days in (0, 1, 30, 365)]
    doctor = (Who(7, "Dr 7"),)
    for name, filters in {
        "practitioner": Filters(practitioners=doctor),
        "practitioner who is gone": Filters(practitioners=(Who(10**6, "gone"),)),
        "status deceased": Filters(statuses=("deceased",)),
        "status nobody has": Filters(statuses=("blocked",)),
        "portal not invited": Filters(portal=("not_invited",)),
        "portal nobody has": Filters(portal=("active",)),
        "seen in a year": Filters(seen_from=ago[3], seen_to=ago[0]),
        "seen on a day": Filters(seen_from=ago[2], seen_to=ago[2]),
        "seen since yesterday": Filters(seen_from=ago[1]),
        "seen by one": Filters(seen_by=doctor),
        "seen by nobody": Filters(seen_by=(Who(10**6, "gone"),)),
        "3 appointments or more": Filters(visits_min=3),
        "20 appointments or more": Filters(visits_min=20),
        "no appointment since a year": Filters(not_seen_since=ago[3]),
        "next within a week": Filters(next_from=day, next_to=day + timedelta(days=7)),
        "next in ten years": Filters(next_from=day + timedelta(days=3650)),
        "age 18 to 65": Filters(age_min=18, age_max=65),
        "age 96": Filters(age_min=96),
        "sex": Filters(sexes=("female",)),
        "has e-mail": Filters(has_email=True),
        "no e-mail": Filters(has_email=False),
        "suburb": Filters(places=("harbour",)),
        "suburb nobody lives in": Filters(places=("zzz",)),
        "never invited": Filters(never_invited=True),
    }.items():
        yield name, filters, Sort()
    year = Filters(seen_from=ago[3], seen_to=ago[0])
    yield "seen in a year, by how often", year, Sort("appointments", True)


def run() -> None:
    for name, practice in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with practice() as url:
            build(url, PATIENTS, APPOINTMENTS)
            with session():
                _measure(name)
            close_database()


def _measure(name: str) -> None:
    print(f"{name}, {PATIENTS:,} patients, {APPOINTMENTS:,} appointments; ms   first rows   all ids    count")
    worst = 0.0
    for said, filters, sort in questions():
        with recorded() as asked:
            began = time.perf_counter()
            query.first_rows(VIEWER, filters, sort)
            first = (time.perf_counter() - began) * 1000
        began = time.perf_counter()
        found = len(query.all_ids(VIEWER, filters, sort))
        every = (time.perf_counter() - began) * 1000
        began = time.perf_counter()
        query.count(VIEWER, filters)
        counted = (time.perf_counter() - began) * 1000
        worst = max(worst, first)
        over = "" if first <= BAR else f"   {first / BAR:.1f}x the bar"
        print(f"  {said:<32}{found:>11,}{first:>12.1f}{every:>10.0f}{counted:>9.0f}{over}", flush=True)
        if PLANS:
            for statement, values in asked.run:
                if statement.startswith("SELECT"):
                    _plan(statement, values)
    print(f"  the slowest first rows are {worst / BAR:.2f} of the bar of {BAR:.0f} ms", flush=True)


def _plan(statement: str, values: Any) -> None:
    explain = "EXPLAIN" if is_postgres() else "EXPLAIN QUERY PLAN"
    rows = database.execute_sql(f"{explain} {statement}", values).fetchall()
    steps = [row[0].strip() for row in rows] if is_postgres() else [row[3] for row in rows]
    if is_postgres():  # the nodes of the plan, without what they filter by
        steps = [step.removeprefix("->").split("  (")[0].strip() for step in steps if "->" in step or step == steps[0]]
    print(f"      {' / '.join(steps)}")
