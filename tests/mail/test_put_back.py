"""A database that was put back sends nothing until a person says so; what waited in it is unconfirmed then."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_tui import backup, outbox
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.connection import close_database, database, open_database, session, transaction
from clinic_tui.db.models.post import Invitation, Message, Notification
from clinic_tui.db.models.practice import History, Queue
from clinic_tui.errors import Refused
from clinic_tui.invitations import codes
from clinic_tui.mail import sync
from clinic_tui.outbox.copies import SENT_FILE
from tests.mail.post_office import invite, message_states
from tests.servers.postgres import programs
from tests.servers.smtp import SmtpServer


@pytest.fixture(autouse=True)
def _with_its_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No older `pg_dump` reads the tests' server."""
    monkeypatch.setenv("PATH", os.pathsep.join([*programs(), os.environ["PATH"]]))


def copied(conf: Config, to: Path) -> Path:
    """What somebody finds who copies the database while nobody has it open."""
    close_database()
    return Path(shutil.copy(conf.database.removeprefix("sqlite:///"), to / "copy.db"))


@pytest.fixture
def sqlite(conf: Config) -> Iterator[Config]:
    if not conf.database.startswith("sqlite"):
        pytest.skip("of an SQLite file")
    yield conf
    close_database()


def put_back(conf: Config, copy: Path) -> None:
    close_database()
    path = Path(conf.database.removeprefix("sqlite:///"))
    for part in ("", "-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)
    shutil.copy(copy, path)
    open_database(conf.database)


def the_copy_waits_for_a_person(conf: Config, owner: Viewer, server: SmtpServer, why: str) -> None:
    """Nothing of it goes, whatever is tried, until it is named as a copy."""
    before = len(server.messages)
    for _ in range(2):
        counts = sync.run_once(conf, senders=2)
        assert counts.sent == 0
    assert why in str(outbox.paused_reason())
    assert "may have been sent since" in str(outbox.paused_reason())
    assert Notification.select().where(Notification.kind == "paused").count() <= 1, "it is said once"
    with pytest.raises(Refused, match="--copy"):
        outbox.resume(owner)
    assert sync.run_once(conf).sent == 0
    assert outbox.resume(owner, copy=True)
    assert set(message_states()) <= {"sent", "unconfirmed"}
    assert History.select().where(History.action == "take over copy").count() == 1
    assert sync.run_once(conf).sent == 0
    assert len(server.messages) == before, "nothing was sent a second time"
    # The practice goes on.
    invite(owner, 1, first=50)
    assert sync.run_once(conf).sent == 1


def test_a_file_put_back_is_known_by_the_last_message_that_went_out(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    invite(open_practice, 1)
    assert sync.run_once(sqlite).sent == 1
    invite(open_practice, 2, first=2)
    copy = copied(sqlite, tmp_path)
    assert sync.run_once(sqlite).sent == 2
    put_back(sqlite, copy)
    with session():
        the_copy_waits_for_a_person(sqlite, open_practice, smtp, "An older copy of the database was put back")
        states = [row.state for row in Invitation.select().order_by(Invitation.id)]
        assert states == ["sent", "unconfirmed", "unconfirmed", "sent"]


def test_a_file_from_before_the_last_invitation_is_known_too(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    assert sync.run_once(sqlite).sent == 0
    copy = copied(sqlite, tmp_path)
    invite(open_practice, 1)
    assert sync.run_once(sqlite).sent == 1
    put_back(sqlite, copy)
    with session():
        the_copy_waits_for_a_person(sqlite, open_practice, smtp, "An older copy")


def test_a_file_from_before_anything_was_sent_is_known_and_so_is_the_original_after_that(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    invite(open_practice, 1)
    (tmp_path / "early").mkdir()
    early = copied(sqlite, tmp_path / "early")
    assert sync.run_once(sqlite).sent == 1
    original = copied(sqlite, tmp_path)
    put_back(sqlite, early)
    with session():
        the_copy_waits_for_a_person(sqlite, open_practice, smtp, "from before anything was sent")
    put_back(sqlite, original)
    with session():
        assert sync.run_once(sqlite).sent == 0
        assert outbox.is_copy()


def test_a_file_put_where_nothing_was_sent_from_is_known(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    """On another host: database, key and config, but not what lies beside the key."""
    assert sync.run_once(sqlite).sent == 0
    invite(open_practice, 1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    copy = copied(sqlite, elsewhere)
    shutil.copy(sqlite.key_file, elsewhere / "clinic.key")
    codes.use_key_file(elsewhere / "clinic.key")
    open_database(f"sqlite:///{copy}")
    with session():
        moved = replace(sqlite, database=f"sqlite:///{copy}", key_file=elsewhere / "clinic.key")
        the_copy_waits_for_a_person(moved, open_practice, smtp, "was put here from elsewhere")


def test_a_file_that_was_put_back_as_it_was_goes_on(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    """Nothing was sent since: moved to another disk, say."""
    invite(open_practice, 1)
    assert sync.run_once(sqlite).sent == 1
    invite(open_practice, 1, first=2)
    put_back(sqlite, copied(sqlite, tmp_path))
    assert sync.run_once(sqlite).sent == 1
    with transaction():  # one whose last message was removed since, too
        Message.delete().where(Message.id == 1).execute()
        database.execute_sql("UPDATE queue SET paused_at = NULL")
    invite(open_practice, 1, first=3)
    assert sync.run_once(sqlite).sent == 1


def test_a_backup_put_back_is_marked_and_whole(
    conf: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    invite(open_practice, 1)
    assert sync.run_once(conf).sent == 1
    invite(open_practice, 2, first=2)
    file = tmp_path / "backup"
    backup.to_file(open_practice, conf, file)
    assert sync.run_once(conf).sent == 2, "the practice itself goes on"
    if conf.database.startswith("sqlite"):
        assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup"]
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as made:
            assert made.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        put_back(conf, file)
        why = "This is a copy, made on 2026-11-22"
    else:
        close_database()
        restored = subprocess.run(
            ["pg_restore", "--clean", "--if-exists", f"--dbname={conf.database}", file],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert restored.returncode == 0, restored.stderr
        why = "The database was restored"
    with session():
        the_copy_waits_for_a_person(conf, open_practice, smtp, why)


def test_what_waited_is_found_among_the_sent_mail(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, tmp_path: Path
) -> None:
    invite(open_practice, 1)
    sync.run_once(sqlite)
    invite(open_practice, 2, first=2)
    copy = copied(sqlite, tmp_path)
    assert sync.run_once(sqlite).sent == 2
    put_back(sqlite, copy)
    sync.run_once(sqlite)
    outbox.resume(open_practice, copy=True)
    lying = {str(received.message["Message-ID"]) for received in smtp.messages[:2]}

    class Found:
        def new_mail(self) -> Iterator[None]:
            yield from ()

        def find_sent(self, message_id: str) -> bool:
            return message_id in lying

    assert sync.read(Found(), sync.SyncCounts(), threading.Event())  # type: ignore[arg-type]
    assert message_states() == ["sent", "sent", "unconfirmed"]


@pytest.mark.parametrize("left", ["", "0 0"])
def test_one_killed_before_its_database_had_a_name_is_no_copy(
    sqlite: Config, open_practice: Viewer, smtp: SmtpServer, left: str
) -> None:
    codes.key_file().with_name(f"{SENT_FILE}0123456789abcdef").write_text(left)
    invite(open_practice)
    assert sync.run_once(sqlite).sent == 1
    assert outbox.is_original()


def test_nothing_beside_the_key_is_open_to_others(sqlite: Config, open_practice: Viewer) -> None:
    invite(open_practice, 1)
    sync.run_once(sqlite)
    (file,) = sqlite.key_file.parent.glob(f"{SENT_FILE}*")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().split() == ["1", "1"]
    assert file.name == f"{SENT_FILE}{Queue.get().instance}"
