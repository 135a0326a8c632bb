"""Minors, and who has no address of their own: an invitation goes to a guardian, or to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clinic_tui.errors import FieldError, Refused
from clinic_tui.patients import guardians
from clinic_tui.patients.guardians import Guardian, Reached
from clinic_tui.settings import Settings
from clinic_tui.text import fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient
    from clinic_tui.db.models.post import Invitation
    from clinic_tui.invitations.eligibility import Person

_REASON = "minor_without_guardian"


def without_guardian(known: Settings, patient: Patient | Person, contacts: Sequence[Guardian]) -> Refused | None:
    """Why a minor cannot be invited, whatever the address: none of their guardians has one. None where they can."""
    return _without(known, contacts) if guardians.minor(known, patient.birth_date) else None


def _without(known: Settings, contacts: Sequence[Guardian]) -> Refused | None:
    if any(one.email for one in contacts):
        return None
    title = f"{_under(known)}, and the record has no guardian with an e-mail address."
    return Refused(_REASON, title, "Put a guardian on the record.")


def reach(
    known: Settings, patient: Patient | Person, own: str, contacts: Sequence[Guardian], typed: str | None = None,
    chosen: int | None = None,
) -> Reached:  # fmt: skip
    """Where the invitation of this patient goes, see `guardians.reached`; the address may still be none, or no address.

    Raises Refused where a minor has no guardian, FieldError on `email` where what was typed is not a guardian's.
    """
    minor = guardians.minor(known, patient.birth_date)
    refused = _without(known, contacts) if minor else None
    if refused is not None:
        raise refused
    found = guardians.reached(own, contacts, is_minor=minor, typed=typed, chosen=chosen)
    if minor and found.guardian is None:
        title, advice = f"{_under(known)}: this is not a guardian's address.", "Choose a guardian of the record."
        raise FieldError("email", title, advice) from Refused(_REASON, title, advice)
    return found


def refuse_elsewhere(
    known: Settings, patient: Patient | Person, invitation: Invitation, contacts: Sequence[Guardian]
) -> None:
    """Raise Refused where an invitation no longer goes to whom it was made for: the patient, or a guardian."""
    if invitation.for_guardian:
        if all(fold_email(one.email) != invitation.email_fold for one in contacts):
            raise Refused(_REASON, "The address is no longer a guardian's.", "Invite the patient again.")
    elif guardians.minor(known, patient.birth_date):
        raise Refused(_REASON, f"{_under(known)}: the invitation has to go to a guardian.", "Invite them again.")


def _under(known: Settings) -> str:
    return f"The patient is under {known.number('patient_access.own_age')}"
