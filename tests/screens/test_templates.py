"""Settings > Communication templates: the list, the editor, terms, the preview; choosing one where one invites."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.db.models.post import Invitation
from clinic_tui.messages import templates
from clinic_tui.messages.languages import LANGUAGES
from screens.dialogs.invite import InviteDialog
from screens.templates.editor import TemplateDialog
from screens.templates.preview import PreviewDialog
from screens.templates.screen import TemplatesScreen
from screens.templates.terms import TermsDialog
from screens.theme import Look
from tests.screens import caseload, people, story
from tests.screens.conftest import Desk, settle, shown
from tests.screens.story import front, pictured, press, read, write

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
HOSTILE = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07\u202e<b>&amp; [Patient [Practice Name]]"


def row(name: str = "Invitation") -> templates.TemplateRow:
    return templates.by_name(Viewer.system(), name)


def german(viewer: Viewer) -> templates.TemplateRow:
    return templates.add(viewer, "invitation", "Einladung", "de")


async def open_screen(pilot: Pilot[int]) -> None:
    await press(pilot, "f10", *"communication", "enter")
    assert front(pilot) is TemplatesScreen


async def open_editor(pilot: Pilot[int]) -> None:
    await open_screen(pilot)
    await press(pilot, "enter")
    assert front(pilot) is TemplateDialog


# The list


@SIZES
def test_the_list(desk: Desk, size: tuple[int, int]) -> None:
    german(desk.viewer)
    assert desk.snap(open_screen, size)


def test_the_list_plain_and_narrow(desk: Desk) -> None:
    german(desk.viewer)
    assert desk.snap(open_screen, (40, 20), look=Look("clinic-plain", ansi=True, unicode=False))


async def test_copy_default_archive_restore(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "x")
        assert "Make another one the default first." in read(pilot)
        await press(pilot, "c")
        assert front(pilot) is TemplateDialog
        await press(pilot, "escape", "down", "d")
        assert "Invitation (copy) is the default." in read(pilot)
        await press(pilot, "down", "x")
        assert "Invitation is archived." in read(pilot)
        assert row().archived_at is not None
        await press(pilot, "a", "end", "x")
        assert "Invitation is in use." in read(pilot)
    assert row("Invitation (copy)").is_default
    assert row().archived_at is None


async def test_a_practitioner_reads_them(desk: Desk) -> None:
    story.promote("alice", "practitioner")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "enter", "n", "c", "x", "d")
        assert front(pilot) is TemplatesScreen
        await press(pilot, "p")
        assert front(pilot) is PreviewDialog


# The editor


@SIZES
def test_editing(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_editor(pilot)
        await press(pilot, "shift+tab", "end")
        await write(pilot, " for [Patient Full Name], free blood test")

    assert pictured(desk, acts, size)


@SIZES
def test_writing_another_one(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "n", "shift+tab", "right")

    assert pictured(desk, acts, size)


@SIZES
def test_the_list_of_terms(desk: Desk, size: tuple[int, int]) -> None:
    async def acts(pilot: Pilot[int]) -> None:
        await open_editor(pilot)
        await press(pilot, "ctrl+t")

    assert pictured(desk, acts, size)


async def test_a_new_template_in_another_language_by_keys(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "n")
        await press(pilot, *"Kurz", "shift+tab", "right")
        assert "Ihre Einladung von [Practice Name]" in read(pilot), "the words that come with the program"
        await press(pilot, "ctrl+s")
        assert "Stored: Kurz, version 1." in read(pilot)
    made = row("Kurz")
    assert (made.language, made.is_default) == ("de", True)
    assert made.body == LANGUAGES["de"].standard["invitation"].body


async def test_what_was_written_is_not_replaced_by_the_words_of_another_language(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "n", "tab", "ctrl+u")
        await write(pilot, "Mine")
        await press(pilot, "shift+tab", "shift+tab", "right")
        assert "Mine" in read(pilot)
        assert "Hello" not in read(pilot)


async def test_a_term_goes_where_the_cursor_was(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_editor(pilot)
        await press(pilot, "shift+tab", "end", "ctrl+t")
        assert front(pilot) is TermsDialog
        await press(pilot, "down", "down", "enter")
        await press(pilot, "ctrl+s")
    assert row().subject == "Your invitation from [Practice Name][Patient First Name]"
    assert row().version == 2


async def test_two_people_editing_at_once_are_told_and_lose_nothing(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_editor(pilot)
        await press(pilot, "shift+tab", "end")
        await write(pilot, " today")
        bob = Viewer("bob", "owner")
        templates.edit(bob, row().id, 1, subject="Bob's", body="Bob's")
        await press(pilot, "ctrl+s")
        assert front(pilot) is TemplateDialog
        assert "bob changed 'Invitation' while you were writing" in read(pilot)
        assert "from [Practice Name] today" in read(pilot)
        await press(pilot, "ctrl+s")
        assert "Stored: Invitation, version 3." in read(pilot)
    said = [each.subject for each in templates.versions(desk.viewer, row().id)]
    assert said[:2] == ["Your invitation from [Practice Name] today", "Bob's"]


async def test_what_cannot_stand_is_said_beside_its_field(desk: Desk) -> None:
    async with desk.open() as pilot:
        await open_editor(pilot)
        await press(pilot, "shift+tab", "ctrl+u")
        await write(pilot, "Stop")
        await press(pilot, "ctrl+s")
        assert "This subject alone would read as a patient's answer." in read(pilot)
        await press(pilot, "ctrl+u", "ctrl+s")
        assert "A message has a subject." in read(pilot)
    assert row().version == 1


async def test_hostile_words_are_shown_as_text(desk: Desk) -> None:
    story.hostile()
    templates.edit(desk.viewer, row().id, 1, name="[/] \x1b[2J", subject=HOSTILE, body=f"{HOSTILE}\n\n" * 20)
    async with desk.open() as pilot:
        for keys in ((), ("enter",), ("ctrl+o",), ("ctrl+t",)):
            await (press(pilot, *keys) if keys else open_screen(pilot))
            assert not {"\x1b", "\x07", "\u202e"} & set(shown(pilot))
        assert front(pilot) is PreviewDialog
        assert "[@click=app.quit]x[/]" in read(pilot)
        assert "&lt;b&gt;" in read(pilot), "in the HTML part it is text too"


# The preview


@SIZES
def test_a_preview(desk: Desk, size: tuple[int, int]) -> None:
    story.john()

    async def acts(pilot: Pilot[int]) -> None:
        await open_screen(pilot)
        await press(pilot, "p")

    assert pictured(desk, acts, size)


async def test_a_preview_for_a_chosen_patient_as_text_and_as_html(desk: Desk) -> None:
    people.smiths()
    templates.add(desk.viewer, "invitation", "Kin", "en", "For [Guardian Name]", "[Patient First Name],")
    async with desk.open() as pilot:
        await open_screen(pilot)
        await press(pilot, "down", "p", *"smyth")
        assert "Subject: For Ada Smyth" in read(pilot)
        assert "To: Smyth, John (1 of 1)" in read(pilot)
        await press(pilot, "ctrl+t")
        assert "<p>John,</p>" in read(pilot)
        await press(pilot, "ctrl+t", "home", "ctrl+k", *"smi", "down")
        assert "(2 of " in read(pilot)
        assert "[Guardian Name] in the template is unknown, or empty for this patient." in read(pilot)


# Where one invites


@SIZES
def test_inviting_with_another_template(desk: Desk, size: tuple[int, int]) -> None:
    german(desk.viewer)
    john = story.john()

    async def acts(pilot: Pilot[int]) -> None:
        pilot.app.push_screen(InviteDialog(john))
        await settle(pilot)
        await press(pilot, "tab", "right")

    assert pictured(desk, acts, size)


async def test_the_chosen_template_goes(desk: Desk) -> None:
    german(desk.viewer)
    john = story.john()
    async with desk.open() as pilot:
        pilot.app.push_screen(InviteDialog(john))
        await settle(pilot)
        assert "‹ Invitation (English) ›" in read(pilot)
        await write(pilot, "john.smyth@example.com")
        await press(pilot, "tab", "left")
        assert "‹ Einladung (German) ›" in read(pilot)
        assert "Ihre Einladung von Harbour Street Practice" in read(pilot)
        await press(pilot, "ctrl+s")
    with session():
        made = Invitation.select().get()
        assert (made.language, made.template_id) == ("de", row("Einladung").version_id)


async def test_a_term_of_the_template_without_a_value_is_said_beside_it(desk: Desk) -> None:
    templates.add(desk.viewer, "invitation", "Kin", "en", "For [Guardian Name]", "x")
    john = story.john()
    async with desk.open() as pilot:
        pilot.app.push_screen(InviteDialog(john))
        await settle(pilot)
        await write(pilot, "john.smyth@example.com")
        await press(pilot, "tab", "right")
        assert "[Guardian Name] is unknown, or empty for this patient." in read(pilot)
        await press(pilot, "ctrl+s")
        assert front(pilot) is InviteDialog


async def test_where_there_is_but_one_nobody_is_asked(desk: Desk) -> None:
    john = story.john()
    async with desk.open() as pilot:
        pilot.app.push_screen(InviteDialog(john))
        await settle(pilot)
        assert "Template" not in shown(pilot)


@SIZES
def test_inviting_many_with_another_template(desk: Desk, size: tuple[int, int]) -> None:
    german(desk.viewer)
    caseload.fill(3)

    async def acts(pilot: Pilot[int]) -> None:
        await caseload.invite_all(pilot)
        await press(pilot, "tab", "left")

    assert pictured(desk, acts, size)


async def test_many_get_theirs_in_their_language_or_the_chosen_one(desk: Desk) -> None:
    german(desk.viewer)
    short = templates.add(desk.viewer, "invitation", "Short", "en", "Short", "x")
    hans = people.patient("1", "Hans", "Abel", email="hans@example.org", language="German")
    people.patient("2", "Jo", "Baker", email="jo@example.org")
    async with desk.open() as pilot:
        await caseload.invite_all(pilot)
        assert "Ihre Einladung" in read(pilot)
        await press(pilot, "ctrl+s")
        with session():
            languages = {made.patient_id: made.language for made in Invitation.select()}
        assert languages.pop(hans) == "de"
        assert set(languages.values()) == {"en"}
        with session():
            Invitation.delete().execute()
        await press(pilot, "escape")
    async with desk.open() as pilot:
        await caseload.invite_all(pilot)
        await press(pilot, "tab", "right", "right")
        assert "‹ Short (English) ›" in read(pilot)
        assert "Subject: Short" in read(pilot)
        await press(pilot, "ctrl+s")
    with session():
        assert {made.template_id for made in Invitation.select()} == {short.version_id}
