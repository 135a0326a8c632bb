"""How far the post has come today, whichever process sends it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session
from clinic_tui.outbox.batches import WAITING, BatchRow, under_way
from clinic_tui.outbox.copies import is_copy
from clinic_tui.outbox.listing import by_state, since
from clinic_tui.outbox.pausing import paused_reason

_OVER = ("sent", "failed", "unconfirmed", "bounced")


class Progress(NamedTuple):
    """At one moment: what became today of the messages that were to go, and what still waits.

    `waiting`: held, due, or on the way at this moment, `held` and `sending` among them. `next_at`: when the first of
    those that wait is due. `paused`: why nothing goes, or None. `batches`: those under way. `copy`: the database is
    a copy that was put back, and nobody went on in it yet.
    """

    at: datetime
    sent: int
    waiting: int
    held: int
    sending: int
    deferred: int
    failed: int
    unconfirmed: int
    bounced: int
    next_at: datetime | None
    paused: str | None
    batches: tuple[BatchRow, ...]
    copy: bool = False

    @property
    def done(self) -> int:
        """How many are over with, well or not."""
        return self.sent + self.failed + self.unconfirmed + self.bounced

    @property
    def total(self) -> int:
        """How many there are."""
        return self.done + self.waiting + self.deferred


def progress(viewer: Viewer) -> Progress:
    """The progress of the messages to patients in the viewer's reach."""
    message = access.messages(viewer)
    m = message.columns
    with session():
        moment = now()
        waits = by_state(viewer, m.state.in_((*WAITING, "claimed", "data")))
        over = by_state(viewer, since(viewer) & m.state.in_(_OVER))
        sending = waits.get("claimed", 0) + waits.get("data", 0)
        held = message.select().where((m.state == "queued") & (m.due_at > moment)).count()
        first = message.select(m.due_at).where(m.state == "queued").order_by(m.due_at).first()
        return Progress(
            at=moment,
            sent=over.get("sent", 0),
            waiting=waits.get("queued", 0) + sending,
            held=held,
            sending=sending,
            deferred=waits.get("deferred", 0),
            failed=over.get("failed", 0),
            unconfirmed=over.get("unconfirmed", 0),
            bounced=over.get("bounced", 0),
            next_at=None if first is None else first.due_at,
            paused=paused_reason(),
            batches=tuple(under_way(viewer)),
            copy=is_copy(),
        )
