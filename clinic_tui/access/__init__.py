"""The only door to patients and to what hangs on them.

Every rule takes a `Viewer` and asks here. What is out of a viewer's reach is not in the rows; what a viewer may not
see is NULL in the SQL itself, so that no sort, filter or count can tell it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import peewee

from clinic_tui.access.scoped import AT_ONCE
from clinic_tui.access.scoped import Scoped as Scoped
from clinic_tui.access.viewer import Role as Role
from clinic_tui.access.viewer import Viewer as Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.db.models import patients as tables
from clinic_tui.db.models import post
from clinic_tui.db.models.practice import History, Practitioner, Staff

LIVE_STATES = post.LIVE_STATES
NOTIFICATION_KINDS = post.NOTIFICATION_KINDS
STATUSES, SEXES, COMMUNICATION = tables.STATUSES, tables.SEXES, tables.COMMUNICATION


def patients(viewer: Viewer) -> Scoped[tables.Patient]:
    """Patients in the viewer's reach."""
    return Scoped(viewer, tables.Patient, "patient")


def tokens(viewer: Viewer) -> type[tables.PatientToken]:
    """The index of words and phones, of all patients: what it finds is read, and kept in reach, by `patients`.

    Raises NotAllowed where names are hidden: words and phones tell them.
    """
    viewer.need_names()
    return tables.PatientToken


def activity() -> type[tables.PatientActivity]:
    """What appointments come to, of all patients: joined to `patients`, which keeps what is read in reach."""
    return tables.PatientActivity


def number_is_taken(number: str) -> bool:
    """Whether some patient, in reach or not, has the number."""
    return tables.Patient.select().where(tables.Patient.number == number).exists()


def highest_number() -> int:
    """The highest of all patient numbers that are whole numbers; 0 where there is none."""
    number = tables.Patient.number
    if is_postgres():
        whole = peewee.SQL("number ~ '^[0-9]{1,15}$'")
    else:
        whole = peewee.SQL("number NOT GLOB '*[^0-9]*' AND length(number) BETWEEN 1 AND 15")
    return int(tables.Patient.select(peewee.fn.MAX(number.cast("BIGINT"))).where(whole).scalar() or 0)


def newest_patient() -> int:
    """The highest id of a patient, in reach or not: about how many there are."""
    return int(tables.Patient.select(peewee.fn.MAX(tables.Patient.id)).scalar() or 0)


def practitioners() -> type[Practitioner]:
    """The practice's practitioners: every staff member knows them."""
    return Practitioner


def contacts(viewer: Viewer) -> Scoped[tables.Contact]:
    """Contacts and guardians of patients in reach."""
    return Scoped(viewer, tables.Contact, "contact")


def appointments(viewer: Viewer) -> Scoped[tables.Appointment]:
    """Appointments of patients in reach."""
    return Scoped(viewer, tables.Appointment, "appointment")


def portal_accounts(viewer: Viewer) -> Scoped[tables.PortalAccount]:
    """Portal accounts of patients in reach."""
    return Scoped(viewer, tables.PortalAccount, "portal account")


def invitations(viewer: Viewer) -> Scoped[post.Invitation]:
    """Invitations of patients in reach."""
    return Scoped(viewer, post.Invitation, "invitation")


def messages(viewer: Viewer) -> Scoped[post.Message]:
    """Messages of invitations in reach."""
    return Scoped(viewer, post.Message, "message")


def invitations_of_messages(viewer: Viewer, message_ids: Iterable[int]) -> dict[int, int]:
    """The invitations that these messages are about, those in reach: each with its patient."""
    wanted = list(dict.fromkeys(message_ids))
    found: dict[int, int] = {}
    for first in range(0, len(wanted), AT_ONCE):
        some: Any = invitations(viewer).select(post.Invitation.id, post.Invitation.patient).join(post.Message)
        found.update(dict(some.where(post.Message.id.in_(wanted[first : first + AT_ONCE])).tuples()))
    return found


def sent_texts(viewer: Viewer) -> Scoped[post.SentText]:
    """What was sent, for invitations in reach."""
    return Scoped(viewer, post.SentText, "text")


def incidents(viewer: Viewer) -> Scoped[post.Incident]:
    """Incidents about patients in reach."""
    return Scoped(viewer, post.Incident, "incident")


def replies(viewer: Viewer) -> Scoped[post.Reply]:
    """Replies to invitations in reach; those that belong to none are for viewers of all patients."""
    return Scoped(viewer, post.Reply, "reply")


def notifications(viewer: Viewer, told: str = "all") -> Scoped[post.Notification]:
    """Notifications about patients in reach; those about none are for viewers of all patients.

    `told`: of which patients the practice lets people be told (`patient_access.notified`): of all; with `own` whoever
    is a practitioner of their own patients alone, and who is none of all, for somebody has to be told; of `none`.
    """
    return Scoped(viewer, post.Notification, "notification", _told(viewer, told))


def _told(viewer: Viewer, told: str) -> Any:
    about: Any = post.Notification.patient
    if told == "none":
        return about.is_null()
    if told != "own" or viewer.staff_id is None:
        return None
    them: Any = Staff.select(Staff.practitioner).where(
        (Staff.id == viewer.staff_id) & Staff.practitioner.is_null(False)
    )
    own = tables.Patient.select(tables.Patient.id).where(tables.Patient.practitioner.in_(them))
    return about.is_null() | about.in_(own) | ~peewee.fn.EXISTS(them)


def revoked_patients(staff_id: int) -> list[int]:
    """The ids of the patients kept from a staff member, the first ones first."""
    kept = tables.RevokedRelationship
    query: Any = kept.select(kept.patient).where(kept.staff == staff_id).order_by(kept.patient)
    return [patient for (patient,) in query.tuples()]


def any_revoked(staff_id: int) -> bool:
    """Whether some patient is kept from the staff member."""
    return tables.RevokedRelationship.select().where(tables.RevokedRelationship.staff == staff_id).exists()


def revoke_relationship(viewer: Viewer, staff_id: int, patient_id: int) -> bool:
    """Keep the patient from the staff member; False where that was so. Raises NotFound. Call it in a transaction."""
    patients(viewer).get(patient_id)
    if patient_id in revoked_patients(staff_id):
        return False
    tables.RevokedRelationship.create(staff=staff_id, patient=patient_id, revoked_at=now(), revoked_by=viewer.login)
    return True


def restore_relationship(staff_id: int, patient_id: int) -> bool:
    """Let the staff member see the patient again as their scope says; False where nothing was revoked."""
    kept = tables.RevokedRelationship
    gone = kept.delete().where((kept.staff == staff_id) & (kept.patient == patient_id)).execute()
    return bool(gone)


def staff_members() -> type[Staff]:
    """Staff members' names, for the lists that say who did a thing."""
    return Staff


def staff_name(staff_id: int | None) -> str:
    """What to call a staff member in a message; "" for the system."""
    row = Staff.get_or_none(Staff.id == staff_id) if staff_id is not None else None
    return "" if row is None else row.name


def newest_history() -> int:
    """The id of the newest line of the history: it moves with whatever anybody does."""
    newest = History.select(peewee.fn.MAX(History.id)).scalar()
    return int(newest or 0)


def practitioners_among(email_folds: Iterable[str]) -> set[str]:
    """Those of the addresses that belong to a practitioner. Never says to whom: nobody is told more than yes or no."""
    return _among(Practitioner.email_fold, email_folds)


def blocked_among(email_folds: Iterable[str]) -> set[str]:
    """Those of the addresses that nothing may be sent to again."""
    return _among(post.BlockedAddress.email_fold, email_folds)


def bounced_among(email_folds: Iterable[str]) -> dict[str, str]:
    """Those of the addresses that mail came back from for good, with the reason; not where one accepted since."""
    row, later = post.Invitation, post.Invitation.alias()
    since = later.select().where(
        (later.email_fold == row.email_fold) & (later.state == "accepted") & (later.id > row.id)
    )
    found = row.select(row.email_fold, row.reason).where(
        bulk.is_one_of(row.email_fold, list(email_folds)), row.state == "bounced", ~peewee.fn.EXISTS(since)
    )
    return {fold: reason or "" for fold, reason in bulk.rows_of(found)}


def _among(column: Any, values: Iterable[str]) -> set[str]:
    found = column.model.select(column).where(bulk.is_one_of(column, list(values)))
    return {value for (value,) in bulk.rows_of(found)}


_LINE = """
    UPDATE patient SET portal = ?, portal_at = ?, portal_until = ?
    WHERE NOT EXISTS (SELECT 1 FROM portal_account WHERE portal_account.patient_id = patient.id) AND id """


def write_portal_line(patient_ids: Sequence[int], word: str, at: datetime, until: datetime) -> None:
    """Of those patients who have no portal account: what the portal line says, since when, until when.

    Plain SQL: making it for each of many messages costs more than the rest of the work on it.
    """
    moment = tables.Patient.portal_at.db_value
    which, ids = bulk.any_of(patient_ids)
    bulk.run(_LINE + which, word, moment(at), moment(until), ids)


_LOCK = """
    SELECT id FROM patient WHERE id IN (
        SELECT i.patient_id FROM message m JOIN invitation i ON i.id = m.invitation_id WHERE m.id {}
    ) ORDER BY id FOR UPDATE"""


def lock_whom(message_ids: Sequence[int]) -> None:
    """Let other writers of the patients whom these messages are for wait until the transaction ends: `Scoped.lock`."""
    if is_postgres():
        which, ids = bulk.any_of(message_ids)
        bulk.fetch(_LOCK.format(which), ids)


def sharers(email_folds: Sequence[str]) -> dict[str, set[int]]:
    """Who is written to at each address, theirs or a guardian's, by id, whoever asks: a mail must tell them apart."""
    patient, contact = tables.Patient, tables.Contact
    own = patient.select(patient.email_fold, patient.id).where(bulk.is_one_of(patient.email_fold, email_folds))
    theirs: Any = bulk.is_one_of(contact.email_fold, email_folds) & contact.is_guardian
    through = contact.select(contact.email_fold, contact.patient).where(theirs)
    found: dict[str, set[int]] = {}
    for fold, patient_id in (*bulk.rows_of(own), *bulk.rows_of(through)):
        found.setdefault(fold, set()).add(patient_id)
    return found


def block_address(viewer: Viewer, email_fold: str, reason: str) -> None:
    """Never send to the address again. Call it inside a transaction."""
    post.BlockedAddress.insert(
        email_fold=email_fold, reason=reason, created_at=now(), created_by=viewer.login
    ).on_conflict_ignore().execute()
