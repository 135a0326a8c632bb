"""What happens to the machine while mail is sent: signals, stops, disks, databases, clocks. Nothing lost or doubled."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import clock, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db import bulk
from clinic_tui.db.connection import (
    close_database,
    database,
    forget_connection,
    open_database,
    session,
    sqlite_path,
)
from clinic_tui.db.models.post import Message
from clinic_tui.errors import DatabaseLost
from clinic_tui.mail import drain as draining
from clinic_tui.mail import sync
from clinic_tui.mail.sync import run_once
from clinic_tui.staff import at_the_keyboard
from tests import prepared
from tests.conftest import NOW
from tests.mail.post_office import account, config, invite, message_states, until
from tests.servers.faults import Fault
from tests.servers.postgres import own_server
from tests.servers.smtp import SmtpServer
from tests.servers.smtp_process import ROOT

LATER = timedelta(minutes=6)  # past a lease

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def recipients(server: SmtpServer) -> list[str]:
    return sorted(message.recipients[0] for message in server.messages)


def finish(conf: Config, senders: int = 1) -> None:
    """Pass after pass, each past the leases of the one before, until nothing waits."""
    for number in range(1, 6):
        with clock.frozen_at(NOW + number * LATER):
            try:
                run_once(conf, senders=senders)
            except DatabaseLost:
                forget_connection()
        if not set(message_states()) & {"queued", "claimed", "data", "deferred"}:
            return


class At:
    """Does something when the so-manieth message arrives, before the server answers."""

    def __init__(self, number: int, does: Callable[[], object]) -> None:
        self._left = number
        self._does = does
        self._lock = threading.Lock()

    def __call__(self, *_: object) -> None:
        with self._lock:
            self._left -= 1
            now = self._left == 0
        if now:
            self._does()


def sender(conf: Config, server: SmtpServer, lines: int = 1) -> list[str]:
    """The command of a sender process whose clock stands at NOW."""
    words = [conf.database, str(server.port), str(conf.key_file), NOW.isoformat(), str(lines)]
    return [sys.executable, "-m", "tests.soak.sender", *words]


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive the test, be it stopped."""
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def hold_still(process: subprocess.Popen[bytes], url: str) -> None:
    """Stop a process while it has no transaction: else its locks would stand as long as it does, and nobody sends."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        if _nobody_writes(url):
            return
        process.send_signal(signal.SIGCONT)


def _nobody_writes(url: str) -> bool:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path(url), timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True
    at_work = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    with session():
        return not bulk.fetch(f"SELECT pid FROM pg_stat_activity WHERE {at_work}")


def test_a_sender_that_was_stopped_past_its_claim_sends_no_second_copy(
    open_practice: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    smtp.faults.add(Fault("rcpt", action="late", times=1))
    invite(open_practice)
    with running(sender(conf, smtp)) as process:
        until(lambda: any(line.startswith("RCPT") for line in (*smtp.sessions_log, [])[0]))
        hold_still(process, conf.database)
        with clock.frozen_at(NOW + LATER):
            assert run_once(conf).sent == 1
        smtp.go_on()
        process.send_signal(signal.SIGCONT)
        assert process.wait(60) == 0
    assert "DATA" in smtp.sessions_log[0]  # it went on, and found its claim lost
    assert (message_states(), len(smtp.messages)) == (["sent"], 1)


def test_an_answer_that_comes_after_the_claim_has_run_out_still_counts(open_practice: Viewer, conf: Config) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def stop(*_: object) -> None:
        arrived.set()
        go_on.wait(60)

    with SmtpServer(deliver=stop) as server:
        invite(open_practice)
        with running(sender(conf, server)) as process:
            assert arrived.wait(60)
            hold_still(process, conf.database)
            go_on.set()
            server.wait_for(1)
            with clock.frozen_at(NOW + LATER):
                assert run_once(config(conf.database, conf.key_file.parent, account(server))).unconfirmed == 1
            assert message_states() == ["unconfirmed"]
            process.send_signal(signal.SIGCONT)
            assert process.wait(60) == 0
        assert (message_states(), len(server.messages)) == (["sent"], 1)


@only_sqlite
@pytest.mark.parametrize("end", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_a_pass_leaves_nothing_in_doubt(open_practice: Viewer, conf: Config, end: signal.Signals) -> None:
    processes: list[subprocess.Popen[bytes]] = []
    ours, theirs = pty.openpty()

    def stop() -> None:
        if end == signal.SIGHUP:  # as when an SSH line breaks: the terminal is gone
            os.close(ours)
        else:
            processes[0].send_signal(end)

    with SmtpServer(deliver=At(3, stop), groups=True) as server:
        invite(open_practice, 40)
        process = subprocess.Popen(
            sender(conf, server, 2), cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 (one call, no lock)
        )  # fmt: skip
        processes.append(process)
        os.close(theirs)
        process.wait(60)
        if end != signal.SIGHUP:
            os.close(ours)
        states = message_states()
        assert set(states) == {"sent", "queued"}
        assert 3 <= states.count("sent") == len(server.messages) < 40
        finish(config(conf.database, conf.key_file.parent, account(server)))
        assert len(set(recipients(server))) == len(server.messages) == 40


@only_sqlite
def test_a_full_disk_loses_and_doubles_nothing(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "PATIENCE", (0.01, 0.01))
    invite(open_practice, 30)
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    database.obj.pragma("max_page_count", pages + 3, permanent=True)
    with pytest.raises(DatabaseLost, match="full"):
        run_once(conf, senders=2)
    assert 0 < len(smtp.messages) < 30
    database.obj.pragma("max_page_count", 1_000_000, permanent=True)
    finish(conf)
    assert set(message_states()) <= {"sent", "unconfirmed"}
    assert len(set(recipients(smtp))) == len(smtp.messages) >= message_states().count("sent")


def test_a_read_only_database_sends_nothing(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(open_practice, 3)
    is_sqlite = conf.database.startswith("sqlite")

    def read_only(on: bool) -> None:
        if is_sqlite:
            database.obj.pragma("query_only", int(on), permanent=True)
        else:
            database.execute_sql(f"SET default_transaction_read_only = {'on' if on else 'off'}")

    read_only(True)
    with pytest.raises(DatabaseLost, match="read-only"):
        run_once(conf)
    assert smtp.messages == []
    read_only(False)
    assert run_once(conf).sent == 3


@only_sqlite
def test_postgresql_may_be_restarted_in_the_middle_of_a_batch(conf: Config, tmp_path: Path) -> None:
    close_database()
    with own_server() as postgres, SmtpServer(deliver=At(4, postgres.restart), groups=True) as server:
        prepared.practice.build(postgres.url)
        open_database(postgres.url)
        own = config(postgres.url, tmp_path, account(server))
        with session():
            invite(at_the_keyboard(), 20)
        try:
            run_once(own, senders=3)
        except DatabaseLost:
            forget_connection()
        finish(own, senders=3)
        with session():
            assert message_states() == ["sent"] * 20  # every answer was waited for
        assert len(set(recipients(server))) == len(server.messages) == 20
        close_database()
    open_database(conf.database)


def test_the_clock_may_jump_a_day_forward_in_the_middle_of_a_batch(open_practice: Viewer, conf: Config) -> None:
    def jump() -> None:
        jumped.enter_context(clock.frozen_at(NOW + timedelta(days=1)))
        outbox.release_lapsed()  # as another sender does

    with ExitStack() as jumped, SmtpServer(deliver=At(4, jump)) as server:
        own = config(conf.database, conf.key_file.parent, account(server))
        invite(open_practice, 12)
        run_once(own, senders=2)
        run_once(own)
        assert message_states() == ["sent"] * 12
        assert len(set(recipients(server))) == len(server.messages) == 12


def test_a_claim_of_tomorrow_is_none_once_the_clock_is_put_back(
    open_practice: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    with clock.frozen_at(NOW + timedelta(days=1)):
        invite(open_practice, 2)
        [begun, _] = outbox.prepare_many(outbox.claim("killed", 2), "desk@example.org")
        assert outbox.begin([begun])
    with clock.frozen_at(NOW):
        assert outbox.release_lapsed() == 1
        assert message_states() == ["unconfirmed", "queued"]
    with clock.frozen_at(NOW + timedelta(days=1)):
        run_once(conf)
    assert (message_states(), len(smtp.messages)) == (["unconfirmed", "sent"], 1)


def test_a_claim_that_runs_is_left_alone(open_practice: Viewer) -> None:
    invite(open_practice)
    outbox.claim("alive", 1)
    for moved in (timedelta(minutes=-4), timedelta(minutes=4)):
        with clock.frozen_at(NOW + moved):
            assert outbox.release_lapsed() == 0
    assert message_states() == ["claimed"]


def test_the_queue_is_paused_once_and_said_once(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    smtp.faults.add(Fault("mail", "550 5.7.1 You may not send"))
    invite(open_practice, 12)
    run_once(conf, senders=6)
    threads = [threading.Thread(target=outbox.pause_queue, args=("So says another.",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [row.kind for row in notifications.listing(open_practice)] == ["paused"]
    assert "You may not send" in (outbox.paused_reason() or "")
    assert message_states() == ["queued"] * 12


def test_two_who_find_the_same_fault_say_it_once(open_practice: Viewer) -> None:
    ready = threading.Barrier(4)

    def pause() -> None:
        with session():
            ready.wait(60)
            outbox.pause_queue("The login is refused.")

    threads = [threading.Thread(target=pause) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [row.kind for row in notifications.listing(open_practice)] == ["paused"]


@only_sqlite
def test_a_login_asked_for_after_the_body_leaves_no_doubt(
    open_practice: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    smtp.faults.add(Fault("body", "454 4.7.0 Log in again", times=1))
    invite(open_practice, 2)
    run_once(conf)
    assert message_states() == ["queued"] * 2
    assert outbox.is_original()
    outbox.resume(open_practice)
    assert run_once(conf).sent == 2
    assert len(set(recipients(smtp))) == len(smtp.messages) == 2


@only_sqlite
def test_an_answer_that_is_neither_yes_nor_no_is_doubt(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    smtp.faults.add(Fault("accepted", "354 Go on", times=1))
    invite(open_practice)
    run_once(conf)
    finish(conf)
    assert (message_states(), len(smtp.messages)) == (["unconfirmed"], 1)


@only_sqlite
@pytest.mark.parametrize("broken", ["sent_many", "begin", "claim"])
def test_an_error_of_ours_hangs_nobody(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    works = getattr(outbox, broken)
    invite(open_practice, 8)
    first = Message.select().get().id

    def breaks(things: Any, *more: Any) -> object:
        if isinstance(things, str) or any(
            first in (one[:1] if broken == "sent_many" else one.claim[:1]) for one in things
        ):
            raise ValueError("an error of ours")
        return works(things, *more)

    monkeypatch.setattr(outbox, broken, breaks)
    run_once(conf, senders=2)
    monkeypatch.setattr(outbox, broken, works)
    finish(conf)
    assert set(message_states()) <= {"sent", "unconfirmed"}
    assert message_states().count("unconfirmed") == (1 if broken == "sent_many" else 0)
    assert len(set(recipients(smtp))) == len(smtp.messages) == 8


@only_sqlite
@pytest.mark.parametrize("broken", ["sent_many", "begin"])
def test_a_second_interrupt_hangs_nobody(
    open_practice: Viewer, conf: Config, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    works = getattr(outbox, broken)
    invite(open_practice, 8)
    interrupts = iter([KeyboardInterrupt])

    def interrupted(*things: object) -> object:
        for error in interrupts:
            raise error
        return works(*things)

    monkeypatch.setattr(outbox, broken, interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_once(conf, senders=2)
    assert set(message_states()) <= {"sent", "queued"}  # what was at the server was heard out all the same
    finish(conf)
    assert message_states() == ["sent"] * 8
    assert len(set(recipients(smtp))) == len(smtp.messages) == 8


@only_sqlite
def test_much_to_send_leaves_time_for_other_work(open_practice: Viewer, conf: Config, smtp: SmtpServer) -> None:
    invite(open_practice, 40)
    counts = sync.SyncCounts()
    assert sync.send(conf, counts, threading.Event(), seconds=0)
    assert 0 < counts.sent < 40
    assert set(message_states()) == {"sent", "queued"}
    assert sync.send(conf, counts, threading.Event())
    assert counts.sent == 40
