"""What has happened at the sample practice before it is opened, so that every state is there to be seen.

It is played by the rules themselves, with the clock set back, and over the demo's own mail server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple, cast

from clinic_tui import access, clock, notifications
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.demo.post import Answer, Post
from clinic_tui.invitations import accepting, inviting, reading


class _Event(NamedTuple):
    """`days` ago, at a time on the practice's clock, something happened to the patients with these numbers."""

    days: int
    at: str
    what: str
    numbers: tuple[str, ...] = ()


_EVENTS = (
    _Event(40, "10:20", "invite", ("000104",)),  # runs out
    _Event(12, "15:05", "invite", ("000122",)),  # runs out, invited again below
    _Event(9, "11:40", "invite", ("000131",)),
    _Event(9, "11:42", "bounce", ("000131",)),
    _Event(6, "09:30", "invite", ("000107", "000111", "000110")),  # the first runs out soon
    _Event(5, "08:15", "accept", ("000111",)),
    _Event(5, "10:00", "identity", ("000111",)),
    _Event(5, "12:30", "decline", ("000110",)),
    _Event(4, "16:45", "archive"),
    _Event(3, "09:10", "invite", ("000122", "000109", "000135")),  # the last has an address that is refused
    _Event(3, "14:20", "invite", ("000123",)),
    _Event(3, "15:00", "revoke", ("000123",)),
    _Event(2, "10:50", "invite", ("000106", "000132", "000136")),  # the last one's server drops the line
    _Event(2, "18:05", "accept", ("000109",)),
    _Event(1, "08:30", "yes_please", ("000132",)),
    _Event(1, "09:40", "invite", ("000133", "000134")),
    _Event(1, "09:41", "out_of_office", ("000133",)),
    _Event(1, "19:15", "question", ("000134",)),
)


def happen(viewer: Viewer, post: Post, sync: Callable[[], object]) -> None:
    """Play the past. In a sample too small to hold somebody, what happened to them is left out."""
    ids = _ids(viewer, {number for event in _EVENTS for number in event.numbers})
    present = clock.today()
    for event in _EVENTS:
        moment = datetime.combine(present - timedelta(days=event.days), time.fromisoformat(event.at)).astimezone()
        with clock.frozen_at(moment):
            for number in event.numbers:
                if number in ids:
                    _do(viewer, post, event.what, ids[number])
            if event.what == "archive":
                notifications.archive_all(viewer)
            sync()


def _do(viewer: Viewer, post: Post, what: str, patient_id: int) -> None:
    if what == "invite":
        inviting.invite(viewer, patient_id, hold=0)
        return
    newest = reading.of_patient(viewer, patient_id)[0]
    if what == "identity":
        accepting.check_identity(viewer, newest.id, "photo card at the desk")
    elif what == "revoke":
        inviting.revoke(viewer, newest.id)
    else:
        post.answer(post.received(newest.email)[0].id, cast(Answer, what))


def _ids(viewer: Viewer, numbers: set[str]) -> dict[str, int]:
    patients = access.patients(viewer)
    column = patients.columns
    query: Any = patients.select(column.number, column.id).where(column.number.in_(sorted(numbers)))
    with session():
        return dict(query.tuples())
