"""Keeping `patient.portal`: what the latest invitation and the portal account say, written beside the patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from clinic_tui import access
from clinic_tui.access import Viewer

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

_OF_INVITATION = {"queued": "queued", "sent": "invited", "unconfirmed": "unconfirmed", "failed": "failed",
                  "bounced": "bounced", "declined": "declined", "expired": "expired"}  # fmt: skip
_SYSTEM = Viewer.system()


_FIELDS = ("portal", "portal_at", "portal_until")
Line = tuple[str, datetime | None, datetime | None]


def refresh(*patient_ids: int) -> None:
    """Write the patients' portal lines anew. Call it inside the transaction of whatever changed them."""
    patients = access.patients(_SYSTEM)
    columns = (patients.columns[name] for name in ("id", *_FIELDS))
    kept: Any = patients.select(*columns).where(patients.is_one_of("id", patient_ids))
    said = current(patient_ids)
    # Only what changes is written: of many that expire, each sent at its own time, that is one word.
    alike: dict[frozenset[tuple[str, Any]], list[int]] = {}
    for patient_id, *before in kept.tuples():
        after = zip(_FIELDS, before, said[patient_id], strict=True)
        changes = frozenset((field, value) for field, was, value in after if value != was)
        alike.setdefault(changes, []).append(patient_id)
    for changes, ids in alike.items():
        if changes:
            _write(dict(changes), ids)


def just_queued(patient_ids: Sequence[int], at: datetime) -> None:
    """What `refresh` would write of patients without an account, whose newest invitation was queued at `at`."""
    line = (_OF_INVITATION["queued"], at, None)
    _write(dict(zip(_FIELDS, line, strict=True)), patient_ids)


def just_out(patient_ids: Sequence[int], state: Literal["sent", "unconfirmed"], at: datetime, until: datetime) -> None:
    """What `refresh` would write of patients whose invitation went out `at` that moment, and runs `until` then."""
    access.write_portal_line(patient_ids, _OF_INVITATION[state], at, until)


def _write(values: dict[str, Any], patient_ids: Sequence[int]) -> None:
    patients = access.patients(_SYSTEM)
    update = patients.update(**values)
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
