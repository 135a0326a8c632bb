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
_SYSTEM = Viewer.system()
_ROW: Any = access.patients(_SYSTEM).model
_TO_DO = ("current", "waiting")  # nobody works on who is archived, deceased or blocked


def _review(viewer: Viewer, limit: int) -> list[int]:
    reply: Any = access.replies(_SYSTEM).model
    query = reply.select(reply.id).where(reply.outcome == "review")
    if not viewer.sees_all:  # those that belong to no invitation are for whoever sees all
        invitation: Any = access.invitations(_SYSTEM).model
        theirs = (invitation.id == reply.invitation) & access.patients(viewer).met(invitation.patient)
        query = query.where(fn.EXISTS(invitation.select(peewee.SQL("1")).where(theirs)))
    return _ids(query.order_by(reply.id), limit)


def _on(*lines: str) -> Find:
    """Those whose portal line is one of these, the longest first."""

    def find(viewer: Viewer, limit: int) -> list[int]:
        # An index has each line in order: the walks are merged, and end at the limit.
        walks = [_walk(viewer, line, limit) for line in lines]
        return [key for _, key in islice(merge(*walks), limit)]

    return find


def _walk(viewer: Viewer, line: str, limit: int) -> list[tuple[datetime, int]]:
    # An index has those on any line but `not_invited`.
    on_it = (_ROW.portal == line) & (_ROW.portal != "not_invited")
    return [(at or _LONG_AGO, key) for key, at in _patients(viewer, _ROW.portal_at, on_it).limit(limit).tuples()]


def _expiring(viewer: Viewer, limit: int) -> list[int]:
    soon = (_ROW.portal == "invited") & (_ROW.portal_until > now()) & (_ROW.portal_until <= now() + SOON)
    return _ids(_patients(viewer, _ROW.portal_until, soon), limit)


def _expired(viewer: Viewer, limit: int) -> list[int]:
    """Those closed as expired, and those that have run out since."""
    closed = _on("expired")(viewer, limit)
    ran_out = (_ROW.portal == "invited") & (_ROW.portal_until <= now())
    return (closed + _ids(_patients(viewer, _ROW.portal_until, ran_out), limit))[:limit]


def _ask_again(viewer: Viewer, limit: int) -> list[int]:
    """Those who declined last with a day to ask again, the first day first."""
    patients = access.patients(viewer)
    i: Any = access.invitations(_SYSTEM).model
    other: Any = i.alias()
    # No condition on the state: with one, an engine might go through all who ever declined, for each of them.
    declined: Any = peewee.Case(None, [(other.state == "declined", other.id)])
    last = other.select(fn.MAX(declined)).where(other.patient == i.patient)
    p: Any = patients.model
    query = i.select(i.patient).where(
        i.ask_again.is_null(False), i.state == "declined",
        patients.met(i.patient, p.portal == "declined", p.status.in_(_TO_DO)), i.id == last,
    )  # fmt: skip
    return _ids(query.order_by(i.ask_again, i.id), limit)


def _today(viewer: Viewer, limit: int) -> list[int]:
    """Those with an appointment today whom nobody ever invited and who can be: the rules of inviting say who."""
    viewer.need_names()
    patients = access.patients(viewer)
    p: Any = patients.model
    a: Any = access.appointments(_SYSTEM).model
    first: Any = fn.MIN(a.starts_at)
    # Asked of patients in reach only, so that the invitations themselves need no reach of their own.
    invitation: Any = access.invitations(_SYSTEM).model.alias()
    went = (invitation.patient == a.patient) & (invitation.state != "cancelled")
    query: Any = a.select(a.patient).where(
        a.starts_at >= begins(today()), a.starts_at < ends(today()), a.status == "booked",
        patients.met(a.patient, p.portal == "not_invited", p.status.in_(_TO_DO)),
        ~fn.EXISTS(invitation.select(peewee.SQL("1")).where(went)),
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


def _patients(viewer: Viewer, order: Any, *conditions: Any) -> Any:
    """The ids, and the `order`, of patients in reach for whom `conditions` hold, whom somebody works on.

    Whatever is asked stands in the index that gives the order: no patient is read to be passed over.
    """
    query: Any = access.patients(viewer).select(_ROW.id, order).where(*conditions, _ROW.status.in_(_TO_DO))
    return query.order_by(order, _ROW.id)


def _ids(query: Any, limit: int) -> list[int]:
    return [row[0] for row in query.limit(limit).tuples()]
