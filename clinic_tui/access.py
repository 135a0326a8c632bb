"""The only door to patients and to what hangs on them.

Every rule takes a `Viewer` and asks here. What is out of a viewer's reach is not in the rows; what a viewer may not
see is NULL in the SQL itself, so that no sort, filter or count can tell it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any, Generic, Literal, TypeVar

import peewee

from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.db.models import patients as tables
from clinic_tui.db.models import post
from clinic_tui.db.models.base import Row
from clinic_tui.db.models.practice import History, Practitioner, Staff
from clinic_tui.errors import NotAllowed, NotFound

Role = Literal["owner", "practitioner", "front-desk", "system"]
M = TypeVar("M", bound=Row)

LIVE_STATES = post.LIVE_STATES
_LOCKED_AT_ONCE = 1_000
STATUSES, SEXES, COMMUNICATION = tables.STATUSES, tables.SEXES, tables.COMMUNICATION

# A birth date and a postcode together name a person as well as a name does; free text may say anything.
_HIDDEN_WITH_NAMES = frozenset(
    ("given", "family", "preferred", "sort_name", "mobile", "phone", "email", "email_fold", "name", "birth_date",
     "street", "suburb", "region", "postcode", "custom_message", "body", "sender", "subject", "relationship", "answer",
     "reason", "detail", "why", "identity_how", "note")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `scope` None: all patients; else the ids of the practitioners whose patients are in reach.

    `bulk`: may act on many patients at once. `revoked`: some patients are kept from them; the SQL knows which.
    """

    login: str
    role: Role
    staff_id: int | None = None
    scope: frozenset[int] | None = None
    names_hidden: bool = False
    staff_email: str | None = None
    bulk: bool = True
    revoked: bool = False

    @classmethod
    def system(cls) -> Viewer:
        """The program's own work: sending, reading the mailbox, expiring."""
        return cls("system", "system")

    def acting_for(self, staff_id: int | None) -> Viewer:
        """The same viewer, writing in the name of another staff member."""
        return replace(self, staff_id=staff_id)

    def need(self, *roles: Role) -> None:
        """Raise NotAllowed unless the viewer has one of `roles` (the system always may)."""
        if self.role not in (*roles, "system"):
            raise NotAllowed(
                f"{self.login} is {self.role}: this is for {' or '.join(roles)}.",
                "Ask an owner of the practice.",
            )

    @property
    def sees_all(self) -> bool:
        """Whether every patient is in reach."""
        return self.scope is None and not self.revoked

    def need_bulk(self) -> None:
        """Raise NotAllowed where the viewer acts on one patient at a time."""
        if not self.bulk:
            raise NotAllowed(
                f"{self.login} may not act on many patients at once, nor export them.",
                "Ask an owner of the practice, or do it for one patient at a time.",
            )

    def need_names(self) -> None:
        """Raise NotAllowed where the viewer sees patients anonymised: such a one changes and invites nobody."""
        if self.names_hidden:
            raise NotAllowed("Names are hidden from you.", "Ask someone who sees them.")


class Scoped(Generic[M]):
    """One table as one viewer may see it: `columns` to build expressions with, `select` and `update` in reach."""

    def __init__(self, viewer: Viewer, model: type[M], what: str) -> None:
        self.model = model
        self._what = what
        self._reach = _reach(viewer, model)
        self._hidden = _HIDDEN_WITH_NAMES if viewer.names_hidden else frozenset()
        self.columns: Any = _Columns(model, self._hidden)

    def select(self, *columns: Any) -> peewee.ModelSelect[M]:
        """The rows in reach; without `columns`, whole rows, hidden columns NULL."""
        if not columns:
            columns = tuple(self.columns[name] for name in self.model._meta.sorted_field_names)
        query = self.model.select(*columns)
        return query if self._reach is None else query.where(self._reach)

    def get(self, row_id: int, *, lock: bool = False) -> M:
        """The row with this id. With `lock`, other writers wait until the transaction ends. Raises NotFound."""
        query = self.select().where(self.model.id == row_id)
        if lock and is_postgres():
            query = query.for_update(of=[self.model])
        row = query.get_or_none()
        if row is None:
            raise self.missing(row_id)
        return row

    def missing(self, row_id: int) -> NotFound:
        """What to say of a row that is not there, or out of reach."""
        return NotFound(f"There is no {self._what} {row_id} that you may see.", "Look it up again.")

    def lock(self, row_ids: Iterable[int]) -> None:
        """Let other writers of these rows wait until the transaction ends (SQLite has one writer anyway).

        The rows are taken in the order of their ids, so that two who want the same ones never wait for each other.
        """
        if not is_postgres():
            return
        wanted = sorted(set(row_ids))
        for first in range(0, len(wanted), _LOCKED_AT_ONCE):
            some = self.model.select(self.model.id).where(self.is_one_of("id", wanted[first : first + _LOCKED_AT_ONCE]))
            list(some.order_by(self.model.id).for_update().tuples())

    def update(self, **values: Any) -> peewee.ModelUpdate:
        """An UPDATE of rows in reach: add `.where(...)`, then `.execute()`; it returns how many rows it met."""
        query = self.model.update(**values)
        return query if self._reach is None else query.where(self._reach)

    def delete(self) -> peewee.ModelDelete:
        """A DELETE of rows in reach: add `.where(...)`, then `.execute()`; it returns how many rows it met."""
        query = self.model.delete()
        return query if self._reach is None else query.where(self._reach)

    def among(self, row_ids: Sequence[int], by: str = "id") -> list[M]:
        """The rows in reach whose `by` is one of these ids (as many as an IN takes: up to a few thousand)."""
        return list(self.select().where(self.is_one_of(by, row_ids)))

    def is_one_of(self, column: str, values: Sequence[Any]) -> Any:
        """The condition that a column holds one of these values: quickly made, however many they are."""
        return bulk.is_one_of(getattr(self.model, column), values)

    def add_many(self, fields: Sequence[str], rows: Iterable[tuple[Any, ...]], number: int, **shared: Any) -> list[int]:
        """New rows, so many, each with a value for each of `fields`, and what is `shared`; their ids, in order.

        Checked by the caller as for `add`.
        """
        ids = list(bulk.new_ids(self.model._meta.table_name, number))
        bulk.add(self.model, ("id", *fields), ((row_id, *row) for row_id, row in zip(ids, rows, strict=True)), **shared)
        return ids

    def add(self, **values: Any) -> M:
        """A new row. The caller has checked by `get` that what it hangs on is in reach."""
        return self.model.create(**values)


class _Columns:
    """A table's columns by name; a hidden one is NULL."""

    def __init__(self, model: type[Row], hidden: frozenset[str]) -> None:
        self._model = model
        self._hidden = hidden

    def __getitem__(self, name: str) -> Any:
        if name in self._hidden:
            return peewee.SQL("NULL").alias(name)
        return getattr(self._model, name)

    def __getattr__(self, name: str) -> Any:
        return peewee.SQL("NULL") if name in self._hidden else getattr(self._model, name)


def _reach(viewer: Viewer, model: type[Row]) -> Any:
    """The condition that keeps `model` to the viewer's patients; None where all are in reach."""
    if viewer.sees_all:
        return None
    if model is tables.Patient:
        return _patients_in_reach(viewer)
    ids = tables.Patient.select(tables.Patient.id).where(_patients_in_reach(viewer))
    if "patient" in model._meta.fields:
        return model.patient.in_(ids)  # type: ignore[attr-defined]
    invitations = post.Invitation.select(post.Invitation.id).where(post.Invitation.patient.in_(ids))
    return model.invitation.in_(invitations)  # type: ignore[attr-defined]


def _patients_in_reach(viewer: Viewer) -> Any:
    conditions = []
    if viewer.scope is not None:
        conditions.append(tables.Patient.practitioner.in_(sorted(viewer.scope)))
    if viewer.revoked:
        kept: Any = tables.RevokedRelationship
        conditions.append(tables.Patient.id.not_in(kept.select(kept.patient).where(kept.staff == viewer.staff_id)))
    return reduce(and_, conditions)


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
    for first in range(0, len(wanted), _LOCKED_AT_ONCE):
        some: Any = invitations(viewer).select(post.Invitation.id, post.Invitation.patient).join(post.Message)
        found.update(dict(some.where(post.Message.id.in_(wanted[first : first + _LOCKED_AT_ONCE])).tuples()))
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


def notifications(viewer: Viewer) -> Scoped[post.Notification]:
    """Notifications about patients in reach; those about none are for viewers of all patients."""
    return Scoped(viewer, post.Notification, "notification")


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


def _among(column: Any, values: Iterable[str]) -> set[str]:
    found = column.model.select(column).where(bulk.is_one_of(column, list(values)))
    return {value for (value,) in bulk.rows_of(found)}


def sharing_address(email_fold: str, *, besides: int = 0) -> int:
    """How many patients are written to at the address, theirs or a guardian's, whoever asks: a mail must tell them
    apart. `besides`: the id of one who does not count.
    """
    patient, contact = tables.Patient, tables.Contact
    own = patient.select(patient.id).where((patient.email_fold == email_fold) & (patient.id != besides))
    theirs: Any = (contact.email_fold == email_fold) & contact.is_guardian & (contact.patient != besides)
    return int((own | contact.select(contact.patient).where(theirs)).count())


def block_address(viewer: Viewer, email_fold: str, reason: str) -> None:
    """Never send to the address again. Call it inside a transaction."""
    post.BlockedAddress.insert(
        email_fold=email_fold, reason=reason, created_at=now(), created_by=viewer.login
    ).on_conflict_ignore().execute()
