"""Gathering the facts of a message: from the patient, the invitation and the settings as they are now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session
from clinic_tui.errors import FieldError
from clinic_tui.messages import terms
from clinic_tui.messages.compose import Composed, compose
from clinic_tui.messages.facts import SERVICES, Facts, Kind
from clinic_tui.text import clean, clean_text, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient
    from clinic_tui.db.models.post import Invitation

MASKED_CODE = "··· ··· ··· ·"
MASKED_TOKEN = "·" * 26


def preview(
    viewer: Viewer,
    patient_id: int,
    custom_message: str = "",
    *,
    email: str | None = None,
    kind: Literal["invitation", "confirmation", "setup"] = "invitation",
) -> Composed:
    """The message as this patient would get it, code and token masked. Raises NotFound, NotAllowed."""
    viewer.need_names()
    with session():
        known = settings.load(viewer)
        patient = access.patients(viewer).get(patient_id)
        until = runs_until(now(), known.number("patient_access.expires_days"))
        address = fold_email(email if email is not None else patient.email or "")
        filled = terms.fill(clean_text(custom_message).strip(), _values(viewer, known, patient, until))
        called = how_called(known, patient, address)
        return compose(_facts(kind, known, called, filled, MASKED_CODE, MASKED_TOKEN, "", until))


def facts_of(viewer: Viewer, invitation: Invitation, kind: Kind, *, code: str, token: str, reply_to: str) -> Facts:
    """The facts of a message that is about to be sent, read again now. Raises NotFound, FieldError."""
    known = settings.load(viewer)
    patient = access.patients(viewer).get(invitation.patient_id)
    until = invitation.expires_at or runs_until(now(), invitation.expires_days)
    values = _values(viewer, known, patient, until)
    missing = terms.unresolved(invitation.custom_message, values)
    if missing and kind == "invitation":
        raise FieldError(
            "message", f"{missing} in the custom message has no value for this patient.", "Invite again without it."
        )
    filled = terms.fill(invitation.custom_message, values)
    called = how_called(known, patient, invitation.email_fold)
    return _facts(kind, known, called, filled, code, token, reply_to, until)


def runs_until(sent: datetime, days: int) -> datetime:
    """The last moment of an invitation sent at `sent`: the end of the last day, on the practice's clock."""
    last = local(sent) + timedelta(days=days)
    return last.replace(hour=23, minute=59, second=59, microsecond=0)


def unresolved(viewer: Viewer, patient: Patient, text: str) -> str | None:
    """The first term of a custom message that is unknown, or empty for this patient; None where there is none."""
    return terms.unresolved(text, _values(viewer, settings.load(viewer), patient, now())) if "[" in text else None


class Terms:
    """The same for many patients, one after the other: what is not the patient's is read once."""

    def __init__(self, viewer: Viewer, known: settings.Settings) -> None:
        self._practice = _of_practice(viewer, known, now())

    def unresolved(self, text: str, *called: str | None) -> str | None:
        """`called`: the patient's given, family and preferred names, and the practitioner's."""
        return terms.unresolved(text, {**self._practice, **_of_patient(*called)}) if "[" in text else None


def how_called(known: settings.Settings, patient: Patient, email_fold: str) -> str:
    """How the patient is greeted: "" in neutral messages, but never where patients share the address."""
    first = clean(patient.preferred or patient.given or "", 40).strip()
    if known.on("patient_access.personal"):
        return first
    others = access.sharing_address(email_fold) - (1 if patient.email_fold == email_fold else 0)
    return first or f"{patient.family[:1]}." if others > 0 else ""


def _values(viewer: Viewer, known: settings.Settings, patient: Patient, until: datetime) -> dict[str, str]:
    practitioner = patient.practitioner.name if patient.practitioner is not None else ""
    own = _of_patient(patient.given, patient.family, patient.preferred, practitioner)
    return {**_of_practice(viewer, known, until), **own}


def _of_patient(
    given: str | None, family: str | None, preferred: str | None, practitioner: str | None
) -> dict[str, str]:
    values = {
        "Patient First Name": preferred or given,
        "Patient Legal First Name": given,
        "Patient Full Name": f"{given or ''} {family or ''}",
        "Practitioner Name": practitioner,
    }
    return {name: clean(value or "").strip() for name, value in values.items()}


def _of_practice(viewer: Viewer, known: settings.Settings, until: datetime) -> dict[str, str]:
    day = local(until)
    values = {
        "Practice Name": known.text("practice.name"),
        "Practice Phone": known.text("practice.phone"),
        "Portal Name": known.text("portal.name"),
        "Invitation Expiry": f"{day:%A} {day.day} {day:%B}",
        "Staff Name": access.staff_name(viewer.staff_id),
    }
    return {name: clean(value).strip() for name, value in values.items()}


def _facts(
    kind: Kind,
    known: settings.Settings,
    called: str,
    custom_message: str,
    code: str,
    token: str,
    reply_to: str,
    until: datetime,
) -> Facts:
    return Facts(
        kind=kind,
        called=called,
        practice=known.text("practice.name") or "Your practice",
        phone=known.text("practice.phone"),
        hours=known.text("practice.hours"),
        portal=known.text("portal.name") or "our patient portal",
        portal_url=known.text("portal.url"),
        register=known.text("portal.register"),
        offers={service: known.text(f"portal.{service}") for service in SERVICES},
        identity_check=known.on("patient_access.identity_check"),
        custom_message=custom_message,
        code=code,
        until=until,
        token=token,
        reply_to=reply_to,
        token_in_subject=bool(reply_to) and not known.on("mail.plus_addresses"),
    )
