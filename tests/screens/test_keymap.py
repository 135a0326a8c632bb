"""The config's [keys]: what is taken, what is refused and said, and what the app then does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.binding import BindingsMap

from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.orders import Sort
from screens.app import ClinicApp
from screens.keymap import PRESETS, wanted
from screens.lookup import LookupScreen
from screens.places import named, places, rooms, split
from screens.reports.case_load import CaseLoadScreen
from screens.reports.report import Report
from screens.widgets.marks import Field
from screens.widgets.moving import Text
from screens.widgets.paged_table import PagedTable
from tests.screens import people
from tests.screens.conftest import Desk, settle, shown


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"profile": {"invit": "p"}}, "[keys] profile.invit is no command. Did you mean profile.invite?"),
        ({"profile.invite": "c"}, "[keys] profile.invite is c, which is the key of profile.accept too."),
        ({"profile.invite": "f2"}, "[keys] profile.invite is F2, which is the key of app.reports too."),
        ({"app.help": "p"}, "[keys] app.help is p, which is needed for typing there."),
        ({"lookup.open": "o"}, "[keys] lookup.open is o, which is needed for typing there."),
        ({"app.help": "backspace"}, "[keys] app.help is Backspace, which is needed everywhere."),
        ({"app.outbox": "pagdown"}, "[keys] app.outbox is 'pagdown', which is no key. Did you mean pagedown?"),
        ({"profile.invite": "ctrl+i"}, "[keys] profile.invite is Ctrl+I, which a terminal sends as Tab."),
        ({"app.help": 3}, "[keys] app.help is no key."),
        ({"app.help": ""}, "[keys] app.help is empty."),
        ({"preset": "emacs"}, "[keys] preset is 'emacs'. It is one of: vim."),
        ({"\x1b]0;x": "p"}, "[keys] ]0;x is no command."),
    ],
)
def test_what_cannot_be_is_said_and_the_rest_holds(entry: dict[str, Any], sentence: str) -> None:
    keymap, refused = wanted({**entry, "app.templates": "F6"})
    (error,) = refused
    assert str(error).startswith(sentence)
    assert keymap.keys["app.templates"] == "f6"


@pytest.mark.parametrize(("written", "key"), [("F6", "f6"), (" Ctrl+PgDn ", "ctrl+pagedown"), ("control+t", "ctrl+t")])
def test_a_key_may_be_written_as_people_do(written: str, key: str) -> None:
    keymap, refused = wanted({"profile.invite": written})
    assert (refused, keymap.keys["profile.invite"]) == ([], key)


def test_two_may_change_places() -> None:
    keymap, refused = wanted({"profile": {"invite": "c", "accept": "i"}})
    assert refused == []
    assert (keymap.keys["profile.invite"], keymap.keys["profile.accept"]) == ("c", "i")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fits_every_screen(preset: str) -> None:
    keymap, refused = wanted({"preset": preset})
    assert refused == []
    assert keymap.keys["list.down"] == "down,j"


def test_an_entry_of_ones_own_goes_before_the_preset() -> None:
    keymap, refused = wanted({"list.down": "z", "preset": "vim"})
    assert (refused, keymap.keys["list.down"], keymap.keys["list.up"]) == ([], "z", "up,k")
    keymap, refused = wanted({"preset": "vim", "profile.identity": "k"})
    (error,) = refused
    assert error.title == "[keys] profile.identity is k, which is the key of text.scroll_up too."
    assert keymap.keys["profile.identity"] == "K"


KEYS = st.sampled_from(("a", "c", "i", "p", "x", "enter", "escape", "f2", "f6", "ctrl+r", "ctrl+s", "up", "/"))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(places())), KEYS, max_size=12))
def test_whatever_is_asked_for_no_command_loses_its_keys(said: dict[str, str]) -> None:
    keymap, _ = wanted(said)
    for room in rooms():
        map_ = BindingsMap(room.BINDINGS)
        ids = {binding.id for _, binding in map_}
        if keymap.keys:
            normal = {id: ",".join(map(named, split(keys))) for id, keys in keymap.keys.items()}
            map_.apply_keymap(normal)
        assert {binding.id for _, binding in map_} == ids
        for key, bound in map_.key_to_bindings.items():
            for binding in bound[1:]:
                # Two on one key only where the program has it so: only one of them makes sense at a time.
                usual = [set(map(named, split(places()[str(b.id)].command.keys))) for b in (bound[0], binding)]
                assert bound[0].id == binding.id or usual[0] & usual[1], (key, bound)


def vim(desk: Desk, **more: Any) -> Desk:
    desk.config = replace(desk.config, keys={"preset": "vim", **more})
    return desk


async def test_vim_moves_where_nobody_types(desk: Desk) -> None:
    ids = people.smiths()
    async with vim(desk).open() as pilot:
        app = pilot.app
        assert isinstance(app, ClinicApp)
        await pilot.press(*"jkgG/")
        await settle(pilot)
        assert app.screen.query_one(Field).value == "jkgG/"  # the search is typed in
        app.open_patient(ids["Smyth"])
        await settle(pilot)
        text = app.screen.query_one(Text)
        text.styles.height = 2
        await pilot.press("j", "j", "k")
        await settle(pilot)
        assert text.scroll_target_y == 1
        await pilot.press("G")
        await settle(pilot)
        assert text.scroll_target_y == text.max_scroll_y > 1
        await app.push_screen(CaseLoadScreen(Report(Filters(), Sort())))
        await settle(pilot)
        table = app.screen.query_one(PagedTable)
        await pilot.press("G", "k")
        await settle(pilot)
        assert table.current == table.ids[-2]
        await pilot.press("slash", *"jk")
        await settle(pilot)
        assert table.query_one(Field).value == "jk"


async def test_footer_help_and_prose_show_the_keys_that_are_bound(desk: Desk) -> None:
    ids = people.smiths()
    desk.config = replace(desk.config, keys={"profile": {"invite": "z"}, "app": {"outbox": "f7", "templates": "f6"}})
    async with desk.open((120, 40)) as pilot:
        assert isinstance(pilot.app, ClinicApp)
        assert "F7 outbox" in shown(pilot)
        pilot.app.open_patient(ids["Smyth"])
        await settle(pilot)
        assert "Invite to the portal  z" in shown(pilot)
        assert "z invite" in shown(pilot).splitlines()[-1]
        await pilot.press("f1")
        await settle(pilot)
        assert any(line.partition("│")[2].split()[:2] == ["z", "Invite"] for line in shown(pilot).splitlines())
        await pilot.press("escape", "i")
        await settle(pilot)
        assert type(pilot.app.screen).__name__ == "ProfileScreen"
        await pilot.press("f7")
        await settle(pilot)
        assert type(pilot.app.screen).__name__ == "OutboxScreen"
        await pilot.press("f6")  # it had no key at all
        await settle(pilot)
        assert type(pilot.app.screen).__name__ == "TemplatesScreen"


async def test_the_app_says_what_it_could_not_take_and_starts_all_the_same(desk: Desk) -> None:
    people.smiths()
    desk.config = replace(desk.config, keys={"app.help": "x", "profile.nonsense": "q", "app.outbox": "f7"})
    async with desk.open((120, 40)) as pilot:
        said = " ".join(shown(pilot).split())
        assert "[keys] app.help is x, which is needed" in said
        assert "1 more: clinic-tui keys." in said
        await pilot.press("f7", "escape", *"smy")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookupScreen)
        assert pilot.app.screen.query_one(Field).value == "smy"
