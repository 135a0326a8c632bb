"""Undoing an acceptance that the desk made by mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_tui import clock, notifications, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.db.models.practice import History
from clinic_tui.errors import Refused
from clinic_tui.invitations import accepting, codes, inviting, reviewing
from clinic_tui.invitations.undoing import undo_accept
from tests.invitations.people import begin, patient, send_all


def invited(viewer: Viewer, patient_id: int | None = None) -> Invitation:
    """An invitation that went out."""
    made = inviting.invite(viewer, patient() if patient_id is None else patient_id, hold=0)
    send_all()
    return Invitation.get_by_id(made.invitation_id)


def by_code(viewer: Viewer, row: Invitation) -> None:
    accepting.accept_by_code(viewer, row.id, codes.code(row.ref, row.key_id))


def reply(row: Invitation) -> int:
    """A reply that needs a person, and what is told of it; its id."""
    with transaction():
        made = Reply.create(digest="1", invitation=row.id, kind="reply", outcome="review", why="it says something else",
                            sender="a@example.com", body="yes", received_at=now())  # fmt: skip
        notifications.tell("review", row, reply=made.id)
    return int(made.id)


def portal() -> str:
    return str(Patient.get().portal)


def told(viewer: Viewer) -> list[str]:
    return [row.kind for row in notifications.listing(viewer)]


def test_it_is_as_it_was_before(practice: Viewer) -> None:
    row = invited(practice)
    by_code(practice, row)
    assert (portal(), told(practice)) == ("accepted_check", ["accepted"])
    assert undo_accept(practice, row.id) == "sent"
    again = Invitation.get_by_id(row.id)
    assert {name: getattr(again, name) for name in Invitation._meta.fields} == {
        name: getattr(row, name) for name in Invitation._meta.fields
    }
    assert (portal(), told(practice)) == ("invited", [])
    line = History.select().order_by(History.id.desc()).get()
    assert (line.action, line.detail["before"]["state"], line.detail["before"]["accepted_how"]) == (
        "accept undone", "accepted", "code",
    )  # fmt: skip
    assert line.detail["after"] == {"state": "sent"}
    by_code(practice, row)  # and it can be accepted again


def test_steps_that_wait_are_taken_back(practice: Viewer) -> None:
    row = invited(practice)
    by_code(practice, row)
    accepting.check_identity(practice, row.id, "photo card")
    undo_accept(practice, row.id)
    assert [message.state for message in Message.select().order_by(Message.id)] == ["sent", "cancelled"]
    again = Invitation.get_by_id(row.id)
    assert (again.identity_at, again.identity_how, again.steps_at) == (None, None, None)
    assert send_all() == []
    by_code(practice, row)
    accepting.check_identity(practice, row.id, "photo card")
    assert len(send_all()) == 1


@pytest.mark.parametrize("gone", ["sent", "data", "unconfirmed"])
def test_steps_that_are_out_refuse_it_with_what_to_do(practice: Viewer, gone: str) -> None:
    row = invited(practice)
    by_code(practice, row)
    accepting.check_identity(practice, row.id, "photo card")
    (claimed,) = outbox.claim("test", 1)
    begin(claimed)
    if gone != "data":
        (outbox.sent if gone == "sent" else outbox.unconfirmed)(claimed, "")
    with pytest.raises(Refused, match=r"have gone out.*Revoke") as refused:
        undo_accept(practice, row.id)
    assert refused.value.reason == "steps_sent"
    assert Invitation.get_by_id(row.id).state == "accepted"


def test_steps_that_were_refused_reached_nobody(practice: Viewer) -> None:
    row = invited(practice)
    by_code(practice, row)
    accepting.check_identity(practice, row.id, "photo card")
    (claimed,) = outbox.claim("test", 1)
    outbox.failed(claimed, "550 no such mailbox")
    assert undo_accept(practice, row.id) == "sent"


def test_a_reply_taken_for_a_yes_waits_again(practice: Viewer) -> None:
    row = invited(practice)
    reply_id = reply(row)
    reviewing.accept(practice, reply_id)
    assert told(practice) == ["accepted"]
    undo_accept(practice, row.id)
    assert told(practice) == ["review"]
    assert [one.id for one in reviewing.waiting(practice)] == [reply_id]
    reviewing.dismiss(practice, reply_id)
    assert told(practice) == []


def test_what_the_patient_accepted_is_not_the_desks_to_undo(practice: Viewer) -> None:
    row = invited(practice)
    accepting.accept_by_reply(row.id, None)
    with pytest.raises(Refused, match="accepted by a reply"):
        undo_accept(practice, row.id)


@pytest.mark.parametrize("state", ["sent", "revoked", "expired"])
def test_only_what_is_accepted_can_be(practice: Viewer, state: str) -> None:
    row = invited(practice)
    with transaction():
        Invitation.update(state=state).where(Invitation.id == row.id).execute()
    with pytest.raises(Refused, match=f"is {state}"):
        undo_accept(practice, row.id)


def test_one_that_was_in_doubt_is_in_doubt_again(practice: Viewer) -> None:
    made = inviting.invite(practice, patient(), hold=0)
    (claimed,) = outbox.claim("test", 1)
    begin(claimed)
    outbox.unconfirmed(claimed, "the line broke")
    by_code(practice, Invitation.get_by_id(made.invitation_id))
    assert undo_accept(practice, made.invitation_id) == "unconfirmed"
    assert portal() == "unconfirmed"


def test_one_that_never_went_out_is_taken_back(practice: Viewer) -> None:
    """Accepted by a reply to the one before it, while it was still held: there is nothing to put back."""
    row = Invitation.get_by_id(inviting.invite(practice, patient(), hold=600).invitation_id)
    accepting.accept_at_desk(practice, row.id)
    assert undo_accept(practice, row.id) == "cancelled"
    assert portal() == "not_invited"
    inviting.invite(practice, row.patient_id)


def test_one_that_has_run_out_meanwhile_is_expired(practice: Viewer) -> None:
    from clinic_tui.invitations import expiring

    row = invited(practice)
    by_code(practice, row)
    with clock.frozen_at(now() + timedelta(days=30)):
        undo_accept(practice, row.id)
        assert expiring.close_lapsed() == 1
    assert portal() == "expired"


def test_without_an_identity_check_the_steps_are_taken_back_as_well(practice: Viewer) -> None:
    settings.change(practice, "patient_access.identity_check", "off")
    row = invited(practice)
    by_code(practice, row)
    undo_accept(practice, row.id)
    assert send_all() == []
