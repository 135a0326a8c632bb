"""Invitations that have run out: closed in passing, and inside whatever inviting finds them in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.invitations import portal_line
from clinic_tui.many import BLOCK

_SYSTEM = Viewer.system()


def has_lapsed(column: Any) -> Any:
    """The condition that an invitation has run out, whether it is closed yet or not."""
    return column.state.in_(("sent", "unconfirmed")) & column.expires_at.is_null(False) & (column.expires_at <= now())


def close_lapsed(patient_ids: Sequence[int] | None = None) -> int:
    """Close what has run out: of these patients, inside the caller's transaction, or of all. How many were closed."""
    invitations = access.invitations(_SYSTEM)
    column = invitations.columns
    due = has_lapsed(column)
    if patient_ids is not None:
        due &= invitations.is_one_of("patient", patient_ids)
    with session():
        found: Any = invitations.select(column.id, column.patient).where(due)
        rows = list(found.tuples())
    closed = 0
    for first in range(0, len(rows), BLOCK):
        ids, patients = zip(*rows[first : first + BLOCK], strict=True)
        with transaction():
            access.patients(_SYSTEM).lock(patients)
            update = invitations.update(state="expired", closed_at=now(), closed_by="system")
            closed += update.where(column.id.in_(ids) & due).execute()
            portal_line.refresh(*patients)
    return closed
