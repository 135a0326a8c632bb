"""Keeping `patient.portal`: what the latest invitation and the portal account say, written beside the patient."""

from __future__ import annotations

from datetime import datetime

from clinic_tui import access
from clinic_tui.access import Viewer

_OF_INVITATION = {"queued": "queued", "sent": "invited", "unconfirmed": "unconfirmed", "failed": "failed",
                  "bounced": "bounced", "declined": "declined", "expired": "expired"}  # fmt: skip
_SYSTEM = Viewer.system()


def refresh(patient_id: int) -> None:
    """Write the patient's portal line anew. Call it inside the transaction of whatever changed it."""
    portal, at, until = _current(patient_id)
    patients = access.patients(_SYSTEM)
    patients.update(portal=portal, portal_at=at, portal_until=until).where(patients.columns.id == patient_id).execute()


def _current(patient_id: int) -> tuple[str, datetime | None, datetime | None]:
    accounts = access.portal_accounts(_SYSTEM)
    account = accounts.select().where(accounts.columns.patient == patient_id).get_or_none()
    if account is not None:
        return account.state, account.since, None
    invitations = access.invitations(_SYSTEM)
    mine = invitations.select().where(invitations.columns.patient == patient_id).order_by(invitations.columns.id.desc())
    for row in mine:
        if row.state == "accepted":
            if row.steps_at is not None:
                return "accepted", row.steps_at, None
            key = "accepted_steps" if row.identity_at is not None else "accepted_check"
            return key, row.accepted_at, None
        if row.state in _OF_INVITATION:
            return _OF_INVITATION[row.state], row.sent_at or row.closed_at or row.created_at, row.expires_at
        if row.state in ("revoked", "cancelled"):
            break  # taken back: whatever came before it no longer speaks for the patient
    return "not_invited", None, None
