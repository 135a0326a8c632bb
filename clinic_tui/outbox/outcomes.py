"""What became of a message: the server's answer written down, its invitation moved along, the desk told."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from clinic_tui import access, history, notifications
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import in_transaction, transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.errors import Refused
from clinic_tui.invitations import portal_line
from clinic_tui.messages.gather import runs_until
from clinic_tui.outbox.holding import Claim, held
from clinic_tui.text import clean

RETRY_MINUTES = (5, 30, 120, 360, 720, 1440, 1440, 1440)  # together a little over four days
_ANSWER = 200
_AT_ONCE = 1000  # an engine takes so many values with a statement, and not many more
_SYSTEM = Viewer.system()


def sent(claimed: Claim, answer: str = "") -> bool:
    """The server took it. False where the claim was lost meanwhile."""
    return sent_many({claimed: answer}) == 1


def sent_many(answers: Mapping[Claim, str]) -> int:
    """The server took these, each with its answer. How many; of the others the claim was lost meanwhile.

    One that counts as unconfirmed by now, for its lease has passed, was sent after all.
    """
    return _went_out(answers, "sent")


def unconfirmed(claimed: Claim, answer: str) -> bool:
    """The server may or may not have taken it: never sent again by itself, and the desk is told."""
    with transaction():
        if not _went_out({claimed: answer}, "unconfirmed"):
            return False
        row = Message.get_by_id(claimed.message_id)
        notifications.tell("unconfirmed", row.invitation, detail=_said(row))
        return True


def in_doubt(claims: Iterable[Claim], answer: str) -> int:
    """The same of messages in `data` that may have been sent from elsewhere; how many. The desk is told as a whole."""
    every = list(claims)
    some = (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))
    return sum(_went_out(dict.fromkeys(part, answer), "unconfirmed") for part in some)


def deferred(claimed: Claim, answer: str) -> bool:
    """Not now: again later, with jitter; after four days it has failed."""
    with transaction():
        row = held(claimed, "claimed", "data")
        if row is None:
            return False
        if row.attempts >= len(RETRY_MINUTES):
            return _fail(row, f"Given up after {row.attempts} tries: {answer}")
        minutes = RETRY_MINUTES[row.attempts] * random.uniform(0.8, 1.2)  # noqa: S311 (jitter, not a secret)
        row.state, row.attempts, row.due_at = "deferred", row.attempts + 1, now() + timedelta(minutes=minutes)
        row.answer, row.claimed_by, row.lease_until, row.data_at = clean(answer, _ANSWER), None, None, None
        row.save()
        return True


def put_off(claimed: Claim, until: datetime) -> None:
    """A claimed message waits for a better moment; it was not tried."""
    with transaction():
        row = held(claimed, "claimed")
        if row is not None:
            row.state, row.due_at, row.claimed_by, row.lease_until = "queued", until, None, None
            row.save()


def failed(claimed: Claim, answer: str) -> bool:
    """The server refuses it for good."""
    with transaction():
        row = held(claimed, "claimed", "data")
        return False if row is None else _fail(row, answer)


def confirm_sent(viewer: Viewer, invitation_id: int, how: str) -> None:
    """An unconfirmed message was sent after all: found in the Sent folder, or a person says so. Raises Refused."""
    with transaction():
        invitation = access.invitations(viewer).get(invitation_id)
        access.patients(viewer).lock([invitation.patient_id])
        invitation = access.invitations(viewer).get(invitation_id)
        unsure = (Message.invitation == invitation.id) & (Message.state == "unconfirmed")
        if not Message.update(state="sent").where(unsure).execute():
            raise Refused("state", f"No message of this invitation is unconfirmed (it is {invitation.state}).")
        if invitation.state == "unconfirmed":
            invitation.state = "sent"
            invitation.save()
        portal_line.refresh(invitation.patient_id)
        history.record(viewer, "confirmed sent", patient=invitation.patient_id, invitation=invitation.id, how=how)


class _Out(NamedTuple):
    """A message whose body went out, and what has to be known of its invitation."""

    id: int
    fence: int
    kind: str
    reminder: int | None
    invitation_id: int
    invitation_state: str
    expires_days: int
    patient_id: int


_OUT = """
    SELECT m.id, m.fence, m.kind, m.reminder, m.invitation_id, i.state, i.expires_days, i.patient_id
    FROM message m JOIN invitation i ON i.id = m.invitation_id WHERE m.state IN ('data', ?) AND m.id """
_WENT_OUT = """
    UPDATE message SET state = ?, sent_at = ?, answer = out.column3, claimed_by = NULL, lease_until = NULL
    FROM ({}) AS out WHERE id = out.column1 AND fence = out.column2 AND state IN ('data', ?) RETURNING id"""


_FIRST_OUT = "UPDATE invitation SET state = ?, sent_at = ?, expires_at = ? WHERE id "


def _went_out(answers: Mapping[Claim, str], state: Literal["sent", "unconfirmed"]) -> int:
    """Of those that the claims still have, how many."""
    if not answers:
        return 0
    at = now()
    other = "unconfirmed" if state == "sent" else "data"
    of = [claimed.message_id for claimed in answers]
    test, ids = bulk.any_of(of)
    with in_transaction():
        # Patients first, as whoever revokes does: two who want both never wait for each other.
        access.lock_whom(of)
        found = [_Out(*row) for row in bulk.fetch(_OUT + test, other, ids)]
        moment = Message.sent_at.db_value(at)
        table, values = bulk.values_of([(*claimed, clean(answer, _ANSWER)) for claimed, answer in answers.items()])
        met = {key for (key,) in bulk.fetch(_WENT_OUT.format(table), state, moment, *values, other)}
        out = [row for row in found if row.id in met]
        first: dict[int, list[_Out]] = {}  # invitations that went out just now, by how many days they run
        for row in out:
            if row.kind == "invitation" and row.invitation_state in ("queued", "unconfirmed"):
                first.setdefault(row.expires_days, []).append(row)
        for days, rows in first.items():
            until = runs_until(at, days)
            test, ids = bulk.any_of([row.invitation_id for row in rows])
            bulk.run(_FIRST_OUT + test, state, moment, Invitation.expires_at.db_value(until), ids)
            portal_line.just_out([row.patient_id for row in rows], state, at, until)
        for row in out:
            if row.reminder is not None:
                whose = {"patient": row.patient_id, "invitation": row.invitation_id}
                history.record(_SYSTEM, "remind", **whose, number=row.reminder)
        return len(out)


def _fail(row: Message, answer: str) -> bool:
    end_unsent(row, "failed", answer)
    notifications.tell("failed", row.invitation, detail=_said(row))
    return True


def _said(row: Message) -> str:
    """What the desk is told of a message: its invitation may be out and well where it is a reminder."""
    return f"The reminder: {row.answer}" if row.reminder is not None else row.answer or ""


def end_unsent(row: Message, state: Literal["failed", "cancelled"], answer: str) -> None:
    """A message that does not go out, and with it the invitation that it would have carried."""
    row.state, row.answer, row.claimed_by, row.lease_until = state, clean(answer, _ANSWER), None, None
    row.save()
    invitation: Invitation = row.invitation
    if row.kind == "invitation" and invitation.state == "queued":
        invitation.state, invitation.reason, invitation.closed_at = state, row.answer, now()
        invitation.closed_by = "system"
        invitation.save()
    portal_line.refresh(invitation.patient_id)
