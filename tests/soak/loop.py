"""A kill loop: many messages, senders that are killed at any instant, a server that does wrong; then the count.

The senders' clock is an argument of theirs: leases pass by starting the next senders a few minutes later.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations.inviting import invite_many
from tests.facts import NOW
from tests.servers.smtp_process import ROOT, Store, smtp_process

STEP = timedelta(minutes=7)  # longer than a lease, and than the first pause of what is put off
MOST_ROUNDS, MOST_SECONDS = 60, 900.0
DEAD, BUSY, FULL = "dead.", "busy.", "full."  # what addresses begin with: refused for good, and for now, twice
DROPPED_EVERY = 33  # about 3 %: taken, and the answer lost


@dataclass
class Result:
    """What became of a loop's messages. `broken`: what must not be, in words."""

    messages: int
    kills: int
    most_in_doubt: int
    states: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    left: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        states = ", ".join(f"{number} {state}" for state, number in sorted(self.states.items()))
        return (
            f"{self.messages} messages, {self.kills} kills: {states} (unconfirmed at most {self.most_in_doubt}); "
            f"{self.lost} lost, {self.doubled} doubled, {self.left} left queued; {self.seconds:.0f} s"
        )


def address(number: int) -> str:
    """The address of the so-manieth patient: one in 40 is dead, one in 80 busy at first, one in 80 full at first."""
    kind = {0: DEAD, 20: BUSY if number % 80 == 20 else FULL}.get(number % 40, "")
    return f"{kind}patient{number}@example.com"


def run(
    viewer: Viewer, url: str, folder: Path, *, patients: list[int], kills: int, processes: int, lines: int, seed: int
) -> Result:
    """Invite these patients (the database is open, their addresses are those of `address`), send, kill, count."""
    chance = random.Random(seed)
    began = time.monotonic()
    with clock.frozen_at(NOW):
        assert len(invite_many(viewer, patients, hold=0).queued) == len(patients)
    store = Store(folder / "store")
    faults = [
        {"phase": "rcpt", "reply": "550 5.1.1 No such user", "match": DEAD},
        {"phase": "rcpt", "reply": "451 4.3.0 Later", "match": BUSY, "times": max(1, len(patients) // 80)},
        {"phase": "body", "reply": "451 4.2.2 Full", "match": FULL, "times": max(1, len(patients) // 80)},
        {"phase": "accepted", "action": "drop", "every": DROPPED_EVERY},
    ]
    asked = [part for fault in faults for part in ("--fault", json.dumps(fault))]
    if seed % 2:  # every other loop on a server that takes commands in groups, as most do
        asked.append("--groups")
    with smtp_process(store.folder, *asked, "--latency", "0.002") as port:
        loop = _Loop([url, str(port), str(folder / "clinic.key")], store.folder, lines, chance)
        moments = (NOW + STEP * number for number in range(MOST_ROUNDS))
        for moment in moments:
            loop.round(moment, processes, kills, len(patients))
            if loop.errors or (loop.killed >= kills and not _waiting()):
                break
    arrived = store.messages()
    dropped = len(arrived) // DROPPED_EVERY
    result = Result(len(patients), loop.killed, loop.killed * lines + dropped, broken=loop.errors)
    _count(result, [recipients[0] for recipients, _ in arrived])
    result.seconds = time.monotonic() - began
    return result


def _waiting() -> bool:
    with session():
        return bool(Message.select().where(Message.state.in_(("queued", "deferred", "claimed", "data"))).exists())


class _Loop:
    """The senders of one loop, round after round."""

    def __init__(self, arguments: list[str], store: Path, lines: int, chance: random.Random) -> None:
        self._arguments = arguments
        self._store = store
        self._lines = lines
        self._chance = chance
        self._next_kill = 0
        self.killed = 0
        self.errors: list[str] = []

    def round(self, moment: datetime, processes: int, kills: int, messages: int) -> None:
        """Senders at one moment, until nothing is due then; now and then one is killed and another comes."""
        until = time.monotonic() + MOST_SECONDS
        with self._running() as running:
            for _ in range(processes):
                running.append(self._start(moment))
            while running:
                if self.killed < kills and self._arrived() >= self._next_kill:
                    time.sleep(self._chance.random() * 0.03)  # at any instant, not only after an arrival
                    victim = running.pop(self._chance.randrange(len(running)))
                    victim.kill()
                    self._ended(victim)
                    running.append(self._start(moment))
                    self._next_kill = self._arrived() + self._chance.randint(0, 2 * messages // max(1, kills + 1))
                for process in [one for one in running if one.poll() is not None]:
                    running.remove(process)
                    self._ended(process)
                if time.monotonic() > until:
                    self.errors.append(f"senders hung for {MOST_SECONDS:.0f} s")
                    return
                time.sleep(0.002)
        if self.killed < kills:  # what is left is less than the distance: the next round kills at once
            self._next_kill = 0

    @contextmanager
    def _running(self) -> Iterator[list[subprocess.Popen[bytes]]]:
        running: list[subprocess.Popen[bytes]] = []
        try:
            yield running
        finally:
            for process in running:
                process.kill()
                process.communicate()

    def _start(self, moment: datetime) -> subprocess.Popen[bytes]:
        arguments = [*self._arguments, moment.isoformat(), str(self._lines)]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.soak.sender", *arguments], cwd=ROOT, stderr=subprocess.PIPE
        )

    def _ended(self, process: subprocess.Popen[bytes]) -> None:
        said = process.communicate()[1]
        if process.returncode == -9:
            self.killed += 1
        elif process.returncode:
            self.errors.append(f"a sender ended with {process.returncode}: {said.decode(errors='replace')[-1500:]}")

    def _arrived(self) -> int:
        return sum(name.endswith(".eml") for name in os.listdir(self._store))  # noqa: PTH208 (asked very often)


def _count(result: Result, arrived: list[str]) -> None:
    with session():
        rows: Any = Message.select(Message.state, Invitation.email).join(Invitation).tuples()
        state_of = {email: state for state, email in rows}
    result.states = Counter(state_of.values())
    result.doubled = len(arrived) - len(set(arrived))
    result.left = sum(state not in ("sent", "unconfirmed", "failed") for state in state_of.values())
    missing = [email for email, state in state_of.items() if state == "sent" and email not in set(arrived)]
    refused = [email for email, state in state_of.items() if state == "failed" and not email.startswith(DEAD)]
    result.lost = len(missing) + len(refused) + result.messages - len(state_of)
    unknown = [email for email in set(arrived) if state_of.get(email) not in ("sent", "unconfirmed")]
    for what, number in (
        ("lost", result.lost), ("doubled", result.doubled), ("left queued", result.left),
        ("arrived, and the outbox says neither sent nor unconfirmed", len(unknown)),
        ("unconfirmed more than explained", max(0, result.states["unconfirmed"] - result.most_in_doubt)),
    ):  # fmt: skip
        if number:
            result.broken.append(f"{number} {what}")
