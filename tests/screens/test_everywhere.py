"""What holds on every screen: header, footer, menu, help, toasts, errors in words."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Notification
from clinic_tui.pulse import Pulse
from screens.app import SCREENS, ClinicApp, screen_class
from screens.base import CANCEL, BaseScreen, Dialog, Room
from screens.commands import EVERYWHERE, MENU, PALETTE, spoken
from screens.help import Help
from screens.lookup import LookupScreen
from screens.menu import entries
from screens.places import rooms
from screens.profile import ProfileScreen
from screens.widgets.marks import Field
from tests.screens import people, story
from tests.screens.conftest import Desk, settle, shown, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def pressing(*keys: str) -> Any:
    async def acts(pilot: Pilot[int]) -> None:
        await pilot.press(*keys)

    return acts


@SIZES
def test_menu(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()
    assert desk.snap(pressing("f10"), size)


def test_menu_narrowed(desk: Desk) -> None:
    people.smiths()
    assert desk.snap(pressing("ctrl+p", *"out"))


@SIZES
def test_help(desk: Desk, size: tuple[int, int]) -> None:
    people.smiths()
    assert desk.snap(pressing("f1"), size)


def test_help_on_a_profile(desk: Desk) -> None:
    people.smiths()
    assert desk.snap(pressing(*"smyth", "enter", "f1"))


def test_menu_on_a_phone(desk: Desk) -> None:
    assert desk.snap(pressing("f10"), (40, 20))


def test_the_demo_says_so(desk: Desk) -> None:
    people.smiths()
    assert desk.snap(None, demo=True)


async def test_every_key_has_a_way_through_the_menu(desk: Desk) -> None:
    async with desk.open(demo=True) as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        here, everywhere = app.commands_here()
        listed = entries(here, everywhere, "")
        for command in EVERYWHERE:
            if command.keys and command.action not in ("app.menu", "app.command_palette"):
                assert command in listed, command.name


def test_every_function_and_control_key_has_a_way_through_the_menu() -> None:
    """Whatever a terminal, tmux or a browser keeps of them: F10, and Ctrl+P where F10 is kept too."""
    listed = {command.id("app") for command in EVERYWHERE if command.menu}
    missing = set()
    for room in rooms():
        # The menu lists what has a sentence (see ClinicApp.commands_here).
        named = listed | {command.id(room.ROOM) for command in room.KEYS if command.about}
        named |= {CANCEL.id("dialog"), MENU.id("app"), PALETTE.id("app")}
        for key, binding in [*(room._merged_bindings or ()), *(ClinicApp._merged_bindings or ())]:
            if re.fullmatch(r"f\d+|(ctrl|alt)\+.*", key) and binding.id not in named:
                missing.add((room.ROOM, key, binding.action))
    # Textual's own: Ctrl+C copies what is marked, or says how to leave.
    assert {(key, action) for _, key, action in missing} <= {("ctrl+c", "help_quit"), ("ctrl+c", "screen.copy_text")}


async def test_a_dialog_can_be_answered_through_the_menu(desk: Desk) -> None:
    john = story.john()
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        pilot.app.open_patient(john)
        await settle(pilot)
        await pilot.press("i")
        await settle(pilot)
        dialog = pilot.app.screen
        await story.write(pilot, "john.smyth@example.com")
        await pilot.press("f10", *"invite", "enter")
        await settle(pilot)
        assert dialog not in pilot.app.screen_stack
        assert "queued" in shown(pilot)


async def test_the_menu_does_what_is_chosen(desk: Desk) -> None:
    people.smiths()
    async with desk.open() as pilot:
        await pilot.press("f10", *"replies", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, screen_class("review"))
        await pilot.press("f10", *"look up", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)


async def test_the_menu_knows_the_screen_it_was_opened_on(desk: Desk) -> None:
    ids = people.smiths()
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        pilot.app.open_patient(ids["Smithers"])
        await settle(pilot)
        await pilot.press("f10")
        await settle(pilot)
        assert "Invite to the portal" in shown(pilot)
        await pilot.press(*"back", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)


@pytest.mark.parametrize("name", [name for name in SCREENS if name != "mailbox"])
async def test_global_keys_work_while_one_types_and_escape_goes_back(desk: Desk, name: str) -> None:
    key = next(c.keys for c in EVERYWHERE if c.action == f"app.{name}")
    story.promote()  # some are for owners
    async with desk.open() as pilot:
        await pilot.press("s")
        if key:
            await pilot.press(key)
        else:
            await pilot.app.run_action(f"app.{name}")
        await settle(pilot)
        assert isinstance(pilot.app.screen, screen_class(name))
        if key:
            await pilot.press(key)  # again: it does not pile up
            await settle(pilot)
        assert "Esc back" in shown(pilot).splitlines()[-1]
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)


async def test_a_dialog_is_closed_before_another_screen_opens(desk: Desk) -> None:
    async with desk.open() as pilot:
        await pilot.press("f1", "f3", "f10")
        await settle(pilot)
        assert [type(screen) for screen in pilot.app.screen_stack] == [LookupScreen, Help]
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)


async def test_going_to_and_fro_piles_up_no_screens(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        for _ in range(5):
            await pilot.press("f3")
            pilot.app.open_patient(john)
            await pilot.press("f4")
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        assert shown(pilot).splitlines()[2].strip().startswith("Outbox")
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)


async def test_a_screen_that_has_been_left_is_not_drawn(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    drawn: list[str] = []
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        pilot.app.open_patient(john)
        await settle(pilot)
        profile = pilot.app.screen
        assert isinstance(profile, ProfileScreen)
        profile.draw_later(lambda: drawn.append("in front"))
        await until(pilot, lambda: bool(drawn))
        asked = threading.Event()
        profile.ask(lambda _viewer: asked.wait(10), lambda _answer: drawn.append("answered"))
        left = pilot.app.pop_screen()
        profile.draw_later(lambda: drawn.append("left"))
        asked.set()
        await left
        await settle(pilot)
    assert drawn == ["in front"]


async def test_a_notification_is_counted_and_said_once(desk: Desk) -> None:
    async with desk.open() as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        for _ in range(3):
            _notify()
        app.poll()
        await settle(pilot)
        assert "● 3" in shown(pilot).splitlines()[0]
        _notify()
        app.poll()
        await settle(pilot)
        assert "● 4" in shown(pilot).splitlines()[0]
        assert len(app._notifications) == 1


async def test_a_narrow_header_keeps_demo_name_and_numbers(desk: Desk) -> None:
    async with desk.open((40, 20), demo=True) as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        app.tell(replace(app.facts, pulse=Pulse(12, 3, 4, 0, 5, "the mail server refuses the login", (0,))))
        await pilot.pause()
        assert shown(pilot).splitlines()[0] == "  DEMO   Harbour St…  ‖  ▹ 7  ? 5  ● 12"


async def test_fifty_toasts_are_one_and_never_markup(desk: Desk) -> None:
    async with desk.open() as pilot:
        for i in range(50):
            pilot.app.notify(f"Bob [/] {i}")
        await until(pilot, lambda: "Bob [/] 49" in shown(pilot))
        assert len(pilot.app._notifications) == 1
        assert "Bob [/] 49" in shown(pilot).splitlines()[1]  # before no row of a table


async def test_an_unforeseen_error_is_a_sentence(desk: Desk) -> None:
    async with desk.open() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Room)

        def rule(_viewer: object) -> None:
            raise ZeroDivisionError("Joanna Smith")

        screen.ask(rule, lambda _answer: None)
        await settle(pilot)
        said = shown(pilot)
        assert "Something went wrong in the program itself." in said
        assert "Joanna" not in said
        assert "Traceback" not in said


async def test_what_is_asked_again_replaces_what_waits_and_what_is_done_does_not(desk: Desk) -> None:
    async with desk.open() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Room)
        gate = threading.Event()
        ran: list[str] = []
        answers: list[str] = []

        def rule(name: str) -> Any:
            def asked(_viewer: object) -> str:
                gate.wait(10)
                ran.append(name)
                return name

            return asked

        for i in range(9):
            screen.ask(rule(f"ask {i}"), answers.append, group="asked")
            screen.do(rule(f"do {i}"), answers.append)
        gate.set()
        await settle(pilot)
        assert [name for name in ran if name.startswith("ask")] == ["ask 0", "ask 8"]
        assert [name for name in answers if name.startswith("do")] == [f"do {i}" for i in range(9)]


async def test_an_answer_for_a_screen_that_is_gone_is_dropped(desk: Desk) -> None:
    ids = people.smiths()
    async with desk.open() as pilot:
        assert isinstance(pilot.app, ClinicApp)
        pilot.app.open_patient(ids["Smyth"])
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)


async def test_what_is_pasted_is_cleaned(desk: Desk) -> None:
    async with desk.open() as pilot:
        field = pilot.app.screen.query_one(Field)
        pilot.app.post_message(Paste("smi\x1b]52;c;QUFB\x07\u202e\r\nth"))
        await settle(pilot)
        assert field.value == "smi]52;c;QUFB th"


@pytest.mark.parametrize(
    ("key", "word"), [("f1", "F1"), ("ctrl+s", "Ctrl+S"), ("i", "i"), ("enter", "Enter"), ("pageup", "PgUp")]
)
def test_keys_as_people_write_them(key: str, word: str) -> None:
    assert spoken(key) == word


def test_no_screen_takes_a_key_that_terminals_keep_for_themselves() -> None:
    for module, _ in SCREENS.values():
        __import__(module)
    classes: list[type[Room[Any]]] = [*_all(BaseScreen), *_all(Dialog)]
    keys = {key.strip() for cls in classes for command in cls.KEYS for key in command.keys.split(",")}
    keys |= {key for command in EVERYWHERE for key in command.keys.split(",")}
    assert not keys & {"ctrl+a", "ctrl+b", "ctrl+z", "ctrl+c", "ctrl+j", "ctrl+m", "ctrl+h"}


def test_the_first_frame_loads_no_database() -> None:
    heavy = "('peewee', 'psycopg', 'yagmail', 'playhouse', 'email_validator', 'aiosmtpd', 'imapclient', 'sqlite3')"
    code = f"import sys, screens.app, screens.lookup; print([m for m in sys.modules if m.partition('.')[0] in {heavy}])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def _all(base: type[Any]) -> list[type[Any]]:
    return [base, *(found for cls in base.__subclasses__() for found in _all(cls))]


def _notify() -> None:
    with transaction():
        Notification.create(kind="paused", created_at=now())
