"""`clinic-tui keys`: the names that the config's [keys] may use, and what of it cannot be."""

from __future__ import annotations

from tests.commands.running import Desk


def test_it_lists_every_name_and_says_what_cannot_be(desk: Desk) -> None:
    desk.write_config(more='[keys]\npreset = "vim"\nprofile.invite = "z"\nprofile.invit = "q"\n')
    said = desk.ask("keys")
    keys = {row["id"]: row["keys"] for row in said["keys"]}
    assert keys["profile.invite"] == ["z"]
    assert keys["list.down"] == ["Down", "j"]
    assert keys["app.templates"] == []
    assert said["refused"] == ["[keys] profile.invit is no command. Did you mean profile.invite?"]
    ran = desk.run("keys", "--changed")
    assert ran.status == 0
    assert "profile.invite    z " in ran.out
    assert "app.help" not in ran.out
    assert ran.err.strip() == said["refused"][0]


def test_keys_that_are_no_section_are_an_error_of_the_config(desk: Desk) -> None:
    desk.write_config(more="")
    text = desk.config.read_text()
    desk.config.write_text(f'keys = "vim"\n{text}')
    ran = desk.run("keys")
    assert ran.status == 1
    assert "keys is a section" in ran.err
