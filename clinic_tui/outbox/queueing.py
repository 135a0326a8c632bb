"""Putting a message into the queue, and taking it out again before it goes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import codes

_NOT_YET_OUT = ("queued", "claimed", "deferred")


def queue(invitation: Invitation, kind: str, due: datetime, *, automatic: bool = False) -> None:
    """Queue a message of `kind` for the invitation, not before `due`, inside the caller's transaction."""
    queue_many([invitation.id], kind, due, automatic=automatic)


def queue_many(
    invitation_ids: Iterable[int],
    kind: str,
    due: datetime,
    *,
    automatic: bool = False,
    batch: int | None = None,
    place: int = 1,
    reminder: int | None = None,
) -> None:
    """The same for many invitations at once; in a `batch` (see `outbox.batches`) the first of them at `place`.

    `reminder`: which of their reminders it is, where it is one.
    """
    places = itertools.repeat(None) if batch is None else itertools.count(place)
    rows = ((codes.new_ref()[:16], one, at) for one, at in zip(invitation_ids, places, strict=False))
    shared = {"kind": kind, "automatic": automatic, "domain": "", "created_at": now(), "due_at": due, "batch": batch,
              "reminder": reminder}  # fmt: skip
    bulk.add(Message, ("ref", "invitation", "place"), rows, **shared)


def withdraw(invitation_id: int) -> bool:
    """Cancel whatever of the invitation's has not gone out, inside the caller's transaction.

    A claimed message may be cancelled too: its worker finds out before the body goes. False where a body is on its
    way at this moment, and cannot be called back.
    """
    return not withdraw_many([invitation_id])


def withdraw_many(invitation_ids: Sequence[int]) -> set[int]:
    """The same for many invitations at once; those of them that have a body on its way."""
    waiting = Message.invitation.in_(invitation_ids) & Message.state.in_(_NOT_YET_OUT)
    Message.update(state="cancelled", claimed_by=None).where(waiting).execute()
    return on_their_way(invitation_ids)


def on_their_way(invitation_ids: Sequence[int]) -> set[int]:
    """Those of the invitations that have a body on its way at this moment."""
    query: Any = Message.select(Message.invitation)
    query = query.where(Message.invitation.in_(invitation_ids) & (Message.state == "data"))
    return {invitation for (invitation,) in query.tuples()}
