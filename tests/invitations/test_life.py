"""Property tests: whatever the desk, the sender, the patient and the clock do, in any order, the promises hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clinic_tui import clock, outbox
from clinic_tui.access import LIVE_STATES, Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import BlockedAddress, Invitation, Message, Notification
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import ClinicError
from clinic_tui.invitations import accepting, answering, bulk, codes, expiring, inviting, portal_line, undoing
from clinic_tui.many import Changed
from clinic_tui.patients.bulk import change_many
from tests.conftest import NOW
from tests.invitations.people import DESK, patient

NOBODY = 999_999
FINAL = {"sent", "unconfirmed", "bounced", "failed", "cancelled"}


class World:
    """A practice of two patients, two senders that may die, and a server that counts what it took."""

    def __init__(self, viewer: Viewer) -> None:
        with transaction():
            for table in (Notification, Message, Invitation, Patient, BlockedAddress):
                table.delete().execute()
            Queue.update(paused_at=None).execute()
        self.viewer = viewer
        self.now: datetime = NOW
        self.patients = [patient("1"), patient("2", "Joel")]
        self.claims: list[outbox.Claim] = []
        self.in_data: list[outbox.Claim] = []
        self.delivered: Counter[int] = Counter()
        self.accepted: set[int] = set()

    def pick(self, number: int) -> Any:
        rows = list(Invitation.select().order_by(Invitation.id))
        return rows[number % len(rows)].id if rows else 0

    def act(self, action: str, number: int) -> None:
        with clock.frozen_at(self.now), suppress(ClinicError):
            getattr(self, action)(number)

    # the desk
    def invite(self, n: int) -> None:
        inviting.invite(self.viewer, self.patients[n % 2], hold=60 * (n % 3))

    def resend(self, n: int) -> None:
        inviting.resend(self.viewer, self.pick(n), hold=0)

    def revoke(self, n: int) -> None:
        inviting.revoke(self.viewer, self.pick(n))

    def cancel(self, n: int) -> None:
        inviting.cancel(self.viewer, self.pick(n))

    def resend_many(self, n: int) -> None:
        self.many(bulk.resend_many, hold=0, custom_message="Once more." if n % 2 else None)

    def revoke_many(self, _n: int) -> None:
        outcome = self.many(bulk.revoke_many)
        left = {row.patient_id for row in Invitation.select().where(Invitation.state.in_((*LIVE_STATES, "accepted")))}
        assert left == {row.patient_id for row in outcome.skipped if row.reason == "being_sent"}

    def change_many(self, n: int) -> None:
        wanted = ("communication", ("all", "none")[n % 2]), ("status", ("current", "archived", "deceased")[n % 3])
        self.many(change_many, **dict(wanted[: 1 + n % 2]))
        assert self.many(change_many, **dict(wanted[: 1 + n % 2])).changed == []

    def many(self, act: Callable[..., Any], **options: Any) -> Any:
        """Act on both patients, and on one who is not there: dry first, which must say what then happens."""
        everybody = {*self.patients, NOBODY}
        before = [(row.id, row.state) for row in Invitation.select().order_by(Invitation.id)]
        dry = act(self.viewer, everybody, dry_run=True, **options)
        assert [(row.id, row.state) for row in Invitation.select().order_by(Invitation.id)] == before
        wet = act(self.viewer, everybody, **options)
        done = [one for one, _ in wet.changed] if isinstance(wet, Changed) else [row.patient_id for row in wet.queued]
        assert sorted([*done, *(row.patient_id for row in wet.skipped)]) == sorted(everybody)
        assert wet.skipped == dry.skipped
        if isinstance(wet, Changed):
            assert wet == dry
        else:
            assert [row._replace(invitation_id=0) for row in wet.queued] == [
                row._replace(invitation_id=0) for row in dry.queued
            ]
            queued = {row.id: row.patient_id for row in Invitation.select().where(Invitation.state == "queued")}
            assert {row.invitation_id: row.patient_id for row in wet.queued}.items() <= queued.items()
        return wet

    def read_code(self, n: int) -> None:
        row = Invitation.get_or_none(Invitation.id == self.pick(n))
        if row:
            accepting.accept_by_code(self.viewer, row.id, codes.code(row.ref, row.key_id))

    def check_identity(self, n: int) -> None:
        accepting.check_identity(self.viewer, self.pick(n), "photo card")

    def undo_accept(self, n: int) -> None:
        undoing.undo_accept(self.viewer, self.pick(n))

    def confirm(self, n: int) -> None:
        outbox.confirm_sent(self.viewer, self.pick(n), "a person")

    # the sender
    def claim(self, n: int) -> None:
        self.claims += outbox.claim(f"worker {n % 2}", 1 + n % 2)

    def begin(self, n: int) -> None:
        if not self.claims:
            return
        claimed = self.claims.pop(n % len(self.claims))
        envelope = outbox.prepare(claimed, DESK)
        if envelope is not None and outbox.begin([envelope]):
            self.in_data.append(claimed)

    def body_goes(self, n: int) -> outbox.Claim | None:
        if not self.in_data:
            return None
        claimed = self.in_data.pop(n % len(self.in_data))
        self.delivered[claimed.message_id] += 1
        return claimed

    def answer(self, n: int, tell: Callable[[outbox.Claim, str], bool], delivered: bool = True) -> None:
        claimed = self.body_goes(n)
        if claimed:
            if not delivered:
                self.delivered[claimed.message_id] -= 1
            tell(claimed, "answer")

    def says_250(self, n: int) -> None:
        self.answer(n, outbox.sent)

    def says_451(self, n: int) -> None:
        self.answer(n, outbox.deferred, delivered=False)

    def says_550(self, n: int) -> None:
        self.answer(n, outbox.failed, delivered=False)

    def drops(self, n: int) -> None:
        self.answer(n, outbox.unconfirmed)

    def killed(self, _n: int) -> None:
        self.claims.clear()
        for claimed in self.in_data:
            self.delivered[claimed.message_id] += 1  # the worst: the server had taken it
        self.in_data.clear()

    def tidy(self, _n: int) -> None:
        outbox.release_lapsed()
        expiring.close_lapsed()

    # the patient, and time
    def replies_accept(self, n: int) -> None:
        accepting.accept_by_reply(self.pick(n), None)

    def replies_no(self, n: int) -> None:
        answering.decline(self.pick(n))

    def replies_not_me(self, n: int) -> None:
        answering.not_me(self.pick(n))

    def bounces(self, n: int) -> None:
        answering.bounce(self.pick(n), "no such mailbox")

    def time_passes(self, n: int) -> None:
        self.now += (timedelta(minutes=2), timedelta(minutes=10), timedelta(days=2))[n % 3]


ACTIONS = [
    name for name in vars(World) if name not in ("act", "pick", "many", "answer", "body_goes") and name[0] != "_"
]


def check(world: World, before: dict[int, str]) -> dict[int, str]:
    live = Counter(row.patient_id for row in Invitation.select().where(Invitation.state.in_(LIVE_STATES)))
    assert all(count == 1 for count in live.values()), "at most one live invitation a patient"
    assert all(count <= 1 for count in world.delivered.values()), "nothing is delivered twice"
    states = {row.id: row.state for row in Message.select()}
    for message_id, state in states.items():
        was = before.get(message_id)
        if was == "data":
            assert state in ("data", "sent", "deferred", "failed", "unconfirmed", "bounced"), (was, state)
        if was in FINAL - {"sent", "unconfirmed"}:
            assert state == was
        if was in ("sent", "unconfirmed"):
            assert state in ("sent", "unconfirmed", "bounced")
    for row in Invitation.select():
        if row.state == "sent" or row.accepted_how == "code":
            assert row.sent_at is not None, "sent, and accepted by code, only after it went out"
        if row.state == "cancelled":
            assert row.sent_at is None, "only what has not gone out is taken back"
        if row.state == "accepted":
            assert row.accepted_at is not None
        if row.state in LIVE_STATES:
            assert row.steps_at is None
            theirs = Message.select().where((Message.invitation == row.id) & (Message.kind == "setup"))
            out = [one.id for one in theirs if one.state in ("data", "sent", "unconfirmed")]
            assert not out, "no acceptance is undone once the steps are out"
    for person in Patient.select():
        kept = (person.portal, person.portal_at, person.portal_until)
        said = portal_line.current([person.id])[person.id]
        assert kept == said, "the portal line beside the patient is what invitations say"
    return states


A_PAST = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11)), min_size=5, max_size=40)


@given(A_PAST, st.lists(st.sampled_from(["resend_many", "revoke_many", "change_many"]), min_size=1, max_size=3))
@hypothesis_settings(max_examples=40)
def test_acts_on_many_do_what_they_said_after_any_past(
    practice: Viewer, past: list[tuple[str, int]], acts: list[str]
) -> None:
    world = World(practice)
    for action, number in past:
        world.act(action, number)
    for number, act in enumerate(acts):
        world.act(act, number)
        check(world, {})


@given(A_PAST)
@hypothesis_settings(max_examples=60)
def test_the_promises_hold_in_any_order(practice: Viewer, actions: list[tuple[str, int]]) -> None:
    world = World(practice)
    states: dict[int, str] = {}
    for action, number in actions:
        world.act(action, number)
        states = check(world, states)


@given(st.lists(st.sampled_from(["claim", "begin", "says_250", "drops", "says_451", "killed", "tidy", "time_passes"])))
@hypothesis_settings(max_examples=40)
def test_nothing_queued_is_forgotten(practice: Viewer, actions: list[str]) -> None:
    """Whatever becomes of the workers, in the end the server has it once, or the desk is told that it is in doubt."""
    world = World(practice)
    world.act("invite", 0)
    for action in actions:
        world.act(action, 1)
    world.act("killed", 0)
    for _ in range(12):
        world.now += timedelta(days=1)
        for action in ("tidy", "claim", "begin", "says_250"):
            world.act(action, 0)
    (row,) = Message.select()
    assert row.state in ("sent", "unconfirmed", "failed", "cancelled")
    assert world.delivered[row.id] == (1 if row.state in ("sent", "unconfirmed") else 0)
