"""The rows that readers of files hand to the merging of everything but patients; `line`: where a row stands."""

from __future__ import annotations

from typing import NamedTuple

# What an import brings, in the order in which it must: later kinds refer to earlier ones.
KINDS = ("practitioners", "patients", "contacts", "appointments", "portal")


class PractitionerRow(NamedTuple):
    """Someone who treats. `active` None: nothing is said of it."""

    line: int
    source_id: str | None
    name: str
    email: str | None
    active: bool | None


class PatientRef(NamedTuple):
    """A patient as another row names them: by the source's id, by number or by e-mail."""

    source_id: str | None = None
    number: str | None = None
    email: str | None = None


class AppointmentRow(NamedTuple):
    """One appointment; `starts_at` in milliseconds since 1970, as the database has it."""

    line: int
    source_id: str | None
    patient: PatientRef
    practitioner: str | None  # their id in the source
    practitioner_name: str | None
    starts_at: int
    minutes: int
    status: str
    follows: bool = False  # an encounter of an appointment that has a row of its own


class ContactRow(NamedTuple):
    """Someone who belongs to a patient. `guardian`: yes, no, or `minor`, for a parent of someone under age."""

    line: int
    source_id: str
    patient: PatientRef
    name: str | None
    relationship: str | None
    email: str | None
    phone: str | None
    guardian: str


class PortalRow(NamedTuple):
    """An account in the portal; `state`: active or disabled; `since` as `starts_at`, None where it is not said."""

    line: int
    patient: PatientRef
    name: str | None
    state: str
    since: int | None


class Outcome(NamedTuple):
    """What became of a block's rows; of those refused the line and the reason."""

    added: int
    updated: int
    unchanged: int
    refused: list[tuple[int, str]]

    @classmethod
    def of(cls, verdicts: list[str], refused: list[tuple[int, str]]) -> Outcome:
        """The outcome of rows of which each was `added`, `updated` or `unchanged`."""
        return cls(verdicts.count("added"), verdicts.count("updated"), verdicts.count("unchanged"), refused)
