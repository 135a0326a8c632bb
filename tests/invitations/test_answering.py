from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from clinic_tui import clock, notifications, outbox, pulse, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.errors import FieldError, KeyMissing, Refused
from clinic_tui.invitations import accepting, answering, codes, eligibility, inviting, reading, reviewing
from tests.conftest import NOW
from tests.invitations.people import patient, plain, send_all


@pytest.fixture
def invited(practice: Viewer) -> int:
    """An invitation that went out, by id."""
    invitation = inviting.invite(practice, patient(), hold=0).invitation_id
    send_all()
    return invitation


def kinds(viewer: Viewer) -> list[str]:
    return [row.kind for row in notifications.listing(viewer)]


def reply(invitation_id: int | None, outcome: str = "review") -> int:
    with transaction():
        row = Reply.create(
            digest="d", invitation=invitation_id, kind="reply", outcome=outcome, why="free text",
            sender="joanna@example.com", subject="Re: invitation", body="yes please", received_at=NOW,
        )  # fmt: skip
        notifications.tell("review", Invitation.get_or_none(Invitation.id == invitation_id), reply=row.id)
    return int(row.id)


def test_no_closes_the_invitation_and_tells_the_desk(practice: Viewer, invited: int) -> None:
    assert answering.decline(invited)
    assert reading.one(practice, invited).state == "declined"
    assert kinds(practice) == ["declined"]
    assert not answering.decline(invited), "once is enough"
    assert kinds(practice) == ["declined"]


def test_stop_ends_invitations_for_good(practice: Viewer, invited: int) -> None:
    answering.stop(invited)
    with pytest.raises(Refused) as refused:
        inviting.invite(practice, reading.one(practice, invited).patient_id)
    assert refused.value.reason == "no_mail"


def test_not_me_revokes_at_once_and_blocks_the_address(practice: Viewer, invited: int) -> None:
    answering.not_me(invited)
    row = reading.one(practice, invited)
    assert row.state == "revoked"
    with pytest.raises(FieldError):
        eligibility.check_address(practice, row.email)
    assert inviting.invite_many(practice, [row.patient_id]).skipped[0].reason == "blocked_address"


def test_not_me_after_an_acceptance_takes_it_back_and_no_steps_go_out(practice: Viewer, invited: int) -> None:
    settings.change(practice, "patient_access.identity_check", "off")
    accepting.accept_by_reply(invited, None)
    answering.not_me(invited)
    assert reading.one(practice, invited).state == "revoked"
    assert send_all() == []


def test_a_bounce_makes_room_for_a_mended_address(practice: Viewer, invited: int) -> None:
    answering.bounce(invited, "no such mailbox")
    row = reading.one(practice, invited)
    assert (row.state, row.reason, row.message_state) == ("bounced", "no such mailbox", "bounced")
    assert kinds(practice) == ["bounced"]
    inviting.invite(practice, row.patient_id, email="mended@example.com")


def test_an_address_that_bounced_is_marked_until_it_changes_or_is_typed_again(practice: Viewer, invited: int) -> None:
    answering.bounce(invited, "no such mailbox")
    row = reading.one(practice, invited)
    [skipped] = inviting.invite_many(practice, [row.patient_id]).skipped
    assert (skipped.reason, "no such mailbox" in skipped.detail) == ("bad_email", True)
    with pytest.raises(FieldError, match="came back"):
        inviting.resend(practice, invited)
    sibling = patient("2", "Bobby", email=row.email)
    assert inviting.invite_many(practice, [sibling]).skipped[0].reason == "bad_email"
    with transaction():
        Patient.update(email="mended@example.com").where(Patient.id == row.patient_id).execute()
    assert len(inviting.invite_many(practice, [row.patient_id]).queued) == 1
    again = inviting.invite(practice, sibling, email=row.email, hold=0).invitation_id
    send_all()
    accepting.accept_by_reply(again, None)
    third = patient("3", "Cara", email=row.email)
    assert len(inviting.invite_many(practice, [third]).queued) == 1, "somebody has accepted there since"


def test_without_an_identity_check_the_steps_go_out_by_themselves(practice: Viewer, invited: int) -> None:
    settings.change(practice, "patient_access.identity_check", "off")
    assert not accepting.accept_by_reply(invited, None).identity_wanted
    (steps,) = send_all()
    assert steps.mail["Auto-Submitted"] == "auto-generated"
    assert "portal.example.org" in plain(steps)


def test_with_one_the_patient_is_told_that_it_comes(practice: Viewer, invited: int) -> None:
    accepting.accept_by_reply(invited, None)
    (told,) = send_all()
    assert "We check that it is you" in plain(told)
    assert "portal.example.org" not in plain(told)
    with pytest.raises(FieldError):
        accepting.check_identity(practice, invited, "  ")


def test_a_reply_in_review_is_accepted_with_one_key(practice: Viewer, invited: int) -> None:
    waiting = reply(invited)
    assert [row.body for row in reviewing.waiting(practice)] == ["yes please"]
    assert pulse.read(practice).review == 1
    reviewing.accept(practice, waiting)
    assert reading.one(practice, invited).accepted_how == "desk"
    assert reviewing.waiting(practice) == []
    assert kinds(practice) == ["accepted"], "the one that asked for a review has been dealt with"
    with pytest.raises(Refused):
        reviewing.dismiss(practice, waiting)


def test_a_reply_that_belongs_to_nobody_can_only_be_dismissed(practice: Viewer) -> None:
    waiting = reply(None)
    with pytest.raises(Refused):
        reviewing.accept(practice, waiting)
    reviewing.dismiss(practice, waiting)
    assert notifications.unread(practice) == 0


def test_archiving_keeps_who_and_when(practice: Viewer, invited: int) -> None:
    answering.decline(invited)
    (row,) = notifications.listing(practice)
    assert notifications.archive(practice, row.id)
    assert not notifications.archive(practice, row.id)
    (kept,) = notifications.listing(practice, shelf="all")
    assert (kept.archived_by, kept.archived_at) == (practice.login, NOW)


def test_the_outbox_tells_held_from_due_and_pausing_stops_all(practice: Viewer, invited: int) -> None:
    inviting.invite(practice, patient("2", "Joel"))
    inviting.invite(practice, patient("3", "Jun"), hold=0)
    counts = outbox.counts(practice)
    assert (counts.held, counts.queued, counts.sent) == (1, 1, 1)
    assert [row.state for row in outbox.rows(practice)] == ["queued", "held", "sent"]
    outbox.pause_queue("The server refuses the login.")
    outbox.pause_queue("The server refuses the login.")
    assert send_all() == []
    assert kinds(practice) == ["paused"], "said once"
    assert outbox.resume(practice)
    assert len(send_all()) == 1


def test_a_deferred_message_is_tried_later_and_given_up_after_four_days(practice: Viewer) -> None:
    invitation = inviting.invite(practice, patient(), hold=0).invitation_id
    moment = NOW
    tries = 0
    while reading.one(practice, invitation).state == "queued":
        with clock.frozen_at(moment):
            for claimed in outbox.claim("test", 1):
                tries += 1
                outbox.prepare(claimed, "desk@example.org")
                outbox.deferred(claimed, "451 try later")
        moment += timedelta(hours=1)
    assert tries == 9
    assert timedelta(days=3) < moment - NOW < timedelta(days=7)
    assert reading.one(practice, invitation).state == "failed"
    assert Patient.get().portal == "failed"
    assert Message.get().state == "failed"


def test_a_missing_key_cancels_nothing(practice: Viewer, key_file: Path) -> None:
    inviting.invite(practice, patient(), hold=0)
    key_file.unlink()
    codes.use_key_file(key_file)
    (claimed,) = outbox.claim("test", 1)
    with pytest.raises(KeyMissing):
        outbox.prepare(claimed, "desk@example.org")
    outbox.release([claimed])
    assert outbox.counts(practice).queued == 1


def test_set_up_steps_that_come_back_leave_the_invitation_accepted(practice: Viewer, invited: int) -> None:
    settings.change(practice, "patient_access.identity_check", "off")
    accepting.accept_by_reply(invited, None)
    send_all()
    answering.bounce(invited, "mailbox gone")
    states = {row.kind: row.state for row in Message.select()}
    assert states == {"invitation": "sent", "setup": "bounced"}
    assert reading.one(practice, invited).state == "accepted"


def test_an_answer_may_come_before_the_newer_invitation_has_gone(practice: Viewer, invited: int) -> None:
    newer = inviting.resend(practice, invited).invitation_id
    accepting.accept_by_reply(newer, None)
    assert reading.one(practice, newer).state == "accepted"
    with clock.frozen_at(NOW + timedelta(minutes=5)):
        assert [mail.mail["Subject"] for mail in send_all()] == ["Thank you for your reply to Harbour Street Practice"]
