"""The patients' mailboxes of the sample practice: what they show, and that the desk hears what is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui import notifications
from clinic_tui.demo import open_demo
from clinic_tui.demo.maildir import deliver
from clinic_tui.demo.opening import Demo
from clinic_tui.demo.post import Post
from clinic_tui.patients import lookup
from screens.app import ClinicApp
from screens.demo_mailbox import DemoMailboxScreen
from screens.theme import Look
from tests.screens.conftest import DARK, Desk, settle, shown, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])

MAIL = """\
Return-Path: <desk+aaaaaaaaaaaaaaaaaaaaaaaaaa@harbourstreet.example>
Delivered-To: {to}
From: Harbour Street Practice <desk@harbourstreet.example>
To: {to}
Reply-To: Harbour Street Practice <desk+aaaaaaaaaaaaaaaaaaaaaaaaaa@harbourstreet.example>
Subject: {subject}
Date: {date}
Message-ID: <0123456789abcdef.aaaaaaaaaaaaaaaaaaaaaaaaaa@harbourstreet.example>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

Hello,

Harbour Street Practice invites you to its patient portal, Halaxy.

1. Press Reply, type ACCEPT, and send.
2. We then check that it is you, then e-mail you the steps.

Or ring us on 02 5550 0000 and read out this code: 482 913 706 5

{more}
"""


@pytest.fixture
def sample(desk: Desk, tmp_path: Path) -> Desk:
    """The practice as if it were the sample, with its mailboxes empty."""
    desk.config = replace(desk.config, path=tmp_path / "config.toml", demo=True)
    return desk


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "post")


def put(post: Post, to: str, subject: str, date: str, more: str = "Harbour Street Practice") -> None:
    text = MAIL.format(to=to, subject=subject, date=date, more=more)
    deliver(post.patients, text.replace("\n", "\r\n").encode())


@pytest.fixture
def some(post: Post) -> Post:
    """Three messages, the oldest answered twice."""
    put(post, "jo.smith@example.com", "Your invitation from Harbour Street Practice", "Wed, 18 Nov 2026 16:02:00 +0000")
    put(post, "łukasz.łoś@example.com", "Your invitation from [/] Harbour", "Sun, 22 Nov 2026 09:01:00 +0000")
    put(post, "joel.smithers@example.net", "How to set up your account: Halaxy", "Sun, 22 Nov 2026 09:20:00 +0000")
    oldest = post.received()[-1]
    post.answer(oldest.id, "question")
    post.answer(oldest.id, "accept")
    return post


async def open_mailbox(pilot: Pilot[int]) -> None:
    await pilot.press("f9")
    await settle(pilot)


@SIZES
def test_full(sample: Desk, some: Post, size: tuple[int, int]) -> None:
    assert sample.snap(open_mailbox, size, demo=True)


@SIZES
def test_empty(sample: Desk, post: Post, size: tuple[int, int]) -> None:
    assert sample.snap(open_mailbox, size, demo=True)


def test_on_a_phone(sample: Desk, some: Post) -> None:
    assert sample.snap(open_mailbox, (40, 24), demo=True)


@SIZES
def test_a_message_that_is_gone(sample: Desk, some: Post, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_mailbox(pilot)
        for path in (some.patients / "new").iterdir():
            path.rename(some.patients / "tmp" / path.name)
        (some.patients / "new").touch()
        await pilot.press("down")

    assert sample.snap(acts, size, demo=True)


async def test_hostile_mail_is_drawn_as_text(sample: Desk, post: Post) -> None:
    put(post, "a@example.com", "[@click=app.quit]press[/] \x1b[31m", "Sun, 22 Nov 2026 09:01:00 +0000",
        "[/] \x1b]52;c;aGk=\x07 \u202etxt")  # fmt: skip
    async with sample.open((120, 40), demo=True) as pilot:
        await open_mailbox(pilot)
        assert "[@click=app.quit]press[/]" in shown(pilot)
        assert not set("\x1b\x07\u202e") & set(shown(pilot))


async def test_nobody_but_the_demo_has_it(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_mailbox(pilot)
        assert not isinstance(pilot.app.screen, DemoMailboxScreen)
        assert "F9" not in shown(pilot)
        await pilot.press("f10")
        await settle(pilot)
        assert "mailbox (demo)" not in shown(pilot)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with open_demo(directory=tmp_path / "demo") as opened, opened.syncing(0.05):
        yield opened


# Somebody whose invitation is open, the key, the notification, and the portal line that follows.
ANSWERS = (
    ("lukasz los", "a", "accepted", "accepted_check"),
    ("jurgen weiss", "d", "declined", "declined"),
    ("harpreet kaur", "s", "declined", "declined"),
    ("thijs hooft", "w", "declined", "not_invited"),
    ("linnea angstrom", "b", "bounced", "bounced"),
    ("ngozi eze", "q", "review", "invited"),
    ("leilani", "y", "review", "invited"),  # was unconfirmed: whoever answers has the message
)


async def test_the_desk_hears_what_is_answered(demo: Demo) -> None:
    app = ClinicApp(demo.config, demo.login, look=DARK, demo=True, poll_seconds=0.4)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert " DEMO " in shown(pilot)
        await open_mailbox(pilot)
        for who, key, kind, portal in ANSWERS:
            patient = lookup.search(demo.viewer, who).rows[0]
            before = notifications.unread(demo.viewer)
            await choose(pilot, str(patient.email))
            assert re.search(r"\b\d{3} \d{3} \d{3} \d\b", shown(pilot))  # the code in full, as the patient sees it
            await pilot.press(key)
            await until(pilot, lambda count=before + 1: notifications.unread(demo.viewer) == count)  # type: ignore[misc]
            note = notifications.listing(demo.viewer)[0]
            assert (note.kind, note.patient_id) == (kind, patient.id), who
            assert lookup.rows_by_id(demo.viewer, [patient.id])[0].portal == portal, who
            await until(pilot, lambda count=before + 1: f"● {count}" in shown(pilot).split("\n")[0])  # type: ignore[misc]


async def choose(pilot: Pilot[int], email: str) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, DemoMailboxScreen)
    await pilot.press("home")
    await settle(pilot)
    for _ in range(40):
        if screen.chosen == email:
            return await settle(pilot)
        await pilot.press("down")
    raise AssertionError(f"no message to {email}")


async def test_an_automatic_reply_changes_nothing(demo: Demo) -> None:
    patient = lookup.search(demo.viewer, "lukasz los").rows[0]
    app = ClinicApp(demo.config, demo.login, look=Look("clinic-dark", ansi=False, unicode=False), demo=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await open_mailbox(pilot)
        await choose(pilot, str(patient.email))
        before = notifications.unread(demo.viewer)
        await pilot.press("o")
        await settle(pilot)
        assert demo.post.received(str(patient.email))[0].answers == ("out_of_office",)
        demo.sync()
        assert notifications.unread(demo.viewer) == before
        assert lookup.rows_by_id(demo.viewer, [patient.id])[0].portal == "invited"
