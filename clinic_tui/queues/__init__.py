"""The work queues: what waits for somebody at the desk, each with the one thing to do about it."""

from clinic_tui.queues.kinds import BY_NAME, QUEUES, Queue
from clinic_tui.queues.listing import MOST, QueueRow, counts, ids, of_name, rows_by_id, said

__all__ = ["BY_NAME", "MOST", "QUEUES", "Queue", "QueueRow", "counts", "ids", "of_name", "rows_by_id", "said"]
