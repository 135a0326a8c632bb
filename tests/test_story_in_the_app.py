"""The story from keys typed in the app to a mail at a real SMTP server, and from a reply in a real IMAP mailbox back.

On SQLite and on PostgreSQL. The post is worked as the background process works it, when the test says so.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui import clock, settings
from clinic_tui.config import Config, load
from clinic_tui.db.connection import close_database
from clinic_tui.imports.run import import_csv
from clinic_tui.mail import sync
from clinic_tui.practice import open_practice
from screens.app import ClinicApp
from tests.conftest import NOW, PRACTICE
from tests.screens.conftest import DARK, settle, shown
from tests.servers.imap import ImapServer
from tests.servers.smtp import Received, SmtpServer

PATIENTS = """number,first name,last name,dob,mobile,email
004182,John,Smyth,1984-11-30,0412 555 904,
004183,Joanna,Smith,1984-03-12,0412 555 018,joanna@example.com
"""


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer(user="desk", password="secret") as server:
        yield server


@pytest.fixture
def config(
    database_url: str, tmp_path: Path, smtp: SmtpServer, imap: ImapServer, still_clock: datetime
) -> Iterator[Config]:
    """A practice of two patients from a CSV file, its mail going to real servers."""
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text("secret\n")
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.write_text(
        f"""database = "{database_url}"
        [smtp]
        host = "{smtp.host}"
        port = {smtp.port}
        security = "none"
        from = "desk@example.org"
        [mailbox]
        url = "{imap.url()}"
        password_file = "{password}"
        """
    )
    made = load(path)
    viewer = open_practice(made, new=True)
    settings.seed(viewer, PRACTICE)
    (tmp_path / "patients.csv").write_text(PATIENTS)
    import_csv(viewer, tmp_path / "patients.csv")
    yield made
    close_database()


async def keys(pilot: Pilot[int], *typed: str) -> None:
    """Press keys (a word of several letters is typed letter by letter), then wait until all is answered."""
    for key in typed:
        await pilot.press(*(key if " " in key or "@" in key else [key]))
    await settle(pilot)


async def work_the_post(pilot: Pilot[int], config: Config) -> sync.SyncCounts:
    """What the background process does, then what the app's next look shows of it."""
    counts = await asyncio.to_thread(sync.run_once, config)
    app = pilot.app
    assert isinstance(app, ClinicApp)
    app.poll()
    await settle(pilot)
    return counts


def plain(mail: Received) -> str:
    """The plain part, as the patient reads it."""
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def reply_to(mail: Received, words: str) -> bytes:
    """The patient presses Reply, types, and sends."""
    answer = EmailMessage()
    answer["From"] = mail.recipients[0]
    answer["To"] = mail.message["Reply-To"]
    answer["Subject"] = f"Re: {mail.message['Subject']}"
    answer["In-Reply-To"] = mail.message["Message-ID"]
    answer["Message-ID"] = "<reply-1@example.com>"
    text = plain(mail)
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    answer.set_content(f"{words}\n\nOn Sun, 22 Nov 2026 at 09:33, the practice wrote:\n{quoted}\n")
    return answer.as_bytes()


async def test_from_lookup_to_acceptance(config: Config, smtp: SmtpServer, imap: ImapServer) -> None:
    app = ClinicApp(config, look=DARK, poll_seconds=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "smy jo 1984", "enter")
        assert "Smyth, John" in shown(pilot)
        assert "Not invited" in shown(pilot) or "not invited" in shown(pilot)

        await keys(pilot, "i", "john@example.com", "enter", "john@example.com", "enter", "as promised on the phone")
        assert "as promised on the phone" in shown(pilot)
        await keys(pilot, "ctrl+s")
        assert "queued" in shown(pilot).lower()
        await work_the_post(pilot, config)
        assert smtp.messages == [], "it is held, so that it can be taken back"

        with clock.frozen_at(NOW + timedelta(minutes=3)):
            await work_the_post(pilot, config)
            (mail,) = smtp.messages
            assert mail.recipients == ("john@example.com",)
            assert "as promised on the phone" in plain(mail)
            assert "invited" in shown(pilot)
            code = re.search(r"\d{3} \d{3} \d{3} \d\b", plain(mail))
            assert code is not None
            assert code.group() not in shown(pilot), "the code is the patient's"

            imap.append(reply_to(mail, "ACCEPT"))
            counts = await work_the_post(pilot, config)
            assert counts.accepted == 1
            assert "identity to check" in shown(pilot)
            await keys(pilot, "f4")
            assert "Smyth, John" in shown(pilot)
            assert "accepted" in shown(pilot)

            await keys(pilot, "enter", "k", "1", "enter")
            await work_the_post(pilot, config)
            steps = smtp.messages[-1]
            assert "https://portal.example.org" in plain(steps)
            assert "setting up" in shown(pilot)

            counts = await work_the_post(pilot, config)
            assert not any(counts.numbers().values()), "the same reply is not taken twice, and nothing goes again"
