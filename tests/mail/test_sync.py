"""The loop on real servers: what is sent, what is never sent twice, what is taken, what goes on without a server."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import checks, clock, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.connection import database
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.db.models.practice import Queue
from clinic_tui.errors import ClinicError, DatabaseLost
from clinic_tui.invitations import inviting
from clinic_tui.mail import sync
from clinic_tui.mail.sync import run_once
from clinic_tui.mail.taking import Taken, take
from tests.conftest import NOW
from tests.invitations.people import patient
from tests.mail.post_office import (
    account,
    bounce_of,
    config,
    deliver,
    imap_mailbox,
    invite,
    message_states,
    reply_to,
    secret,
)
from tests.servers.faults import Fault
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer


def test_from_the_queue_to_the_acceptance_by_a_maildir(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path
) -> None:
    invite(open_practice, 3)
    assert run_once(conf).numbers()["sent"] == 3
    one, two, three = smtp.messages
    assert len({message.message["Message-ID"] for message in (one, two, three)}) == 3
    deliver(tmp_path, reply_to(one, "ACCEPT"))
    deliver(tmp_path, reply_to(two, "NO"))
    deliver(tmp_path, bounce_of(three))
    counts = run_once(conf)
    assert (counts.accepted, counts.declined, counts.bounced, counts.troubles) == (1, 1, 1, [])
    assert [row.state for row in Invitation.select().order_by(Invitation.id)] == ["accepted", "declined", "bounced"]
    told = sorted(row.kind for row in notifications.listing(open_practice))
    assert told == ["accepted", "bounced", "declined"]
    # One pass more sends the confirmation that the acceptance queued, and takes nothing twice.
    again = run_once(conf)
    assert {name: value for name, value in again.numbers().items() if value} == {"sent": 1}
    assert not any(run_once(conf).numbers().values())
    assert Queue.select().get().last_sync_at == NOW


def test_the_same_by_imap_survives_a_mailbox_numbered_anew(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, imap: ImapServer, tmp_path: Path
) -> None:
    conf = config(conf.database, tmp_path, conf.smtp, imap_mailbox(imap, tmp_path))
    invite(open_practice, 2)
    run_once(conf)
    imap.append(reply_to(smtp.messages[0], "ACCEPT"))
    imap.append(reply_to(smtp.messages[1], "maybe"), "Junk")
    imap.append(b"From: friend@example.net\nSubject: Lunch\n\nACCEPT\n")
    assert {name: value for name, value in run_once(conf).numbers().items() if value} == {"accepted": 1, "review": 1}
    imap.reset_uidvalidity()
    imap.reset_uidvalidity("Junk")
    assert {name: value for name, value in run_once(conf).numbers().items() if value} == {"sent": 1}
    assert Reply.select().count() == 2
    assert len(notifications.listing(open_practice)) == 2


@pytest.mark.parametrize(
    ("fault", "message", "invitation", "told"),
    [
        (Fault("rcpt", "550 5.1.1 No such user"), "failed", "failed", ["failed"]),
        (Fault("rcpt", "450 4.2.0 Greylisted"), "deferred", "queued", []),
        (Fault("body", "554 5.6.0 Spam"), "failed", "failed", ["failed"]),
        (Fault("body", "452 4.2.2 Full"), "deferred", "queued", []),
        (Fault("rcpt", action="drop"), "deferred", "queued", []),
        (Fault("mail", "421 4.3.2 Closing"), "deferred", "queued", []),
        (Fault("mail", "550 5.7.1 You may not send"), "queued", "queued", ["paused"]),
        (Fault("mail", "454 4.7.0 Later"), "queued", "queued", ["paused"]),
        (Fault("body", action="drop"), "unconfirmed", "unconfirmed", ["unconfirmed"]),
        (Fault("accepted", action="stall"), "unconfirmed", "unconfirmed", ["unconfirmed"]),
    ],
)
def test_each_fault_has_its_outcome(
    open_practice: Viewer,
    conf: Config,
    smtp: SmtpServer,
    fault: Fault,
    message: str,
    invitation: str,
    told: list[str],
) -> None:
    smtp.faults.add(fault)
    [invitation_id] = invite(open_practice)
    run_once(conf)
    assert message_states() == [message]
    assert Invitation.get_by_id(invitation_id).state == invitation
    assert [row.kind for row in notifications.listing(open_practice)] == told


def test_what_is_unconfirmed_is_not_sent_again_by_any_later_pass(
    open_practice: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    smtp.faults.add(Fault("accepted", action="drop", every=2))
    invite(open_practice, 4)
    counts = run_once(conf)
    assert (counts.sent, counts.unconfirmed) == (2, 2)
    smtp.faults.clear()
    for days in (0, 1, 4):
        with clock.frozen_at(NOW + timedelta(days=days)):
            run_once(conf)
    assert len(smtp.messages) == 4
    assert len({message.recipients for message in smtp.messages}) == 4


def test_an_unconfirmed_message_that_lies_in_sent_was_sent(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, imap: ImapServer, tmp_path: Path
) -> None:
    conf = config(conf.database, tmp_path, conf.smtp, imap_mailbox(imap, tmp_path))
    smtp.faults.add(Fault("accepted", action="drop"))
    [found, lost] = invite(open_practice, 2)
    assert run_once(conf).unconfirmed == 2
    imap.append(smtp.messages[0].data, "Sent")
    run_once(conf)
    assert (Invitation.get_by_id(found).state, Invitation.get_by_id(lost).state) == ("sent", "unconfirmed")


def test_a_mail_server_that_is_away_keeps_nothing_else_waiting(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path
) -> None:
    invite(open_practice)
    run_once(conf)
    deliver(tmp_path, reply_to(smtp.messages[0], "NO"))
    invite(open_practice, first=2)
    with SmtpServer() as server:
        gone = account(server)
    counts = run_once(config(conf.database, tmp_path, gone, conf.mailbox))
    assert (counts.deferred, counts.declined) == (1, 1)
    assert "cannot be reached" in counts.troubles[0]
    [row] = outbox.rows(open_practice, state="deferred")
    assert "cannot be reached" in (row.answer or "")
    assert row.due_at > NOW


def test_a_mailbox_that_is_away_keeps_no_message_waiting(open_practice: Viewer, conf: Config, tmp_path: Path) -> None:
    invite(open_practice)
    (tmp_path / "mail" / "new").rmdir()
    counts = run_once(conf)
    assert counts.sent == 1
    assert "cannot be read" in counts.troubles[0]


def test_a_refused_login_pauses_the_queue_until_somebody_resumes(
    open_practice: Viewer, conf: Config, tmp_path: Path
) -> None:
    invite(open_practice, 7)
    with SmtpServer(user="desk", password="right") as asking:
        wrong = account(asking, user="desk", password_file=secret(tmp_path, "wrong"))
        counts = run_once(config(conf.database, tmp_path, wrong))
        assert "refuses the login" in counts.troubles[0]
        assert set(message_states()) == {"queued"}
        assert "refuses the login" in (outbox.paused_reason() or "")
        assert "is paused" in run_once(config(conf.database, tmp_path, wrong)).troubles[0]
        assert asking.connections == 1
        secret(tmp_path, "right")
        outbox.resume(open_practice)
        assert run_once(config(conf.database, tmp_path, wrong)).sent == 7


def test_many_senders_send_each_message_once(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(open_practice, 24)
    assert run_once(conf, senders=4).sent == 24
    assert len({message.recipients for message in smtp.messages}) == len(smtp.messages) == 24
    assert 1 < smtp.connections <= 4


def test_whatever_goes_wrong_nobody_gets_two_copies(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    for fault in (
        Fault("accepted", action="drop", every=5),
        Fault("body", action="drop", every=7),
        Fault("body", "451 4.3.0 Later", every=6),
        Fault("rcpt", "450 4.2.0 Greylisted", every=4),
        Fault("rcpt", "550 5.1.1 No such user", every=9),
        Fault("mail", "421 4.3.2 Closing", every=11),
        Fault("connect", action="drop", every=3),
        Fault("data", action="drop", every=8),
    ):
        smtp.faults.add(fault)
    invite(open_practice, 40)
    for hours in range(0, 480, 6):
        with clock.frozen_at(NOW + timedelta(hours=hours)):
            run_once(conf, senders=3)
        if not outbox.next_due():
            break
    states = message_states()
    assert set(states) <= {"sent", "unconfirmed", "failed"}
    arrived = [message.recipients[0] for message in smtp.messages]
    assert len(arrived) == len(set(arrived))
    in_doubt = {row.invitation.email for row in Message.select().where(Message.state == "unconfirmed")}
    sent = {row.invitation.email for row in Message.select().where(Message.state == "sent")}
    assert sent <= set(arrived) <= sent | in_doubt


def test_a_message_that_is_not_due_waits(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    inviting.invite(open_practice, patient(), hold=120)
    assert run_once(conf).sent == 0
    with clock.frozen_at(NOW + timedelta(seconds=121)):
        assert run_once(conf).sent == 1
    assert len(smtp.messages) == 1


def test_a_mail_that_breaks_is_kept_aside_told_once_and_never_read_again(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(open_practice, 2)
    run_once(conf)

    def breaks(raw: bytes, **where: str) -> Taken:
        if b"break" in raw:
            raise ZeroDivisionError
        return take(raw, **where)

    monkeypatch.setattr(sync, "take", breaks)
    deliver(tmp_path, reply_to(smtp.messages[0], "break"))
    deliver(tmp_path, reply_to(smtp.messages[1], "ACCEPT"))
    first = run_once(conf)
    assert (first.review, first.accepted) == (1, 1)
    assert ["could not be read" in trouble for trouble in first.troubles] == [True]
    assert [row.kind for row in notifications.listing(open_practice)] == ["accepted", "review"]
    with pytest.raises(ClinicError, match="1 mail in the mailbox could not be read"):
        checks._sync(conf)
    deliver(tmp_path, b"From: x@example.net\n\nordinary\n")
    again = run_once(conf)
    assert (again.review, again.troubles) == (0, [])
    assert Reply.select().where(Reply.kind == "unreadable").count() == 1


def test_a_forged_sender_is_told_by_the_mailboxs_own_server(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path
) -> None:
    assert conf.mailbox is not None
    conf = replace(conf, mailbox=replace(conf.mailbox, authserv_id="mx.example.org"))
    invite(open_practice)
    run_once(conf)
    deliver(tmp_path, b"Authentication-Results: mx.example.org; dmarc=fail\n" + reply_to(smtp.messages[0], "ACCEPT"))
    assert run_once(conf).review == 1
    assert "dmarc=fail" in Reply.get().why


def test_what_runs_out_is_closed(open_practice: Viewer, conf: Config) -> None:
    [invitation_id] = invite(open_practice)
    run_once(conf)
    with clock.frozen_at(NOW + timedelta(days=9)):
        run_once(conf)
    assert Invitation.get_by_id(invitation_id).state == "expired"


def test_without_a_mail_server_in_the_config_it_says_so(open_practice: Viewer, conf: Config, tmp_path: Path) -> None:
    bare = config(conf.database, tmp_path)
    assert run_once(bare).troubles == []
    invite(open_practice)
    assert "no mail server" in run_once(bare).troubles[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL has no one lock for all writers
def test_an_answer_is_written_down_though_the_database_is_busy_longer_than_it_is_waited_for(
    open_practice: Viewer, conf: Config
) -> None:
    free = threading.Event()
    locked = threading.Event()
    bound: Any = database.obj
    bound.timeout = 1.0

    def hold_the_database() -> None:
        other = sqlite3.connect(conf.database.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        locked.set()
        free.wait(2.0)
        other.execute("ROLLBACK")
        other.close()

    def accepted(*_: object) -> None:
        threading.Thread(target=hold_the_database).start()
        locked.wait(10)

    with SmtpServer(deliver=accepted) as server:
        invite(open_practice)
        busy = config(conf.database, conf.key_file.parent, account(server))
        try:
            with suppress(DatabaseLost):  # where it asked for more while the database was held: that is not waited for
                run_once(busy)
        finally:
            free.set()
    assert message_states() == ["sent"]
