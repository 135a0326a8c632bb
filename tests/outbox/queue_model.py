"""What the queue has to say, by a model of it: one row a message, one rule a call, no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from clinic_tui.outbox import Claim
from clinic_tui.outbox.claims import LEASE
from clinic_tui.outbox.outcomes import RETRY_MINUTES


@dataclass
class Row:
    """A message. `has_it`: the claim whose word counts; `given`: every claim that there was."""

    due: datetime
    state: str = "queued"
    has_it: Claim | None = None
    lease: datetime | None = None
    tries: int = 0
    given: set[Claim] = field(default_factory=set)


class QueueModel:
    """The messages by their ids. Every call hands back what the outbox is to answer."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.rows: dict[int, Row] = {}

    @property
    def states(self) -> dict[int, str]:
        return {key: row.state for key, row in self.rows.items()}

    def queued(self, message: int, due: datetime) -> None:
        self.rows[message] = Row(due)

    def has(self, claimed: Claim, *states: str) -> bool:
        row = self.rows[claimed.message_id]
        return row.has_it == claimed and row.state in states

    def due(self, limit: int) -> list[int]:
        """Whom a worker gets, in this order."""
        waiting = [(row.due, key) for key, row in self.rows.items() if row.state in ("queued", "deferred")]
        return [key for at, key in sorted(waiting) if at <= self.moment][:limit]

    def claimed(self, claims: Iterable[Claim]) -> None:
        """Nobody ever had one of these claims before."""
        for one in claims:
            row = self.rows[one.message_id]
            assert one not in row.given, f"{one} was given before"
            row.given.add(one)
            row.state, row.has_it, row.lease = "claimed", one, self.moment + LEASE

    def begin(self, claimed: Claim) -> bool:
        row = self.rows[claimed.message_id]
        going = self.has(claimed, "claimed") and row.lease is not None and row.lease > self.moment
        if going:
            row.state, row.lease = "data", self.moment + LEASE
        return going

    def release(self, claims: Collection[Claim], refused: Collection[Claim] = ()) -> None:
        for one in [*claims, *refused]:
            if self.has(one, "claimed") or (one in refused and self.has(one, "data")):
                row = self.rows[one.message_id]
                row.state, row.has_it, row.lease = "queued", None, None

    def release_lapsed(self) -> int:
        doubt = 0
        for row in self.rows.values():
            if row.lease is None or self.moment < row.lease <= self.moment + 2 * LEASE:
                continue
            if row.state == "claimed":
                row.state, row.lease = "queued", None
            elif row.state == "data":
                row.state, row.lease = "unconfirmed", None
                doubt += 1
        return doubt

    def sent(self, claimed: Claim) -> bool:
        return self._ends(claimed, "sent", "data", "unconfirmed")  # an answer counts that comes after all

    def unconfirmed(self, claimed: Claim) -> bool:
        return self._ends(claimed, "unconfirmed", "data")

    def failed(self, claimed: Claim) -> bool:
        return self._ends(claimed, "failed", "claimed", "data")

    def deferred(self, claimed: Claim) -> bool:
        """When it is due again is a chance: whoever asks looks, and tells the model."""
        row = self.rows[claimed.message_id]
        if row.tries >= len(RETRY_MINUTES):
            return self.failed(claimed)
        counts = self._ends(claimed, "deferred", "claimed", "data")
        row.tries += counts
        return counts

    def cancel(self, message: int) -> bool:
        row = self.rows[message]
        takes = row.state in ("queued", "claimed", "deferred")
        if takes:
            row.state = "cancelled"
        return takes

    def _ends(self, claimed: Claim, state: str, *states: str) -> bool:
        counts = self.has(claimed, *states)
        if counts:
            row = self.rows[claimed.message_id]
            row.state, row.lease = state, None
        return counts
