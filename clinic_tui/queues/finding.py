"""Who is in a queue: ids in its order, at most so many, each found by an index that gives the order.

Of patients, but for `review`, whose ids are of replies: some belong to no patient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any

import peewee
from peewee import fn

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import begins, ends, now, today
from clinic_tui.invitations.asking import BLOCK, Wanted, ask
from clinic_tui.invitations.states import SOON
from clinic_tui.queues import of_age

Find = Callable[[Viewer, int], list[int]]
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_TO_DO = ("current", "waiting")  # nobody works on who is archived, deceased or blocked


def _review(viewer: Viewer, limit: int) -> list[int]:
    reply = access.replies(viewer)
    query: Any = reply.select(reply.columns.id).where(reply.columns.outcome == "review")
    return _ids(query.order_by(reply.columns.id), limit)


def _on(*lines: str) -> Find:
    """Those whose portal line is one of these, the longest first."""

    def find(viewer: Viewer, limit: int) -> list[int]:
        # An index has each line in order: the walks are merged, and end at the limit.
        walks = [_walk(viewer, line, limit) for line in lines]
        return [key for _, key in islice(merge(*walks), limit)]

    return find


def _walk(viewer: Viewer, line: str, limit: int) -> list[tuple[datetime, int]]:
    patient: Any = access.patients(viewer).model
    query = _patients(viewer, patient.portal == line, patient.portal_at).order_by(patient.portal_at, patient.id)
    return [(at or _LONG_AGO, key) for key, at in query.limit(limit).tuples()]


def _expiring(viewer: Viewer, limit: int) -> list[int]:
    patient: Any = access.patients(viewer).model
    soon = (patient.portal == "invited") & (patient.portal_until > now()) & (patient.portal_until <= now() + SOON)
    return _ids(_patients(viewer, soon).order_by(patient.portal_until, patient.id), limit)


def _expired(viewer: Viewer, limit: int) -> list[int]:
    """Those closed as expired, and those that have run out since."""
    patient: Any = access.patients(viewer).model
    closed = _on("expired")(viewer, limit)
    ran_out = (patient.portal == "invited") & (patient.portal_until <= now())
    return (closed + _ids(_patients(viewer, ran_out).order_by(patient.portal_until, patient.id), limit))[:limit]


def _ask_again(viewer: Viewer, limit: int) -> list[int]:
    """Those who declined last with a day to ask again, the first day first."""
    invitation, patient = access.invitations(viewer), access.patients(viewer)
    i, p, later = invitation.columns, patient.columns, invitation.model.alias()
    query: Any = invitation.select(i.patient).join(patient.model, on=(i.patient == patient.model.id))
    declined_later = later.select(peewee.SQL("1")).where(
        (later.patient == i.patient) & (later.id > i.id) & (later.state == "declined")
    )
    query = query.where(
        i.ask_again.is_null(False), i.state == "declined", p.portal == "declined", p.status.in_(_TO_DO),
        ~fn.EXISTS(declined_later),
    )  # fmt: skip
    return _ids(query.order_by(i.ask_again, i.id), limit)


def _today(viewer: Viewer, limit: int) -> list[int]:
    """Those with an appointment today whom nobody ever invited and who can be: the rules of inviting say who."""
    viewer.need_names()
    appointment, patient = access.appointments(viewer), access.patients(viewer)
    a, p = appointment.columns, patient.columns
    first: Any = fn.MIN(a.starts_at)
    query: Any = appointment.select(a.patient).join(patient.model, on=(a.patient == patient.model.id))
    # Asked of patients in reach only, so that the invitations themselves need no reach of their own.
    invitation: Any = access.invitations(Viewer.system()).model.alias()
    went = (invitation.patient == a.patient) & (invitation.state != "cancelled")
    query = query.where(
        a.starts_at >= begins(today()), a.starts_at < ends(today()), a.status == "booked",
        p.portal == "not_invited", p.status.in_(_TO_DO), ~fn.EXISTS(invitation.select(peewee.SQL("1")).where(went)),
    )  # fmt: skip
    coming = [row[0] for row in query.group_by(a.patient).order_by(first, a.patient).tuples()]
    known, found = settings.load(viewer), []
    for at in range(0, len(coming), BLOCK):
        ready, _ = ask(viewer, known, [Wanted(one) for one in coming[at : at + BLOCK]], "")
        found += [one.wanted.patient_id for one in ready]
        if len(found) >= limit:
            break
    return found[:limit]


FIND: Mapping[str, Find] = {
    "review": _review,
    "accepted": _on("accepted_check", "accepted_steps", "accepted"),
    "today": _today,
    "bounced": _on("bounced"),
    "failed": _on("failed"),
    "unconfirmed": _on("unconfirmed"),
    "expiring": _expiring,
    "expired": _expired,
    "ask-again": _ask_again,
    "of-age": of_age.find,
}


def _patients(viewer: Viewer, which: Any, *more: Any) -> Any:
    """The ids, and more columns, of patients who are invited, whom somebody works on."""
    patients = access.patients(viewer)
    # An index has those on any line but this one.
    invited = patients.columns.portal != "not_invited"
    return patients.select(patients.columns.id, *more).where(which, invited, patients.columns.status.in_(_TO_DO))


def _ids(query: Any, limit: int) -> list[int]:
    return [row[0] for row in query.limit(limit).tuples()]
