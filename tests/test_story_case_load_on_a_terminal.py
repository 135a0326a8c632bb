"""The case load's story at a real terminal, as a person sees it there: by keys, what stands on the screen read back.

Reports > Patient > New Report > Case Load > filter > Run > tick > Actions > Invite, then mail to a real SMTP server.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clinic_tui import clock
from clinic_tui.config import Config
from clinic_tui.db.connection import close_database, session, transaction
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import Staff
from clinic_tui.mail import sync
from tests.conftest import NOW
from tests.screens import okafors
from tests.screens.okafors import MANY
from tests.screens.terminal import Terminal
from tests.servers.smtp import SmtpServer

# The clock of the app stands where that of the test stands.
STILL = f"""
from datetime import datetime
from clinic_tui import clock
still = clock.frozen_at(datetime.fromisoformat("{NOW.isoformat()}"))
still.__enter__()
"""
WROTE = "as promised on the phone"


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def config(database_url: str, tmp_path: Path, smtp: SmtpServer, still_clock: datetime) -> Iterator[Config]:
    """A practice of two practitioners, its mail going to a real server, and alice at its desk."""
    made = okafors.opened(tmp_path, database_url, smtp)
    with transaction():
        Staff.create(login="alice", name="alice", role="front-desk", created_at=NOW)
    yield made
    close_database()


@pytest.fixture
def terminal(config: Config, size: tuple[int, int]) -> Iterator[Terminal]:
    opened = Terminal(config, size, first=STILL)
    yield opened
    opened.close()


def counts(terminal: Terminal) -> dict[str, int]:
    """What the dry run counted."""
    words = ("get the invitation", *okafors.NOT_INVITED)
    return {each: okafors.number_of(each, terminal.text()) for each in words}


@pytest.mark.parametrize(
    ("database_url", "size"), [("sqlite", (80, 24)), ("postgres", (200, 60))], indirect=["database_url"],
    ids=["80x24", "200x60"],
)  # fmt: skip
def test_a_message_for_each_who_is_ticked_and_may_have_one(
    terminal: Terminal, config: Config, smtp: SmtpServer
) -> None:
    terminal.until_shown("Harbour Street Practice")
    terminal.press("f2")
    terminal.until_shown("Reports > Patient")
    terminal.press("n")
    terminal.until_shown("Report Type Case Load")

    terminal.press("dr oka")
    terminal.until_shown("Practitioner dr oka")
    terminal.press("down", "down", "down", "down", "jan 2026")
    terminal.until_shown("Seen from jan 2026")
    terminal.until_shown("patients of Dr R. Okafor, seen since 1 Jan 2026")
    terminal.press("ctrl+r")
    terminal.until_shown(f"1 of {MANY + 4} patients")
    assert "Reports > Patient > Case Load" in terminal.text()
    assert "Chens" not in terminal.text()
    assert "Okafors Before" not in terminal.text()

    terminal.press("a")
    terminal.until_shown(f"{MANY + 4} ticked")
    terminal.press("space")  # all but the first
    terminal.until_shown(f"{MANY + 3} ticked")
    terminal.until_at("[ ] Okafors 00, Pat")
    terminal.press("down", "space")
    terminal.until_shown(f"{MANY + 2} ticked")
    terminal.press("x")
    terminal.until_shown("Invite to patient portal")
    terminal.press("enter")
    terminal.until_shown("Nothing is queued yet.")
    terminal.until_at("get the invitation")
    terminal.until(lambda: sum(counts(terminal).values()) == MANY + 2)
    assert counts(terminal)["get the invitation"] == MANY - 2

    terminal.press("tab", WROTE)
    terminal.until_shown(f"Your message {WROTE}")
    terminal.press("tab", str(MANY - 2), "ctrl+s")
    terminal.until_shown(f"{MANY - 2} invitations queued; 4 patients skipped.")
    with session():
        assert Invitation.select().count() == MANY - 2
    assert sync.run_once(config).sent == 0
    assert smtp.messages == [], "they are held, so that they can be taken back"

    with clock.frozen_at(NOW + timedelta(minutes=16)):
        assert sync.run_once(config).sent == MANY - 2
    recipients = sorted(mail.recipients for mail in smtp.messages)
    assert recipients == sorted((f"o{n}@example.org",) for n in range(2, MANY))
    for mail in smtp.messages:
        part = mail.message.get_body(("plain",))
        assert part is not None
        assert WROTE in part.get_content()

    terminal.press("f3")
    terminal.until_shown(f"{MANY - 2} sent today")
    terminal.press("escape")
    terminal.until_shown("invited")
    terminal.until_at("○ not invited")
