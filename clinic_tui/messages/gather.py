"""Gathering the facts of a message: from the patient, the invitation, its template and the settings as they are now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session
from clinic_tui.errors import FieldError
from clinic_tui.messages import choosing, terms
from clinic_tui.messages.choosing import Choices, Words
from clinic_tui.messages.compose import Composed, compose
from clinic_tui.messages.facts import Facts, Kind
from clinic_tui.messages.languages import wording
from clinic_tui.messages.values import (
    NOBODY,
    OF_THE_PATIENT,
    SOMEBODY,
    Source,
    Whom,
    guardian_line,
    offers,
    portal_name,
    practice_name,
    shares_address,
    values,
)
from clinic_tui.patients import guardians
from clinic_tui.text import clean_text

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

MASKED_CODE = "··· ··· ··· ·"
MASKED_TOKEN = "·" * 26

_SAY_WHOM = frozenset(("Greeting", "Patient First Name", "Patient Legal First Name", "Patient Full Name"))

Where = Literal["message", "template"]


class Unresolved(NamedTuple):
    """A term, brackets and all, that is unknown or empty for this patient, and where it stands."""

    term: str
    where: Where

    @property
    def error(self) -> FieldError:
        """The sentence about it."""
        place = "" if self.where == "message" else " in the template"
        mend = "Mend the message." if self.where == "message" else "Mend the template, or choose another."
        return FieldError(self.where, f"{self.term}{place} is unknown, or empty for this patient.", mend)


class _Secrets(NamedTuple):
    """What only the patient gets; masked for everybody else."""

    code: str = MASKED_CODE
    token: str = MASKED_TOKEN
    reply_to: str = ""


def preview(
    viewer: Viewer,
    patient_id: int,
    custom_message: str = "",
    *,
    email: str | None = None,
    guardian: int | None = None,
    kind: Kind = "invitation",
    words: Words | None = None,
) -> tuple[Composed, Unresolved | None]:
    """The message as this patient would get it, code and token masked, and what in it stands in the way.

    `email`: what was typed; `guardian`: the id of the contact who was chosen, where it goes to one.
    `words`: what the template says, stored or not; None: the template that the patient would get. Raises NotFound,
    NotAllowed.
    """
    viewer.need_names()
    with session():
        known = settings.load(viewer)
        patient = access.patients(viewer).get(patient_id)
        if words is None:
            words = Choices(viewer, kind).for_patient(patient.language)
        theirs = guardians.of(viewer, [patient_id]).get(patient_id, [])
        minor = guardians.minor(known, patient.birth_date)
        to = guardians.reached(patient.email or "", theirs, is_minor=minor, typed=email, chosen=guardian)
        name = guardians.name_of(to.guardian, theirs)
        whom = Whom.of(patient, name, to_guardian=minor or to.guardian is not None)
        return _shown(viewer, known, kind, words, whom, to.address, clean_text(custom_message).strip())


def sample(viewer: Viewer, *, kind: Kind, words: Words) -> tuple[Composed, Unresolved | None]:
    """The same for a patient who is made up, so that it is about nobody."""
    with session():
        return _shown(viewer, settings.load(viewer), kind, words, SOMEBODY, "")


def _shown(
    viewer: Viewer, known: settings.Settings, kind: Kind, words: Words, whom: Whom, address: str, custom: str = ""
) -> tuple[Composed, Unresolved | None]:
    until = runs_until(now(), known.number("patient_access.expires_days"))
    source = Source.of(viewer, known, whom, address, until, words.language)
    return compose(_facts(kind, source, words, custom, _Secrets())), _missing(source, _texts(kind, words, custom))


class Letters:
    """What messages that are about to be sent say, for as many of one staff member's as there are.

    What they have in common, the templates, is read once; `known`: the settings as they are now.
    """

    def __init__(self, viewer: Viewer, known: settings.Settings) -> None:
        self._viewer, self._known = viewer, known
        self._versions: dict[tuple[int | None, Kind], Words] = {}
        self._choices: dict[Kind, Choices] = {}

    def facts(
        self, invitation: Invitation, kind: Kind, whom: Whom, *, shared: bool, code: str, token: str, reply_to: str
    ) -> Facts:
        """The facts of one, of a patient whose address others have too (`shared`) or not. Raises FieldError."""
        words, custom = self._words(invitation, kind), invitation.custom_message if kind == "invitation" else ""
        until = invitation.expires_at or runs_until(now(), invitation.expires_days)
        source = Source.of(self._viewer, self._known, whom, invitation.email, until, words.language)
        source = source._replace(shared=shared)
        missing = _missing(source, _texts(kind, words, custom))
        if missing is not None and kind in ("invitation", "reminder"):
            raise missing.error
        if missing is not None:  # whoever has accepted waits for this: it goes in the words that come with the program
            words = choosing.standard(kind, words.language)
        return _facts(kind, source, words, custom, _Secrets(code, token, reply_to))

    def _words(self, invitation: Invitation, kind: Kind) -> Words:
        if kind != "invitation":
            if kind not in self._choices:
                self._choices[kind] = Choices(self._viewer, kind)
            return self._choices[kind].for_patient(invitation.language)
        key = invitation.template_id, kind
        if key not in self._versions:
            self._versions[key] = choosing.by_version(*key)
        return self._versions[key]


def masked(composed: Composed, facts: Facts) -> Composed:
    """What was composed of these facts, for the eyes of staff: code and token cannot be read, wherever they stand."""
    hidden = ((facts.code, MASKED_CODE), (facts.token, MASKED_TOKEN))
    texts = [composed.subject, composed.text, composed.html]
    for secret, mask in hidden:
        texts = [text.replace(secret, mask) for text in texts] if secret else texts
    return Composed(*texts)


def runs_until(sent: datetime, days: int) -> datetime:
    """The last moment of an invitation sent at `sent`: the end of the last day, on the practice's clock."""
    last = local(sent) + timedelta(days=days)
    return last.replace(hour=23, minute=59, second=59, microsecond=0)


class Terms:
    """What in an invitation is unknown or empty, asked for many patients: what is not the patient's is asked once."""

    def __init__(self, viewer: Viewer, known: settings.Settings) -> None:
        self._source = Source.of(viewer, known, NOBODY, "", now(), "")
        self._asked: dict[tuple[str, Words], tuple[Unresolved | None, list[tuple[str, Where]]]] = {}

    def unresolved(self, whom: Whom, custom_message: str, words: Words) -> Unresolved | None:
        """The first term that cannot be said to this patient; None where all can."""
        asked = self._asked.get((custom_message, words))
        if asked is None:
            source = self._source._replace(words=wording(words.language))
            texts = _texts("invitation", words, custom_message)
            own = [(text, where) for text, where in texts if terms.named(text) & OF_THE_PATIENT]
            asked = _missing(source, texts, OF_THE_PATIENT), own
            self._asked[custom_message, words] = asked
        missing, own = asked
        return missing if missing is not None or not own else _missing(self._source._replace(whom=whom), own)


def _texts(kind: Kind, words: Words, custom_message: str) -> list[tuple[str, Where]]:
    """The texts in which terms may stand, each with where that is."""
    before, after = terms.around(words.body, terms.PARTS[kind])
    return [(custom_message, "message"), (words.subject, "template"), (before, "template"), (after, "template")]


def _missing(
    source: Source, texts: Sequence[tuple[str, Where]], passed: Collection[str] = frozenset()
) -> Unresolved | None:
    """The first term without a value; those of `passed` are taken to have one."""
    for text, where in texts:
        names = terms.named(text)
        # A greeting is never empty; looking whom else the address belongs to would cost a question for each patient.
        sure = dict.fromkeys((*passed, "Greeting"), "there is one")
        term = terms.unresolved(text, {**values(source, names - sure.keys()), **sure}) if names else None
        if term is not None:
            return Unresolved(term, where)
    return None


def _facts(kind: Kind, source: Source, words: Words, custom_message: str, secrets: _Secrets) -> Facts:
    known = source.known
    subject, custom = words.subject, custom_message
    before, after = terms.around(words.body, terms.PARTS[kind])
    filled = values(source, frozenset().union(*map(terms.named, (subject, before, after, custom))))
    says_whom = (
        source.whom.to_guardian
        or not _SAY_WHOM.isdisjoint(terms.named(before) | terms.named(after))
        or not shares_address(source)
    )
    greeting = () if says_whom else tuple(values(source, ["Greeting"]).values())
    return Facts(
        kind=kind,
        language=words.language,
        subject=terms.fill(subject, filled),
        opening=(*greeting, *(terms.fill(text, filled) for text in terms.paragraphs(before))),
        closing=tuple(terms.fill(text, filled) for text in terms.paragraphs(after)),
        practice=practice_name(source),
        phone=known.text("practice.phone"),
        hours=known.text("practice.hours"),
        portal=portal_name(source),
        portal_url=known.text("portal.url"),
        register=known.text("portal.register"),
        offers=offers(known),
        identity_check=known.on("patient_access.identity_check"),
        custom_message=terms.fill(custom, filled),
        code=secrets.code,
        until=source.until,
        token=secrets.token,
        reply_to=secrets.reply_to,
        to_guardian=guardian_line(source),
        token_in_subject=bool(secrets.reply_to) and not known.on("mail.plus_addresses"),
    )
