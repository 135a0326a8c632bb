"""The same commands for staff members who may see or do less."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.commands.running import Desk, one_sentence


@pytest.fixture
def staffed(open_desk: Desk) -> Desk:
    """`bea` at the front desk; `hal`, from whom names are hidden; `gone`, who has left."""
    rows = [("bea", 0, 1), ("hal", 1, 1), ("gone", 0, 0)]
    with closing(sqlite3.connect(open_desk.home / "clinic.db")) as database, database:
        database.executemany(
            "INSERT INTO staff (login, name, role, names_hidden, active, created_at) "
            "VALUES (?, 'Somebody', 'front-desk', ?, ?, 0)",
            rows,
        )
    return open_desk


def test_hidden_names_are_null_and_invite_nobody(staffed: Desk) -> None:
    found = staffed.ask("--as", "hal", "patients")
    assert [row["number"] for row in found] == ["17", "18", "19"]
    assert {(row["name"], row["email"], row["phone"]) for row in found} == {(None, None, None)}
    assert staffed.ask("--as", "hal", "patients", "smith") == []
    assert staffed.ask("--as", "hal", "patients", "17")[0]["id"] == 1
    listed = staffed.run("--as", "hal", "patients").out
    assert "Patient 17" in listed
    assert "Smith" not in listed
    shown = staffed.ask("--as", "hal", "patient", "show", 1)
    assert (shown["name"], shown["email"], shown["mobile"]) == (None, None, None)
    ran = staffed.run("--as", "hal", "invite", 1, "--json")
    assert [row["reason"] for row in ran.json.get("skipped", [])] == ["names_hidden"]
    assert staffed.ask("invitations") == []


def test_what_is_for_owners_is_refused_to_others(staffed: Desk) -> None:
    for words in (["settings", "practice.name", "Mine"], ["history"]):
        ran = staffed.run("--as", "bea", *words)
        assert (ran.status, ran.out) == (1, "")
        assert one_sentence(ran.err)
        assert "owner" in ran.err
    assert staffed.ask("settings", "practice.name") == {"practice.name": "Harbour Street Practice"}
    assert staffed.ask("invite", 1, "--as", "bea")["skipped"] == []


def test_who_has_left_gets_nowhere(staffed: Desk) -> None:
    for words in (["patients"], ["invite", "1"], ["settings"]):
        ran = staffed.run(*words, "--as", "gone")
        assert (ran.status, ran.out) == (1, "")
        assert "gone" in ran.err
