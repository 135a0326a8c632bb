"""Erasing what is personal about one patient in what is kept; the chain stays whole, and a line says so."""

from __future__ import annotations

from typing import Any, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import History
from clinic_tui.history.verifying import ERASED
from clinic_tui.history.writing import record


class Erased(NamedTuple):
    """How many details of lines, texts that were sent, replies and custom messages are gone."""

    details: int
    texts: int
    replies: int
    custom_messages: int


def erase(viewer: Viewer, patient_id: int) -> Erased:
    """Erase details, texts sent, what replies say, and custom messages of one patient; for owners. Raises NotFound.

    What was done, when and by whom stays, and so do the patient's record and incidents. The custom message of an
    invitation that still waits to be sent stays, too: it is erased once that has gone.
    """
    viewer.need("owner")
    with transaction():
        patients = access.patients(viewer)
        patients.lock([patient_id])
        patients.get(patient_id)
        theirs: Any = access.invitations(viewer).select(access.invitations(viewer).columns.id)
        theirs = theirs.where(access.invitations(viewer).columns.patient == patient_id)
        erased = Erased(
            _details(patient_id), _texts(viewer, theirs), _replies(viewer, theirs), _messages(viewer, patient_id)
        )
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
    mine = reply.columns.invitation.in_(theirs) & (reply.columns.sender != "")
    return int(reply.update(sender="", subject="", body="").where(mine).execute())


def _messages(viewer: Viewer, patient_id: int) -> int:
    invitation = access.invitations(viewer)
    column = invitation.columns
    gone = (column.patient == patient_id) & (column.state != "queued") & (column.custom_message != "")
    return int(invitation.update(custom_message="").where(gone).execute())
