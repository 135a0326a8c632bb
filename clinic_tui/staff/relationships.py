"""Relationships revoked: a patient whom one staff member cannot find, whatever else they may see."""

from __future__ import annotations

from collections.abc import Iterable

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.db.models.practice import Staff
from clinic_tui.errors import FieldError


def keep_from(viewer: Viewer, member: Staff, revoke: Iterable[int], restore: Iterable[int]) -> None:
    """Keep some patients from a staff member, and let others be seen again; inside the caller's transaction.

    Raises NotFound, and FieldError for an owner, from whom nothing is kept.
    """
    for patient in dict.fromkeys(restore):
        if access.restore_relationship(member.id, patient):
            history.record(viewer, "relationship restored", patient=patient, member=member.login)
    for patient in dict.fromkeys(revoke):
        if member.role == "owner":
            raise FieldError("revoke", "An owner sees every patient.", "Take another role first.")
        if access.revoke_relationship(viewer, member.id, patient):
            history.record(viewer, "relationship revoked", patient=patient, member=member.login)
