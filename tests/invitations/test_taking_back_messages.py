"""Taking back what the outbox has ticked: messages that have not gone, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from clinic_tui import outbox
from clinic_tui.access import Viewer
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import NotAllowed, Refused
from clinic_tui.invitations import bulk, inviting
from tests.invitations.people import DESK, patient, send_all


def invited(number: str, **more: Any) -> tuple[int, int]:
    """A patient with a message that waits: patient, message."""
    one = patient(number, **more)
    invitation = inviting.invite(Viewer.system(), one).invitation_id
    return one, Message.get(Message.invitation == invitation).id


def test_what_waits_is_taken_back_and_can_be_invited_again(practice: Viewer) -> None:
    (joanna, first), (ben, second) = invited("1"), invited("2")
    done = bulk.cancel_messages(practice, [first, second])
    assert sorted(done.changed) == [(joanna, "patient1@example.com"), (ben, "patient2@example.com")]
    assert done.skipped == []
    assert {row.state for row in Message.select()} == {row.state for row in Invitation.select()} == {"cancelled"}
    assert inviting.invite(practice, joanna).patient_id == joanna


def test_what_went_or_is_on_its_way_stays_and_is_told(practice: Viewer) -> None:
    (gone, first), (going, second), (waits, third) = invited("1"), invited("2"), invited("3")
    outbox.try_now(practice, [first])
    send_all()
    outbox.try_now(practice, [second])
    (claimed,) = outbox.claim("test", 1)
    envelope = outbox.prepare(claimed, DESK)
    assert envelope is not None
    assert outbox.begin([envelope]) == {claimed}
    done = bulk.cancel_messages(practice, [first, second, third])
    assert done.changed == [(waits, "patient3@example.com")]
    assert {(row.patient_id, row.reason) for row in done.skipped} == {(gone, "state"), (going, "being_sent")}
    assert outbox.sent(claimed), "the body was on its way, and arrives"


@pytest.mark.parametrize("sends", [True, False])
def test_one_alone_that_cannot_be_is_refused(practice: Viewer, sends: bool) -> None:
    _, message = invited("1")
    outbox.try_now(practice, [message])
    if sends:
        send_all()
    else:
        (claimed,) = outbox.claim("test", 1)
        envelope = outbox.prepare(claimed, DESK)
        assert envelope is not None
        assert outbox.begin([envelope])
    with pytest.raises(Refused, match="gone out" if sends else "at this moment"):
        bulk.cancel_messages(practice, [message])


def test_others_patients_are_out_of_reach(practice: Viewer) -> None:
    okafor = Practitioner.create(name="Dr Okafor", name_fold="dr okafor")
    (mine, first), (_, second) = invited("1", practitioner=okafor), invited("2")
    scoped = Viewer("ben", "front-desk", scope=frozenset([okafor.id]))
    assert [one for one, _ in bulk.cancel_messages(scoped, [first, second]).changed] == [mine]
    assert Message.get_by_id(second).state == "queued"


def test_who_sees_no_names_takes_nothing_back(practice: Viewer) -> None:
    _, message = invited("1")
    hidden = Viewer("ben", "front-desk", names_hidden=True)
    for act in (bulk.cancel_messages, outbox.try_now):
        with pytest.raises(NotAllowed):
            act(hidden, [message])
    assert Message.get_by_id(message).state == "queued"
