from __future__ import annotations

import csv
import io
import sqlite3
import stat
import time
from typing import Any

import pytest

from clinic_tui import access
from clinic_tui.case_load import orders
from clinic_tui.commands import case_load_options
from tests.commands.running import Desk, one_sentence

DAY = 86_400_000


@pytest.fixture
def practice(open_desk: Desk) -> Desk:
    """Smith (17) and Łoś (18) are Dr Okafor's; Smith was seen in January and June 2026, and is booked far ahead."""
    jan, june = 1_768_000_000_000, 1_781_000_000_000
    ahead = int(time.time() * 1000) + 30 * DAY
    with sqlite3.connect(open_desk.home / "clinic.db") as db:
        db.execute("INSERT INTO practitioner (id, name, name_fold, active) VALUES (1, 'Dr Okafor', 'dr okafor', 1)")
        db.execute("UPDATE patient SET practitioner_id = 1, suburb = 'St Kilda' WHERE number IN ('17', '18')")
        (smith,) = db.execute("SELECT id FROM patient WHERE number = '17'").fetchone()
        rows = [(jan, "seen"), (june, "seen"), (ahead, "booked")]
        db.executemany("INSERT INTO appointment (patient_id, practitioner_id, starts_at, minutes, status) "
                       f"VALUES ({smith}, 1, ?, 20, ?)", rows)  # fmt: skip
        db.execute("INSERT INTO patient_activity VALUES (?, ?, ?, ?, 2)", (smith, jan, june, ahead))
    db.close()
    return open_desk


def numbers(document: Any) -> list[int]:
    assert set(document) == {"count", "rows"}
    assert all(isinstance(row["id"], int) for row in document["rows"])
    return [int(row["number"]) for row in document["rows"]]


def test_the_options_are_those_of_the_rules() -> None:
    assert orders.COLUMNS == case_load_options.COLUMNS
    assert access.STATUSES == case_load_options.STATUSES
    assert access.SEXES == case_load_options.SEXES


def test_without_a_filter_every_patient_is_there_as_the_design_has_it(practice: Desk) -> None:
    found = practice.ask("report", "case-load")
    assert numbers(found) == [19, 18, 17]
    assert found["count"] == 3
    smith = found["rows"][2]
    assert {name: smith[name] for name in ("number", "name", "practitioner", "appointments", "email", "portal")} == {
        "number": "17", "name": "Smith, Joanna", "practitioner": "Dr Okafor", "appointments": 2,
        "email": "jo@patients.example", "portal": "not invited",
    }  # fmt: skip
    assert smith["first_seen"] == "2026-01-09T23:06:40Z"
    assert smith["next_appointment"].endswith("Z")
    assert found["rows"][0]["email"] is None
    assert practice.ask("report", "case-load", "--limit", 1) == {"count": 3, "rows": found["rows"][:1]}
    assert practice.ask("report", "case-load", "--limit", 0) == {"count": 3, "rows": []}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--practitioner", "okafor"], [18, 17]),
        (["--seen-from", "1 jan 2026", "--has-email"], [17]),
        (["--seen-from", "feb 2026", "--seen-to", "jul 2026", "--appointments-min", "2"], []),
        (["--no-email"], [19]),
        (["--no-appointment-since", "2026", "--sort", "-age"], [19, 18]),
        (["--place", "st kilda", "--sort", "email"], [17, 18]),
        (["--next-from", "2026"], [17]),
        (["--sort", "-last_seen", "--never-invited", "--status", "current"], [17, 19, 18]),
        (["--portal", "active"], []),
    ],
)
def test_filters_and_sorts(practice: Desk, words: list[str], found: list[int]) -> None:
    assert numbers(practice.ask("report", "case-load", *words)) == found


def test_a_table_says_how_many_and_what_it_shows(practice: Desk) -> None:
    ran = practice.run("report", "case-load", "--seen-by", "okafor", "--has-email")
    assert ran.out.splitlines()[0].split() == [
        "ID", "PATIENT", "AGE", "PRACTITIONER", "APPOINTMENTS", "FIRST", "SEEN", "LAST", "SEEN", "NEXT", "E-MAIL",
        "PORTAL",
    ]  # fmt: skip
    assert "Smith, Joanna" in ran.out
    assert ran.err == "1 patient: seen by Dr Okafor, with own e-mail.\n"
    assert "--limit" in practice.run("report", "case-load", "--limit", 2).err
    nobody = practice.run("report", "case-load", "--portal", "active")
    assert (nobody.status, nobody.out, nobody.err) == (0, "", "0 patients: portal line active.\n")


@pytest.mark.parametrize(
    "words",
    [
        ["--seen-from", "31 feb 2026"],
        ["--seen-from", "mar 2026", "--seen-to", "feb 2026"],
        ["--practitioner", "Dr Who"],
        ["--sort", "shoe size"],
        ["--csv", "/nowhere/at/all.csv"],
    ],
)
def test_what_cannot_be_is_one_sentence(practice: Desk, words: list[str]) -> None:
    ran = practice.run("report", "case-load", *words)
    assert (ran.status, ran.out) == (1, "")
    assert one_sentence(ran.err)


def test_csv_goes_to_a_file_for_its_owner_or_to_standard_output(practice: Desk) -> None:
    ran = practice.run("report", "case-load", "--csv", "out.csv")
    path = practice.home / "out.csv"
    assert ran.status == 0
    assert "out.csv" in ran.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    piped = practice.run("report", "case-load", "--csv", "-")
    assert piped.out.encode() == path.read_bytes()
    assert [row["patient"] for row in csv.DictReader(io.StringIO(piped.out))] == [
        "Curie, Marie",
        "Łoś, Łukasz",
        "Smith, Joanna",
    ]
    assert practice.run("report", "case-load", "--csv", "-", "--json").status == 2
    assert [line["detail"] for line in practice.ask("history") if line["action"] == "export case load"] == [
        {"patients": 3}
    ] * 2


def test_a_report_is_saved_listed_run_and_invited(practice: Desk) -> None:
    said = practice.run("report", "save", "Mailable", "--has-email", "--sort", "-age")
    assert said.out == "Mailable: with own e-mail.\n"
    (row,) = practice.ask("report", "list")
    assert (row["name"], row["filters"], row["sort"]) == ("Mailable", "with own e-mail", "-age")
    assert numbers(practice.ask("report", "run", "mailable")) == [17, 18]
    assert numbers(practice.ask("report", "run", "mailable", "--sort", "patient")) == [18, 17]
    again = practice.run("report", "save", "MAILABLE")
    assert again.status == 1
    assert one_sentence(again.err)
    practice.ask("report", "save", "MAILABLE", "--replace")
    assert numbers(practice.ask("report", "run", "mailable")) == [19, 18, 17]

    number = {row["id"]: int(row["number"]) for row in practice.ask("patients")}
    dry = practice.ask("invite", "--report", "mailable", "--dry-run")
    assert practice.ask("invitations") == []
    done = practice.ask("invite", "--report", "mailable")
    for outcome in (dry, done):
        assert {number[row["patient"]] for row in outcome["queued"]} == {17, 18}
        assert [(number[row["patient"]], row["reason"]) for row in outcome["skipped"]] == [(19, "no_email")]
    assert "3 skipped: 2 already_invited, 1 no_email" in practice.run("invite", "--report", "mailable").err


def test_a_report_whose_practitioner_is_gone_still_runs_and_says_so(practice: Desk) -> None:
    practice.ask("report", "save", "Okafor's", "--practitioner", "okafor")
    with sqlite3.connect(practice.home / "clinic.db") as db:
        db.execute("DELETE FROM practitioner")
    db.close()
    for words in (["report", "run", "okafor's"], ["invite", "--report", "okafor's"], ["report", "list"]):
        ran = practice.run(*words)
        assert ran.status == 0
        assert "Dr Okafor is no longer" in ran.err


@pytest.mark.parametrize("words", [[], ["1", "--report", "x"], ["--report", "x", "--email", "a@example.com"]])
def test_whom_to_invite_is_said_in_one_way(open_desk: Desk, words: list[str]) -> None:
    assert open_desk.run("invite", *words).status == 2


@pytest.mark.parametrize("words", [["report", "run", "none"], ["invite", "--report", "none"]])
def test_a_report_that_is_not_there_is_a_sentence(open_desk: Desk, words: list[str]) -> None:
    ran = open_desk.run(*words)
    assert (ran.status, ran.out) == (1, "")
    assert one_sentence(ran.err)


def test_nothing_saved_says_so(open_desk: Desk) -> None:
    assert open_desk.ask("report", "list") == []
    assert one_sentence(open_desk.run("report", "list").err)
