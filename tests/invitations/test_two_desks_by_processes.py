"""Two staff members who invite overlapping patients at the same moment, each in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import clock
from clinic_tui.access import LIVE_STATES, Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Staff
from clinic_tui.mail.sync import run_once
from tests.commands.running import Desk
from tests.invitations.people import patient
from tests.mail.post_office import account, config
from tests.servers.smtp import SmtpServer

LOGINS = ("alice", "bob")
ROUNDS, EACH = 6, 28
ROOT = Path(__file__).resolve().parents[2]
# A desk: it opens the practice and says so; then, for each line of ids, it invites and says what came of it.
PROGRAM = """
import json, sys
from pathlib import Path
from clinic_tui.config import Config
from clinic_tui.invitations.inviting import invite_many
from clinic_tui.practice import open_practice

viewer = open_practice(Config(sys.argv[1], Path(sys.argv[2])), sys.argv[3])
print("ready", flush=True)
for line in sys.stdin:
    outcome = invite_many(viewer, json.loads(line), hold=0)
    queued = [{"patient": row.patient_id} for row in outcome.queued]
    skipped = [{"patient": row.patient_id, "reason": row.reason} for row in outcome.skipped]
    print(json.dumps({"queued": queued, "skipped": skipped}), flush=True)
"""


@pytest.fixture
def staff(practice: Viewer) -> None:
    with transaction():
        for login in LOGINS:
            Staff.create(login=login, name=login, role="front-desk", created_at=clock.now())


@contextmanager
def at_a_desk(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(desk: subprocess.Popen[str]) -> str:
    assert desk.stdout is not None
    return desk.stdout.readline().strip()


def partly_the_same(round_: int, count: int) -> tuple[list[int], list[int], list[int]]:
    """New patients: all; those that one desk ticked; those of the other, who begins at the other end."""
    with transaction():
        everybody = [patient(f"{round_}-{at}") for at in range(count)]
    part = count // 4
    return everybody, everybody[:-part], everybody[: part - 1 : -1]


def holds(everybody: list[int], asked: tuple[list[int], ...], answers: list[dict[str, Any]]) -> None:
    """Each is invited once, by one of the desks; whoever a desk skipped, the other has invited."""
    queued = [{row["patient"] for row in answer["queued"]} for answer in answers]
    skipped = [{row["patient"] for row in answer["skipped"]} for answer in answers]
    for ids, got, left in zip(asked, queued, skipped, strict=True):
        assert sorted([*got, *left]) == sorted(ids)
    assert skipped[0] <= queued[1]
    assert skipped[1] <= queued[0]
    assert {row["reason"] for answer in answers for row in answer["skipped"]} <= {"already_invited"}
    with session():
        live = Invitation.select().where(Invitation.state.in_(LIVE_STATES) & Invitation.patient.in_(everybody))
        patients = {row.id: row.patient_id for row in live}
        assert sorted(patients.values()) == everybody
        messages = Message.select().where(Message.invitation.in_(list(patients)))
        assert sorted(row.invitation_id for row in messages) == sorted(patients)


@pytest.mark.usefixtures("staff")
def test_each_patient_gets_one_invitation_and_one_message(
    practice: Viewer, database_url: str, tmp_path: Path, key_file: Path
) -> None:
    first = Counter[str]()
    with ExitStack() as open_:
        desks = [open_.enter_context(at_a_desk(database_url, key_file, login)) for login in LOGINS]
        assert [said(desk) for desk in desks] == ["ready", "ready"]
        for round_ in range(ROUNDS):
            everybody, *asked = partly_the_same(round_, EACH)
            for desk, ids in zip(desks, asked, strict=True):
                assert desk.stdin is not None
                desk.stdin.write(json.dumps(ids) + "\n")
            for desk in desks if round_ % 2 else reversed(desks):
                assert desk.stdin is not None
                desk.stdin.flush()
            answers = [json.loads(said(desk)) for desk in desks]
            holds(everybody, (asked[0], asked[1]), answers)
            first.update(login for login, answer in zip(LOGINS, answers, strict=True) if answer["skipped"])
    assert sum(first.values()) >= ROUNDS, "in each round somebody was the later one"
    with SmtpServer() as smtp, clock.frozen_at(datetime.now(UTC)):
        assert run_once(config(database_url, tmp_path, account(smtp))).sent == ROUNDS * EACH
        assert set(Counter(mail.recipients for mail in smtp.messages).values()) == {1}
        assert len(smtp.messages) == ROUNDS * EACH


@pytest.mark.usefixtures("staff")
def test_the_same_by_commands(practice: Viewer, database_url: str, tmp_path: Path) -> None:
    everybody, *asked = partly_the_same(0, 200)
    home = Desk(tmp_path, database_url)
    home.write_config()
    with ExitStack() as open_:
        running = [
            open_.enter_context(subprocess.Popen(
                [sys.executable, "-m", "clinic_tui", "--as", login, "--json", "invite", *map(str, ids)],
                cwd=home.home, env=home.env, stdout=subprocess.PIPE, text=True))
            for login, ids in zip(LOGINS, asked, strict=True)
        ]  # fmt: skip
        outs = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    holds(everybody, (asked[0], asked[1]), [json.loads(out) for out in outs])
