from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinic_tui import clock, history, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient, PortalAccount
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import FieldError, NotAllowed
from clinic_tui.invitations import accepting, answering, bulk, inviting, queueing
from clinic_tui.many import Changed
from clinic_tui.patients.bulk import change_many
from screens.reports.reasons import REASONS
from tests.conftest import NOW
from tests.invitations.people import DESK, patient, plain, send_all

EIGHT_DAYS = timedelta(days=8)


def sent(number: str, message: str = "", **more: Any) -> int:
    """A patient whose invitation went out; the patient's id."""
    one = patient(number, **more)
    inviting.invite(Viewer.system(), one, hold=0, custom_message=message)
    send_all()
    return one


def states(patient_id: int) -> list[str]:
    """The states of the patient's invitations, oldest first."""
    rows = Invitation.select().where(Invitation.patient == patient_id).order_by(Invitation.id)
    return [row.state for row in rows]


def change(patient_id: int, **values: Any) -> None:
    with transaction():
        Patient.update(**values).where(Patient.id == patient_id).execute()


def reasons(outcome: inviting.Outcome | Changed) -> dict[int, str]:
    return {row.patient_id: row.reason for row in outcome.skipped}


def in_data(patient_id: int) -> outbox.Claim:
    """The patient's invitation, its body on the way at this moment."""
    inviting.invite(Viewer.system(), patient_id, hold=0)
    (claimed,) = outbox.claim("test", 1)
    envelope = outbox.prepare(claimed, DESK)
    assert envelope is not None
    assert outbox.begin([envelope]) == {claimed}
    return claimed


def test_pending_and_expired_ones_are_sent_again_and_nobody_else(practice: Viewer) -> None:
    account = sent("0")
    expired, lapsed = sent("1"), sent("2")
    with transaction():
        PortalAccount.create(patient=account, state="active", since=NOW, known_from="desk")
        Invitation.update(state="expired").where(Invitation.patient == expired).execute()
    with clock.frozen_at(NOW + EIGHT_DAYS):
        pending, unsure, accepted, declined = sent("3"), sent("4"), sent("5"), sent("6")
        deceased, quiet, queued, never = sent("7"), sent("8"), patient("9"), patient("10")
        newest = {row.patient_id: row.id for row in Invitation.select()}
        with transaction():
            Invitation.update(state="unconfirmed").where(Invitation.patient == unsure).execute()
        accepting.accept_at_desk(practice, newest[accepted])
        answering.decline(newest[declined])
        change(deceased, status="deceased")
        change(quiet, communication="phone")
        inviting.invite(practice, queued)
        everybody = [
            account, expired, lapsed, pending, unsure, accepted, declined, deceased, quiet, queued, never, 99_999,
        ]  # fmt: skip
        outcome = bulk.resend_many(practice, everybody * 2, hold=0)
        assert [row.patient_id for row in outcome.queued] == [expired, lapsed, pending, unsure]
        assert reasons(outcome) == {
            account: "has_portal", accepted: "accepted", declined: "not_pending", deceased: "status",
            quiet: "no_mail", queued: "already_invited", never: "not_pending", 99_999: "no_access",
        }  # fmt: skip
        assert len(outcome.skipped) == 8
        assert set(reasons(outcome).values()) <= set(REASONS), "the screens have words for them"
        assert states(expired) == ["expired", "queued"]
        assert states(lapsed) == states(pending) == states(unsure) == ["superseded", "queued"]
        assert {mail.to for mail in send_all()} >= {f"patient{number}@example.com" for number in (1, 2, 3, 4)}


def test_the_old_invitation_says_what_took_its_place_and_so_does_the_history(practice: Viewer) -> None:
    people = [sent(str(number)) for number in range(3)]
    old = {row.patient_id: row.id for row in Invitation.select()}
    outcome = bulk.resend_many(practice, people)
    newer = {row.patient_id: row.invitation_id for row in outcome.queued}
    superseded = list(Invitation.select().where(Invitation.state == "superseded"))
    assert {row.patient_id: row.superseded_by.id for row in superseded} == newer
    assert {row.closed_by for row in superseded} == {practice.login}
    lines = [line for line in history.latest(practice) if line.action == "resend"]
    assert {(line.patient_id, line.invitation_id): line.detail for line in lines} == {
        (one, old[one]): {"newer": newer[one]} for one in people
    }
    assert [Patient.get_by_id(one).portal for one in people] == ["queued"] * 3


def test_it_goes_where_the_old_one_went_with_the_old_message_unless_another_is_given(practice: Viewer) -> None:
    first, second = sent("1", "As promised on the phone."), sent("2")
    change(first, email="new@example.com", email_fold="new@example.com")
    bulk.resend_many(practice, [first, second], hold=0)
    mails = {mail.to: plain(mail) for mail in send_all()}
    assert set(mails) == {"patient1@example.com", "patient2@example.com"}
    assert "As promised on the phone." in mails["patient1@example.com"]
    assert "As promised" not in mails["patient2@example.com"]
    bulk.resend_many(practice, [first, second], hold=0, custom_message="Once more.")
    for mail in send_all():
        assert "Once more." in plain(mail)
        assert "As promised" not in plain(mail)
    bulk.resend_many(practice, [first, second], hold=0, custom_message="")
    assert all("Once more." not in plain(mail) for mail in send_all())


def test_the_address_is_asked_about_again(practice: Viewer) -> None:
    doctors, wrong = sent("1"), sent("2")
    Practitioner.create(name="Dr", name_fold="dr", email="patient1@example.com", email_fold="patient1@example.com")
    answering.not_me(Invitation.get(Invitation.patient == wrong).id)
    with transaction():
        Invitation.update(state="expired").where(Invitation.patient == wrong).execute()
    outcome = bulk.resend_many(practice, [doctors, wrong])
    assert reasons(outcome) == {doctors: "practitioner_email", wrong: "blocked_address"}
    assert states(doctors) == ["sent"]


def test_a_message_that_nobody_may_have_is_refused_before_anything_is_done(practice: Viewer) -> None:
    one = sent("1")
    with pytest.raises(FieldError):
        bulk.resend_many(practice, [one], custom_message="x" * (queueing.LONGEST_MESSAGE + 1))
    assert reasons(bulk.resend_many(practice, [one], custom_message="Dear [Shoe Size]")) == {one: "unresolved_term"}
    assert states(one) == ["sent"]


def test_nothing_is_sent_again_while_patient_access_is_off(practice: Viewer) -> None:
    one = sent("1")
    settings.change(practice, "patient_access.invitations", "off")
    assert reasons(bulk.resend_many(practice, [one])) == {one: "not_enabled"}
    assert len(bulk.revoke_many(practice, [one]).changed) == 1, "taking back is always possible"


def test_what_is_out_or_accepted_is_taken_back_and_nothing_else(practice: Viewer) -> None:
    pending, accepted, expired = sent("1"), sent("2"), sent("3")
    held, never = patient("4"), patient("5")
    inviting.invite(practice, held)
    accepting.accept_by_reply(Invitation.get(Invitation.patient == accepted).id, None)
    with transaction():
        Invitation.update(state="expired").where(Invitation.patient == expired).execute()
    everybody = [pending, accepted, expired, held, never, 99_999, pending]
    outcome = bulk.revoke_many(practice, everybody)
    assert outcome.changed == [
        (pending, "patient1@example.com"), (accepted, "patient2@example.com"), (held, "patient4@example.com"),
    ]  # fmt: skip
    assert reasons(outcome) == {expired: "nothing_to_revoke", never: "nothing_to_revoke", 99_999: "no_access"}
    assert [states(one) for one in (pending, accepted, held)] == [["revoked"], ["revoked"], ["cancelled"]]
    assert [Patient.get_by_id(one).portal for one in (pending, accepted, held)] == ["not_invited"] * 3
    done = {(line.action, line.patient_id) for line in history.latest(practice, 3)}
    assert done == {("revoke", pending), ("revoke", accepted), ("cancel", held)}
    with clock.frozen_at(NOW + timedelta(hours=1)):
        assert send_all() == [], "neither the held invitation nor the confirmation of the accepted one"


def test_one_whose_body_is_on_its_way_stays(practice: Viewer) -> None:
    on_its_way, other = patient("1"), sent("2")
    claimed = in_data(on_its_way)
    outcome = bulk.revoke_many(practice, [on_its_way, other])
    assert reasons(outcome) == {on_its_way: "being_sent"}
    assert {"being_sent", "nothing_to_revoke", "unchanged"} <= set(REASONS)
    assert [one for one, _ in outcome.changed] == [other]
    assert outbox.sent(claimed)
    assert states(on_its_way) == ["sent"]
    assert [one for one, _ in bulk.revoke_many(practice, [on_its_way, other]).changed] == [on_its_way]


Act = Callable[..., "inviting.Outcome | Changed"]
BOTH = pytest.mark.parametrize("act", [bulk.resend_many, bulk.revoke_many])


@BOTH
def test_who_sees_no_names_changes_nobody(practice: Viewer, act: Act) -> None:
    one = sent("1")
    blind = Viewer("cy", "front-desk", names_hidden=True)
    assert reasons(act(blind, [one, 99_999])) == {one: "names_hidden", 99_999: "no_access"}
    with pytest.raises(NotAllowed):
        act(Viewer("x", "visitor"), [one])  # type: ignore[arg-type]
    assert states(one) == ["sent"]


@BOTH
def test_a_patient_out_of_reach_is_nobody(practice: Viewer, act: Act) -> None:
    okafor = Practitioner.create(name="Dr Okafor", name_fold="dr okafor")
    mine, other = sent("1", practitioner=okafor), sent("2")
    outcome = act(Viewer("bea", "front-desk", scope=frozenset({okafor.id})), [other, mine])
    assert reasons(outcome) == {other: "no_access"}
    assert states(other) == ["sent"]
    assert states(mine) != ["sent"]


@BOTH
def test_a_dry_run_says_what_then_happens_and_keeps_nothing(practice: Viewer, act: Act) -> None:
    people = [sent("1"), patient("2"), sent("3"), 99_999]
    change(people[2], status="archived")
    before, heard = len(history.latest(practice)), list[int]()
    dry = act(practice, people, dry_run=True, progress=heard.append)
    assert states(people[0]) == states(people[2]) == ["sent"]
    assert (len(history.latest(practice)), heard) == (before, [4])
    wet = act(practice, people)
    assert dry.skipped == wet.skipped
    assert [row[-2:] for row in dry[0]] == [row[-2:] for row in wet[0]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # there, one who writes keeps all others waiting
def test_a_dry_run_waits_for_nobody_who_writes(practice: Viewer, database_url: str) -> None:
    people = [sent("1"), sent("2")]
    writer = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert [one for one, _ in bulk.revoke_many(practice, people, dry_run=True).changed] == people
    assert [row.patient_id for row in bulk.resend_many(practice, people, dry_run=True).queued] == people
    assert [one for one, _ in change_many(practice, people, dry_run=True, status="archived").changed] == people
    writer.close()


@BOTH
def test_all_or_nobody(practice: Viewer, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_tui.many.BLOCK", 2)
    people = [sent(str(number)) for number in range(5)]
    heard: list[int] = []

    def stop(done: int) -> None:
        heard.append(done)
        if done == 4:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act(practice, people, progress=stop)
    assert heard == [2, 4]
    assert [states(one) for one in people] == [["sent"]] * 5
    assert len(act(practice, people)[0]) == 5


@BOTH
@pytest.mark.parametrize("when", [NOW, NOW + EIGHT_DAYS], ids=["pending", "lapsed"])
def test_no_query_is_asked_for_each_patient(
    practice: Viewer, act: Act, when: Any, caplog: pytest.LogCaptureFixture
) -> None:
    people = []
    for number in range(24):
        with clock.frozen_at(NOW + timedelta(seconds=number)):
            people.append(sent(str(number), f"Message {number}."))

    def queries(ids: list[int]) -> int:
        with caplog.at_level(logging.DEBUG, "peewee"), clock.frozen_at(when + timedelta(hours=1)):
            caplog.clear()
            assert len(act(practice, ids)[0]) == len(ids)
            return len(caplog.records)

    assert queries(people[:4]) == queries(people[4:])


def test_messages_are_not_queued_twice(practice: Viewer) -> None:
    people = [sent(str(number)) for number in range(3)]
    bulk.resend_many(practice, people)
    assert reasons(bulk.resend_many(practice, people)) == dict.fromkeys(people, "already_invited")
    assert Message.select().where(Message.state == "queued").count() == 3
