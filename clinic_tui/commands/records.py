"""Records as the command line's JSON has them; what is hidden from the viewer is null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clinic_tui.commands.output import moment
from clinic_tui.invitations.states import portal_word
from clinic_tui.patients import lookup

if TYPE_CHECKING:
    from clinic_tui.invitations.reading import InvitationRow
    from clinic_tui.patients.lookup import PatientRow
    from clinic_tui.patients.profile import Profile


def listed(row: PatientRow) -> dict[str, Any]:
    """A patient in a list."""
    return {
        "id": row.id,
        "number": row.number,
        "name": None if hidden(row) else lookup.display_name(row),
        "birth_date": row.birth_date,
        "email": row.email,
        "phone": row.phone,
        "status": row.status,
        "portal": portal_word(row.portal, row.portal_until),
    }


def hidden(row: PatientRow) -> bool:
    """Whether the patient's name is hidden from the viewer."""
    return row.given is None and row.family is None


def patient_name(given: str | None, family: str | None, preferred: str | None, number: str | None) -> str | None:
    """A patient's name where rows carry its parts: "Smith, Joanna (Jo)"; None where there is none to show."""
    if given is None and family is None:
        return f"Patient {number}" if number else None
    called = f" ({preferred})" if preferred and preferred != given else ""
    return f"{', '.join(part for part in (family, given) if part)}{called}"


def invitation(row: InvitationRow) -> dict[str, Any]:
    """An invitation in a list."""
    return {
        "id": row.id,
        "patient": row.patient_id,
        "email": row.email,
        "guardian": row.for_guardian,
        "state": row.state,
        "created": moment(row.created_at),
        "sent": moment(row.sent_at),
        "expires": moment(row.expires_at),
        "reminded": row.reminded,
        "last_reminded": moment(row.reminded_at),
    }


def profile(record: Profile, invitations: list[InvitationRow]) -> dict[str, Any]:
    """The whole record of one patient, with what hangs on it."""
    return {
        **listed(record.patient),
        "given": record.patient.given,
        "middle": record.middle,
        "family": record.patient.family,
        "preferred": record.patient.preferred,
        "sex": record.sex,
        "mobile": record.mobile,
        "phone": record.phone,
        "address": list(record.address),
        "language": record.language,
        "communication": record.communication,
        "practitioner": record.patient.practitioner,
        "last_visit": moment(record.last_visit),
        "next_visit": moment(record.next_visit),
        "visits": record.visits,
        "email_bounced": moment(record.email_bounced),
        "email_shared": record.email_shared,
        "contacts": [
            {"id": row.id, "name": row.name, "relationship": row.relationship, "guardian": row.is_guardian,
             "email": row.email, "phone": row.phone}
            for row in record.contacts
        ],
        "appointments": [
            {"id": row.id, "starts": moment(row.starts_at), "minutes": row.minutes, "status": row.status,
             "practitioner": row.practitioner}
            for row in record.appointments
        ],
        "invitations": [invitation(row) for row in invitations],
    }  # fmt: skip
