from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from clinic_tui import clock, notifications, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient, PortalAccount
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import FieldError, Refused
from clinic_tui.invitations import accepting, codes, inviting, queueing, reading
from tests.conftest import NOW
from tests.invitations.people import patient, plain, send_all


def portal(patient_id: int) -> str:
    return str(Patient.get_by_id(patient_id).portal)


def test_the_story_from_invite_to_set_up_steps(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0, custom_message="As promised on the phone.")
    assert portal(joanna) == "queued"

    (mail,) = send_all()
    assert mail.to == "patient1@example.com"
    words = plain(mail)
    assert "As promised on the phone." in words
    assert "1. Press Reply, type ACCEPT, and send." in words
    assert "work until Sunday 29 November 2026" in words
    assert "Joanna" not in words, "neutral unless the practice chose personal messages"
    assert portal(joanna) == "invited"

    code = re.search(r"\d{3} \d{3} \d{3} \d\b", words)
    assert code is not None
    accepted = accepting.accept_by_code(practice, invited.invitation_id, code.group())
    assert accepted.identity_wanted
    assert portal(joanna) == "accepted_check"
    assert [row.kind for row in notifications.listing(practice)] == ["accepted"]
    assert send_all() == [], "no steps before the identity is checked"

    accepting.check_identity(practice, invited.invitation_id, "photo card at the desk")
    (steps,) = send_all()
    assert "https://portal.example.org" in plain(steps)
    assert portal(joanna) == "accepted"


def test_a_held_invitation_does_not_go_and_can_be_taken_back(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna)
    assert send_all() == []
    inviting.cancel(practice, invited.invitation_id)
    with clock.frozen_at(NOW + timedelta(minutes=3)):
        assert send_all() == []
    assert portal(joanna) == "not_invited"
    inviting.invite(practice, joanna)


def test_a_second_invitation_is_refused_and_a_resend_supersedes(practice: Viewer) -> None:
    joanna = patient()
    first = inviting.invite(practice, joanna, hold=0)
    send_all()
    with pytest.raises(Refused) as refused:
        inviting.invite(practice, joanna)
    assert refused.value.reason == "already_invited"
    second = inviting.resend(practice, first.invitation_id, hold=0)
    (mail,) = send_all()
    assert mail.to == "patient1@example.com"
    assert reading.one(practice, first.invitation_id).state == "superseded"
    assert reading.one(practice, second.invitation_id).state == "sent"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "deceased"}, "status"),
        ({"status": "archived"}, "status"),
        ({"status": "blocked"}, "status"),
        ({"communication": "none"}, "no_mail"),
        ({"communication": "phone"}, "no_mail"),
        ({"email": None}, "no_email"),
        ({"email": "not an address"}, "bad_email"),
        ({"email": "Okafor@Practice.Example.org"}, "practitioner_email"),
    ],
)
def test_who_may_not_be_invited_is_skipped_with_the_reason(
    practice: Viewer, change: dict[str, Any], reason: str
) -> None:
    Practitioner.create(
        name="Dr Okafor", name_fold="dr okafor", email="okafor@practice.example.org",
        email_fold="okafor@practice.example.org",
    )  # fmt: skip
    joanna = patient(**change)
    outcome = inviting.invite_many(practice, [joanna, joanna])
    assert [(row.patient_id, row.reason) for row in outcome.skipped] == [(joanna, reason)]
    assert outcome.queued == []
    assert Message.select().count() == 0


def test_who_has_a_portal_gets_nothing(practice: Viewer) -> None:
    joanna = patient()
    with transaction():
        PortalAccount.create(patient=joanna, state="active", since=NOW, known_from="desk")
    assert inviting.invite_many(practice, [joanna]).skipped[0].reason == "has_portal"


def test_a_rule_that_changes_while_the_message_waits_stops_it(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0)
    with transaction():
        Patient.update(status="deceased").execute()
    assert send_all() == []
    assert reading.one(practice, invited.invitation_id).state == "cancelled"
    assert "deceased" in (notifications.listing(practice)[0].detail or "")


def test_a_dry_run_asks_the_same_questions_and_keeps_nothing(practice: Viewer) -> None:
    people = [patient("1"), patient("2", status="deceased"), patient("3")]
    dry = inviting.invite_many(practice, people, dry_run=True)
    assert Invitation.select().count() == 0
    wet = inviting.invite_many(practice, people)
    assert [row.patient_id for row in dry.queued] == [row.patient_id for row in wet.queued] == [people[0], people[2]]
    assert dry.skipped == wet.skipped


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [("patient_access.invitations", "off", "not_enabled"), ("portal.appointments", "reply", "nothing_offered")],
)
def test_patient_access_decides(practice: Viewer, name: str, value: str, reason: str) -> None:
    settings.change(practice, "portal.invoices", "no")
    settings.change(practice, name, value)
    if name == "patient_access.invitations":
        settings.change(practice, "portal.invoices", "portal")
    with pytest.raises(Refused) as refused:
        inviting.invite(practice, patient())
    assert refused.value.reason == reason


def test_ten_wrong_codes_lock_the_invitation(practice: Viewer) -> None:
    invited = inviting.invite(practice, patient(), hold=0)
    send_all()
    row = Invitation.get_by_id(invited.invitation_id)
    right = codes.code(row.ref, row.key_id)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    for _ in range(accepting.MOST_WRONG_CODES):
        with pytest.raises(FieldError):
            accepting.accept_by_code(practice, invited.invitation_id, wrong)
    with pytest.raises(Refused) as refused:
        accepting.accept_by_code(practice, invited.invitation_id, right)
    assert refused.value.reason == "locked"


def test_an_expired_invitation_is_not_accepted_and_makes_room(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0)
    send_all()
    row = Invitation.get_by_id(invited.invitation_id)
    with clock.frozen_at(NOW + timedelta(days=8)):
        with pytest.raises(Refused) as refused:
            accepting.accept_by_code(practice, invited.invitation_id, codes.code(row.ref, row.key_id))
        assert refused.value.reason == "expired"
        inviting.invite(practice, joanna)
    assert reading.one(practice, invited.invitation_id).state == "expired"


def test_the_database_itself_holds_one_live_invitation_a_patient(practice: Viewer) -> None:
    invited = inviting.invite(practice, patient())
    row: Any = Invitation.get_by_id(invited.invitation_id)
    row.id, row.ref, row.token_hash = None, "another", "another"
    with pytest.raises(Exception, match=r"(?i)unique"), transaction():
        row.save(force_insert=True)


def test_a_message_left_in_data_becomes_unconfirmed_and_never_goes_again(practice: Viewer) -> None:
    invited = inviting.invite(practice, patient(), hold=0)
    (claimed,) = outbox.claim("dies", 1)
    envelope = outbox.prepare(claimed, "desk@example.org")
    assert envelope is not None
    assert outbox.begin([envelope]) == {claimed}
    with clock.frozen_at(NOW + timedelta(minutes=6)):
        assert outbox.release_lapsed() == 1
        assert outbox.claim("next", 10) == []
    assert reading.one(practice, invited.invitation_id).state == "unconfirmed"
    outbox.confirm_sent(practice, invited.invitation_id, "found in Sent")
    assert reading.one(practice, invited.invitation_id).state == "sent"


def test_a_claim_left_behind_goes_back_and_the_first_worker_has_lost_it(practice: Viewer) -> None:
    inviting.invite(practice, patient(), hold=0)
    (first,) = outbox.claim("slow", 1)
    lost = outbox.prepare(first, "desk@example.org")
    assert lost is not None
    with clock.frozen_at(NOW + timedelta(minutes=6)):
        outbox.release_lapsed()
        (second,) = outbox.claim("next", 1)
        assert outbox.prepare(first, "desk@example.org") is None
        mine = outbox.prepare(second, "desk@example.org")
        assert mine is not None
        assert outbox.begin([lost, mine]) == {second}


def test_patients_who_share_an_address_are_told_apart(practice: Viewer) -> None:
    patient("1", "Joanna", email="home@example.com")
    joel = patient("2", "Joel", email="home@example.com")
    inviting.invite(practice, joel, hold=0)
    (mail,) = send_all()
    assert plain(mail).startswith("Hello Joel,")


def test_a_message_too_long_for_anybody_is_no_patients_fault(practice: Viewer) -> None:
    with pytest.raises(FieldError) as refused:
        inviting.invite_many(practice, [patient()], custom_message="x" * (queueing.LONGEST_MESSAGE + 1))
    assert refused.value.field == "message"


def test_an_accepted_invitation_is_not_sent_again(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0).invitation_id
    (mail,) = send_all()
    accepting.accept_by_code(practice, invited, re.findall(r"\d{3} \d{3} \d{3} \d\b", plain(mail))[0])
    with pytest.raises(Refused) as refused:
        inviting.resend(practice, invited)
    assert refused.value.reason == "accepted"
    assert [row.state for row in reading.of_patient(practice, joanna)] == ["accepted"]
