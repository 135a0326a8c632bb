"""The loop on real servers: what is sent, what is never sent twice, what is taken, what goes on without a server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_tui import clock, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.config import Config, load
from clinic_tui.db.connection import close_database, session, transaction
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.db.models.practice import Queue
from clinic_tui.invitations import inviting
from clinic_tui.mail import sync
from clinic_tui.mail.sync import run_once
from clinic_tui.mail.worker import Election, app_is_open, apps_open, ensure_worker, worker_runs
from clinic_tui.practice import open_practice as open_practice_of
from tests.conftest import NOW
from tests.invitations.people import patient
from tests.mail.post_office import account, bounce_of, config, imap_mailbox, maildir, reply_to, secret
from tests.servers.faults import Fault, Phase
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer
from tests.servers.smtp_process import ROOT, Store, smtp_process


@pytest.fixture
def conf(open_practice: Viewer, database_url: str, smtp: SmtpServer, tmp_path: Path) -> Config:
    return config(database_url, tmp_path, account(smtp, timeout=2), maildir(tmp_path / "mail"))


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def invite(viewer: Viewer, count: int = 1, first: int = 1) -> list[int]:
    return [inviting.invite(viewer, patient(str(n)), hold=0).invitation_id for n in range(first, first + count)]


def message_states() -> list[str]:
    return [row.state for row in Message.select().order_by(Message.id)]


def deliver(folder: Path, raw: bytes) -> None:
    name = f"{len(list((folder / 'mail' / 'new').iterdir()))}.host"
    (folder / "mail" / "tmp" / name).write_bytes(raw)
    (folder / "mail" / "tmp" / name).rename(folder / "mail" / "new" / name)


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


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
    for hours in range(0, 240, 6):
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


SENDER = """
import sys, json
from pathlib import Path
from clinic_tui.config import Config, load
from clinic_tui.config_mail import Smtp
from clinic_tui.db.connection import open_database
from clinic_tui.invitations import codes
from clinic_tui.mail.sync import run_once
url, port, key = sys.argv[1:]
open_database(url)
codes.use_key_file(Path(key))
run_once(Config(url, Path(key), smtp=Smtp("127.0.0.1", int(port), "none", "desk@example.org", timeout=60)))
"""


@pytest.mark.parametrize(("phase", "arrived"), [("body", 0), ("accepted", 1)])
def test_a_sender_killed_after_the_data_mark_leaves_doubt_and_never_a_second_copy(
    open_practice: Viewer, database_url: str, tmp_path: Path, phase: Phase, arrived: int
) -> None:
    store = Store(tmp_path / "store")
    fault = json.dumps({"phase": phase, "action": "stall", "times": 1})
    with clock.frozen_at(datetime.now(UTC)), smtp_process(store.folder, "--fault", fault) as port:
        [invitation_id] = invite(open_practice)
        command = [sys.executable, "-c", SENDER, database_url, str(port), str(tmp_path / "clinic.key")]
        with subprocess.Popen(command, cwd=ROOT) as process:
            until(lambda: message_states() == ["data"] and len(store.messages()) == arrived)
            process.kill()
        smtp = account(SmtpServer(port=port))
        later = config(database_url, tmp_path, smtp)
        run_once(later)
        assert message_states() == ["data"]  # the lease still runs: it may be at work
        with clock.frozen_at(clock.now() + timedelta(minutes=6)):
            assert run_once(later).unconfirmed == 1
            assert message_states() == ["unconfirmed"]
            assert Invitation.get_by_id(invitation_id).state == "unconfirmed"
        with clock.frozen_at(clock.now() + timedelta(days=2)):
            run_once(later)
        assert len(store.messages()) == arrived


def test_a_sender_killed_before_the_data_mark_leaves_the_message_to_the_next(
    open_practice: Viewer, database_url: str, tmp_path: Path, smtp: SmtpServer
) -> None:
    smtp.faults.add(Fault("data", action="stall"))
    with clock.frozen_at(datetime.now(UTC)):
        invite(open_practice)
        command = [sys.executable, "-c", SENDER, database_url, str(smtp.port), str(tmp_path / "clinic.key")]
        with subprocess.Popen(command, cwd=ROOT) as process:
            until(lambda: any("DATA" in commands for commands in smtp.sessions_log))
            process.kill()
        smtp.faults.clear()
        assert message_states() == ["claimed"]
        with clock.frozen_at(clock.now() + timedelta(minutes=6)):
            assert run_once(config(database_url, tmp_path, account(smtp))).sent == 1
    assert len(smtp.messages) == 1


def test_watching_sends_what_falls_due_and_takes_what_comes(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, tmp_path: Path
) -> None:
    from clinic_tui.mail.watching import watch

    stop = threading.Event()
    seen: list[sync.SyncCounts] = []

    def work() -> None:
        watch(conf, mailbox_seconds=0.1, stop=stop, told=seen.append)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        invite(open_practice)
        smtp.wait_for(1)
        deliver(tmp_path, reply_to(smtp.messages[0], "ACCEPT"))
        until(lambda: any(counts.accepted for counts in seen))
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    with session():
        assert Invitation.select().get().state == "accepted"


def test_one_worker_is_elected_and_stays_while_an_app_is_open(open_practice: Viewer, conf: Config) -> None:
    with app_is_open(conf):
        results: list[bool] = []
        first = threading.Thread(target=lambda: results.append(sync.watch(conf, for_app=True)))
        first.start()
        until(lambda: worker_runs(conf))
        assert sync.watch(conf, for_app=True) is False
        assert first.is_alive()
        assert apps_open(conf)
    first.join(20)
    assert results == [True]
    assert not worker_runs(conf)


def test_a_worker_outlives_its_apps_through_a_hold(open_practice: Viewer, conf: Config) -> None:
    inviting.invite(open_practice, patient(), hold=600)
    done: list[bool] = []
    thread = threading.Thread(target=lambda: done.append(sync.watch(conf, for_app=True)))
    thread.start()
    until(lambda: worker_runs(conf))
    thread.join(2.5)
    assert thread.is_alive()  # no app is open, but a message falls due within twenty minutes
    with transaction():
        Message.update(state="cancelled").execute()
    thread.join(20)
    assert done == [True]


def test_looking_whether_a_worker_runs_keeps_nobody_from_becoming_one(conf: Config) -> None:
    election, left = Election(conf), threading.Event()

    def look() -> None:
        while not left.is_set():
            worker_runs(conf)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(50):
            assert election.stand()
            election.step_down()
    finally:
        left.set()
        looking.join()


def test_a_killed_worker_leaves_the_way_free(conf: Config) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom clinic_tui.config import Config\n"
        "from clinic_tui.mail.worker import Election\n"
        "election = Election(Config(sys.argv[1], Path('k')))\nassert election.stand()\nprint('in', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, conf.database],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        election = Election(conf)
        assert not election.stand()
        process.kill()
        process.wait(10)
        assert election.stand()
        election.step_down()


def test_an_app_starts_a_worker_that_sends_and_leaves_with_the_last_app(
    tmp_path: Path, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config.toml"
    file.touch(mode=0o600)
    file.write_text(
        f"""database = "sqlite:///{tmp_path}/worked.db"
[practice]
name = "Harbour Street Practice"
phone = "02 5550 0000"
[portal]
name = "Halaxy"
url = "https://portal.example.org"
register = "email"
appointments = "portal"
[smtp]
host = "127.0.0.1"
port = {smtp.port}
security = "none"
from = "desk@example.org"
[mailbox]
url = "maildir:{tmp_path}/mail"
"""
    )
    maildir(tmp_path / "mail")
    conf = load(file)
    viewer = open_practice_of(conf)
    try:
        with app_is_open(conf):
            assert ensure_worker(conf)
            until(lambda: worker_runs(conf))
            assert not ensure_worker(conf)
            invite(viewer)
            smtp.wait_for(1, seconds=30)
        until(lambda: not worker_runs(conf), seconds=30)
        with session():
            assert message_states() == ["sent"]
    finally:
        close_database()
