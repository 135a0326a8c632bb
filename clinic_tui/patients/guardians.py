"""Who is written to in a patient's place: a guardian, where the patient is a minor or has no address of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.dates import age
from clinic_tui.db import bulk
from clinic_tui.settings import Settings
from clinic_tui.text import fold_email


class Guardian(NamedTuple):
    """A contact who is a patient's guardian; `email` is "" where there is none."""

    id: int
    name: str
    relationship: str
    email: str


class Reached(NamedTuple):
    """Where a message about a patient goes, "" where nowhere; `guardian`: whose address it is, None for the patient."""

    address: str
    guardian: Guardian | None


def of(viewer: Viewer, patient_ids: Sequence[int]) -> dict[int, list[Guardian]]:
    """The guardians of each patient in reach who has some, the first ones first: asked once for all."""
    contacts = access.contacts(viewer)
    column = contacts.columns
    query: Any = contacts.select(column.patient, column.id, column.name, column.relationship, column.email)
    wanted = query.where(contacts.is_one_of("patient", patient_ids), contacts.model.is_guardian)
    found: dict[int, list[Guardian]] = {}
    for patient_id, contact_id, *words in sorted(bulk.rows_of(wanted), key=lambda row: row[:2]):
        name, relationship, email = (word or "" for word in words)
        found.setdefault(patient_id, []).append(Guardian(contact_id, name, relationship, email.strip()))
    return found


def is_minor(born: date | None, own_age: int, on: date) -> bool:
    """Whether somebody is under `own_age` (0: nobody is) on a day; who has no birth date is of age."""
    return born is not None and own_age > 0 and age(born, on) < own_age


def minor(known: Settings, born: date | None) -> bool:
    """Whether the practice takes somebody for a minor today."""
    return is_minor(born, known.number("patient_access.own_age"), today())


def reached(
    own: str, guardians: Sequence[Guardian], *, is_minor: bool, typed: str | None = None, chosen: int | None = None
) -> Reached:
    """Where a message goes: to `typed`, else to a minor's guardian, else to their `own` address, else to a guardian.

    `chosen`: the id of the guardian whom somebody chose; else the first with an address. What was typed is a guardian's
    where it is one's address, and not an adult's own.
    """
    there = sorted((one for one in guardians if one.email), key=lambda one: one.id != chosen)
    if typed is not None:
        typed_fold = fold_email(typed)
        if not is_minor and typed_fold == fold_email(own):
            return Reached(typed, None)
        return Reached(typed, next((one for one in there if fold_email(one.email) == typed_fold), None))
    if (is_minor or not own.strip()) and there:
        return Reached(there[0].email, there[0])
    return Reached("" if is_minor else own, None)


def name_of(guardian: Guardian | None, guardians: Sequence[Guardian]) -> str:
    """What the guardian who is written to is called, else the first one that the patient has; "" for none."""
    one = guardian or next(iter(guardians), None)
    return "" if one is None else one.name
