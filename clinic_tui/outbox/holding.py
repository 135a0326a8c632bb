"""Who has a message: a claim and its fence.

Every claim raises the row's fence; a worker whose fence is not the row's has lost it, and writes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import is_postgres
from clinic_tui.db.models.post import Invitation, Message


class Claim(NamedTuple):
    """A message that a worker has, and the fence it got with it."""

    message_id: int
    fence: int


def held(claimed: Claim, *states: str) -> Message | None:
    """The message, locked, where this claim still has it in one of `states`; inside the caller's transaction.

    Its patient is locked first, as whoever revokes or resends does: two who want both never wait for each other.
    """
    if is_postgres():
        patient = Invitation.select(Invitation.patient).join(Message).where(Message.id == claimed.message_id)
        access.patients(Viewer.system()).lock(row.patient_id for row in patient)
    query = Message.select().where(
        (Message.id == claimed.message_id) & (Message.fence == claimed.fence) & Message.state.in_(states)
    )
    row: Message | None = (query.for_update() if is_postgres() else query).get_or_none()
    return row
