"""Reports > Patient > New Report > Case Load > filter > Run > tick > Actions > Invite, by keys, to a real SMTP server.

On SQLite and on PostgreSQL: a message for each patient who is ticked and may have one, and none for the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui import clock
from clinic_tui.config import Config
from clinic_tui.db.connection import close_database, session
from clinic_tui.db.models.post import Invitation
from clinic_tui.mail import sync
from screens.app import ClinicApp
from tests.conftest import NOW
from tests.screens import okafors
from tests.screens.conftest import DARK, settle, shown
from tests.screens.okafors import MANY
from tests.servers.smtp import SmtpServer


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def config(database_url: str, tmp_path: Path, smtp: SmtpServer, still_clock: datetime) -> Iterator[Config]:
    """A practice of two practitioners, its mail going to a real server."""
    yield okafors.opened(tmp_path, database_url, smtp)
    close_database()


async def keys(pilot: Pilot[int], *typed: str) -> None:
    """Press keys (a phrase is typed letter by letter), then wait until all is answered."""
    for key in typed:
        await pilot.press(*(key if " " in key else [key]))
    await settle(pilot)


def count(pilot: Pilot[int], words: str) -> int:
    """The number before `words`."""
    return okafors.number_of(words, shown(pilot))


async def test_from_a_new_report_to_a_message_for_each_who_may_have_one(config: Config, smtp: SmtpServer) -> None:
    app = ClinicApp(config, look=DARK, poll_seconds=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f2")
        assert "Reports > Patient" in shown(pilot)
        await keys(pilot, "n")
        assert "Report Type" in shown(pilot)
        assert "Case Load" in shown(pilot)
        await keys(pilot, "dr oka", "down", "down", "down", "down", "jan 2026")
        assert "patients of Dr R. Okafor, seen since 1 Jan 2026" in " ".join(shown(pilot).split())
        await keys(pilot, "ctrl+r")
        assert "Reports > Patient > Case Load" in shown(pilot)
        assert count(pilot, "patients") == MANY + 4

        await keys(pilot, "a", "space")  # all but the first
        assert count(pilot, "ticked") == MANY + 3
        await keys(pilot, "x")
        assert "Invite to patient portal" in shown(pilot)
        await keys(pilot, "enter")
        counted = {words: count(pilot, words) for words in ("get the invitation", *okafors.NOT_INVITED)}
        assert sum(counted.values()) == MANY + 3
        assert counted["get the invitation"] == MANY - 1
        await keys(pilot, "tab", "as promised on the phone", "tab", *str(MANY - 1), "ctrl+s")
        said = " ".join(shown(pilot).split())
        assert f"{MANY - 1} invitations queued; 4 patients skipped." in said
        with session():
            assert Invitation.select().count() == MANY - 1
        await asyncio.to_thread(sync.run_once, config)
        assert smtp.messages == [], "they are held, so that they can be taken back"

        with clock.frozen_at(NOW + timedelta(minutes=16)):
            counts = await asyncio.to_thread(sync.run_once, config)
            assert counts.sent == MANY - 1
            recipients = sorted(mail.recipients[0] for mail in smtp.messages)
            assert recipients == sorted(f"o{n}@example.org" for n in range(1, MANY))
            for mail in smtp.messages:
                part = mail.message.get_body(("plain",))
                assert part is not None
                assert "as promised on the phone" in part.get_content()
            app.poll()
            await settle(pilot)
            assert "invited" in shown(pilot)
            await keys(pilot, "f3", "f3")  # the screen has blanked by then: the first key only wakes it
            assert f"{MANY - 1} sent today" in shown(pilot)
