"""What the dialogs about an invitation stand on: whom it is for, and the message as it would go."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.errors import Refused
from clinic_tui.invitations import eligibility, reading
from clinic_tui.invitations.reading import InvitationRow
from clinic_tui.messages import gather
from clinic_tui.messages.choosing import Choices
from clinic_tui.messages.compose import Composed
from clinic_tui.messages.gather import Unresolved
from clinic_tui.messages.templates import TemplateRow


class Draft(NamedTuple):
    """The patient that an invitation is being written to.

    `email` is where it would go, `on_record` the patient's own address ("" for none). `refused`: why the patient cannot
    be invited, whatever is typed. `templates`: those that may be chosen; `template`: the id of the one that goes where
    nobody chooses, None for the words that come with the program.
    """

    given: str
    family: str
    preferred: str | None
    birth_date: date | None
    email: str
    on_record: str
    custom_message: str
    refused: Refused | None
    templates: tuple[TemplateRow, ...]
    template: int | None


class Shown(NamedTuple):
    """The message as it would go, code masked; `unresolved` is a term that is unknown or empty for this patient."""

    composed: Composed
    unresolved: Unresolved | None


class Whose(NamedTuple):
    """An invitation, and what the desk knows its patient by."""

    given: str
    family: str
    preferred: str | None
    birth_date: date | None
    phone: str | None
    invitation: InvitationRow


def whose(viewer: Viewer, invitation_id: int) -> Whose:
    """The invitation and its patient. Raises NotFound, NotAllowed."""
    viewer.need_names()
    with session():
        row = reading.one(viewer, invitation_id)
        patient = access.patients(viewer).get(row.patient_id)
        phone = patient.mobile or patient.phone
        return Whose(patient.given, patient.family, patient.preferred, patient.birth_date, phone, row)


def draft(viewer: Viewer, patient_id: int, resent: int | None = None) -> Draft:
    """Begin an invitation; `resent` is the invitation that it takes the place of. Raises NotFound, NotAllowed."""
    viewer.need_names()
    with session():
        patient = access.patients(viewer).get(patient_id)
        old = None if resent is None else access.invitations(viewer).get(resent)
        refused = eligibility.invitations_enabled(viewer) or eligibility.refusal_of(viewer, patient, besides=resent)
        choices = Choices(viewer, "invitation")
        usual = (
            choices.for_patient(patient.language) if old is None else choices.again(old.template_id, patient.language)
        )
        return Draft(
            given=patient.given,
            family=patient.family,
            preferred=patient.preferred,
            birth_date=patient.birth_date,
            email=(old.email if old is not None else patient.email) or "",
            on_record=patient.email or "",
            custom_message=old.custom_message if old is not None else "",
            refused=refused,
            templates=tuple(choices.rows),
            template=usual.template_id,
        )


def show(viewer: Viewer, patient_id: int, email: str, custom_message: str, template: int | None = None) -> Shown:
    """The message as this patient would get it at `email`; without a `template`, from the one that goes to them.

    Raises NotFound, NotAllowed.
    """
    with session():
        words = None if template is None else Choices(viewer, "invitation").chosen(template)
        return Shown(*gather.preview(viewer, patient_id, custom_message, email=email, words=words))
