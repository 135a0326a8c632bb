"""Who may be invited, and to which address. The same questions when inviting and again when sending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from email_validator import EmailNotValidError

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import session
from clinic_tui.emails import difference, normalized
from clinic_tui.errors import FieldError, NotFound, Refused
from clinic_tui.invitations import expiring, minors
from clinic_tui.patients import guardians
from clinic_tui.settings import Settings
from clinic_tui.text import clean, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient

_NONE: Mapping[str, str] = MappingProxyType({})
_STATUS = {
    "archived": "The patient is archived.",
    "deceased": "The patient is deceased.",
    "blocked": "The patient is blocked.",
}


def invitations_enabled(viewer: Viewer, known: Settings | None = None) -> Refused | None:
    """Why Patient Access allows no invitation to anybody, or None where it does."""
    values = known or settings.load(viewer)
    if not values.on("patient_access.invitations"):
        return Refused(
            "not_enabled",
            "Invitations are switched off in Settings > General > Patient Access.",
            "An owner can switch them on (patient_access.invitations).",
        )
    if not values.anything_offered:
        return Refused(
            "nothing_offered",
            "The portal offers nothing: appointments, records, invoices and health tracking are all off in it.",
            "An owner sets what it offers in Patient Access (portal.appointments, portal.records, ...).",
        )
    return None


def refusal(viewer: Viewer, patient_id: int) -> Refused | None:
    """Why this patient cannot be invited now, whatever the address; None where they may be."""
    with session():
        known = settings.load(viewer)
        enabled = invitations_enabled(viewer, known)
        if enabled is not None:
            return enabled
        try:
            patient = access.patients(viewer).get(patient_id)
        except NotFound as error:
            return Refused("no_access", error.title, error.advice)
        return refusal_of(viewer, patient) or minors.without_guardian(
            known, patient, guardians.of(viewer, [patient_id]).get(patient_id, ())
        )


def refusal_of(viewer: Viewer, patient: Patient, *, besides: int | None = None) -> Refused | None:
    """The same for a patient at hand; `besides` is an invitation that does not count: the one sent or resent."""
    return refusal_in(viewer, patient, standings(viewer, [patient.id])[patient.id], besides=besides)


class Person(NamedTuple):
    """What the rules and the terms of a message ask of a patient, read without the rest. `practitioner`: a name."""

    id: int
    email: str | None
    status: str
    communication: str
    given: str | None
    family: str | None
    preferred: str | None
    language: str | None
    middle: str | None
    birth_date: date | None
    practitioner: str | None


def people(viewer: Viewer, patient_ids: Sequence[int]) -> dict[int, Person]:
    """Those of the patients who are in reach, by id."""
    patients, practitioner = access.patients(viewer), access.practitioners()
    own = (patients.columns[name] for name in Person._fields[:-1])
    found: Any = patients.select(*own, practitioner.name).join(practitioner, "LEFT OUTER JOIN")
    rows = bulk.rows_of(found.where(patients.is_one_of("id", patient_ids)))
    read = (Person._make((*rest, _day(born), name)) for *rest, born, name in rows)
    return {one.id: one for one in read}


def _day(value: date | str | None) -> date | None:
    """A day as the engine has it: SQLite keeps a text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


class Standing(NamedTuple):
    """What stands in the way of inviting: the portal account's state, and the invitations out or accepted."""

    account: str | None = None
    out: tuple[tuple[int, str], ...] = ()


_NOTHING = Standing()


def standings(viewer: Viewer, patient_ids: Sequence[int]) -> dict[int, Standing]:
    """The standing of each patient, asked of the database once for all. An invitation that has run out is not out."""
    accounts, invitations = access.portal_accounts(viewer), access.invitations(viewer)
    held: Any = accounts.select(accounts.columns.patient, accounts.columns.state)
    states = dict(bulk.rows_of(held.where(accounts.is_one_of("patient", patient_ids))))
    column = invitations.columns
    rows: Any = invitations.select(column.patient, column.id, column.state)
    counts = column.state.in_((*access.LIVE_STATES, "accepted")) & ~expiring.has_lapsed(column)
    out: dict[int, list[tuple[int, str]]] = {}
    for patient, invitation, state in bulk.rows_of(rows.where(invitations.is_one_of("patient", patient_ids), counts)):
        out.setdefault(patient, []).append((invitation, state))
    met = {*states, *out}
    return {one: Standing(states.get(one), tuple(sorted(out.get(one, ())))) if one in met else _NOTHING
            for one in patient_ids}  # fmt: skip


def refusal_in(
    viewer: Viewer, patient: Patient | Person, standing: Standing, *, besides: int | None = None
) -> Refused | None:
    """Why this patient cannot be invited, whatever the address: the rules themselves."""
    if viewer.names_hidden:
        return Refused("names_hidden", "Names are hidden from you.", "Ask someone who sees them.")
    if standing.account is not None:
        return Refused("has_portal", f"The patient has a portal account ({standing.account}).")
    for invitation, state in standing.out:
        if invitation == besides:
            continue
        if state == "accepted":
            return Refused("accepted", "The patient has accepted an invitation.", "Send the set-up steps instead.")
        return Refused("already_invited", f"The patient's invitation is out ({state}).", "Resend it, or revoke it.")
    if patient.status in _STATUS:
        return Refused("status", _STATUS[patient.status])
    if patient.communication in ("none", "phone"):
        return Refused("no_mail", "The patient wants no mail.", "Ring instead.")
    return None


def check_address(viewer: Viewer, email: str | None, confirm: str | None = None) -> str:
    """The address as it may be written to. `confirm`: the same, typed again.

    Raises FieldError on `email` or `confirm`; `Refused` with no_email, bad_email, practitioner_email, blocked_address
    is its cause, so that scripts get the word and screens the field.
    """
    address = well_formed(email or "")
    if confirm is not None and difference(address, confirm.strip()) is not None:
        raise FieldError("confirm", "The two addresses differ." if confirm.strip() else "Type the address again.")
    folded = fold_email(address)
    with session():
        refuse_address(folded, access.practitioners_among([folded]), access.blocked_among([folded]))
    return address


def refuse_address(
    folded: str, practitioners: Collection[str], blocked: Collection[str], bounced: Mapping[str, str] = _NONE
) -> None:
    """Raise FieldError, with its Refused, where the address is among those of practitioners or the blocked ones.

    `bounced`: addresses that mail came back from for good, with the reason. One that a person has just typed is not
    asked of them: whoever types it again knows better than the mail system of then.
    """
    if folded in practitioners:
        _refuse("practitioner_email", "This address belongs to a practitioner.", "Ask the patient for their own.")
    if folded in blocked:
        _refuse("blocked_address", "Nothing may be sent to this address: it reached the wrong person.", "Ask again.")
    if folded in bounced:
        _refuse(
            "bad_email",
            f"Mail to this address came back: {bounced[folded] or 'it could not be delivered'}.",
            "Ask the patient for another; if it is right, type it again.",
        )


def well_formed(email: str) -> str:
    """The address in the form that mail is sent to. Raises FieldError with no_email or bad_email."""
    typed = email.strip()
    if not typed:
        _refuse("no_email", "There is no e-mail address.", "Ask the patient for one.")
    if clean(typed) != typed or len(typed) > 254:
        _refuse("bad_email", "The address holds characters that no address has.", "Type it again.")
    try:
        return normalized(typed, strict=True)
    except EmailNotValidError as error:
        _refuse("bad_email", f"This is not an address: {clean(str(error), 120)}", "Ask the patient, then mend it.")


def _refuse(reason: str, title: str, advice: str) -> NoReturn:
    raise FieldError("email", title, advice) from Refused(reason, title, advice)
