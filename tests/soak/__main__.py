"""`make soak`: kill loops of 1,000 messages, with 1, 3 and 8 senders, as processes and as lines of one process, on
both engines. Exit status 1 where a message was lost, doubled or forgotten, or is in more doubt than the kills explain.

`python -m tests.soak [MESSAGES [KILLS [SEED]]]`: another size (1000, 20), another seed of the chance (that of the day).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from bench.lookup import _postgres, _sqlite
from bench.queueing import prepare
from clinic_tui.db import bulk
from clinic_tui.db.connection import close_database, transaction
from tests.soak.loop import Result, address, run

KINDS = ((1, 1), (3, 1), (8, 1), (1, 3), (1, 8))  # processes, lines of each
ENGINES: tuple[tuple[str, Callable[[], AbstractContextManager[str]]], ...] = (
    ("SQLite", _sqlite),
    ("PostgreSQL", _postgres),
)


def main(messages: int = 1000, kills: int = 20, seed: int = date.today().toordinal()) -> int:
    print(f"seed {seed}", flush=True)
    results: list[Result] = []
    for name, engine in ENGINES:
        for processes, lines in KINDS:
            with engine() as url, tempfile.TemporaryDirectory() as folder:
                result = _one(url, Path(folder), messages, kills, processes, lines, seed + len(results))
            results.append(result)
            what = f"{name:<11}{processes} x {lines} connections:"
            print(f"{what} {result}{''.join(f'   BROKEN: {why}' for why in result.broken)}", flush=True)
    broken = sum(bool(result.broken) for result in results)
    print(
        f"{len(results)} loops, {sum(one.messages for one in results)} messages, {sum(one.kills for one in results)} "
        f"kills: {sum(one.lost for one in results)} lost, {sum(one.doubled for one in results)} doubled, "
        f"{sum(one.left for one in results)} left queued, {sum(one.states['unconfirmed'] for one in results)} "
        f"unconfirmed; {broken} broken"
    )
    return 1 if broken else 0


def _one(url: str, folder: Path, messages: int, kills: int, processes: int, lines: int, seed: int) -> Result:
    viewer = prepare(url, messages, folder / "clinic.key")
    patients = list(range(1, messages + 1))
    with transaction():
        rows = [(address(number), address(number), number) for number in patients]
        bulk.execute_many("UPDATE patient SET email = ?, email_fold = ? WHERE id = ?", rows)
    try:
        return run(
            viewer, url, folder, patients=patients, kills=kills, processes=processes, lines=lines, seed=seed
        )  # fmt: skip
    finally:
        close_database()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
