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
from clinic_tui.patients import lookalikes
from clinic_tui.settings import Settings
from clinic_tui.text import clean, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient


class Whom(NamedTuple):
    """What messages call a patient by. `practitioner`, `guardian`: names; `to_guardian`: they are written to."""

    id: int
    given: str | None
    family: str | None
    preferred: str | None
    practitioner: str | None
    guardian: str = ""
    to_guardian: bool = False
    middle: str | None = None

    @classmethod
    def of(cls, patient: Patient, guardian: str, *, to_guardian: bool) -> Whom:
        """The same of a whole record."""
        practitioner = patient.practitioner.name if patient.practitioner is not None else None
        return cls(
            patient.id, patient.given, patient.family, patient.preferred, practitioner, guardian, to_guardian,
            patient.middle,
        )  # fmt: skip


NOBODY = Whom(0, None, None, None, None)
SOMEBODY = Whom(0, "Alex", "Sample", None, "Dr Sample", "Robin Sample")  # made up, for a message that is about nobody


class Source(NamedTuple):
    """Whom a message is to and about: what every term is looked up in.

    `email_fold`: of the address it goes to; `until`: the invitation's last moment. `shared`: whether other patients are
    written to there too; None: not asked yet.
    """

    viewer: Viewer
    known: Settings
    whom: Whom
    email_fold: str
    until: datetime
    words: Wording
    shared: bool | None = None

    @classmethod
    def of(cls, viewer: Viewer, known: Settings, whom: Whom, email: str, until: datetime, language: str) -> Source:
        """The same, with the sentences of a `language`."""
        return cls(viewer, known, whom, fold_email(email), until, wording(language))


def values(source: Source, names: Iterable[str]) -> dict[str, str]:
    """The values of those of the terms that there are; "" for what is empty for this patient."""
    return {name: clean(_VALUES[name](source)).strip() for name in names if name in _VALUES}


def shares_address(source: Source) -> bool:
    """Whether other patients are written to at the address too: then the message must tell whom it is for.

    Where nobody has said so, those in the viewer's reach count: what is shown before it is sent tells of no one else.
    """
    if source.shared is not None:
        return source.shared
    return lookalikes.sharing(source.viewer, source.email_fold, besides=source.whom.id) > 0


def guardian_line(source: Source) -> str:
    """The sentence that tells a guardian whom it is about, by name as `_greeting` does; "" where none is written to."""
    if not source.whom.to_guardian:
        return ""
    named = source.known.on("patient_access.personal") or shares_address(source)
    return source.words.to_guardian.format(called=(_told_apart(source.whom) if named else "") or source.words.a_patient)


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
    """With the name where messages are personal, and always where patients share the address.

    A guardian is greeted by their own name: whom it is about, the `guardian_line` tells.
    """
    whom = source.whom
    if source.known.on("patient_access.personal"):
        called = clean(whom.guardian, 40).strip() if whom.to_guardian else _first_name(whom)
    else:
        called = _told_apart(whom) if not whom.to_guardian and shares_address(source) else ""
    return source.words.hello_named.format(called=called) if called else source.words.hello


def _first_name(whom: Whom) -> str:
    return clean(whom.preferred or whom.given or "", 40).strip()


def _full_name(whom: Whom) -> str:
    return " ".join(filter(None, (whom.given, whom.middle, whom.family)))


def _told_apart(whom: Whom) -> str:
    """The first name, else the family name's initial."""
    return _first_name(whom) or f"{clean(whom.family or '').strip()[:1]}."


_VALUES: dict[str, Callable[[Source], str]] = {
    "Greeting": _greeting,
    "Patient First Name": lambda source: source.whom.preferred or source.whom.given or "",
    "Patient Legal First Name": lambda source: source.whom.given or "",
    "Patient Full Name": lambda source: _full_name(source.whom),
    "Guardian Name": lambda source: source.whom.guardian,
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
