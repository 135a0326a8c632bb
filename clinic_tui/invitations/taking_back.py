"""Taking invitations back: cancelled before they go, revoked after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clinic_tui import access, history, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.errors import Refused
from clinic_tui.invitations import portal_line

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

# What becomes of an invitation that is taken back, by its state; one in another state cannot be.
BECOMES = {"queued": "cancelled", "sent": "revoked", "unconfirmed": "revoked", "accepted": "revoked"}
BEING_SENT = Refused("being_sent", "The invitation is being sent at this moment.", "Wait for it to go, then revoke it.")
_DID = {"cancelled": "cancel", "revoked": "revoke"}


def being_sent(rows: Sequence[Invitation]) -> set[int]:
    """The ids of those that cannot be taken back at this moment: still queued, and their body on its way."""
    return outbox.on_their_way([row.id for row in rows if row.state == "queued"])


def take_back(viewer: Viewer, rows: Sequence[Invitation]) -> set[int]:
    """Cancel or revoke invitations, each in a state of BECOMES; inside a transaction that has locked their patients.

    The ids of those that stay as they are, because they are `being_sent`.
    """
    outbox.withdraw_many([row.id for row in rows])
    stay = being_sent(rows)
    invitations = access.invitations(viewer)
    for state, did in _DID.items():
        closed = [row for row in rows if BECOMES[row.state] == state and row.id not in stay]
        update = invitations.update(state=state, closed_at=now(), closed_by=viewer.login)
        update.where(invitations.columns.id.in_([row.id for row in closed])).execute()
        history.record_many(viewer, did, [(row.patient_id, row.id, None) for row in closed])
    portal_line.refresh(*{row.patient_id for row in rows if row.id not in stay})
    return stay
