"""Trying at once what was put off or is still held."""

from __future__ import annotations

from collections.abc import Iterable

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.errors import Refused
from clinic_tui.outbox.batches import WAITING

_AT_ONCE = 500


def try_now(viewer: Viewer, message_ids: Iterable[int]) -> int:
    """Make these messages due now; how many were. One of a batch still waits for the batch's turn.

    Raises Refused where none of them waits.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_names()
    wanted = list(dict.fromkeys(message_ids))
    messages = access.messages(viewer)
    column = messages.columns
    hurried = 0
    with transaction():
        for first in range(0, len(wanted), _AT_ONCE):
            some = column.id.in_(wanted[first : first + _AT_ONCE])
            waits = some & column.state.in_(WAITING) & (column.due_at > now())
            hurried += int(messages.update(due_at=now()).where(waits).execute())
        if not hurried:
            raise Refused("state", "Nothing of it waits for a later time.", "Look at the outbox again.")
        history.record(viewer, "try now", messages=hurried)
    return hurried
