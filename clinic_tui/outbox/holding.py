"""Who has a message: a claim and its fence.

Every claim raises the row's fence; a worker whose fence is not the row's has lost it, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from clinic_tui import access
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.db.models.post import Invitation, Message


class Claim(NamedTuple):
    """A message that a worker has, and the fence it got with it."""

    message_id: int
    fence: int


def held(claimed: Claim, *states: str) -> Message | None:
    """The message, locked, where this claim still has it in one of `states`: see `held_many`."""
    return next(iter(held_many([claimed], *states)), None)


def held_many(claims: Collection[Claim], *states: str) -> list[Message]:
    """The messages, locked, which these claims still have in one of `states`; inside the caller's transaction.

    Their patients are locked first, as whoever revokes or resends does: two who want both never wait for each other.
    """
    if is_postgres():
        ids = [claimed.message_id for claimed in claims]
        access.lock_whom(ids)
        list(Message.select(Message.id).where(Message.id.in_(ids)).order_by(Message.id).for_update().tuples())
    return read(claims, *states)


def read(claims: Collection[Claim], *states: str) -> list[Message]:
    """The messages, each with its invitation, which these claims have in one of `states` at the moment."""
    fences = {claimed.message_id: claimed.fence for claimed in claims}
    rows: Any = Message.select(Message, Invitation).join(Invitation)
    rows = rows.where(bulk.is_one_of(Message.id, list(fences)), Message.state.in_(states)).order_by(Message.id)
    found: list[Message] = []
    for row, invitation in bulk.models_of(rows, Message, Invitation):
        if row.fence == fences[row.id]:
            row.invitation = invitation
            found.append(row)
    return found
