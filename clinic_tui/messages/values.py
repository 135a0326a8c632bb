"""What terms stand for: each value is looked up only where a text names its term, so that many patients cost little."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.messages.compose import offered
from clinic_tui.messages.facts import SERVICES
from clinic_tui.messages.languages import Wording, wording
from clinic_tui.settings import Settings
from clinic_tui.text import clean, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient


class Whom(NamedTuple):
    """What messages call a patient by. `practitioner`: a name; `email_fold`: of the address on the record."""

    id: int
    given: str | None
    family: str | None
    preferred: str | None
    practitioner: str | None
    email_fold: str | None = None

    @classmethod
    def of(cls, patient: Patient) -> Whom:
        """The same of a whole record."""
        practitioner = patient.practitioner.name if patient.practitioner is not None else None
        return cls(patient.id, patient.given, patient.family, patient.preferred, practitioner, patient.email_fold)


NOBODY = Whom(0, None, None, None, None)


class Source(NamedTuple):
    """Whom a message is to and about: what every term is looked up in.

    `email_fold`: of the address it goes to; `until`: the invitation's last moment.
    """

    viewer: Viewer
    known: Settings
    whom: Whom
    email_fold: str
    until: datetime
    words: Wording

    @classmethod
    def of(cls, viewer: Viewer, known: Settings, whom: Whom, email: str, until: datetime, language: str) -> Source:
        """The same, with the sentences of a `language`."""
        return cls(viewer, known, whom, fold_email(email), until, wording(language))


def values(source: Source, names: Iterable[str]) -> dict[str, str]:
    """The values of those of the terms that there are; "" for what is empty for this patient."""
    return {name: clean(_VALUES[name](source)).strip() for name in names if name in _VALUES}


def shares_address(source: Source) -> bool:
    """Whether other patients have the address too: then the message must tell whom it is for."""
    own = 1 if source.whom.email_fold == source.email_fold else 0
    return access.sharing_address(source.email_fold) > own


def practice_name(source: Source) -> str:
    """What the practice is called; it is never without a name."""
    return source.known.text("practice.name") or source.words.practice


def portal_name(source: Source) -> str:
    """What the portal is called; it is never without a name."""
    return source.known.text("portal.name") or source.words.portal


def offers(known: Settings) -> dict[str, str]:
    """Service to where it is offered."""
    return {service: known.text(f"portal.{service}") for service in SERVICES}


def _greeting(source: Source) -> str:
    """With the name where messages are personal, and always where patients share the address."""
    whom = source.whom
    first = clean(whom.preferred or whom.given or "", 40).strip()
    if source.known.on("patient_access.personal"):
        called = first
    else:
        called = (first or f"{(whom.family or '')[:1]}.") if shares_address(source) else ""
    return source.words.hello_named.format(called=called) if called else source.words.hello


def _guardian(source: Source) -> str:
    contacts = access.contacts(source.viewer)
    column = contacts.columns
    mine = contacts.select().where((column.patient == source.whom.id) & column.is_guardian)
    first = mine.order_by(column.id).first()
    return first.name or "" if first is not None else ""


_VALUES: dict[str, Callable[[Source], str]] = {
    "Greeting": _greeting,
    "Patient First Name": lambda source: source.whom.preferred or source.whom.given or "",
    "Patient Legal First Name": lambda source: source.whom.given or "",
    "Patient Full Name": lambda source: f"{source.whom.given or ''} {source.whom.family or ''}",
    "Guardian Name": _guardian,
    "Practitioner Name": lambda source: source.whom.practitioner or "",
    "Practice Name": practice_name,
    "Practice Phone": lambda source: source.known.text("practice.phone"),
    "Practice Hours": lambda source: source.known.text("practice.hours"),
    "Portal Name": portal_name,
    "Portal Address": lambda source: source.known.text("portal.url"),
    "Portal Services": lambda source: offered(source.words.code, offers(source.known)),
    "Invitation Expiry": lambda source: source.words.written_day(source.until, year=False),
    "Staff Name": lambda source: access.staff_name(source.viewer.staff_id),
}
OF_THE_PATIENT = frozenset(
    ("Patient First Name", "Patient Legal First Name", "Patient Full Name", "Guardian Name", "Practitioner Name")
)
