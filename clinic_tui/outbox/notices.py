"""Mails of the program's own to staff members: the head of the history to every owner, once a week.

There are few, and they are about no patient. Whoever writes `data` right before the body has the notice: that is the
whole claim, and what is lost after it is unconfirmed and never sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from clinic_tui import history, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import Notice, Staff
from clinic_tui.outbox.claims import LEASE
from clinic_tui.outbox.outcomes import RETRY_MINUTES
from clinic_tui.text import clean

EVERY = timedelta(days=7)
_WAITING = ("queued", "deferred")
_AT_ONCE = 20


class Waiting(NamedTuple):
    """A notice that is due."""

    id: int
    ref: str
    address: str
    subject: str
    body: str


def queue_head(viewer: Viewer) -> int:
    """Queue the history's head for each active owner who has an address, where the last ones are a week old.

    The chain is checked for it. How many were queued.
    """
    with session():
        newest = Notice.select(Notice.created_at).order_by(Notice.id.desc()).first()
        if newest is not None and newest.created_at > now() - EVERY:
            return 0
        owners: Any = Staff.select(Staff.id, Staff.email).where((Staff.role == "owner") & Staff.active)
        addressed = [(key, email) for key, email in owners.where(Staff.email.is_null(False)).tuples() if email.strip()]
        if not addressed:
            return 0
        verdict = history.verify(viewer)
        practice = settings.load(viewer).text("practice.name") or "Your practice"
    day, queued = local(now()).date().isoformat(), 0
    with transaction():
        for staff_id, email in addressed:
            notice = Notice.insert(
                ref=f"history-{day}-{staff_id}", kind="history_head", address=email.strip(), created_at=now(),
                due_at=now(), subject=f"{practice}: the history on {day}", body=_body(practice, day, verdict),
            )  # fmt: skip
            # Another process may have been a moment earlier: one a day and owner is enough.
            queued += bool(notice.on_conflict_ignore().as_rowcount().execute())
    return queued


def _body(practice: str, day: str, verdict: history.Verdict) -> str:
    if verdict.ok:
        found = "Every line is as it was written."
    else:
        first = verdict.broken[0]
        found = f"IT IS NOT WHAT WAS WRITTEN. The first line that does not fit is {first.line}: {first.why}"
    return (
        f"The history of {practice} on {day}: {verdict.lines} lines. {found}\n\n"
        f"Its head:\n\n{verdict.head}\n\n"
        "Keep this mail. Whoever could write to the database could write the whole history anew; it would then have "
        "other heads than those in your mails. To compare, on the practice's host:\n\n"
        f"clinic-tui history --verify --against {verdict.head}\n"
    )


def due() -> list[Waiting]:
    """The notices that are due, oldest first. Those that a dead sender left in doubt become unconfirmed."""
    with transaction():
        lapsed = (Notice.state == "data") & (Notice.data_at <= now() - LEASE)
        Notice.update(state="unconfirmed", answer="The sender stopped before the answer came.").where(lapsed).execute()
        rows: Any = Notice.select(Notice.id, Notice.ref, Notice.address, Notice.subject, Notice.body)
        rows = rows.where(Notice.state.in_(_WAITING) & (Notice.due_at <= now())).order_by(Notice.id)
        return [Waiting(*row) for row in rows.limit(_AT_ONCE).tuples()]


def begin(notice_id: int) -> bool:
    """Write down, durably, that the body is about to go. False: another sender has it."""
    with transaction():
        mine = (Notice.id == notice_id) & Notice.state.in_(_WAITING)
        return int(Notice.update(state="data", data_at=now()).where(mine).execute()) == 1


def settle(notice_id: int, fate: str, answer: str) -> None:
    """What became of it: sent, failed, unconfirmed, or anything else: later, and after four days it has failed."""
    with transaction():
        row = Notice.get_by_id(notice_id)
        row.answer = clean(answer, 200)
        if fate in ("sent", "failed", "unconfirmed"):
            row.state, row.sent_at = fate, None if fate == "failed" else now()
        elif row.attempts >= len(RETRY_MINUTES):
            row.state = "failed"
        else:
            row.state, row.due_at = "deferred", _later(row.attempts)
            row.attempts += 1
        row.save()


def _later(attempts: int) -> datetime:
    return now() + timedelta(minutes=RETRY_MINUTES[attempts])
