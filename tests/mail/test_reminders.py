"""Reminders on real servers: by day, to who has not answered, each once; whatever ends the invitation ends them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_tui import clock, history, notifications, outbox, settings
from clinic_tui.access import Viewer, block_address
from clinic_tui.config import Config
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import PortalAccount
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import accepting, answering, inviting, reading, reminding, reviewing
from clinic_tui.mail.sync import run_once
from clinic_tui.patients.records import change
from tests.conftest import NOW
from tests.mail.post_office import account, bounce_of, config, deliver, invite, reply_to, until
from tests.mail.test_sender_killed import SENDER
from tests.screens import story
from tests.servers.faults import Fault
from tests.servers.smtp import Received, SmtpServer
from tests.servers.smtp_process import ROOT, Store, smtp_process

DUE = NOW + timedelta(days=3)  # 09:30


@pytest.fixture
def desk(open_practice: Viewer) -> Viewer:
    """A practice that reminds twice, three days apart."""
    settings.change(open_practice, "patient_access.reminders", 2)
    return open_practice


def later(conf: Config, moment: datetime) -> int:
    with clock.frozen_at(moment):
        return run_once(conf).sent


def body_of(received: Received) -> str:
    part = received.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_nobody_is_reminded_unless_the_practice_wants_it(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(open_practice)
    run_once(conf)
    assert [later(conf, NOW + timedelta(days=days)) for days in (3, 6)] == [0, 0]


def test_a_reminder_is_the_invitation_again_and_its_answer_accepts_that(
    desk: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path
) -> None:
    [invitation_id] = invite(desk)
    run_once(conf)
    before = Invitation.get_by_id(invitation_id)
    assert later(conf, DUE - timedelta(minutes=1)) == 0
    assert later(conf, DUE) == 1
    assert later(conf, DUE + timedelta(hours=1)) == 0
    first, second = smtp.messages
    assert "still open" in second.message["Subject"]
    assert "This is a reminder." in body_of(second)
    assert (first.message["Auto-Submitted"], second.message["Auto-Submitted"]) == (None, "auto-generated")
    assert first.message["Message-ID"] != second.message["Message-ID"]
    assert first.message["Reply-To"] == second.message["Reply-To"]
    code, works_until = r"this code: ([\d ]+)", r"work until ([^.]+)\."
    for pattern in (code, works_until, r"Reference: (\w+)"):
        assert re.findall(pattern, body_of(first)) == re.findall(pattern, body_of(second)) != []
    with clock.frozen_at(DUE + timedelta(hours=2)):
        after = Invitation.get_by_id(invitation_id)
        assert (after.state, after.sent_at, after.expires_at) == ("sent", before.sent_at, before.expires_at)
        row = reading.one(desk, invitation_id)
        assert (row.reminded, row.reminded_at) == (1, DUE)
        assert ("remind", "system") in [(event.action, event.login) for event in history.latest(desk, 5)]
        assert outbox.rows(desk)[0].kind == "reminder"
        deliver(tmp_path, reply_to(second, "ACCEPT"))
        assert run_once(conf).accepted == 1
        assert Invitation.get_by_id(invitation_id).state == "accepted"
    assert later(conf, NOW + timedelta(days=6)) == 1, "the confirmation, and no reminder"
    assert Message.select().where(Message.kind == "reminder").count() == 1


def test_as_many_as_wanted_so_many_days_apart_and_none_where_it_has_run_out(
    desk: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    settings.change(desk, "patient_access.reminders", 3)
    settings.change(desk, "patient_access.remind_after_days", 2)
    invite(desk)
    sent = [later(conf, NOW + timedelta(days=days)) for days in range(12)]
    assert sent == [1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0]
    assert [row.reminder for row in Message.select().order_by(Message.id)] == [None, 1, 2, 3]


def test_not_at_night_neither_when_due_nor_when_put_off_till_then(desk: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(desk)
    with clock.frozen_at(NOW + timedelta(hours=11)):  # sent at 20:30
        run_once(conf)
    night, morning = DUE + timedelta(hours=11), DUE + timedelta(hours=23, minutes=30)
    assert [later(conf, moment) for moment in (night, morning - timedelta(minutes=1))] == [0, 0]
    assert Message.select().count() == 1, "nothing is queued by night either"
    smtp.faults.add(Fault("rcpt", "451 4.3.0 Later"))  # all day long
    late = datetime(2026, 11, 26, 17, 58, tzinfo=UTC)
    assert [later(conf, moment) for moment in (morning, late)] == [0, 0]
    smtp.faults.clear()
    for hour in (18, 21, 23):
        assert later(conf, late.replace(hour=hour, minute=30)) == 0
    with clock.frozen_at(late.replace(hour=23)):
        assert outbox.next_due() == datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert later(conf, datetime(2026, 11, 27, 9, tzinfo=UTC)) == 1
    assert [message.kind for message in Message.select() if message.state == "sent"] == ["invitation", "reminder"]


# What ends an invitation, or says that its patient must not be written to.
def _not_me(viewer: Viewer, invitation: Invitation) -> None:
    answering.not_me(invitation.id)


ENDS: dict[str, Callable[[Viewer, Invitation], object]] = {
    "no": lambda _, row: answering.decline(row.id),
    "stop": lambda _, row: answering.stop(row.id),
    "not me": _not_me,
    "bounced": lambda _, row: answering.bounce(row.id, "no such user"),
    "revoked": lambda viewer, row: inviting.revoke(viewer, row.id),
    "accepted": lambda viewer, row: accepting.accept_at_desk(viewer, row.id),
    "resent": lambda viewer, row: inviting.resend(viewer, row.id, hold=86_400 * 9),
    "died": lambda viewer, row: change(viewer, row.patient_id, status="deceased"),
    "wants no mail": lambda viewer, row: change(viewer, row.patient_id, communication="none"),
    "is a child": lambda viewer, row: change(viewer, row.patient_id, birth_date="2020-01-01"),
    "blocked": lambda viewer, row: block_address(viewer, row.email_fold, "wrong person"),
    "has the portal": lambda _, row: PortalAccount.create(
        patient=row.patient_id, state="active", since=NOW, known_from="import"
    ),
    "wrote": lambda _, row: story.reply(row.id, "Who are you?"),
}  # fmt: skip


@pytest.mark.parametrize("queued", [False, True], ids=["before it is due", "between queueing and sending"])
def test_whatever_ends_the_invitation_ends_its_reminders(
    desk: Viewer, conf: Config, smtp: SmtpServer, queued: bool
) -> None:
    invitations = invite(desk, len(ENDS) + 1)
    run_once(conf, senders=4)
    assert len(smtp.messages) == len(invitations)
    smtp.clear()
    with clock.frozen_at(DUE):
        if queued:
            assert reminding.queue_due() == len(invitations)
        for end, invitation_id in zip(ENDS.values(), invitations[1:], strict=True):
            with transaction():
                end(desk, Invitation.get_by_id(invitation_id))
        told = len(notifications.listing(desk))
    for days in (0, 1, 3):
        later(conf, DUE + timedelta(days=days))
    reminded = [mail for mail in smtp.messages if "still open" in mail.message["Subject"]]
    assert {mail.recipients for mail in reminded} == {("patient1@example.com",)}
    assert len(reminded) == 2
    assert len(notifications.listing(desk)) == told, "nobody waits for a reminder that does not go"


def test_who_wrote_something_is_reminded_once_a_person_has_dealt_with_it(
    desk: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    [one] = invite(desk)
    run_once(conf)
    reply = story.reply(one, "Who are you?")
    assert later(conf, DUE) == 0
    reviewing.dismiss(desk, reply)
    assert later(conf, DUE) == 1


def test_when_they_are_switched_off_what_is_queued_does_not_go(desk: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(desk, 2)
    run_once(conf)
    with clock.frozen_at(DUE):
        assert reminding.queue_due() == 2
        settings.change(desk, "patient_access.reminders", 0)
        run_once(conf)
        assert [row.state for row in Message.select().where(Message.kind == "reminder")] == ["cancelled"] * 2
    assert len(smtp.messages) == 2


def test_a_reminder_that_bounces_ends_the_invitation(
    desk: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path
) -> None:
    [one, two] = invite(desk, 2)
    run_once(conf)
    smtp.faults.add(Fault("rcpt", "550 5.1.1 No such user", match="patient2"))
    with clock.frozen_at(DUE):
        run_once(conf)
        deliver(tmp_path, bounce_of(smtp.messages[-1]))
        run_once(conf)
    assert [Invitation.get_by_id(each).state for each in (one, two)] == ["bounced", "sent"]
    told = {(row.kind, row.detail) for row in notifications.listing(desk)}
    assert ("failed", "The reminder: 550 5.1.1 No such user") in told
    assert later(conf, NOW + timedelta(days=6)) == 0


def test_two_desks_at_once_remind_each_patient_once(desk: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(desk, 12)
    run_once(conf, senders=4)
    smtp.clear()
    start = threading.Barrier(3)

    def work() -> None:
        with session():
            start.wait()
            run_once(conf, senders=2)

    with clock.frozen_at(DUE):
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run_once(conf)
    arrived = [mail.recipients for mail in smtp.messages]
    assert len(arrived) == len(set(arrived)) == 12


def test_the_database_itself_keeps_a_number_once(desk: Viewer, conf: Config) -> None:
    import peewee

    [one] = invite(desk)
    run_once(conf)
    with transaction():
        outbox.queue_many([one], "reminder", NOW, automatic=True, reminder=1)
    with pytest.raises(peewee.IntegrityError), transaction():
        outbox.queue_many([one], "reminder", NOW, automatic=True, reminder=1)


def test_a_sender_killed_while_it_reminds_leaves_doubt_and_never_a_second_copy(
    desk: Viewer, database_url: str, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    # As the killed process has the real clock: long ago by it, so that the reminder is due, and at any hour.
    settings.change(desk, "patient_access.remind_from", 6)
    start = datetime.now(UTC).replace(hour=12)
    with clock.frozen_at(start), smtp_process(store.folder) as port:
        invite(desk)
        run_once(config(database_url, tmp_path, account(SmtpServer(port=port))))
        long_ago = start - timedelta(days=3, hours=1)
        with transaction():
            Invitation.update(sent_at=long_ago).execute()
        assert reminding.queue_due() == 1
    fault = json.dumps({"phase": "accepted", "action": "stall", "times": 1})
    with smtp_process(store.folder, "--fault", fault) as port:
        command = [sys.executable, "-c", f"from clinic_tui import clock\nfrom datetime import datetime\n"
                   f"clock._frozen = datetime.fromisoformat({start.isoformat()!r})\n{SENDER}",
                   database_url, str(port), str(tmp_path / "clinic.key")]  # fmt: skip
        with subprocess.Popen(command, cwd=ROOT) as process:
            until(lambda: len(store.messages()) == 2)
            process.kill()
        conf = config(database_url, tmp_path, account(SmtpServer(port=port)))
        with clock.frozen_at(start + timedelta(minutes=6)):
            assert run_once(conf).unconfirmed == 1
        assert [later(conf, start + timedelta(days=days)) for days in (1, 2)] == [0, 0]
        assert len(store.messages()) == 2
    assert [row.kind for row in notifications.listing(desk)] == ["unconfirmed"]
    assert Invitation.get().state == "sent"
