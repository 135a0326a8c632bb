"""1,000 invitations through the whole outbox, durable commits included, beside `yagmail.SMTP(...).send` in a loop.

The server is a real one in a process of its own, which wants a login and takes commands in groups, as a practice's
does. Bars: 2 times as fast on loopback; 15 times, with 8 connections, where 20 ms are added to a round trip: what both
say, and what they hear, comes 10 ms later. BENCH_MESSAGES sets how many. yagmail gets the subject and the words of an
invitation, as HTML, from which it makes both parts; one client for all of them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yagmail

from bench.lookup import _postgres, _sqlite
from bench.queueing import prepare
from clinic_tui.config import Config
from clinic_tui.config_mail import Smtp
from clinic_tui.db.connection import close_database, session
from clinic_tui.db.models.post import Message, SentText
from clinic_tui.invitations.inviting import invite_many
from clinic_tui.mail.sync import run_once
from clinic_tui.messages.choosing import standard
from clinic_tui.messages.compose import Composed
from clinic_tui.messages.gather import sample
from tests.servers.distance import far_away
from tests.servers.smtp_process import Store, smtp_process

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000"))
SLOW = 0.020
USER, PASSWORD = "desk@example.org", "a password"


def run() -> None:
    words = _invitation()
    for round_trip, senders, bar in ((0.0, 1, 2.0), (0.0, 8, 2.0), (SLOW, 8, 15.0)):
        theirs, used = _yagmail(round_trip, words)
        where = "on loopback" if not round_trip else f"{round_trip * 1000:.0f} ms added to a round trip"
        print(f"{where}: yagmail {theirs * 1000:.1f} ms a message (CPU {used * 1000:.1f})", flush=True)
        for name, practice in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
            with practice() as url, tempfile.TemporaryDirectory() as folder:
                ours, used = _outbox(url, Path(folder), round_trip, senders)
            close_database()
            each = f"{ours * 1000:7.1f} ms (CPU {used * 1000:.1f})"
            missed = "" if theirs / ours >= bar else f"   below the bar of {bar:g}x"
            print(
                f"   {name:<11}{senders} connections {each} {theirs / ours:6.1f}x{missed}",
                flush=True,
            )


@contextmanager
def _server(round_trip: float) -> Iterator[tuple[int, Store]]:
    # What the server keeps, it keeps in memory: its disk is not the practice's, whose commits wait for theirs.
    memory = Path("/dev/shm")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None))
        store = Store(Path(folder))
        options = ("--user", USER, "--password", PASSWORD, "--groups")
        port = stack.enter_context(smtp_process(store.folder, *options))
        yield stack.enter_context(far_away(port, round_trip)) if round_trip else port, store


def _outbox(url: str, folder: Path, round_trip: float, senders: int) -> tuple[float, float]:
    """Seconds a message, of the clock and of the processor, from the first claim to the last outcome."""
    viewer = prepare(url, MESSAGES, folder / "clinic.key")
    invite_many(viewer, range(1, MESSAGES + 1), hold=0)
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD)
    with _server(round_trip) as (port, store):
        account = Smtp("127.0.0.1", port, "none", USER, USER, None, secret)
        began, used = time.perf_counter(), time.process_time()
        counts = run_once(Config(url, folder / "clinic.key", smtp=account), senders=senders)
        took, used = time.perf_counter() - began, time.process_time() - used
        assert counts.sent == MESSAGES == len(store.messages()), counts
    with session():
        assert Message.select().where(Message.state == "sent").count() == SentText.select().count() == MESSAGES
    return took / MESSAGES, used / MESSAGES


def _invitation() -> Composed:
    with _sqlite() as url, tempfile.TemporaryDirectory() as folder:
        viewer = prepare(url, 1, Path(folder) / "clinic.key")
        words, _ = sample(viewer, kind="invitation", words=standard("invitation"))
    close_database()
    return words


def _yagmail(round_trip: float, words: Composed) -> tuple[float, float]:
    """The same; fewer of them where each takes long."""
    number = MESSAGES if not round_trip else max(1, MESSAGES // 20)
    with _server(round_trip) as (port, store):
        client = yagmail.SMTP(
            {USER: "Harbour Street Practice"}, PASSWORD, "127.0.0.1", port, smtp_starttls=False, smtp_ssl=False,
            soft_email_validation=False,
        )  # fmt: skip
        client.set_logging(None)
        began, used = time.perf_counter(), time.process_time()
        for one in range(number):
            client.send(f"patient{one}@example.com", words.subject, words.html)
        took, used = time.perf_counter() - began, time.process_time() - used
        assert len(store.messages()) == number
    return took / number, used / number
