"""The work queues: who is in each, in which order, and with which thing to do; on both engines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinic_tui import access, clock, outbox, queues, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import is_postgres, transaction
from clinic_tui.db.models.patients import Appointment, Patient, PortalAccount
from clinic_tui.db.models.post import Invitation, Reply
from clinic_tui.errors import ClinicError, NotFound, Refused
from clinic_tui.invitations import accepting, answering, asking_again, codes, inviting, portal_line
from clinic_tui.queues import of_age
from clinic_tui.queues.finding import FIND
from tests.conftest import NOW
from tests.invitations.people import begin, patient, send_all
from tests.invitations.test_minors import child, guardian
from tests.statements import recorded


@pytest.fixture(autouse=True)
def _key(tmp_path: Any) -> None:
    codes.use_key_file(tmp_path / "clinic.key")


def invited(viewer: Viewer, patient_id: int) -> int:
    """An invitation that went out."""
    invitation = inviting.invite(viewer, patient_id, hold=0).invitation_id
    send_all()
    return invitation


def accepted(viewer: Viewer, patient_id: int) -> int:
    row = Invitation.get_by_id(invited(viewer, patient_id))
    accepting.accept_by_code(viewer, row.id, codes.code(row.ref, row.key_id))
    return int(row.id)


def comes(patient_id: int, when: datetime, status: str = "booked") -> None:
    with transaction():
        Appointment.create(patient=patient_id, starts_at=when, status=status)


def change(patient_id: int, **values: Any) -> None:
    with transaction():
        Patient.update(**values).where(Patient.id == patient_id).execute()


def rows(viewer: Viewer, name: str) -> list[queues.QueueRow]:
    found = queues.rows_by_id(viewer, name, queues.ids(viewer, name))
    assert len(found) == queues.counts(viewer)[name]
    return found


def said(viewer: Viewer, name: str) -> list[tuple[int, str | None, str]]:
    return [(row.id, row.note or None, row.does) for row in rows(viewer, name)]


def test_every_queue_has_its_finder() -> None:
    assert list(FIND) == [queue.name for queue in queues.QUEUES]


def test_nothing_waits_in_an_empty_practice(practice: Viewer) -> None:
    patient()
    assert set(queues.counts(practice).values()) == {0}


def test_one_of_each_that_comes_back(practice: Viewer) -> None:
    people = {
        name: patient(str(at)) for at, name in enumerate(("bounced", "failed", "unconfirmed", "accepted", "sent"))
    }
    answering.bounce(invited(practice, people["bounced"]), "no such mailbox")
    for name, tell in (("failed", outbox.failed), ("unconfirmed", outbox.unconfirmed)):
        inviting.invite(practice, people[name], hold=0)
        (claimed,) = outbox.claim("test", 1)
        begin(claimed)
        tell(claimed, "550 no")
    accepted(practice, people["accepted"])
    sent = invited(practice, people["sent"])
    with transaction():
        reply = Reply.create(digest="1", invitation=sent, kind="reply", outcome="review", why="it says yes please",
                             sender="a@example.com", received_at=now())  # fmt: skip
        stray = Reply.create(digest="2", kind="reply", outcome="review", why="no invitation", sender="b@example.com",
                             received_at=now())  # fmt: skip
    assert said(practice, "bounced") == [(people["bounced"], "no such mailbox", "resend")]
    assert said(practice, "failed") == [(people["failed"], "550 no", "resend")]
    assert said(practice, "unconfirmed") == [(people["unconfirmed"], None, "resend")]
    assert said(practice, "accepted") == [(people["accepted"], None, "identity")]
    first, second = rows(practice, "review")
    assert (first.id, first.patient and first.patient.id, first.note) == (
        reply.id,
        people["sent"],
        "it says yes please",
    )
    assert (second.id, second.patient, second.invitation_id) == (stray.id, None, None)
    assert queues.counts(practice) == {
        **dict.fromkeys(FIND, 0), "bounced": 1, "failed": 1, "unconfirmed": 1, "accepted": 1, "review": 2,
    }  # fmt: skip


def test_who_accepted_is_listed_until_the_account_is_there_and_the_longest_first(practice: Viewer) -> None:
    one, two = patient("1"), patient("2")
    with clock.frozen_at(NOW - timedelta(days=3)):
        first = accepted(practice, two)
    accepted(practice, one)
    assert [row.id for row in rows(practice, "accepted")] == [two, one]
    accepting.check_identity(practice, first, "photo card")
    (claimed,) = outbox.claim("test", 1)
    outbox.failed(claimed, "550 no such mailbox")
    assert (two, "the set-up steps: failed", "") in said(practice, "accepted")
    with transaction():
        PortalAccount.create(patient=two, state="active", since=now(), known_from="import")
        portal_line.refresh(two)
    assert [row.id for row in rows(practice, "accepted")] == [one]


def test_what_runs_out_soon_and_what_has(practice: Viewer) -> None:
    one = patient("1")
    invited(practice, one)
    until = Invitation.get().expires_at
    assert until is not None
    for at, name in (
        (until - timedelta(days=2, seconds=1), ""), (until - timedelta(days=2), "expiring"),
        (until - timedelta(seconds=1), "expiring"), (until, "expired"),
    ):  # fmt: skip
        with clock.frozen_at(at):
            assert [key for key, number in queues.counts(practice).items() if number] == ([name] if name else [])
            if name:
                ((key, note, does),) = said(practice, name)
                assert (key, note, does) == (one, "patient1@example.com", "resend" if name == "expiring" else "invite")
    with clock.frozen_at(until):
        from clinic_tui.invitations import expiring

        expiring.close_lapsed()
        assert [row.id for row in rows(practice, "expired")] == [one]


def test_who_declined_is_listed_once_a_day_is_set_the_first_day_first(practice: Viewer) -> None:
    one, two = patient("1"), patient("2")
    ones, twos = invited(practice, one), invited(practice, two)
    answering.decline(ones)
    answering.decline(twos)
    assert rows(practice, "ask-again") == []
    asking_again.ask_again(practice, ones, date(2027, 2, 1))
    asking_again.ask_again(practice, twos, date(2027, 1, 1))
    assert [(row.id, row.time, row.does) for row in rows(practice, "ask-again")] == [
        (two, date(2027, 1, 1), "invite"), (one, date(2027, 2, 1), "invite"),
    ]  # fmt: skip
    again = invited(practice, two)
    assert [row.id for row in rows(practice, "ask-again")] == [one]
    answering.decline(again)  # that no has no day
    assert [row.id for row in rows(practice, "ask-again")] == [one]
    asking_again.ask_again(practice, ones, None)
    assert rows(practice, "ask-again") == []


def test_who_comes_today_and_was_never_invited(practice: Viewer) -> None:
    late, early, tomorrow, no_mail, away, was, seen, no_email = (patient(str(at)) for at in range(8))
    for who in (late, early, no_mail, away, was, no_email):
        comes(who, NOW + timedelta(hours=6 if who == late else 3))
    comes(late, NOW + timedelta(hours=7))
    comes(tomorrow, NOW + timedelta(days=1))
    comes(seen, NOW - timedelta(hours=1), "cancelled")
    change(no_mail, communication="phone")
    change(away, status="archived")
    change(no_email, email=None, email_fold=None)
    inviting.revoke(practice, invited(practice, was))
    assert [(row.id, row.time, row.does) for row in rows(practice, "today")] == [
        (early, NOW + timedelta(hours=3), "invite"), (late, NOW + timedelta(hours=6), "invite"),
    ]  # fmt: skip
    inviting.invite(practice, early)
    assert [row.id for row in rows(practice, "today")] == [late]
    settings.change(practice, "patient_access.invitations", "off")
    assert rows(practice, "today") == []


def test_a_child_who_comes_today_needs_a_guardian(practice: Viewer) -> None:
    mia, max_ = child("1"), child("2", "Max")
    for who in (mia, max_):
        comes(who, NOW + timedelta(hours=3))
    guardian(mia)
    assert [row.id for row in rows(practice, "today")] == [mia]


TODAY = NOW.date()


def born(age: int, days: int) -> date:
    """Whoever is `age` in so many days."""
    day = TODAY + timedelta(days=days)
    return day.replace(year=day.year - age)


def test_who_came_of_age_since_a_guardian_was_invited(practice: Viewer) -> None:
    mia = child("1", birth_date=born(16, 5))
    child("2", "Later", birth_date=born(16, 31))
    soon = child("3", "Soon", birth_date=born(16, 30))
    grown = child("4", "Grown", birth_date=born(16, 0))
    through = child("5", "Through", birth_date=date(1950, 1, 1), email=None)
    for who in (mia, through):
        guardian(who)
        invited(practice, who)
    assert said(practice, "of-age") == [
        (mia, "through a guardian, aoife@example.com", "of_age"), (soon, None, "of_age"),
    ]  # fmt: skip
    with clock.frozen_at(NOW + timedelta(days=6)):
        assert [(row.id, row.time) for row in rows(practice, "of-age")][:2] == [
            (mia, TODAY + timedelta(days=5)), (soon, TODAY + timedelta(days=30)),
        ]  # fmt: skip
        of_age.seen_to(practice, mia)
        assert mia not in queues.ids(practice, "of-age")
        with pytest.raises(Refused):
            of_age.seen_to(practice, mia)
    assert grown not in queues.ids(practice, "of-age")
    settings.change(practice, "patient_access.own_age", 0)
    assert rows(practice, "of-age") == []


def test_a_guardians_invitation_that_came_to_nothing_gives_nobody_an_account(practice: Viewer) -> None:
    mia = child("1", birth_date=born(16, 5))
    guardian(mia)
    invitation = invited(practice, mia)
    with clock.frozen_at(NOW + timedelta(days=6)):
        assert list(queues.ids(practice, "of-age")) == [mia]
        inviting.revoke(practice, invitation)
        assert list(queues.ids(practice, "of-age")) == []


def test_who_was_born_on_29_february_is_of_age_on_1_march() -> None:
    assert of_age.day_of(date(2008, 2, 29), 17) == date(2025, 3, 1)
    assert of_age.day_of(date(2008, 2, 29), 16) == date(2024, 2, 29)


def test_nobody_works_on_who_is_not_a_patient_any_more(practice: Viewer) -> None:
    for status in ("archived", "deceased", "blocked", "current"):
        one = patient(status, birth_date=born(16, 5))
        change(one, portal="bounced", portal_at=now(), status=status)
    assert [list(queues.ids(practice, name)) for name in ("bounced", "of-age")] == [[one], [one]]


def test_counts_stop(practice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    from clinic_tui.queues import listing

    monkeypatch.setattr(listing, "MOST", 2)
    for at in range(5):
        change(patient(str(at)), portal="bounced", portal_at=now())
    assert queues.counts(practice)["bounced"] == 3
    assert len(queues.ids(practice, "bounced")) == 3


def test_no_queue_looks_at_all_patients_nor_sorts_them(practice: Viewer) -> None:
    if is_postgres():
        pytest.skip("its planner goes by how many there are")
    scoped = Viewer("alice", "front-desk", 1, frozenset({1, 2}))
    kept = Viewer("bob", "front-desk", 1, revoked=True)
    for viewer in (practice, scoped, kept):
        for name in FIND:
            with recorded() as statements:
                FIND[name](viewer, 1_001)
            wrong = ("SCAN t",) if name == "today" else ("SCAN t", "USE TEMP B-TREE")  # a day's patients are sorted
            assert [step for step in statements.steps() if step.startswith(wrong)] == [], (viewer.login, name)


def test_an_unknown_queue_is_said_with_those_there_are(practice: Viewer) -> None:
    with pytest.raises(NotFound, match="review, accepted"):
        queues.ids(practice, "nonsense")


def test_who_sees_no_names_has_no_queue_that_asks_for_what_is_hidden(practice: Viewer) -> None:
    one = child("1", birth_date=born(16, 5))
    comes(patient("2"), NOW)
    change(one, portal="bounced", portal_at=now())
    blind = Viewer("blind", "front-desk", names_hidden=True)
    counts = queues.counts(blind)
    assert {name for name, number in counts.items() if number is None} == {"today", "of-age"}
    for name in ("today", "of-age"):
        with pytest.raises(ClinicError, match="Names are hidden"):
            queues.ids(blind, name)
    (row,) = queues.rows_by_id(blind, "bounced", queues.ids(blind, "bounced"))
    assert row.patient is not None
    assert (row.patient.family, row.patient.email, row.note) == (None, None, None)


def in_every_queue(viewer: Viewer, doctor: int) -> set[int]:
    """A patient of the practitioner's in each queue; their ids."""
    ids = {name: patient(f"{doctor}{name}", practitioner=doctor) for name in FIND}
    for name in ("bounced", "failed", "unconfirmed", "accepted", "expired"):
        change(ids[name], portal=name, portal_at=now())
    change(ids["expiring"], portal="invited", portal_until=now() + timedelta(days=1))
    change(ids["of-age"], birth_date=born(16, 5))
    comes(ids["today"], NOW)
    declined = invited(viewer, ids["ask-again"])
    answering.decline(declined)
    asking_again.ask_again(viewer, declined, TODAY)
    invitation = invited(viewer, ids["review"])
    with transaction():
        Reply.create(digest=f"{doctor}", invitation=invitation, kind="reply", outcome="review", why="?",
                     sender="a@b.example", received_at=now())  # fmt: skip
    return set(ids.values())


def test_a_queue_keeps_to_whom_the_viewer_reaches(practice: Viewer) -> None:
    with transaction():
        lee, okafor = (
            access.practitioners().create(name=name, name_fold=name.lower()).id for name in ("Lee", "Okafor")
        )
    in_every_queue(practice, okafor)
    mine = in_every_queue(practice, lee)
    own = Viewer("lee", "practitioner", scope=frozenset((lee,)))
    for name in FIND:
        assert (queues.counts(practice)[name], queues.counts(own)[name]) == (2, 1), name
        everybody = queues.ids(practice, name)
        (row,) = queues.rows_by_id(own, name, everybody)
        assert row.patient is not None
        assert row.patient.id in mine
        assert list(queues.ids(own, name)) == [row.id]
