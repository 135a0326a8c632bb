"""The queues as they are shown: how many are in each, ids in order, rows by id."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import peewee

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import begins, ends, today
from clinic_tui.db.connection import session
from clinic_tui.errors import NotFound
from clinic_tui.patients import lookup
from clinic_tui.patients.lookup import PatientRow
from clinic_tui.queues import of_age
from clinic_tui.queues.finding import FIND
from clinic_tui.queues.kinds import BY_NAME, QUEUES, Queue

MOST = 1_000


class QueueRow(NamedTuple):
    """One row of a queue: a patient, or a reply to review, which may belong to none (`patient` None).

    `time`: the moment or the day that the queue's heading speaks of. `note`: what else there is to know. `does`: the
    one thing to do next: `review`, `identity`, `resend`, `invite`, `of_age`, or "" where only the patient can do it.
    """

    id: int
    patient: PatientRow | None
    invitation_id: int | None
    time: datetime | date | None
    note: str | None
    does: str


def of_name(name: str) -> Queue:
    """The queue of this name. Raises NotFound."""
    if name not in BY_NAME:
        raise NotFound(f"There is no queue {name!r}.", f"There are: {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def counts(viewer: Viewer) -> dict[str, int | None]:
    """How many are in each queue, MOST + 1 where there are more; None: it asks what is hidden from the viewer."""
    with session():
        return {
            queue.name: None if queue.naming and viewer.names_hidden else len(FIND[queue.name](viewer, MOST + 1))
            for queue in QUEUES
        }


def said(count: int | None) -> str:
    """A count as it is shown: `12`, `1,000+`, `-` where it is not the viewer's to know."""
    if count is None:
        return "-"
    return f"{MOST:,}+" if count > MOST else f"{count:,}"


def ids(viewer: Viewer, name: str) -> array[int]:
    """The ids of one queue in its order, MOST + 1 at most: of patients, in `review` of replies.

    Raises NotFound for the name, NotAllowed where the queue asks what is hidden from the viewer.
    """
    queue = of_name(name)
    with session():
        return array("q", FIND[queue.name](viewer, MOST + 1))


def rows_by_id(viewer: Viewer, name: str, row_ids: Iterable[int]) -> list[QueueRow]:
    """The rows of these ids, in this order; those out of reach are left out."""
    wanted = list(row_ids)
    with session():
        return _replies(viewer, wanted) if of_name(name).name == "review" else _patients(viewer, name, wanted)


def _replies(viewer: Viewer, wanted: Sequence[int]) -> list[QueueRow]:
    reply, invitation = access.replies(viewer), access.invitations(viewer)
    r, i = reply.columns, invitation.columns
    query: Any = reply.select(r.id, i.patient, r.invitation, r.received_at, r.why)
    query = query.left_outer_join(invitation.model, on=(r.invitation == i.id))
    found = {row[0]: row for row in query.where(reply.is_one_of("id", wanted)).tuples()}
    theirs = {row[1] for row in found.values() if row[1] is not None}
    people = {one.id: one for one in lookup.rows_by_id(viewer, theirs)}
    return [
        QueueRow(key, people.get(patient_id), invitation_id, came, why, "review")
        for key, patient_id, invitation_id, came, why in (found[key] for key in wanted if key in found)
    ]


def _patients(viewer: Viewer, name: str, wanted: Sequence[int]) -> list[QueueRow]:
    people = lookup.rows_by_id(viewer, wanted)
    newest: dict[int, Any] = {}
    for invitation in access.invitations(viewer).among(wanted, "patient"):
        if invitation.patient_id not in newest or newest[invitation.patient_id].id < invitation.id:
            newest[invitation.patient_id] = invitation
    more = _More(viewer, name, wanted, [one.id for one in newest.values()])
    return [more.row(person, newest.get(person.id)) for person in people]


class _More:
    """What a queue says of its patients besides who they are."""

    def __init__(self, viewer: Viewer, name: str, patient_ids: Sequence[int], invitation_ids: Sequence[int]) -> None:
        self._name = name
        self._own_age = settings.load(viewer).number("patient_access.own_age")
        self._comes = _coming(viewer, patient_ids) if name == "today" else {}
        self._troubled = _troubled(viewer, invitation_ids) if name == "accepted" else {}

    def row(self, person: PatientRow, invitation: Any) -> QueueRow:
        """The row of one patient; `invitation`: their newest."""
        key = None if invitation is None else invitation.id
        return QueueRow(person.id, person, key, *self._said(person, invitation))

    def _said(self, person: PatientRow, invitation: Any) -> tuple[datetime | date | None, str | None, str]:
        if self._name == "today":
            return self._comes.get(person.id), person.practitioner, "invite"
        if self._name == "of-age":
            born = person.birth_date
            return born and of_age.day_of(born, self._own_age), _through(invitation), "of_age"
        if self._name == "accepted":
            checked = person.portal != "accepted_check"
            note = self._troubled.get(invitation.id) if invitation is not None else None
            return person.portal_at, note, "" if checked else "identity"
        if self._name in ("expiring", "expired"):
            note = None if invitation is None else invitation.email
            return person.portal_until, note, "resend" if self._name == "expiring" else "invite"
        if self._name == "ask-again":
            return invitation and invitation.ask_again, invitation and invitation.reason, "invite"
        return person.portal_at, invitation and invitation.reason, "resend"


def _through(invitation: Any) -> str:
    if invitation is None or not invitation.for_guardian:
        return ""
    return f"through a guardian, {invitation.email}" if invitation.email else "through a guardian"


def _coming(viewer: Viewer, patient_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of the patients comes today."""
    appointment = access.appointments(viewer)
    a = appointment.columns
    query: Any = appointment.select(a.patient, peewee.fn.MIN(a.starts_at)).where(
        appointment.is_one_of("patient", patient_ids), a.starts_at >= begins(today()), a.starts_at < ends(today()),
        a.status == "booked",
    )  # fmt: skip
    return dict(query.group_by(a.patient).tuples())


def _troubled(viewer: Viewer, invitation_ids: Sequence[int]) -> dict[int, str]:
    """What became of set-up steps that did not get through, by invitation."""
    message = access.messages(viewer)
    m = message.columns
    query: Any = message.select(m.invitation, m.state).where(
        message.is_one_of("invitation", invitation_ids), m.kind == "setup",
        m.state.in_(("failed", "bounced", "unconfirmed")),
    )  # fmt: skip
    return {key: f"the set-up steps: {state}" for key, state in query.order_by(m.id).tuples()}
