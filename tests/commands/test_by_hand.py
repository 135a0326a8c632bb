"""What is done by hand, by commands: warnings stand in nobody's way."""

from __future__ import annotations

from tests.commands.running import Desk


def test_a_patient_is_added_with_what_is_to_be_said_of_them(open_desk: Desk) -> None:
    first = open_desk.ask("patient", "add", "--family", "Quill", "--birth-date", "1984-03-12", "--email", "q@gmail.com")
    assert first["warnings"] == []
    again = open_desk.ask(
        "patient", "add", "--family", "quill", "--birth-date", "12 mar 1984", "--email", "q@gmial.com"
    )
    assert [one["kind"] for one in again["warnings"]] == ["domain", "other", "duplicate"]
    assert "Is it gmail.com?" in open_desk.run("patient", "set", str(first["id"]), "--email", "qq@gmial.com").err


def test_middle_names(open_desk: Desk) -> None:
    row = open_desk.ask("patient", "add", "--family", "Quill", "--given", "Ann", "--middle", "Mary")["id"]
    assert open_desk.ask("patient", "show", str(row))["middle"] == "Mary"
    assert "Quill, Ann Mary" in open_desk.run("patient", "show", str(row)).out
    assert open_desk.ask("patient", "set", str(row), "--middle", "")["middle"] is None
    assert open_desk.ask("history")[0]["detail"] == {"before": {"middle": "Mary"}, "after": {"middle": None}}


def test_practitioners_and_accounts(open_desk: Desk) -> None:
    made = open_desk.ask("practitioner", "add", "--name", "Dr Q", "--email", "q@clinic.example")
    assert open_desk.ask("practitioner", "set", str(made["id"]), "--inactive") == {**made, "active": False}
    assert made["name"] in open_desk.run("practitioner", "list").out
    one = open_desk.ask("patient", "add", "--family", "Quill", "--practitioner", "dr q")
    assert one["practitioner"] == "Dr Q"
    known = open_desk.ask("patient", "portal", str(one["id"]), "active", "--since", "2026-03-02")
    assert (known["state"], known["known_from"]) == ("active", "the desk")
    skipped = open_desk.ask("invite", str(one["id"]), "--dry-run")
    assert skipped["skipped"][0]["reason"] == "has_portal"
    assert open_desk.ask("patient", "portal", str(one["id"]), "none")["state"] == "none"
