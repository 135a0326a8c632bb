"""Batches: the first go before the others, at a pace; where some come back, the rest waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_tui import clock, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Batch, Message
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import FieldError
from clinic_tui.invitations import answering, inviting
from clinic_tui.outbox import batches
from tests.conftest import NOW
from tests.invitations.people import DESK, patient

MINUTE = timedelta(minutes=1)


def queue(viewer: Viewer, count: int, *, pace: int = 0, bulk: bool = True, first: int = 1) -> list[int]:
    """So many patients invited in one batch, without a hold; the ids of their invitations."""
    people = [patient(f"{n:04}") for n in range(first, first + count)]
    outcome = inviting.invite_many(viewer, people, hold=0, bulk=bulk, pace=pace)
    return [row.invitation_id for row in outcome.queued]


def send(*, refuse: int = 0, most: int = 1_000) -> int:
    """Send what may go; the first `refuse` of it are refused by the server. How many went."""
    went = 0
    while went < most and (claims := outbox.claim("test", 5)):
        for claimed in claims:
            envelope = outbox.prepare(claimed, DESK)
            assert envelope is not None
            assert outbox.begin([envelope])
            refuse -= 1
            assert outbox.failed(claimed, "550 No such user") if refuse >= 0 else outbox.sent(claimed)
            went += 1
    return went


def read_the_mailbox() -> None:
    with transaction():
        Queue.update(mailbox_read_at=now()).execute()


def told() -> list[str]:
    return [row.detail or "" for row in notifications.listing(Viewer.system()) if row.kind == "paused"]


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for row in Message.select():
        found[row.state] = found.get(row.state, 0) + 1
    return found


def test_the_first_fifty_go_then_the_rest_once_they_did_not_come_back(desk: Viewer) -> None:
    queue(desk, 60)
    read_the_mailbox()
    assert send() == 50
    assert send() == 0
    with clock.frozen_at(NOW + MINUTE):
        read_the_mailbox()
        assert send() == 0, "they may still come back"
    with clock.frozen_at(NOW + 2 * MINUTE):
        assert send() == 0, "what came back since has not been read yet"
        read_the_mailbox()
        assert send() == 10
        outbox.tend_batches()
        assert Batch.get().finished_at == now()
    assert states() == {"sent": 60}
    assert told() == []


def test_without_a_mailbox_time_alone_tells(desk: Viewer) -> None:
    queue(desk, 51)
    assert send() == 50
    with clock.frozen_at(NOW + 2 * MINUTE):
        assert send() == 1


def test_a_worker_hears_when_to_look_again(desk: Viewer) -> None:
    queue(desk, 51)
    assert outbox.next_due() == NOW
    send()
    assert outbox.next_due() == NOW + 2 * MINUTE
    with clock.frozen_at(NOW + 2 * MINUTE):
        send()
        assert outbox.next_due() is None


def test_five_refusals_among_the_first_pause_the_batch_and_tell_once(desk: Viewer) -> None:
    queue(desk, 60)
    send(refuse=5)
    outbox.tend_batches()
    with clock.frozen_at(NOW + 10 * MINUTE):
        assert send() == 0
        outbox.tend_batches()
        assert outbox.next_due() is None
    [said] = told()
    assert said.startswith(f"5 of the first 50 invitations of {desk.login}'s 60 (22 Nov 09:30) came back")
    [row] = outbox.batches_under_way(desk)
    assert row.paused == said


def test_the_fifth_refusal_stops_those_of_the_first_too(desk: Viewer) -> None:
    queue(desk, 20)
    assert send(refuse=5) == 5
    assert states() == {"failed": 5, "queued": 15}


def test_four_refusals_pause_nothing(desk: Viewer) -> None:
    queue(desk, 60)
    assert send(refuse=4) == 50
    with clock.frozen_at(NOW + 2 * MINUTE):
        assert send() == 10
    assert told() == []


def test_bounces_count_though_the_rest_is_on_its_way(desk: Viewer) -> None:
    invitations = queue(desk, 80)
    send()
    with clock.frozen_at(NOW + 2 * MINUTE):
        assert send(most=5) == 5
        for invitation in invitations[:5]:
            answering.bounce(invitation, "There is no such mailbox.")
        assert send() == 0
    assert len(told()) == 1
    assert states() == {"bounced": 5, "sent": 50, "queued": 25}


def test_bounces_of_later_ones_do_not(desk: Viewer) -> None:
    invitations = queue(desk, 60)
    send()
    with clock.frozen_at(NOW + 2 * MINUTE):
        send()
        for invitation in invitations[50:]:
            answering.bounce(invitation, "There is no such mailbox.")
        outbox.tend_batches()
    assert told() == []


def test_a_person_goes_on_whatever_came_back(desk: Viewer) -> None:
    queue(desk, 60)
    send(refuse=5)
    outbox.tend_batches()
    assert outbox.resume(desk)
    assert send() == 55
    assert len(told()) == 1
    assert not outbox.resume(desk), "nothing is paused any more"


def test_what_is_put_off_does_not_hold_the_rest_up(desk: Viewer) -> None:
    queue(desk, 60)
    (greylisted,) = outbox.claim("test", 1)
    assert outbox.deferred(greylisted, "451 later")
    assert send() == 49
    with clock.frozen_at(NOW + 2 * MINUTE):
        assert send() == 10


def test_where_all_of_the_first_are_put_off_the_rest_waits(desk: Viewer) -> None:
    queue(desk, 60)
    for _ in range(10):
        for claimed in outbox.claim("test", 5):
            assert outbox.deferred(claimed, "451 later")
    assert outbox.claim("test", 5) == []
    with clock.frozen_at(NOW + 60 * MINUTE):
        assert send() == 50, "those that were put off"


def test_an_invitation_of_the_desk_does_not_wait_behind_a_batch(desk: Viewer) -> None:
    queue(desk, 30)
    alone = inviting.invite(desk, patient("9999"), hold=0).invitation_id
    (claimed, *_) = outbox.claim("test", 5)
    assert Message.get_by_id(claimed.message_id).invitation_id == alone


def test_a_pace_is_kept_by_a_sender_that_watches(desk: Viewer) -> None:
    queue(desk, 30, pace=12, bulk=False)
    went = []
    for second in range(60):
        with clock.frozen_at(NOW + timedelta(seconds=second)):
            went.append(send())
    assert sum(went) == 12
    assert max(went) == 1


def test_and_by_one_that_comes_each_minute(desk: Viewer) -> None:
    queue(desk, 60, pace=10, bulk=False)
    went = []
    for minutes in (0, 1, 2, 3, 60, 61):
        with clock.frozen_at(NOW + minutes * MINUTE):
            went.append(send())
    assert went == [1, 10, 10, 10, 11, 10]


def test_a_batch_that_waits_for_its_pace_says_when(desk: Viewer) -> None:
    queue(desk, 3, pace=2, bulk=False)
    assert send() == 1
    assert outbox.next_due() == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("pace", [-1, 10_001])
def test_a_pace_that_cannot_be(desk: Viewer, pace: int) -> None:
    with pytest.raises(FieldError, match="pace"):
        inviting.invite_many(desk, [patient()], pace=pace)


def test_bulk_is_held_for_longer(desk: Viewer) -> None:
    outcome = inviting.invite_many(desk, [patient()], bulk=True)
    assert outcome.queued[0].due_at == NOW + 15 * MINUTE


def test_an_empty_batch_is_none(desk: Viewer) -> None:
    inviting.invite_many(desk, [999_999], bulk=True, pace=5)
    assert Batch.select().count() == 0


def test_taken_back_whole_it_is_finished(desk: Viewer) -> None:
    for invitation in queue(desk, 3):
        inviting.cancel(desk, invitation)
    outbox.tend_batches()
    assert outbox.batches_under_way(desk) == []


def test_what_is_under_way_says_when_the_rest_follows(desk: Viewer) -> None:
    queue(desk, 60, pace=40)
    [row] = outbox.batches_under_way(desk)
    assert (row.total, row.pace, row.paused) == (60, 40, None)
    assert row.opens_at is not None
    others = Viewer("ben", "front-desk", scope=frozenset([1]))
    assert outbox.batches_under_way(others) == [], "how many of others' patients were invited is theirs to know"


def test_first_and_place_are_counted_in_each_batch(desk: Viewer) -> None:
    queue(desk, 55)
    queue(desk, 55, first=100)
    assert send() == 100
    assert [row.place for row in Message.select().order_by(Message.id)] == [*range(1, 56), *range(1, 56)]
    assert batches.FIRST == 50
