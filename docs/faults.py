"""The tables of docs/reliability.md, from what the tests' mail server saw and the outbox said."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from tests.mail.fault_table import FAULTS, PHASES, Outcome, observed

_NAMES = {
    "connect": "greeting", "ehlo": "EHLO", "auth": "login", "mail": "MAIL", "rcpt": "RCPT", "data": "DATA",
    "body": "body, not taken", "accepted": "body, taken",
}  # fmt: skip


@functools.cache
def _observed(*, groups: bool = False) -> tuple[Outcome, ...]:
    return tuple(observed(groups=groups))


def overview() -> str:
    """What becomes of the message: a fault a line, a column for each answer that goes wrong."""
    found = {(one.fault, one.phase): _becomes(one) for one in _observed()}
    rows = [[fault, *(found.get((fault, phase), "") for phase in PHASES)] for fault in FAULTS]
    return _table(["", *(_NAMES[phase] for phase in PHASES)], rows)


def in_groups() -> str:
    """Where a server that takes commands in groups makes a difference."""
    pairs = list(zip(_observed(), _observed(groups=True), strict=True))
    differ = [(one, other) for one, other in pairs if one._replace(saw="") != other._replace(saw="")]
    if not differ:
        return f"All {len(pairs)} faults were tried in both ways: no outcome differs.\n"
    rows = [[_NAMES[one.phase], one.fault, *(f"{_becomes(way)}: {way.paused or way.answer}" for way in (one, other))]
            for one, other in differ]  # fmt: skip
    said = f"All {len(pairs)} faults were tried in both ways, and these differ:\n\n"
    return said + _table(["at", "fault", "one by one", "in groups"], rows)


def everything() -> str:
    """Each fault by itself: what the server saw of it, and what the outbox says."""
    parts = []
    for phase in PHASES:
        rows = [
            [one.fault, one.saw or "nothing", f"{one.copies or 'no'} cop{'y' if one.copies == 1 else 'ies'}",
             _becomes(one), one.paused or one.answer]
            for one in _observed() if one.phase == phase
        ]  # fmt: skip
        heads = ["fault", "the server saw", "it has", "the message is", "the outbox says"]
        parts.append(f"### At: {_NAMES[phase]}\n\n{_table(heads, rows)}")
    return "\n".join(parts)


def _becomes(one: Outcome) -> str:
    return f"{one.state}, all paused" if one.paused else one.state


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |").replace("|  |", "| |") for line in lines)
