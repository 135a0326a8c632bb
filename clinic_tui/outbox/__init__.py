"""The queue: messages and their states, each durable before the step that it allows.

`queued -> claimed -> data -> sent | deferred | failed | unconfirmed`. Only `claimed` goes back to `queued` by itself.
`data` is on disk before a body goes out; a message found in `data` after its lease is `unconfirmed`: never sent again.
"""

from clinic_tui.outbox.claims import claim, mark_data, next_due, release, release_lapsed
from clinic_tui.outbox.holding import Claim
from clinic_tui.outbox.listing import Counts, OutboxRow, counts, rows
from clinic_tui.outbox.outcomes import confirm_sent, deferred, failed, sent, unconfirmed
from clinic_tui.outbox.pausing import pause, pause_queue, paused_reason, resume
from clinic_tui.outbox.preparing import Envelope, prepare
from clinic_tui.outbox.queueing import queue, queue_many, withdraw, withdraw_many

__all__ = [
    "Claim",
    "Counts",
    "Envelope",
    "OutboxRow",
    "claim",
    "confirm_sent",
    "counts",
    "deferred",
    "failed",
    "mark_data",
    "next_due",
    "pause",
    "pause_queue",
    "paused_reason",
    "prepare",
    "queue",
    "queue_many",
    "release",
    "release_lapsed",
    "resume",
    "rows",
    "sent",
    "unconfirmed",
    "withdraw",
    "withdraw_many",
]
