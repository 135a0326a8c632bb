"""Keeping `patient.portal`: what the latest invitation and the portal account say, written beside the patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_tui import access
from clinic_tui.access import Viewer

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

_OF_INVITATION = {"queued": "queued", "sent": "invited", "unconfirmed": "unconfirmed", "failed": "failed",
                  "bounced": "bounced", "declined": "declined", "expired": "expired"}  # fmt: skip
_SYSTEM = Viewer.system()


Line = tuple[str, datetime | None, datetime | None]


def refresh(*patient_ids: int) -> None:
    """Write the patients' portal lines anew. Call it inside the transaction of whatever changed them."""
    alike: dict[Line, list[int]] = {}
    for patient_id, line in current(patient_ids).items():
        alike.setdefault(line, []).append(patient_id)
    for line, ids in alike.items():
        _write(line, ids)


def just_queued(patient_ids: Sequence[int], at: datetime) -> None:
    """What `refresh` would write of patients without an account, whose newest invitation was queued at `at`."""
    _write((_OF_INVITATION["queued"], at, None), patient_ids)


def _write(line: Line, patient_ids: Sequence[int]) -> None:
    patients = access.patients(_SYSTEM)
    portal, at, until = line
    update = patients.update(portal=portal, portal_at=at, portal_until=until)
    update.where(patients.is_one_of("id", patient_ids)).execute()


def current(patient_ids: Sequence[int]) -> dict[int, Line]:
    """What invitations and portal accounts say of each patient: state, since when, until when."""
    accounts = {row.patient_id: row for row in access.portal_accounts(_SYSTEM).among(patient_ids, "patient")}
    theirs: dict[int, list[Invitation]] = {}
    for row in sorted(access.invitations(_SYSTEM).among(patient_ids, "patient"), key=lambda row: -row.id):
        theirs.setdefault(row.patient_id, []).append(row)
    lines: dict[int, Line] = {}
    for patient_id in patient_ids:
        account = accounts.get(patient_id)
        known = (account.state, account.since, None) if account is not None else _of(theirs.get(patient_id, ()))
        lines[patient_id] = known
    return lines


def _of(invitations: Iterable[Invitation]) -> Line:
    """The line of a patient without an account; `invitations` newest first."""
    for row in invitations:
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
