from __future__ import annotations

import pytest

from tests.commands.running import Desk, one_sentence

HOSTILE = "[red]x[/] \x1b]52;c;aGk=\x07\u202e [Patient [Practice Name]]"


@pytest.fixture
def desk(open_desk: Desk) -> Desk:
    return open_desk


def jo(desk: Desk) -> int:
    (row,) = desk.ask("patients", "joanna")
    return int(row["id"])


def test_the_list_and_one_of_them(desk: Desk) -> None:
    rows = desk.ask("templates")
    assert [(row["name"], row["kind"], row["default"]) for row in rows] == [
        ("Invitation", "invitation", True), ("Reminder", "reminder", True), ("Confirmation", "confirmation", True),
        ("Set-up steps", "setup", True),
    ]  # fmt: skip
    assert desk.ask("templates", "list") == rows
    shown = desk.ask("templates", "show", "set-up STEPS")
    assert shown["subject"] == "How to set up your account: [Portal Name]"
    assert shown["marks"] == []
    missing = desk.run("templates", "show", "Nothing")
    assert missing.status == 1
    assert one_sentence(missing.err)
    assert "There are: Invitation" in missing.err


def test_from_adding_to_inviting(desk: Desk) -> None:
    words = ("--subject", "Hallo von [Practice Name]", "--body", "-")
    body = "[Greeting]\n\nBis [Invitation Expiry].\n"
    desk.ask("templates", "add", "Kurz", "--language", "German", *words, given=body)
    preview = desk.run("templates", "preview", "Kurz", "--patient", jo(desk))
    assert preview.out.startswith("Subject: Hallo von Harbour Street Practice\n\nGuten Tag,\n\nBis ")
    assert "tippen Sie ANNEHMEN" in preview.out
    assert "··· ··· ··· ·" in preview.out
    assert desk.run("templates", "preview", "Kurz", "--patient", jo(desk), "--html").out.count("<li>") == 2
    outcome = desk.ask("invite", jo(desk), "--template", "kurz", "--hold", 0)
    assert len(outcome["queued"]) == 1
    assert desk.run("invite", jo(desk), "--template", "Setup").status == 1


def test_a_term_that_blocks(desk: Desk) -> None:
    desk.ask("templates", "add", "Kin", "--subject", "x [Guardian Name]", "--body", "x")
    outcome = desk.ask("invite", jo(desk), "--template", "Kin")
    assert [row["reason"] for row in outcome["skipped"]] == ["unresolved_term"]
    preview = desk.run("templates", "preview", "Kin", "--patient", jo(desk))
    assert "[Guardian Name] in the template is unknown, or empty for this patient." in preview.err


def test_edits_versions_and_a_stale_one(desk: Desk) -> None:
    edited = desk.ask("templates", "edit", "Invitation", "--subject", "A free blood test")
    assert edited["version"] == 2
    assert {mark["words"] for mark in edited["marks"]} == {"free", "blood"}
    stale = desk.run("templates", "edit", "Invitation", "--version", 1, "--subject", "Mine")
    assert stale.status == 1
    assert "while you were writing" in stale.err
    shown = desk.ask("templates", "show", "Invitation", "--versions")
    assert [each["version"] for each in shown["versions"]] == [2, 1]
    warned = desk.run("templates", "show", "Invitation")
    assert 'Look again at the subject, character 3, "free"' in warned.err


def test_copy_default_archive_restore(desk: Desk) -> None:
    refused = desk.run("templates", "archive", "Invitation")
    assert refused.status == 1
    assert "Make another one the default first." in refused.err
    desk.ask("templates", "copy", "Invitation", "Mine")
    assert desk.ask("templates", "default", "Mine")["default"]
    assert desk.ask("templates", "archive", "Invitation")["archived"]
    assert "Invitation" not in [row["name"] for row in desk.ask("templates")]
    assert "Invitation" in [row["name"] for row in desk.ask("templates", "list", "--all")]
    assert desk.ask("templates", "restore", "Invitation")["archived"] is None


def test_what_is_hostile_is_shown_and_sent_as_text(desk: Desk) -> None:
    desk.ask("templates", "add", "H", "--subject", HOSTILE, "--body", HOSTILE)
    for words in (("templates",), ("templates", "show", "H"), ("templates", "preview", "H", "--patient", jo(desk))):
        ran = desk.run(*words)
        assert ran.status == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)
    huge = desk.run("templates", "add", "Huge", "--subject", "x", "--body", "-", given="x" * 100_000)
    assert huge.status == 1
    assert one_sentence(huge.err)
    assert "longer than 10,000 characters" in huge.err
