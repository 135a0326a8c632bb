"""Who of many may be invited, and at which address: a block at a time is read and asked about, and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.errors import ClinicError, FieldError, Refused
from clinic_tui.invitations import eligibility, minors
from clinic_tui.invitations.eligibility import Person
from clinic_tui.messages.choosing import Choices, Words
from clinic_tui.messages.gather import Terms
from clinic_tui.messages.values import Whom
from clinic_tui.patients import guardians
from clinic_tui.patients.guardians import Guardian, Reached
from clinic_tui.text import fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

BLOCK = 2_000  # a query costs as much to make as a hundred rows to read


class Wanted(NamedTuple):
    """A patient to invite: at `email`, or where the invitation that it replaces went, or where the record says.

    `resent`: the invitation that it replaces; `message`: theirs, in place of the one for all. `template`: the id of the
    one that was chosen; None: that of the invitation that it replaces, else the default in the patient's language.
    `guardian`: the id of the contact who was chosen, for those who are invited through one.
    """

    patient_id: int
    email: str | None = None
    resent: Invitation | None = None
    message: str | None = None
    template: int | None = None
    guardian: int | None = None


class Ready(NamedTuple):
    """One who may be invited: at `address`, `guardian`'s or their own, with `message` above the `words` of a template.

    `guardian_name`: theirs, or of the first guardian that the patient has; "" for none.
    """

    wanted: Wanted
    address: str
    fold: str
    message: str
    words: Words
    guardian: Guardian | None
    guardian_name: str


def could_be_invited(viewer: Viewer, patient_ids: Sequence[int]) -> set[int]:
    """Those of the patients who may be invited now, where their record says."""
    with session():
        ready, _ = ask(viewer, settings.load(viewer), [Wanted(one) for one in patient_ids], "")
    return {one.wanted.patient_id for one in ready}


def ask(
    viewer: Viewer,
    known: settings.Settings,
    wanted: Sequence[Wanted],
    message: str,
    progress: Callable[[int], None] | None = None,
) -> tuple[list[Ready], list[tuple[int, ClinicError]]]:
    """Those who may be invited, in order; the others, each with what stands in the way.

    `message` is `short_enough`; `progress` hears how many have been asked about. Raises NotFound where a template is
    not in use.
    """
    enabled = eligibility.invitations_enabled(viewer, known)
    if enabled is not None:
        return [], [(one.patient_id, enabled) for one in wanted]
    terms, choices = Terms(viewer, known), Choices(viewer, "invitation")
    ready: list[Ready] = []
    refused: list[tuple[int, ClinicError]] = []
    for first in range(0, len(wanted), BLOCK):
        block = wanted[first : first + BLOCK]
        for one, answer in zip(block, _ask(viewer, known, block, message, terms, choices), strict=True):
            if isinstance(answer, Ready):
                ready.append(answer)
            else:
                refused.append((one.patient_id, answer))
        if progress is not None:
            progress(first + len(block))
    return ready, refused


def _ask(
    viewer: Viewer, known: settings.Settings, block: Sequence[Wanted], message: str, terms: Terms, choices: Choices
) -> list[Ready | ClinicError]:
    ids = [one.patient_id for one in block]
    people, standings = eligibility.people(viewer, ids), eligibility.standings(viewer, ids)
    guardians_of = guardians.of(viewer, ids)
    answers: list[Ready | ClinicError] = []
    for one in block:
        try:
            person = people.get(one.patient_id)
            if person is None:
                missing = access.patients(viewer).missing(one.patient_id)
                raise Refused("no_access", missing.title, missing.advice)
            besides = None if one.resent is None else one.resent.id
            stands = eligibility.refusal_in(viewer, person, standings[person.id], besides=besides)
            if stands is not None:
                raise stands
            theirs = guardians_of.get(one.patient_id, [])
            reached = _reach(known, one, person, theirs)
            address = eligibility.well_formed(reached.address)
            text = message if one.message is None else one.message
            words, name = _words(choices, one, person.language), guardians.name_of(reached.guardian, theirs)
            answers.append(Ready(one, address, fold_email(address), text, words, reached.guardian, name))
        except (Refused, FieldError) as error:
            answers.append(_kept(error))
    folds = {answer.fold for answer in answers if isinstance(answer, Ready)}
    practitioners, blocked = access.practitioners_among(folds), access.blocked_among(folds)
    bounced = access.bounced_among({one.fold for one in answers if isinstance(one, Ready) and one.wanted.email is None})
    for at, answer in enumerate(answers):
        if isinstance(answer, Ready):
            typed = answer.wanted.email is not None
            try:
                eligibility.refuse_address(answer.fold, practitioners, blocked, {} if typed else bounced)
                _refuse_term(terms, answer, people[answer.wanted.patient_id])
            except FieldError as error:
                answers[at] = _kept(error)
    return answers


def _reach(known: settings.Settings, one: Wanted, person: Person, theirs: Sequence[Guardian]) -> Reached:
    own, chosen, old = person.email or "", one.guardian, one.resent
    if old is not None:
        own = own if old.for_guardian else old.email
        chosen = chosen or old.guardian_id
    return minors.reach(known, person, own, theirs, one.email, chosen)


def _words(choices: Choices, one: Wanted, language: str | None) -> Words:
    if one.template is not None:
        return choices.chosen(one.template)
    if one.resent is not None:
        return choices.again(one.resent.template_id, language)
    return choices.for_patient(language)


def _refuse_term(terms: Terms, ready: Ready, person: Person) -> None:
    whom = Whom(
        person.id, person.given, person.family, person.preferred, person.practitioner, ready.guardian_name,
        ready.guardian is not None, person.middle,
    )  # fmt: skip
    missing = terms.unresolved(whom, ready.message, ready.words)
    if missing is not None:
        raise missing.error


def _kept(error: ClinicError) -> ClinicError:
    """The error without the frames that it passed: they hold all that was read with it."""
    error.__context__ = None
    return error.with_traceback(None)
