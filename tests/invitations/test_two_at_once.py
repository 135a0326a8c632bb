"""Two desks, or a desk and a sender, at the same patients at the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import peewee
import pytest

from clinic_tui import access, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import database, session, transaction
from clinic_tui.errors import ClinicError
from clinic_tui.invitations import asking, bulk, codes, inviting, queueing, reading
from clinic_tui.invitations.inviting import reason_of
from clinic_tui.many import Changed
from clinic_tui.patients.bulk import change_many
from clinic_tui.patients.profile import store_email
from tests.invitations.people import patient, send_all

PATIENTS = 60


def test_two_desks_invite_the_same_patients_in_other_orders(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(PATIENTS)]
    ready = threading.Barrier(2)

    def invite(ids: list[int]) -> inviting.Outcome:
        ready.wait(60)
        return inviting.invite_many(practice, ids, hold=0)

    with ThreadPoolExecutor(2) as desks:
        one, other = desks.map(invite, (people, people[::-1]))
    assert len(one.queued) + len(other.queued) == PATIENTS
    assert {row.reason for row in one.skipped + other.skipped} == {"already_invited"}
    assert sorted(row.patient_id for row in reading.listing(practice, state="queued")) == sorted(people)


def test_desks_that_act_on_the_same_patients_in_other_orders(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(PATIENTS)]
    inviting.invite_many(practice, people, hold=0)
    assert len(send_all()) == PATIENTS
    ready = threading.Barrier(4)

    def act(ids: list[int], rule: Callable[..., inviting.Outcome | Changed]) -> inviting.Outcome | Changed:
        ready.wait(60)
        return rule(practice, ids)

    rules = (bulk.resend_many, bulk.resend_many, bulk.revoke_many, partial(change_many, communication="email"))
    orders = (people, people[::-1], people[1::2] + people[::2], people[::-1])
    with ThreadPoolExecutor(4) as desks:
        one, other, revoked, changed = desks.map(act, orders, rules)
    assert len(changed[0]) == len(revoked[0]) == PATIENTS, "nobody was without an invitation in between"
    assert len(one[0]) + len(other[0]) in (0, PATIENTS), "one desk resends, the other comes too late"
    assert {row.reason for row in one.skipped + other.skipped} <= {"already_invited", "not_pending"}
    assert reading.listing(practice, state="sent") == []
    assert reading.listing(practice, state="queued") == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite lets one write at a time
def test_a_desk_that_revokes_and_a_sender_never_wait_for_each_other(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0).invitation_id
    (claimed,) = outbox.claim("sender", 1)
    with ThreadPoolExecutor(1) as sender:
        with transaction():
            access.patients(practice).get(joanna, lock=True)
            told = sender.submit(outbox.failed, claimed, "550 No such user")
            _until_somebody_waits()
            assert outbox.withdraw(invited)
        assert not told.result(60), "the claim is lost: the desk was first"
    assert [row.state for row in outbox.rows(practice)] == ["cancelled"]


def _until_somebody_waits() -> None:
    deadline = time.monotonic() + 60
    with session():
        waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not database.execute_sql(waits).fetchone()[0]:
            assert time.monotonic() < deadline, "nobody waits"
            # A transaction sees the activity of its first look, until it is told to look again.
            database.execute_sql("SELECT pg_stat_clear_snapshot()")


def elsewhere(change: Callable[[], object]) -> None:
    """Done by another desk: in a connection of its own, while this one has its answer on the screen."""
    with ThreadPoolExecutor(1) as desk:
        desk.submit(change).result(60)


def change_address(viewer: Viewer, one: int, email: str) -> None:
    with session():
        store_email(viewer, one, email)


def test_what_somebody_changed_since_the_dry_run_queues_nothing_and_is_told(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]
    dry = inviting.invite_many(practice, people, dry_run=True)
    shown = {row.patient_id: row.email for row in dry.queued}
    elsewhere(lambda: change_address(practice, people[1], "elsewhere@example.org"))
    with pytest.raises(inviting.Otherwise, match=r"Somebody changed a patient since\.") as raised:
        inviting.invite_many(practice, people, expected=shown)
    assert reading.listing(practice) == []
    now = {row.patient_id: row.email for row in raised.value.outcome.queued}
    assert now == shown | {people[1]: "elsewhere@example.org"}
    assert len(inviting.invite_many(practice, people, expected=now).queued) == 3


def test_whom_somebody_else_has_invited_since_the_dry_run_is_no_difference(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]
    dry = inviting.invite_many(practice, people, dry_run=True)
    elsewhere(lambda: inviting.invite(practice, people[1]))
    outcome = inviting.invite_many(practice, people, expected={row.patient_id: row.email for row in dry.queued})
    assert [row.patient_id for row in outcome.queued] == [people[0], people[2]]
    assert [(row.patient_id, row.reason) for row in outcome.skipped] == [(people[1], "already_invited")]


def test_whom_somebody_has_taken_back_since_the_dry_run_is_a_difference(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(2)]
    out = inviting.invite(practice, people[0]).invitation_id
    dry = inviting.invite_many(practice, people, dry_run=True)
    elsewhere(lambda: inviting.cancel(practice, out))
    with pytest.raises(inviting.Otherwise):
        inviting.invite_many(practice, people, expected={row.patient_id: row.email for row in dry.queued})
    assert [row.state for row in reading.listing(practice)] == ["cancelled"]


def test_resending_is_what_its_dry_run_showed_too(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]
    ids = [inviting.invite(practice, one, hold=0).invitation_id for one in people]
    send_all()
    dry = bulk.resend_many(practice, people, dry_run=True)
    shown = {row.patient_id: row.email for row in dry.queued}
    elsewhere(lambda: inviting.resend(practice, ids[0]))
    assert len(bulk.resend_many(practice, people, expected=shown, dry_run=True).queued) == 2
    elsewhere(lambda: inviting.revoke(practice, ids[1]))
    with pytest.raises(inviting.Otherwise):
        bulk.resend_many(practice, people, expected=shown)
    assert [row.state for row in reading.listing(practice, patient_id=people[2])] == ["sent"]


def test_the_database_has_the_last_word_on_who_is_invited_already(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]
    known = settings.load(practice)
    ready, _ = asking.ask(practice, known, [asking.Wanted(one) for one in people], "")
    inviting.invite(practice, people[1])
    refused: list[tuple[int, ClinicError]] = []
    with transaction():
        added = queueing._add(practice, known, ready, codes.fresh(3), now(), refused)
    assert [one.wanted.patient_id for one, _ in added] == [people[0], people[2]]
    assert [(one, reason_of(error)) for one, error in refused] == [(people[1], "already_invited")]


def test_any_other_word_of_the_database_is_an_error(practice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = patient("1"), patient("2")
    same = codes.fresh(1)
    monkeypatch.setattr(codes, "fresh", lambda _: same.copy())
    inviting.invite(practice, one)
    with pytest.raises(peewee.IntegrityError):
        inviting.invite_many(practice, [other])
    assert [row.patient_id for row in reading.listing(practice)] == [one]
