"""Erasing what is personal about one patient in what is kept; the chain stays whole, and a line says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import History
from clinic_tui.history.erasing_imports import erase_imports
from clinic_tui.history.verifying import ERASED
from clinic_tui.history.writing import record


class Erased(NamedTuple):
    """How many details of lines, texts that were sent, replies, custom messages, answers of mail servers (and reasons
    why an invitation ended), notes on incidents and on identity checks, and what imports kept, are gone.
    """

    details: int
    texts: int
    replies: int
    custom_messages: int
    answers: int
    notes: int
    imports: int


def erase(viewer: Viewer, patient_id: int) -> Erased:
    """Erase details, texts sent, what replies say, custom messages, what mail servers answered, notes, and what imports
    kept of one patient; for owners. Raises NotFound.

    What was done, when and by whom stays, and so does the patient's record. The custom message of an invitation that
    still waits to be sent stays, too: it is erased once that has gone. From then on the history does not say what
    stood on the record before a change (`unless_erased`).
    """
    viewer.need("owner")
    with transaction():
        patients = access.patients(viewer)
        patients.lock([patient_id])
        patient = patients.get(patient_id)
        theirs: Any = access.invitations(viewer).select(access.invitations(viewer).columns.id)
        theirs = theirs.where(access.invitations(viewer).columns.patient == patient_id)
        erased = Erased(
            _details(patient_id), _texts(viewer, theirs), _replies(viewer, theirs), _messages(viewer, patient_id),
            _answers(viewer, theirs, patient_id), _notes(viewer, patient_id), erase_imports(viewer, patient),
        )  # fmt: skip
        notification = access.notifications(viewer)
        notification.update(detail="").where(notification.columns.patient == patient_id).execute()
        record(viewer, ERASED, patient=patient_id, **erased._asdict())
        return erased


def _details(patient_id: int) -> int:
    update: Any = History.update(detail=None, salt=None)
    return int(update.where((History.patient_id == patient_id) & History.detail.is_null(False)).execute())


def _texts(viewer: Viewer, theirs: Any) -> int:
    text = access.sent_texts(viewer)
    return int(text.delete().where(text.columns.invitation.in_(theirs)).execute())


def _replies(viewer: Viewer, theirs: Any) -> int:
    reply = access.replies(viewer)
    mine = reply.columns.invitation.in_(theirs) & ((reply.columns.sender != "") | (reply.columns.why != ""))
    return int(reply.update(sender="", subject="", body="", why="").where(mine).execute())


def _messages(viewer: Viewer, patient_id: int) -> int:
    invitation = access.invitations(viewer)
    column = invitation.columns
    gone = (column.patient == patient_id) & (column.state != "queued") & (column.custom_message != "")
    return int(invitation.update(custom_message="").where(gone).execute())


def _answers(viewer: Viewer, theirs: Any, patient_id: int) -> int:
    message, invitation = access.messages(viewer), access.invitations(viewer)
    m, i = message.columns, invitation.columns
    said = m.invitation.in_(theirs) & m.answer.is_null(False)
    answers = int(message.update(answer=None).where(said).execute())
    why = (i.patient == patient_id) & i.reason.is_null(False)
    return answers + int(invitation.update(reason=None).where(why).execute())


def _notes(viewer: Viewer, patient_id: int) -> int:
    incident = access.incidents(viewer)
    column = incident.columns
    noted = (column.patient == patient_id) & column.note.is_null(False) & (column.note != "")
    return int(incident.update(note="").where(noted).execute()) + _how(viewer, patient_id)


def _how(viewer: Viewer, patient_id: int) -> int:
    """How the desk knew them. That it did, when and who, stays."""
    invitation = access.invitations(viewer)
    column = invitation.columns
    known = column.identity_how.is_null(False) | column.slip_how.is_null(False)
    theirs = (column.patient == patient_id) & known
    return int(invitation.update(identity_how=None, slip_how=None).where(theirs).execute())


def unless_erased(patient_id: int, **detail: Any) -> dict[str, Any]:
    """The detail, where nothing was erased of the patient; else none: what was erased must not be written down again.

    Call it in the transaction of the change, the patient locked.
    """
    erased = (History.patient_id == patient_id) & (History.action == ERASED)
    return {} if History.select(History.id).where(erased).exists() else detail


def erased_among(patient_ids: Sequence[int]) -> set[int]:
    """Those of the patients of whom something was erased: what stood on their records is not written down again."""
    erased = bulk.is_one_of(History.patient_id, patient_ids) & (History.action == ERASED)
    return {int(patient) for (patient,) in bulk.rows_of(History.select(History.patient_id).where(erased))}
