"""Watching, and the one worker of open apps: real processes, real locks, real signals."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.config import Config, load
from clinic_tui.db.connection import close_database, session, transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import inviting
from clinic_tui.mail import sync
from clinic_tui.mail.worker import Election, app_is_open, apps_open, ensure_worker, worker_runs
from clinic_tui.practice import open_practice as open_practice_of
from tests.invitations.people import patient
from tests.mail.post_office import deliver, invite, maildir, message_states, reply_to, until
from tests.servers.smtp import SmtpServer
from tests.servers.smtp_process import ROOT


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
        thread.join(60)
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
    first.join(60)
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
    thread.join(60)
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
        process.wait(60)
        assert election.stand()
        election.step_down()


def config_file(tmp_path: Path, smtp: SmtpServer) -> Path:
    """A practice's config file, as `init` writes it: SQLite, this SMTP server, a Maildir."""
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
    return file


def test_an_app_starts_a_worker_that_sends_and_leaves_with_the_last_app(tmp_path: Path, smtp: SmtpServer) -> None:
    conf = load(config_file(tmp_path, smtp))
    viewer = open_practice_of(conf, new=True)
    try:
        with app_is_open(conf):
            assert ensure_worker(conf)
            until(lambda: worker_runs(conf))
            assert not ensure_worker(conf)
            invite(viewer)
            smtp.wait_for(1, seconds=60)
        until(lambda: not worker_runs(conf), seconds=60)
        with session():
            assert message_states() == ["sent"]
    finally:
        close_database()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_watching_in_order(tmp_path: Path, smtp: SmtpServer, end: signal.Signals) -> None:
    file = config_file(tmp_path, smtp)
    open_practice_of(load(file), new=True)
    close_database()
    command = [sys.executable, "-m", "clinic_tui", "--config", str(file), "sync", "--watch"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        conf = load(file)
        until(lambda: worker_runs(conf), seconds=60)
        until(lambda: _has_synced(conf), seconds=60)
        process.send_signal(end)
        said, complained = process.communicate(timeout=60)
        assert (process.returncode, said, complained) == (0, b"", b"")
    assert not worker_runs(conf)


def _has_synced(conf: Config) -> bool:
    """Whether the watcher has gone round once: its signals are in place then."""
    path = conf.database.removeprefix("sqlite:///")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            return bool(database.execute("SELECT last_sync_at FROM queue").fetchone()[0])
    except sqlite3.OperationalError:
        return False
