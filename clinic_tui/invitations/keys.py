"""Rotating the key that codes and reply tokens are made with; old keys go once their invitations are closed."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.invitations import codes

# An app that is just inviting may have read the key file a moment before the newer key was in it.
GRACE_SECONDS = 600
_OPEN = ("queued", "sent", "unconfirmed")
_TO_COME = ("queued", "claimed", "data", "deferred", "unconfirmed")
_SYSTEM = Viewer.system()


class Rotated(NamedTuple):
    """The new key's id, and those of the old keys that open invitations still need."""

    key_id: str
    kept: tuple[str, ...]


def rotate(viewer: Viewer) -> Rotated:
    """A new key for the invitations to come; for owners. Codes and answers of those that are out go on working."""
    viewer.need("owner")
    drop_closed()
    with transaction():
        key_id = codes.rotate()
        history.record(viewer, "rotate key", key=key_id)
    return Rotated(key_id, tuple(other for other in codes.key_ids() if other != key_id))


def drop_closed() -> list[str]:
    """Drop the old keys that no open invitation was made with; their ids. Cheap where there is one key."""
    if len(codes.key_ids()) == 1:
        return []
    old = codes.superseded(int(time.time()) - GRACE_SECONDS)
    if not old:
        return []
    with session():
        needed = _needed()
    closed = [key_id for key_id in old if key_id not in needed]
    if closed:
        codes.drop(closed)
        with transaction():
            history.record(_SYSTEM, "drop keys", keys=closed)
    return closed


def _needed() -> set[str]:
    """The keys of invitations that may still be accepted, or that have a message to come."""
    invitations, messages = access.invitations(_SYSTEM), access.messages(_SYSTEM)
    i, m = invitations.columns, messages.columns
    to_come = messages.select(m.invitation).where(m.state.in_(_TO_COME))
    steps = (i.state == "accepted") & i.steps_at.is_null()
    found: Any = invitations.select(i.key_id).where(i.state.in_(_OPEN) | steps | i.id.in_(to_come)).distinct()
    return {key_id for (key_id,) in found.tuples()}
