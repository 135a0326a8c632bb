"""Settings > General > Patient Access: read by all, changed by owners."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from clinic_tui import retention, settings
from clinic_tui.access import Viewer
from screens.access import GROUPS, AccessScreen
from screens.dialogs.setting import SettingDialog
from screens.theme import Look
from tests.mail.post_office import account
from tests.screens import story
from tests.screens.conftest import Desk
from tests.screens.story import front, press, read, write
from tests.servers.faults import Fault
from tests.servers.smtp import SmtpServer

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def group(setting: settings.Setting) -> str:
    return setting.name.partition(".")[0]


def down_to(name: str) -> list[str]:
    order = [setting.name for heading in GROUPS for setting in settings.SCHEMA if group(setting) == heading]
    return ["down"] * order.index(f"patient_access.{name}" if "." not in name else name)


def value(name: str) -> settings.Value:
    return settings.load(Viewer.system())[name]


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f10", *"access", "enter")
    assert front(pilot) is AccessScreen


def test_every_setting_stands_under_a_heading() -> None:
    assert {group(setting) for setting in settings.SCHEMA} == set(GROUPS)


@SIZES
def test_for_an_owner(desk: Desk, size: tuple[int, int]) -> None:
    story.promote()
    assert desk.snap(open_screen, size)


@SIZES
def test_for_the_front_desk(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(open_screen, size)


@SIZES
def test_words_as_choices(desk: Desk, size: tuple[int, int]) -> None:
    story.promote()

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, *down_to("portal.register"), "enter")

    assert desk.snap(acts, size)


@SIZES
def test_in_error(desk: Desk, size: tuple[int, int]) -> None:
    story.promote()

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, *down_to("expires_days"), "enter", "0", "enter")

    assert desk.snap(acts, size)


def test_plain_narrow(desk: Desk) -> None:
    assert desk.snap(open_screen, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


async def test_switching_invitations_off(desk: Desk) -> None:
    story.promote()
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "enter", "down", "enter")
        assert "patient_access.invitations is now off." in read(pilot)
        assert "Invite to the portal off" in read(pilot)
    assert value("patient_access.invitations") is False


async def test_a_number_out_of_range_is_refused_beside_its_field(desk: Desk) -> None:
    story.promote()
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, *down_to("expires_days"), "enter", "5", "enter")
        assert front(pilot) is SettingDialog
        assert "patient_access.expires_days is a number from 1 to 30." in read(pilot)
        await press(pilot, "backspace", "backspace")
        assert "a number from 1 to 30. Esc" not in read(pilot)
        await write(pilot, "14")
        await press(pilot, "enter")
        assert "patient_access.expires_days is now 14." in read(pilot)
    assert value("patient_access.expires_days") == 14


async def test_an_address_that_is_not_https_is_refused(desk: Desk) -> None:
    story.promote()
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, *down_to("portal.url"), "enter", "ctrl+u")
        await write(pilot, "http")
        await press(pilot, "enter")
        assert "begins with https://" in read(pilot)
        await press(pilot, "escape")
    assert value("portal.url") == "https://portal.example.org"


def of_another_owner(name: str, text: str) -> None:
    settings.change(Viewer("bea", "owner"), name, text)


@SIZES
def test_two_at_once(desk: Desk, size: tuple[int, int]) -> None:
    story.promote()

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, *down_to("portal.register"), "enter", "down")
        of_another_owner("portal.register", "desk")
        await press(pilot, "enter")

    assert desk.snap(acts, size)


async def test_who_stores_second_sees_both_and_chooses(desk: Desk) -> None:
    story.promote()
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, *down_to("practice.hours"), "enter")
        await write(pilot, "mine")
        of_another_owner("practice.hours", "theirs [/]")
        await press(pilot, "enter")
        assert front(pilot) is SettingDialog
        assert "bea changed 'Hours' meanwhile. It is theirs [/] now;" in read(pilot)
        assert value("practice.hours") == "theirs [/]"
        await press(pilot, "enter")
        assert "practice.hours is now mine." in read(pilot)
        await press(pilot, "enter", "x")
        of_another_owner("practice.hours", "theirs again")
        await press(pilot, "enter", "escape")
    assert value("practice.hours") == "theirs again"


async def test_the_header_follows_the_practices_name(desk: Desk) -> None:
    story.promote()
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, *down_to("practice.name"), "enter", "ctrl+u")
        await write(pilot, "Quay Clinic")
        await press(pilot, "enter")
        assert "practice.name is now Quay Clinic." in read(pilot)
        assert read(pilot).startswith("Quay Clinic")


async def test_only_an_owner_changes_them(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "only an owner changes these" in read(pilot)
        await press(pilot, "enter")
        assert front(pilot) is AccessScreen


@SIZES
def test_mail_and_retention(desk: Desk, size: tuple[int, int]) -> None:
    story.promote()
    settings.change(Viewer("bea", "owner"), "retention.texts_days", 365)
    assert retention.purge() is not None

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, *down_to("retention.notifications_days"))

    assert desk.snap(acts, size)


@SIZES
def test_who_is_notified(desk: Desk, size: tuple[int, int]) -> None:
    story.promote()

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, *down_to("patient_access.notified"), "enter", "down")

    assert desk.snap(acts, size)


async def test_a_test_message_to_whoever_sits_here(desk: Desk) -> None:
    with SmtpServer() as server:
        desk.config = replace(desk.config, smtp=account(server))
        async with desk.open((120, 40)) as pilot:
            await open_screen(pilot)
            await press(pilot, "t")
            assert "A test message went to desk@example.org. The mail server said: 250" in read(pilot)
        server.faults.add(Fault("rcpt", "550 5.1.1 No such user"))
        async with desk.open((120, 40)) as pilot:
            await press(pilot, "f10", *"templates", "enter", "t")
            assert "was not sent for certain: 550 5.1.1 No such user" in read(pilot)
        server.faults.clear()
        async with desk.open((120, 40)) as pilot:
            await press(pilot, "f10", *"templates", "enter", "down", "t")
            assert "A test message went to desk@example.org." in read(pilot)
        assert [mail.recipients for mail in server.messages] == [("desk@example.org",)] * 2
        assert server.messages[1].message["Subject"].startswith("Test: ")


async def test_without_a_mail_server_the_key_says_so(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "t")
        assert "[smtp]" in read(pilot)
