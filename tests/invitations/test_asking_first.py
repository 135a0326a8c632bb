"""Many are asked about before anything is written: a dry run is no more than that, and nobody waits for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.db.connection import is_postgres, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import BlockedAddress, Invitation, Message
from clinic_tui.db.models.practice import History, Practitioner
from clinic_tui.errors import ClinicError
from clinic_tui.invitations import asking, inviting, portal_line, queueing, reading
from tests.conftest import NOW
from tests.invitations.people import patient, send_all
from tests.statements import recorded


def elsewhere(patient_id: int, **values: Any) -> None:
    """Somebody else changes a patient, and does not wait for long."""

    def change() -> None:
        with transaction():
            Patient.update(**values).where(Patient.id == patient_id).execute()

    with ThreadPoolExecutor(1) as other:
        other.submit(change).result(15)


def test_others_write_while_a_dry_run_asks_and_it_tells_of_one_moment(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]
    dry = inviting.invite_many(
        practice, people, dry_run=True, progress=lambda _: elsewhere(people[0], status="deceased")
    )
    assert [row.patient_id for row in dry.queued] == people
    assert [row.reason for row in inviting.invite_many(practice, people, dry_run=True).skipped] == ["status"]


def test_nobody_is_asked_about_twice_where_nobody_has_written_since(
    practice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, asked, ask = [patient(str(at)) for at in range(3)], [], asking.ask
    monkeypatch.setattr(asking, "ask", lambda *about: asked.append(1) or ask(*about))  # type: ignore[func-returns-value]
    if is_postgres():  # of its number's own tests: see tests.db.test_version; here other tests write beside this one
        for module in (inviting, queueing):
            monkeypatch.setattr(module, "version", lambda: 7)
    assert len(inviting.invite_many(practice, people).queued) == 3
    assert asked == []


def test_who_is_changed_between_the_question_and_the_lock_is_asked_about_again(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]
    heard: list[int] = []

    def progress(number: int) -> None:
        if not heard:
            elsewhere(people[1], status="deceased")
        heard.append(number)

    outcome = inviting.invite_many(practice, people, progress=progress)
    assert [row.patient_id for row in outcome.queued] == [people[0], people[2]]
    assert [(row.patient_id, row.reason) for row in outcome.skipped] == [(people[1], "status")]


def test_a_dry_run_does_not_count_what_has_run_out_and_leaves_it(practice: Viewer) -> None:
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0)
    send_all()
    assert inviting.invite_many(practice, [joanna], dry_run=True).skipped[0].reason == "already_invited"
    with clock.frozen_at(NOW + timedelta(days=9)):
        dry = inviting.invite_many(practice, [joanna], dry_run=True)
        assert [(row.patient_id, row.invitation_id) for row in dry.queued] == [(joanna, 0)]
        assert reading.one(practice, invited.invitation_id).state == "sent"
        inviting.invite_many(practice, [joanna])
        assert reading.one(practice, invited.invitation_id).state == "expired"


def test_what_is_written_of_many_is_what_is_written_of_one(practice: Viewer) -> None:
    one, *many = [patient(str(at)) for at in range(4)]
    inviting.invite(practice, one, custom_message="Hello")
    inviting.invite_many(practice, many, custom_message="Hello")

    def row_of(model: Any, which: Any, without: tuple[str, ...]) -> dict[str, Any]:
        row = dict(model.get(which).__data__)
        return {name: value for name, value in row.items() if name not in without}

    own = (
        "id",
        "ref",
        "token_hash",
        "patient",
        "patient_id",
        "email",
        "email_fold",
        "invitation",
        "invitation_id",
        "hash",
    )
    ids = {row.patient_id: row.id for row in Invitation.select()}
    for two in many:
        assert row_of(Invitation, Invitation.patient == two, own) == row_of(Invitation, Invitation.patient == one, own)
        for model, column in ((Message, Message.invitation), (History, History.invitation_id)):
            assert row_of(model, column == ids[two], own) == row_of(model, column == ids[one], own)
    for patient_id, line in portal_line.current([one, *many]).items():
        kept = Patient.get_by_id(patient_id)
        assert (kept.portal, kept.portal_at, kept.portal_until) == line


@pytest.mark.parametrize("message", ["", "Dear [Patient First Name], [Practitioner Name] of [Practice Name]"])
def test_twice_as_many_patients_take_no_more_questions(practice: Viewer, message: str) -> None:
    with transaction():
        doctor = Practitioner.create(name="Dr Okafor", name_fold="dr okafor")
    people = [patient(str(at), practitioner=doctor) for at in range(20)]
    with recorded() as few:
        inviting.invite_many(practice, people[:5], custom_message=message, dry_run=True)
    with recorded() as more:
        assert len(inviting.invite_many(practice, people, custom_message=message, dry_run=True).queued) == 20
    assert len(more.run) == len(few.run)


def test_an_address_is_refused_whatever_its_case(practice: Viewer) -> None:
    with transaction():
        BlockedAddress.create(email_fold="a.b@example.com", reason="not me", created_at=NOW, created_by="x")
    people = [patient("1", email="A.B@Example.com"), patient("2", email="a.c@example.com")]
    outcome = inviting.invite_many(practice, people)
    assert [(row.patient_id, row.reason) for row in outcome.skipped] == [(people[0], "blocked_address")]


def test_leaving_off_midway_keeps_nothing(practice: Viewer) -> None:
    people = [patient(str(at)) for at in range(3)]

    def leave(_: int) -> None:
        raise ClinicError("It was left.")

    with pytest.raises(ClinicError, match="left"):
        inviting.invite_many(practice, people, progress=leave)
    assert Invitation.select().count() == Message.select().count() == 0
