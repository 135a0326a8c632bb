"""The queue: messages and their states, each durable before the step that it allows.

`queued -> claimed -> data -> sent | deferred | failed | unconfirmed`. Only `claimed` goes back to `queued` by itself.
`data` is on disk before a body goes out; a message found in `data` after its lease is `unconfirmed`: never sent again.
"""

from clinic_tui.outbox.batches import BatchRow
from clinic_tui.outbox.batches import begin as begin_batch
from clinic_tui.outbox.batches import fill as fill_batch
from clinic_tui.outbox.batches import tend as tend_batches
from clinic_tui.outbox.batches import under_way as batches_under_way
from clinic_tui.outbox.claims import begin, claim, next_due, release, release_lapsed
from clinic_tui.outbox.copies import about_to_send, is_copy, is_original, way_on
from clinic_tui.outbox.holding import Claim
from clinic_tui.outbox.hurrying import try_now
from clinic_tui.outbox.listing import STATES, Counts, OutboxRow, counts, ids, rows, rows_by_id
from clinic_tui.outbox.outcomes import confirm_sent, deferred, failed, sent, sent_many, unconfirmed
from clinic_tui.outbox.pausing import pause, pause_queue, paused_reason, resume
from clinic_tui.outbox.preparing import Envelope, prepare, prepare_many
from clinic_tui.outbox.progress import Progress, progress
from clinic_tui.outbox.queueing import on_their_way, queue, queue_many, withdraw, withdraw_many

__all__ = [
    "STATES",
    "BatchRow",
    "Claim",
    "Counts",
    "Envelope",
    "OutboxRow",
    "Progress",
    "about_to_send",
    "batches_under_way",
    "begin",
    "begin_batch",
    "claim",
    "confirm_sent",
    "counts",
    "deferred",
    "failed",
    "fill_batch",
    "ids",
    "is_copy",
    "is_original",
    "next_due",
    "on_their_way",
    "pause",
    "pause_queue",
    "paused_reason",
    "prepare",
    "prepare_many",
    "progress",
    "queue",
    "queue_many",
    "release",
    "release_lapsed",
    "resume",
    "rows",
    "rows_by_id",
    "sent",
    "sent_many",
    "tend_batches",
    "try_now",
    "unconfirmed",
    "way_on",
    "withdraw",
    "withdraw_many",
]
