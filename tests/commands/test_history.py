"""`clinic-tui history`: verified, listed, written for an auditor."""

from __future__ import annotations

import csv
import io
import json
import sqlite3

import pytest

from tests.commands.running import Desk, one_sentence


def change(desk: Desk, statement: str) -> None:
    """What somebody does who has the file and no scruples."""
    with sqlite3.connect(desk.home / "clinic.db") as connection:
        connection.execute("DROP TRIGGER history_is_not_changed")
        connection.execute(statement)


def test_verify_says_whether_it_is_what_was_written(open_desk: Desk) -> None:
    open_desk.ask("settings", "practice.phone", "02 5550 1111")
    first = open_desk.ask("history", "--verify")
    assert (first["ok"], first["broken"]) == (True, [])
    assert first["lines"] >= 2
    open_desk.ask("settings", "practice.phone", "02 5550 2222")
    again = open_desk.run("history", "--verify", "--against", first["head"])
    assert again.status == 0
    assert f"{first['lines'] + 1} lines, each as it was written." in again.out
    change(open_desk, "UPDATE history SET login = 'somebody' WHERE id = 1")
    found = open_desk.run("history", "--verify", "--json")
    assert found.status == 1
    assert found.json["ok"] is False
    assert found.json["broken"][0]["line"] == 1
    said = open_desk.run("history", "--verify", "--against", "0" * 64)
    assert said.status == 1
    assert "No line has that head" in said.out
    assert "Line 1: " in said.out


@pytest.mark.parametrize(
    "words",
    [("--against", "0" * 64), ("--verify", "--against", "abc"), ("--verify", "--csv", "-"), ("--from", "soon"),
     ("--csv", "-", "--json")],
)  # fmt: skip
def test_wrong_usage(open_desk: Desk, words: tuple[str, ...]) -> None:
    assert open_desk.run("history", *words).status == 2


def test_csv_for_an_auditor(open_desk: Desk) -> None:
    open_desk.ask("patient", "set", "1", "--phone", "0400 1")
    open_desk.ask("settings", "practice.name", "=HYPERLINK(1)")
    path = open_desk.home / "out.csv"
    assert open_desk.run("history", "--csv", path).status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [row["line"] for row in rows] == [str(number + 1) for number in range(len(rows))]
    assert rows[-1]["action"] == "setting"
    assert json.loads(rows[-1]["detail"])["after"] == "=HYPERLINK(1)"
    assert open_desk.run("history", "--verify", "--against", rows[-1]["hash"]).status == 0
    one = open_desk.run("history", "--csv", "-", "--patient", 1)
    about = list(csv.DictReader(io.StringIO(one.out)))
    assert {row["patient"] for row in about} == {"1"}
    assert open_desk.ask("history", "--login", "nobody") == []
    assert open_desk.ask("history", "--to", "2001-01-01") == []
    assert len(open_desk.ask("history", "--from", "2001-01-01")) > len(rows)
    refused = open_desk.run("history", "--csv", open_desk.home / "no" / "out.csv")
    assert refused.status == 1
    assert one_sentence(refused.err)


def test_the_text_kept_and_erased(open_desk: Desk) -> None:
    invitation = open_desk.ask("invite", "1", "--hold", "0")["queued"][0]["invitation"]
    assert open_desk.run("invitation", invitation, "--text").status == 0
    assert open_desk.run("invitation", invitation, "revoke", "--text").status == 2
    shown = open_desk.ask("invitation", invitation, "show", "--text")
    assert shown["texts"] == []  # nothing was sent yet
    open_desk.ask("patient", "set", "1", "--phone", "0400 1")
    erased = open_desk.ask("history", "erase", "--patient", 1)
    assert erased["details"] >= 1
    assert open_desk.ask("history", "--verify")["ok"]
    assert all(line["detail"] is None for line in open_desk.ask("history", "--patient", 1)[1:])
    assert open_desk.run("history", "erase").status == 2
    assert open_desk.run("history", "erase", "--patient", "99").status == 1


def test_an_incident_from_its_opening_to_its_end(open_desk: Desk) -> None:
    invitation = open_desk.ask("invite", "1", "--hold", "60")["queued"][0]["invitation"]
    assert open_desk.ask("incident", "list") == []
    opened = open_desk.ask("incident", "open", invitation)
    assert (opened["invitation"], opened["closed"]) == (invitation, None)
    assert open_desk.ask("invitation", invitation)["state"] == "revoked"
    shown = open_desk.run("incident", "show", opened["id"])
    assert "To assess:" in shown.out
    assert "jo@patients.example" in shown.out
    assert "open incident" in shown.out
    assert open_desk.run("incident", "close", opened["id"]).status == 2
    assert open_desk.ask("incident", "close", opened["id"], "--note", "Told them.")["note"] == "Told them."
    assert open_desk.ask("incident", "list") == []
    assert len(open_desk.ask("incident", "list", "--all")) == 1
