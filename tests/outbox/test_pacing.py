"""The practice's pace: no more go in a minute, a day or to one domain than it wants, whoever sends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_tui import clock, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.db.models.post import Message
from clinic_tui.invitations import inviting
from tests.conftest import NOW
from tests.invitations.people import patient, send_all


def invite(viewer: Viewer, *domains: str) -> None:
    for number, domain in enumerate(domains, 1):
        inviting.invite(viewer, patient(str(number), email=f"pat{number}@{domain}"), hold=0)


def went_to(count: int) -> list[str]:
    """The domains of what goes when so many senders ask for ten each."""
    before = {row.id for row in Message.select().where(Message.state == "sent")}
    for _ in range(count):
        send_all()
    rows = Message.select().where(Message.state == "sent").order_by(Message.id)
    return [row.invitation.email.partition("@")[2] for row in rows if row.id not in before]


@pytest.mark.parametrize(
    ("name", "span"), [("mail.per_minute", timedelta(minutes=1)), ("mail.per_day", timedelta(days=1))]
)
def test_no_more_go_than_wanted_until_the_time_is_over(practice: Viewer, name: str, span: timedelta) -> None:
    settings.change(practice, name, 4)
    invite(practice, *["example.com"] * 10)
    assert len(went_to(3)) == 4
    with clock.frozen_at(NOW + span - timedelta(seconds=1)):
        assert went_to(2) == []
    with clock.frozen_at(NOW + span + timedelta(seconds=1)):
        assert len(went_to(2)) == 4


def test_what_a_sender_has_claimed_counts_already(practice: Viewer) -> None:
    settings.change(practice, "mail.per_minute", 4)
    invite(practice, *["example.com"] * 10)
    assert len(outbox.claim("one", 3)) == 3
    assert len(outbox.claim("another", 3)) == 1
    assert outbox.claim("another", 3) == []


def test_one_domain_waits_and_the_others_go(practice: Viewer) -> None:
    settings.change(practice, "mail.per_domain_minute", 2)
    invite(practice, *["big.example"] * 5, "small.example", "tiny.example")
    assert sorted(went_to(3)) == ["big.example"] * 2 + ["small.example", "tiny.example"]
    with clock.frozen_at(NOW + timedelta(seconds=61)):
        assert went_to(3) == ["big.example"] * 2
