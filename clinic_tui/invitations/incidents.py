"""Incidents: a message reached the wrong person. What happened, what there is to assess, and until when.

The program gathers and reminds; a person assesses and decides, and says so in a note when the incident is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.errors import FieldError, NotFound, Refused
from clinic_tui.patients import lookalikes
from clinic_tui.text import clean, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

ASSESSED_WITHIN = timedelta(days=30)
TO_ASSESS = (
    "What that person learnt: who the patient is, that they are a patient here, anything else.",
    "Whether that person could set up an account in the portal, and see the patient's record.",
    "How the address came onto the record, and whether other records have it or others like it.",
    "Whether serious harm is likely, and what makes it less so.",
    "Whether the patient has to be told, or an authority.",
)
_MOST_NOTE = 2_000


class IncidentRow(NamedTuple):
    """One incident, with the patient it is about (None where the record is gone, or hidden from the viewer)."""

    id: int
    patient_id: int | None
    given: str | None
    family: str | None
    preferred: str | None
    number: str | None
    invitation_id: int | None
    email: str | None
    opened_at: datetime
    opened_by: str
    due_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str | None

    @property
    def is_late(self) -> bool:
        """Whether it should have been assessed by now."""
        return self.closed_at is None and self.due_at <= now()


class Moment(NamedTuple):
    """One thing that happened: when, who did it, what."""

    at: datetime
    who: str
    what: str


class Incident(NamedTuple):
    """An incident with what is known: its timeline, in order, and facts as sentences."""

    row: IncidentRow
    timeline: list[Moment]
    facts: list[str]


def open_incident(viewer: Viewer, invitation: Invitation, reply_id: int | None = None) -> int:
    """Open one for the address that this invitation went to, inside the caller's transaction; the id of the open one.

    One patient and one address have at most one that is open.
    """
    incidents = access.incidents(viewer)
    column = incidents.columns
    same = (column.patient == invitation.patient_id) & (column.email_fold == invitation.email_fold)
    known = incidents.select(column.id).where(same & column.closed_at.is_null()).first()
    if known is not None:
        return int(known.id)
    row = incidents.add(
        patient=invitation.patient_id,
        invitation=invitation.id,
        reply=reply_id,
        email=invitation.email,
        email_fold=invitation.email_fold,
        opened_at=now(),
        opened_by=viewer.login,
        due_at=now() + ASSESSED_WITHIN,
    )
    history.record(viewer, "open incident", patient=invitation.patient_id, invitation=invitation.id, incident=row.id)
    return row.id


def listing(viewer: Viewer, *, include_closed: bool = False, limit: int = 500) -> list[IncidentRow]:
    """The open ones, those due first before the others; with `include_closed` the closed ones after them."""
    column = access.incidents(viewer).columns
    return _read(viewer, None if include_closed else column.closed_at.is_null(), limit)


def one(viewer: Viewer, incident_id: int) -> Incident:
    """One incident with its timeline. Raises NotFound."""
    rows = _read(viewer, access.incidents(viewer).columns.id == incident_id, 1)
    if not rows:
        raise NotFound(f"There is no incident {incident_id} that you may see.", "List them again.")
    row = rows[0]
    with session():
        mails = _mails(viewer, row)
        return Incident(row, _timeline(viewer, row, mails), _facts(viewer, row, mails))


def close(viewer: Viewer, incident_id: int, note: str) -> None:
    """Somebody has assessed it: `note` says what was found and decided. For owners. Raises FieldError, Refused."""
    viewer.need("owner")
    viewer.need_names()
    note = clean(note).strip()
    if not note:
        raise FieldError("note", "Say what was found and what was decided.", "It is kept with the incident.")
    if len(note) > _MOST_NOTE:
        raise FieldError("note", f"Say it in at most {_MOST_NOTE:,} characters.")
    with transaction():
        row = access.incidents(viewer).get(incident_id, lock=True)
        if row.closed_at is not None:
            raise Refused("state", f"{row.closed_by} has closed this incident already.")
        row.closed_at, row.closed_by, row.note = now(), viewer.login, note
        row.save()
        history.record(viewer, "close incident", patient=row.patient_id, invitation=row.invitation_id, incident=row.id)


def _read(viewer: Viewer, condition: Any, limit: int) -> list[IncidentRow]:
    incident, patient = access.incidents(viewer), access.patients(viewer)
    i, p = incident.columns, patient.columns
    query: Any = incident.select(
        i.id, i.patient, p.given, p.family, p.preferred, p.number, i.invitation, i.email,
        i.opened_at, i.opened_by, i.due_at, i.closed_at, i.closed_by, i.note,
    )  # fmt: skip
    query = query.left_outer_join(patient.model, on=(i.patient == p.id))
    if condition is not None:
        query = query.where(condition)
    with session():
        query = query.order_by(i.closed_at.is_null(False), i.due_at, i.id)
        return [IncidentRow(*row) for row in query.limit(limit).tuples()]


def _mails(viewer: Viewer, row: IncidentRow) -> list[tuple[datetime, str]]:
    """The mails that went to the address about the patient: when, and of which kind."""
    message, invitation, incident = access.messages(viewer), access.invitations(viewer), access.incidents(viewer)
    m, i = message.columns, invitation.columns
    address = incident.model.select(incident.model.email_fold).where(incident.columns.id == row.id)
    query: Any = message.select(m.sent_at, m.kind).join(invitation.model, on=(m.invitation == i.id))
    theirs = (i.patient == row.patient_id) & (invitation.model.email_fold == address)
    return list(query.where(theirs & m.sent_at.is_null(False)).order_by(m.sent_at, m.id).tuples())


def _timeline(viewer: Viewer, row: IncidentRow, mails: Sequence[tuple[datetime, str]]) -> list[Moment]:
    told = [] if row.patient_id is None else history.about(viewer, row.patient_id)
    moments = [Moment(event.at, event.login, event.action) for event in told]
    moments += [Moment(at, "system", f"mail: {kind}") for at, kind in mails]
    return sorted(moments, key=lambda moment: moment.at)


def _facts(viewer: Viewer, row: IncidentRow, mails: Sequence[tuple[datetime, str]]) -> list[str]:
    kinds = [kind for _, kind in mails]
    facts = [f"{len(mails)} mail{'' if len(mails) == 1 else 's'} went to the address."]
    if "setup" in kinds:
        facts.append("The steps to set up an account were among them.")
    if row.email is not None:
        sharing = lookalikes.sharing(viewer, fold_email(row.email))
        facts.append(f"{sharing} record{' has' if sharing == 1 else 's have'} the address now.")
    facts.append("Nothing is sent to the address any more.")
    return facts
