"""The head of the history, mailed to owners once a week: a history written anew shows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from clinic_tui import checks, clock, history, notifications, trial
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Notice, Staff
from clinic_tui.mail.sync import run_once
from clinic_tui.outbox import notices
from tests.conftest import NOW
from tests.history.behind import behind_its_back, run
from tests.servers.faults import Fault
from tests.servers.smtp import Received, SmtpServer


@pytest.fixture
def owner(open_practice: Viewer) -> Viewer:
    """An owner who has an address; another who has none, one who left, and the desk."""
    with transaction():
        Staff.update(email="ola@example.org").execute()
        Staff.create(login="b", name="b", role="owner", created_at=NOW)
        Staff.create(login="c", name="c", role="owner", email="c@example.org", active=False, created_at=NOW)
        Staff.create(login="d", name="d", role="front-desk", email="d@example.org", created_at=NOW)
    history.record(open_practice, "edit", patient=1, phone="1")
    return open_practice


def head_in(received: Received) -> str:
    body = str(received.message.get_content())
    return str(re.findall(r"^[0-9a-f]{64}$", body, re.MULTILINE)[0])


def states() -> list[str]:
    return [row.state for row in Notice.select().order_by(Notice.id)]


def test_once_a_week_to_owners_with_an_address(owner: Viewer, conf: Config, smtp: SmtpServer) -> None:
    run_once(conf)
    run_once(conf)
    (mail,) = smtp.messages
    assert mail.recipients == ("ola@example.org",)
    assert "Every line is as it was written." in mail.message.get_content()
    assert mail.message["Auto-Submitted"] == "auto-generated"
    head = head_in(mail)
    history.record(owner, "edit", patient=1, phone="2")
    assert history.verify(owner, head).ok
    with clock.frozen_at(NOW + timedelta(days=6, hours=23)):
        run_once(conf)
    assert len(smtp.messages) == 1
    with clock.frozen_at(NOW + timedelta(days=7)):
        run_once(conf)
    assert len(smtp.messages) == 2
    assert head_in(smtp.messages[1]) != head
    assert states() == ["sent", "sent"]


def test_a_history_written_anew_shows_against_the_head_in_the_mail(
    owner: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    run_once(conf)
    head = head_in(smtp.messages[0])
    with behind_its_back():
        run("DELETE FROM history")
        history.record(owner, "edit", patient=2)
    with behind_its_back():
        run("DELETE FROM history WHERE id = (SELECT max(id) FROM history)")
        assert history.verify(owner).ok, "its end is cut off: what is left fits"
        assert not history.verify(owner, head).ok


def test_a_history_that_was_changed_is_told_in_the_mail(owner: Viewer, conf: Config, smtp: SmtpServer) -> None:
    with transaction():
        name = " ON history" if "postgres" in conf.database else ""
        run(f"DROP TRIGGER history_is_not_changed{name}")
        run("UPDATE history SET login = 'bob' WHERE action = 'edit'")
    run_once(conf)
    assert "NOT WHAT WAS WRITTEN" in smtp.messages[0].message.get_content()


def test_later_where_the_server_says_later_and_never_twice(owner: Viewer, conf: Config, smtp: SmtpServer) -> None:
    smtp.faults.add(Fault("rcpt", "451 4.3.0 Later", times=1))
    run_once(conf)
    assert (smtp.messages, states()) == ([], ["deferred"])
    with clock.frozen_at(NOW + timedelta(minutes=6)):
        run_once(conf)
        assert (len(smtp.messages), states()) == (1, ["sent"])


def test_one_sender_has_it_and_a_dead_one_leaves_doubt(owner: Viewer) -> None:
    assert notices.queue_head(owner) == 1
    assert notices.queue_head(owner) == 0
    (waiting,) = notices.due()
    assert notices.begin(waiting.id)
    assert not notices.begin(waiting.id)
    with clock.frozen_at(NOW + timedelta(minutes=6)):
        assert notices.due() == []
    assert states() == ["unconfirmed"]


def test_staff_are_told_where_the_head_reaches_no_owner(owner: Viewer, conf: Config, smtp: SmtpServer) -> None:
    trial.plain(conf, owner)  # is no head of the history
    smtp.faults.add(Fault("rcpt", "550 5.1.1 No such user", match="ola@"))
    run_once(conf)
    assert states() == ["sent", "failed"]
    (told,) = notifications.listing(owner)
    assert (told.kind, told.patient_id) == ("failed", None)
    assert told.detail == (
        "The weekly mail with the history's head to the owner at ola@example.org was not delivered: "
        "550 5.1.1 No such user"
    )
    found = {check.name: check for check in checks.look(conf)}
    assert not found["head"].ok
    assert told.detail in found["head"].detail
    smtp.faults.clear()
    with clock.frozen_at(NOW + timedelta(days=7)):
        run_once(conf)
        assert {check.name: check.ok for check in checks.look(conf)}["head"]
