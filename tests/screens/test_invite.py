"""The invite dialog: what one sees while typing, and what was queued."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from clinic_tui import access, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, session, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Practitioner
from screens.dialogs.invite import InviteDialog
from screens.profile import ProfileScreen
from tests.screens import story
from tests.screens.conftest import Acts, Desk, settle, shown
from tests.screens.story import front, pictured, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
MAIL = "john.smyth@example.com"


async def open_dialog(pilot: Pilot[int]) -> None:
    """By keys, from the lookup: the only patient, then Invite."""
    await press(pilot, "enter", "i")
    assert front(pilot) is InviteDialog


def said(pilot: Pilot[int], field: str) -> str:
    widget = pilot.app.screen.query_one(f"#{field}-said")
    return str(widget.render()) if widget.display else ""


def queued() -> list[Invitation]:
    with session():
        return list(Invitation.select().order_by(Invitation.id))


def typing(*steps: str) -> Acts:
    """Open the dialog; then each step: `=text` is typed, anything else is a key."""

    async def acts(pilot: Pilot[int]) -> None:
        await open_dialog(pilot)
        for step in steps:
            await (write(pilot, step[1:]) if step.startswith("=") else press(pilot, step))

    return acts


@SIZES
def test_begun(desk: Desk, size: tuple[int, int]) -> None:
    story.john()
    assert pictured(desk, typing(), size)


@SIZES
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    story.john()
    assert pictured(desk, typing(f"={MAIL}", "tab", "=Hi [Patient First Name], as promised."), size)


@SIZES
def test_in_error(desk: Desk, size: tuple[int, int]) -> None:
    story.john()
    assert pictured(desk, typing("=john.smyth@exmaple.com", "tab", "=Dear [Nickname]", "ctrl+s"), size)


@SIZES
def test_hostile_name(desk: Desk, size: tuple[int, int]) -> None:
    story.hostile()
    assert pictured(desk, typing("=bob"), size)


def test_another_address_offers_to_store_it(desk: Desk) -> None:
    story.john()
    assert pictured(desk, typing("shift+tab", "home", "=x", "tab"))


def test_cannot_be_invited_any_more(desk: Desk, practice: Viewer) -> None:
    john = story.john()

    async def acts(pilot: Pilot[int]) -> None:
        await press(pilot, "enter")
        pilot.app.push_screen(InviteDialog(john))
        with transaction():
            Patient.update(status="deceased").where(Patient.id == john).execute()

    assert pictured(desk, acts)


async def test_invites_and_says_when_it_goes(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        assert pilot.app.screen.query_one("#email", Input).value == MAIL
        assert pilot.app.screen.query_one("#confirm", Input).value == ""
        await write(pilot, MAIL)
        await press(pilot, "enter")
        await write(pilot, "See you on Tuesday.")
        await press(pilot, "ctrl+s")
        assert front(pilot) is ProfileScreen
        assert f"Queued for {MAIL}: it goes in 2 minutes" in read(pilot)
    rows = queued()
    assert [(row.email, row.state, row.custom_message) for row in rows] == [(MAIL, "queued", "See you on Tuesday.")]


async def test_ctrl_s_twice_queues_one(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, MAIL)
        await pilot.press("ctrl+s", "ctrl+s")
        await settle(pilot)
    assert len(queued()) == 1


async def test_escape_changes_nothing(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, MAIL)
        await press(pilot, "escape")
        assert front(pilot) is ProfileScreen
    assert queued() == []


@pytest.mark.parametrize("how", ["bracketed", "ctrl+v"])
async def test_nothing_is_pasted_into_the_confirmation(desk: Desk, how: str) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        if how == "bracketed":
            pilot.app.post_message(events.Paste(MAIL))
        else:
            pilot.app.copy_to_clipboard(MAIL)
            await pilot.press("ctrl+v")
        await settle(pilot)
        assert pilot.app.screen.query_one("#confirm", Input).value == ""
        assert "Not pasted: type the address again" in read(pilot)


async def test_the_first_address_may_be_pasted_and_is_cleaned(desk: Desk) -> None:
    story.john(email=None)
    async with desk.open() as pilot:
        await open_dialog(pilot)
        pilot.app.post_message(events.Paste(f"{MAIL}\x1b]52;c;aGk=\x07\u202e"))
        await settle(pilot)
        value = pilot.app.screen.query_one("#email", Input).value
        assert value.startswith(MAIL)
        assert not {"\x1b", "\x07", "\u202e"} & set(value)


async def test_a_pasted_message_is_cleaned(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "tab")
        pilot.app.post_message(events.Paste("one\x1b[31m\ntwo [/]\u202e"))
        await settle(pilot)
        assert pilot.app.screen.query_one(TextArea).text == "one[31m\ntwo [/]"
        assert "two [/]" in read(pilot)


async def test_the_difference_is_pointed_at_in_text(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, "john.smyth@ex")
        assert said(pilot, "confirm") == ""  # half an address is no difference yet
        await write(pilot, "maple.com")
        lines = shown(pilot).splitlines()
        at = next(i for i, line in enumerate(lines) if "Confirm e-mail" in line)
        column = lines[at].index("exmaple") + 2
        assert lines[at + 1][column : column + 2] == "^^"
        assert 'differs: "exmaple" here, "example" above' in lines[at + 1]
        await press(pilot, *["backspace"] * 9)
        assert said(pilot, "confirm") == ""
        await press(pilot, "ctrl+s")
        assert "stops short: ample.com is missing at the end" in said(pilot, "confirm")
        assert pilot.app.screen.focused is pilot.app.screen.query_one("#confirm")
    assert queued() == []


async def test_an_empty_confirmation_is_asked_for(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "ctrl+s")
        assert "Type the address again." in said(pilot, "confirm")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nobody", "This is not an address"),
        ("okafor@example.org", "belongs to a practitioner"),
        ("wrong@example.org", "Nothing may be sent to this address"),
    ],
)
async def test_a_refused_address_is_said_beside_it(desk: Desk, address: str, sentence: str) -> None:
    story.john(email=None)
    with transaction():
        Practitioner.create(
            name="Dr R. Okafor", name_fold="dr r. okafor", email="okafor@example.org", email_fold="okafor@example.org"
        )
        access.block_address(Viewer.system(), "wrong@example.org", "not theirs")
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, address)
        await press(pilot, "enter")
        await write(pilot, address)
        await press(pilot, "ctrl+s")
        assert sentence in said(pilot, "email")
        assert "Okafor" not in read(pilot)
        assert pilot.app.screen.focused is pilot.app.screen.query_one("#email")
        await press(pilot, "end", "x")
        assert said(pilot, "email") == ""
    assert queued() == []


async def test_an_unknown_term_is_said_beside_the_message(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, MAIL)
        await press(pilot, "enter")
        pilot.app.post_message(events.Paste("Dear [Nickname]"))
        await settle(pilot)
        assert "[Nickname] is unknown" in said(pilot, "message")
        await press(pilot, "ctrl+s")
        assert "[Nickname] is unknown" in said(pilot, "message")
    assert queued() == []


async def test_the_preview_follows_the_message(desk: Desk) -> None:
    story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        preview = pilot.app.screen.query_one("#preview")
        assert preview.size.height >= 8
        await press(pilot, "tab")
        pilot.app.post_message(events.Paste("Hi [Patient First Name], as promised."))
        await settle(pilot)
        assert "Hi John, as promised." in read(pilot)
        await press(pilot, "pagedown")
        assert "read out this code: ··· ··· ··· ·" in read(pilot)


async def test_a_new_address_is_stored_only_when_ticked(desk: Desk) -> None:
    john = story.john(email=None)
    async with desk.open() as pilot:
        await open_dialog(pilot)
        assert "Store on the record" not in read(pilot)
        await write(pilot, "new@example.com")
        assert "[x] Store on the record" in read(pilot)
        await press(pilot, "enter")
        await write(pilot, "new@example.com")
        await press(pilot, "ctrl+s")
        assert "Queued" in read(pilot)
    with session():
        assert Patient.get_by_id(john).email == "new@example.com"


async def test_another_address_leaves_the_record_as_it_is_unless_asked(desk: Desk) -> None:
    john = story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await press(pilot, "shift+tab", "home")
        await write(pilot, "x")
        assert f"[ ] Store on the record (now {MAIL})" in read(pilot)
        await press(pilot, "tab")
        await write(pilot, f"x{MAIL}")
        await press(pilot, "ctrl+s")
        assert "Queued" in read(pilot)
    assert [row.email for row in queued()] == [f"x{MAIL}"]
    with session():
        assert Patient.get_by_id(john).email == MAIL


async def test_resending_begins_with_the_old_message_and_supersedes(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    first = story.invited(practice, john, custom_message="As promised.")
    async with desk.open() as pilot:
        await press(pilot, "enter")
        pilot.app.push_screen(InviteDialog(john, resend=first))
        await settle(pilot)
        assert "Resend the invitation" in read(pilot)
        assert pilot.app.screen.query_one(TextArea).text == "As promised."
        await write(pilot, MAIL)
        await press(pilot, "ctrl+s")
    assert [(row.state, row.custom_message) for row in queued()] == [
        ("superseded", "As promised."),
        ("queued", "As promised."),
    ]


async def test_somebody_else_was_faster(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, MAIL)
        story.invited(practice, john)
        close_database()
        await press(pilot, "ctrl+s")
        assert front(pilot) is InviteDialog
        assert "invitation is out" in read(pilot)
    with session():
        assert Message.select().count() == 1


async def test_switched_off_while_it_was_written(desk: Desk, practice: Viewer) -> None:
    story.john()
    story.promote()
    async with desk.open() as pilot:
        await open_dialog(pilot)
        await write(pilot, MAIL)
        settings.change(Viewer.system(), "patient_access.invitations", "off")
        close_database()
        await press(pilot, "ctrl+s")
        assert "Invitations are switched off" in read(pilot)
    assert queued() == []


async def test_resending_to_another_address_can_store_it(desk: Desk, practice: Viewer) -> None:
    john = story.john()
    story.invited(practice, john)
    async with desk.open() as pilot:
        await press(pilot, "enter", "r", "shift+tab", "home")
        await write(pilot, "x")
        await press(pilot, "tab")
        await write(pilot, f"x{MAIL}")
        await press(pilot, "tab", "space")
        assert f"[x] Store on the record (now {MAIL})" in read(pilot)
        await press(pilot, "ctrl+s")
        assert f"Queued for x{MAIL}" in read(pilot)
    with session():
        assert Patient.get_by_id(john).email == f"x{MAIL}"


async def test_help_names_the_terms(desk: Desk) -> None:
    story.john()
    async with desk.open(size=(100, 40)) as pilot:
        await open_dialog(pilot)
        await press(pilot, "f1")
        assert "[Patient First Name]" in read(pilot)
        await press(pilot, "escape")
        assert front(pilot) is InviteDialog
