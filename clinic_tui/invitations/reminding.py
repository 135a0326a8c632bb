"""Reminders: whoever has not answered is written to again, by day, as often as the practice wants, and never twice.

A reminder carries its invitation's code and token, so that whatever answers it answers the invitation, and leaves the
day on which that runs out as it is. The database keeps each one's number once for its invitation, whoever queues it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import fn

from clinic_tui import access, daytime, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.invitations import eligibility
from clinic_tui.settings import Settings

MOST = 200  # at once: a campaign's reminders go out as slowly as the passes come, not in one burst
_SYSTEM = Viewer.system()
# Another follows only on one that went out: none while one is under way, none to where one did not arrive.
_STOPS = ("queued", "claimed", "data", "deferred", "failed", "bounced")


class _Due(NamedTuple):
    invitation_id: int
    patient_id: int


def queue_due() -> int:
    """Queue the reminders that are due, by day, up to MOST of them; how many. Whether each may go is asked again when
    it goes.
    """
    known = settings.load(_SYSTEM)
    if not known.number("patient_access.reminders") or not daytime.is_day(known):
        return 0
    if eligibility.invitations_enabled(_SYSTEM, known) is not None:
        return 0
    with session():
        due = _due(known)
    if not due:
        return 0
    with transaction():
        access.patients(_SYSTEM).lock(one.patient_id for one in due)
        ids = [one.invitation_id for one in _due(known, [one.invitation_id for one in due])]
        last = _last_numbers(ids)
        for number in range(1, known.number("patient_access.reminders") + 1):
            outbox.queue_many(
                [one for one in ids if last.get(one, 0) + 1 == number], "reminder", now(), automatic=True,
                reminder=number,
            )  # fmt: skip
    return len(ids)


def _due(known: Settings, among: Sequence[int] | None = None) -> list[_Due]:
    """The invitations whose next reminder is due: out for so long, since they went and since the last reminder."""
    invitations, messages = access.invitations(_SYSTEM), access.messages(_SYSTEM)
    i, reminder, reply = invitations.columns, messages.model.alias(), access.replies(_SYSTEM).model
    before = now() - timedelta(days=known.number("patient_access.remind_after_days"))
    theirs: Any = (reminder.invitation == i.id) & reminder.reminder.is_null(False)
    lately = reminder.state.in_(_STOPS) | (reminder.created_at > before) | (reminder.sent_at > before)
    enough = reminder.reminder >= known.number("patient_access.reminders")
    wrote = (reply.invitation == i.id) & (reply.outcome == "review")  # a person has to read that first
    query: Any = invitations.select(i.id, i.patient).where(
        (i.state == "sent") & (i.sent_at <= before) & (i.expires_at > now())
        & ~fn.EXISTS(reminder.select(reminder.id).where(theirs & (lately | enough)))
        & ~fn.EXISTS(reply.select(reply.id).where(wrote))
    )  # fmt: skip
    if among is not None:
        query = query.where(i.id.in_(among))
    return [_Due(*row) for row in query.order_by(i.id).limit(MOST).tuples()]


def _last_numbers(invitation_ids: Sequence[int]) -> dict[int, int]:
    """The number of the last reminder of each that has any."""
    messages = access.messages(_SYSTEM)
    m = messages.columns
    query: Any = messages.select(m.invitation, fn.MAX(m.reminder)).where(m.reminder.is_null(False))
    return dict(query.where(m.invitation.in_(invitation_ids)).group_by(m.invitation).tuples())
