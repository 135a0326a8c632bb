"""Patients and what hangs on them. Only access, imports, outbox and mail may import this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peewee

from clinic_tui.db.fields import MomentField
from clinic_tui.db.models.base import Row, one_of
from clinic_tui.db.models.practice import ImportBatch, Practitioner, Staff

STATUSES = ("current", "waiting", "archived", "deceased", "blocked")
SEXES = ("female", "male", "other")
COMMUNICATION = ("all", "email", "phone", "none")
APPOINTMENT_STATUSES = ("booked", "seen", "cancelled", "missed")
PORTAL_ACCOUNT_STATES = ("active", "disabled")
PORTAL_LINES = (
    "not_invited", "queued", "invited", "unconfirmed", "failed", "bounced",
    "accepted_check", "accepted_steps", "accepted", "declined", "expired", "active", "disabled",
)  # fmt: skip


class Patient(Row):
    """One patient.

    `number` is the practice's (made here where an import has none); `source` and `source_id` are where an import
    got it from. `sort_name`, what lists are ordered by, and `email_fold` are computed by `patients.derived`.
    `portal`, `portal_at`, `portal_until` repeat what the latest invitation and the portal account say, kept by
    `invitations.portal_line` alone, so that a list of a million needs no join. `communication`: what mail the patient
    wants; `none` and `phone` are never invited. `of_age_at`: when the desk saw to their coming of age.
    """

    number = peewee.TextField(unique=True)
    source = peewee.TextField(null=True)
    source_id = peewee.TextField(null=True)
    given = peewee.TextField(default="")
    family = peewee.TextField(default="")
    preferred = peewee.TextField(null=True)
    middle = peewee.TextField(null=True)
    sort_name = peewee.TextField(index=True)
    birth_date = peewee.DateField(null=True, index=True)
    sex = peewee.TextField(null=True, constraints=one_of("sex", SEXES))
    mobile = peewee.TextField(null=True)
    phone = peewee.TextField(null=True)
    email = peewee.TextField(null=True)
    email_fold = peewee.TextField(null=True, index=True)
    street = peewee.TextField(null=True)
    suburb = peewee.TextField(null=True)
    region = peewee.TextField(null=True)
    postcode = peewee.TextField(null=True)
    country = peewee.TextField(null=True)
    language = peewee.TextField(null=True)
    status = peewee.TextField(default="current", constraints=one_of("status", STATUSES))
    communication = peewee.TextField(default="all", constraints=one_of("communication", COMMUNICATION))
    practitioner = peewee.ForeignKeyField(Practitioner, null=True, index=False, on_delete="SET NULL")
    portal = peewee.TextField(default="not_invited", constraints=one_of("portal", PORTAL_LINES))
    portal_at = MomentField(null=True)
    portal_until = MomentField(null=True)
    of_age_at = MomentField(null=True)
    batch = peewee.ForeignKeyField(ImportBatch, null=True, index=False, on_delete="SET NULL")
    version = peewee.IntegerField(default=0)

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        practitioner_id: int | None

    class Meta:
        """A patient has a name; a source knows each of its patients once; a practitioner's are listed by name.

        So are those on each portal line but `not_invited`, where most are: an import pays nothing for that index. The
        queues read the same lines by time, from an index alone: whose patient it is, and the status, stand in it.
        """

        indexes = (
            (("source", "source_id"), True),
            (("practitioner", "sort_name"), False),
            peewee.SQL(
                "CREATE INDEX patient_portal_sort_name ON patient (portal, sort_name) WHERE portal <> 'not_invited'"
            ),
            peewee.SQL(
                "CREATE INDEX patient_portal_portal_at ON patient (portal, portal_at, id, practitioner_id, status) "
                "WHERE portal <> 'not_invited'"
            ),
            peewee.SQL(
                "CREATE INDEX patient_portal_until ON patient (portal, portal_until, id, practitioner_id, status) "
                "WHERE portal = 'invited'"
            ),
        )
        constraints = (peewee.Check("length(trim(given)) + length(trim(family)) > 0"),)


class PatientToken(peewee.Model):
    """One string by whose beginning a patient is found; its first letter says what it is.

    `f`, `g`: a word of the family name, of another name; `p`, `r`: a phone's digits, and the same reversed; what the
    rest holds, `patients.derived` says, which makes them. E-mail, number and birth date are found by their columns.
    """

    token = peewee.TextField()
    patient = peewee.ForeignKeyField(Patient, index=False, on_delete="CASCADE")

    class Meta:
        """The key itself is the index that a prefix range runs on; the other one looks at one patient's tokens."""

        database = Patient._meta.database
        legacy_table_names = False
        indexes = ((("patient", "token"), False),)
        primary_key = peewee.CompositeKey("token", "patient")


class Contact(Row):
    """Someone who belongs to a patient: next of kin, guardian, carer. `email_fold`: by `text.fold_email`."""

    patient = peewee.ForeignKeyField(Patient, on_delete="CASCADE", backref="contacts")
    name = peewee.TextField()
    relationship = peewee.TextField(null=True)
    is_guardian = peewee.BooleanField(default=False)
    email = peewee.TextField(null=True)
    email_fold = peewee.TextField(null=True, index=True)
    phone = peewee.TextField(null=True)
    source_id = peewee.TextField(null=True)
    batch = peewee.ForeignKeyField(ImportBatch, null=True, index=False, on_delete="SET NULL")

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        patient_id: int


class Appointment(Row):
    """One appointment, past or booked."""

    patient = peewee.ForeignKeyField(Patient, on_delete="CASCADE", index=False)
    practitioner = peewee.ForeignKeyField(Practitioner, null=True, on_delete="SET NULL")
    starts_at = MomentField()
    minutes = peewee.IntegerField(default=20)
    status = peewee.TextField(default="booked", constraints=one_of("status", APPOINTMENT_STATUSES))
    source_id = peewee.TextField(null=True, unique=True)
    batch = peewee.ForeignKeyField(ImportBatch, null=True, index=False, on_delete="SET NULL")

    class Meta:
        """A patient's appointments are read in order of time; a practice's are counted by time from an index alone."""

        indexes = ((("patient", "starts_at"), False), (("starts_at", "status", "patient"), False))


class PatientActivity(peewee.Model):
    """What a patient's appointments come to, so that a report of a million needs no grouping: one row for each patient
    who has any, kept by `case_load.activity` alone.

    `first_seen`, `last_seen`, `seen_count`: of those with status `seen`. `next_at`: the first one booked that was still
    to come when the row was written; it moves with time.
    """

    patient = peewee.ForeignKeyField(Patient, primary_key=True, on_delete="CASCADE")
    first_seen = MomentField(null=True)
    last_seen = MomentField(null=True)
    next_at = MomentField(null=True)
    seen_count = peewee.IntegerField(default=0)

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        patient_id: int

    class Meta:
        """A report is sorted by any of its columns."""

        database = Patient._meta.database
        legacy_table_names = False
        indexes = (
            (("first_seen", "patient"), False),
            (("last_seen", "patient"), False),
            (("next_at", "patient"), False),
            (("seen_count", "patient"), False),
        )


class PortalAccount(Row):
    """The patient's account in the portal that the practice has, as far as we were told."""

    patient = peewee.ForeignKeyField(Patient, on_delete="CASCADE", unique=True)
    state = peewee.TextField(constraints=one_of("state", PORTAL_ACCOUNT_STATES))
    since = MomentField()
    known_from = peewee.TextField()
    batch = peewee.ForeignKeyField(ImportBatch, null=True, index=False, on_delete="SET NULL")

    if TYPE_CHECKING:
        patient_id: int


class RevokedRelationship(Row):
    """A staff member from whom one patient is kept, whatever else they may see."""

    staff = peewee.ForeignKeyField(Staff, index=False, on_delete="CASCADE")
    patient = peewee.ForeignKeyField(Patient, on_delete="CASCADE")
    revoked_at = MomentField()
    revoked_by = peewee.TextField()

    if TYPE_CHECKING:
        patient_id: int

    class Meta:
        """One patient is kept from one staff member once."""

        indexes = ((("staff", "patient"), True),)
