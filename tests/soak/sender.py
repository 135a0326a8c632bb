"""A sender to be killed: `python -m tests.soak.sender URL PORT KEY MOMENT LINES` sends what is due at that moment."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from clinic_tui import clock, outbox
from clinic_tui.config import Config
from clinic_tui.config_mail import Smtp
from clinic_tui.db.connection import close_database, forget_connection, open_database
from clinic_tui.errors import DatabaseLost
from clinic_tui.invitations import codes
from clinic_tui.mail.sync import run_once

PATIENCE = 20  # times that the database may be busy or away


def main(url: str, port: str, key: str, moment: str, lines: str) -> None:
    open_database(url)
    codes.use_key_file(Path(key))
    config = Config(url, Path(key), smtp=Smtp("127.0.0.1", int(port), "none", "desk@example.org", timeout=20))
    lost = 0
    with clock.frozen_at(datetime.fromisoformat(moment)):
        while True:
            try:
                counts = run_once(config, senders=int(lines))
                if any("told to stop" in trouble for trouble in counts.troubles):
                    break
                due = outbox.next_due()
                if due is None or due > clock.now() or outbox.paused_reason() is not None:
                    break
            except DatabaseLost:
                lost += 1
                if lost == PATIENCE:
                    raise
                forget_connection()
    close_database()


if __name__ == "__main__":
    main(*sys.argv[1:])
