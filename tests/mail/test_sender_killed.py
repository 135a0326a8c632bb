"""A sender that is killed at the worst moment: doubt may stay, a second copy may not."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.db.models.post import Invitation
from clinic_tui.mail.sync import run_once
from tests.mail.post_office import account, config, invite, message_states, until
from tests.servers.faults import Fault, Phase
from tests.servers.smtp import SmtpServer
from tests.servers.smtp_process import ROOT, Store, smtp_process

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
