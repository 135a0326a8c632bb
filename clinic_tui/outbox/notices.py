"""Mails of the program's own to staff members: the head of the history to every owner, once a week; test messages.

There are few, and none is kept that is about a patient. Whoever writes `data` right before the body has the notice:
that is the whole claim, and what is lost after it is unconfirmed and never sent again.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from clinic_tui import history, notifications, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import Notice, Staff
from clinic_tui.outbox.claims import LEASE
from clinic_tui.outbox.outcomes import RETRY_MINUTES
from clinic_tui.text import clean

HEAD, TEST = "history_head", "test"
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
        newest = Notice.select(Notice.created_at).where(Notice.kind == HEAD).order_by(Notice.id.desc()).first()
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
                ref=f"history-{day}-{staff_id}", kind=HEAD, address=email.strip(), created_at=now(),
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


def begin_test(address: str, subject: str, body: str) -> Waiting:
    """A test message that is about to go, inside the caller's transaction; what it says is not kept."""
    ref = f"test-{secrets.token_hex(12)}"
    row = Notice.create(
        ref=ref, kind=TEST, address=address, subject="", body="", state="data", created_at=now(), due_at=now(),
        data_at=now(),
    )  # fmt: skip
    return Waiting(int(row.id), ref, address, subject, body)


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
    """What became of it: sent, failed, unconfirmed, or anything else: later, and after four days it has failed.

    Staff are told where the history's head does not reach an owner. A test message is tried once.
    """
    with transaction():
        row = Notice.get_by_id(notice_id)
        row.answer = clean(answer, 200)
        if fate in ("sent", "failed", "unconfirmed"):
            row.state, row.sent_at = fate, None if fate == "failed" else now()
        elif row.kind == TEST or row.attempts >= len(RETRY_MINUTES):
            row.state = "failed"
        else:
            row.state, row.due_at = "deferred", _later(row.attempts)
            row.attempts += 1
        row.save()
        if row.kind == HEAD and row.state == "failed":
            notifications.tell("failed", None, detail=undelivered(row.address, row.answer))


def undelivered(address: str, answer: str | None) -> str:
    """The sentence about a head of the history that did not reach its owner."""
    return f"The weekly mail with the history's head to the owner at {clean(address, 100)} was not delivered: {answer}"


class Head(NamedTuple):
    """The newest weekly mail of the history's head: to whom, when it was made, what became of it."""

    address: str
    at: datetime
    state: str
    answer: str | None


def heads(viewer: Viewer) -> list[Head]:
    """The newest weekly mails, one for each owner's address; for owners."""
    viewer.need("owner")
    with session():
        rows: Any = Notice.select(Notice.address, Notice.created_at, Notice.state, Notice.answer)
        newest = rows.where(Notice.kind == HEAD).order_by(Notice.id.desc()).limit(_AT_ONCE)
        found: dict[str, Head] = {}
        for row in newest.tuples():
            found.setdefault(row[0], Head(*row))
    return list(found.values())


def _later(attempts: int) -> datetime:
    return now() + timedelta(minutes=RETRY_MINUTES[attempts])
