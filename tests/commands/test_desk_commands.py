from __future__ import annotations

import sqlite3

import pytest

from tests.commands.running import Desk, Terminal, one_sentence


def test_import_says_what_became_of_every_row(desk: Desk) -> None:
    desk.write_config()
    path = desk.write_patients("Number,First Name,Last Name,DOB\n1,Ann,Lee,1980-01-31\n2,,,1980-01-31\n")
    total = desk.ask("import", path)
    assert {name: total[name] for name in ("read", "added", "updated", "unchanged")} == {
        "read": 2, "added": 1, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    assert [(row["file"], row["row"]) for row in total["refused"]] == [(str(path), 3)]
    assert isinstance(total["batch"], int)
    again = desk.run("import", path)
    assert again.status == 0
    assert "1 unchanged, 1 refused" in again.out


def test_import_reads_standard_input_and_keeps_no_copy(desk: Desk) -> None:
    desk.write_config()
    before = set(desk.home.iterdir())
    text = "Number,First Name,Last Name,DOB\n1,Ann,Lee,1980-01-31\n"
    total = desk.ask("import", "-", given=text, TMPDIR=str(desk.home))
    assert total["added"] == 1
    left = {path.name for path in set(desk.home.iterdir()) - before}
    assert left <= {"clinic.db", "clinic.db-wal", "clinic.db-shm", "clinic.db-importing", ".local"}


def test_an_import_shows_how_far_it_is_on_a_terminal(desk: Desk) -> None:
    desk.write_config()
    path = desk.write_patients()
    evil = path.rename(path.with_name("p\x1b]0;evil\x07.csv"))
    terminal = Terminal(desk, "import", evil.name)
    terminal.until(b"100%")
    terminal.until(b"3 added")
    assert terminal.status() == 0
    assert b"\x1b]" not in terminal.seen


def test_a_dry_import_keeps_nothing(desk: Desk) -> None:
    desk.write_config()
    total = desk.ask("import", desk.write_patients(), "--dry-run")
    assert (total["added"], total["batch"]) == (3, None)
    assert desk.ask("patients") == []


def test_one_file_that_cannot_be_read_keeps_no_other_from_being_taken(desk: Desk) -> None:
    desk.write_config()
    total = desk.ask("import", desk.home / "none.csv", desk.write_patients())
    assert total["added"] == 3
    assert [row["row"] for row in total["refused"]] == [None]
    alone = desk.run("import", desk.home / "none.csv")
    assert (alone.status, alone.out) == (1, "")
    assert one_sentence(alone.err)


def test_patients_are_listed_as_the_design_has_them(open_desk: Desk) -> None:
    found = open_desk.ask("patients", "los")
    assert found == [
        {
            "id": found[0]["id"], "number": "18", "name": "Łoś, Łukasz", "birth_date": "1990-12-30",
            "email": "lukasz@patients.example", "phone": None, "status": "current", "portal": "not invited",
        }
    ]  # fmt: skip
    assert len(open_desk.ask("patients", "--limit", 2)) == 2
    limited = open_desk.run("patients", "--limit", 2)
    assert "--limit" in limited.err
    table = open_desk.run("patients", "smith").out
    assert table.splitlines()[0].split() == ["ID", "NUMBER", "NAME", "BORN", "PHONE", "E-MAIL", "PORTAL"]
    assert "Smith, Joanna" in table
    nobody = open_desk.run("patients", "zzz")
    assert (nobody.status, nobody.out) == (0, "")
    assert "zzz" in nobody.err


def test_a_patient_is_added_changed_and_shown(open_desk: Desk) -> None:
    added = open_desk.ask("patient", "add", "--given", "Ada", "--family", "Byron", "--birth-date", "1915-12-10")
    assert (added["family"], added["birth_date"]) == ("Byron", "1915-12-10")
    changed = open_desk.ask("patient", "set", added["id"], "--email", "ada@patients.example", "--status", "waiting")
    assert (changed["email"], changed["status"]) == ("ada@patients.example", "waiting")
    assert open_desk.ask("patients", "ada@patients.example")[0]["id"] == added["id"]
    assert "Byron, Ada" in open_desk.run("patient", "show", added["id"]).out
    refused = open_desk.run("patient", "set", added["id"], "--email", "not an address")
    assert (refused.status, refused.out) == (1, "")
    assert open_desk.ask("patient", "show", added["id"])["email"] == "ada@patients.example"
    assert open_desk.run("patient", "show", 999).status == 1


def test_inviting_names_who_is_queued_and_who_is_skipped_and_why(open_desk: Desk) -> None:
    dry = open_desk.ask("invite", 1, 2, 3, 99, "--dry-run")
    assert [(row["patient"], row["email"]) for row in dry["queued"]] == [
        (1, "jo@patients.example"),
        (2, "lukasz@patients.example"),
    ]
    assert [(row["patient"], row["reason"]) for row in dry["skipped"]] == [(3, "no_email"), (99, "no_access")]
    assert open_desk.ask("invitations") == [], "a dry run keeps nothing"

    done = open_desk.ask("invite", 1, 1, 3, "--hold", 3600)
    assert [set(row) for row in done["queued"]] == [{"patient", "invitation", "email"}]
    again = open_desk.run("invite", 1, "--json")
    assert again.status == 0, "everybody skipped is no error"
    assert again.json["queued"] == []
    assert [row["reason"] for row in again.json["skipped"]] == ["already_invited"]
    assert all(row["detail"] for row in again.json["skipped"])


def test_one_patient_may_be_invited_at_another_address(open_desk: Desk) -> None:
    done = open_desk.ask("invite", 3, "--email", "marie@patients.example")
    assert done["queued"][0]["email"] == "marie@patients.example"
    bad = open_desk.ask("invite", 1, "--email", "nobody at all")
    assert [row["reason"] for row in bad["skipped"]] == ["bad_email"]


def test_a_domain_that_looks_mistyped_is_said_before_anybody_is_written_to(open_desk: Desk) -> None:
    file = open_desk.home / "more.csv"
    file.write_text(
        "Number,First Name,Last Name,Email\n71,Ann,Lee,a@gmial.com\n72,Bob,Lee,b@gmial.com\n73,Cy,Lee,c@gmail.con\n"
    )
    said = ["2 addresses at gmial.com: is it gmail.com?", "1 address at gmail.con: is it gmail.com?"]
    assert open_desk.ask("import", file, "--dry-run")["notes"] == said
    imported = open_desk.run("import", file)
    assert all(sentence in imported.out for sentence in said)
    assert " ".join(said) in open_desk.run("import", "--show", 2).out
    dry = open_desk.ask("invite", 4, 5, 6, "--dry-run")
    assert [one["detail"] for one in dry["warnings"] if one["kind"] == "domain"] == said
    assert f"Note: {said[1]}" in open_desk.run("invite", 6).err


def test_what_is_pending_or_expired_is_sent_again(open_desk: Desk) -> None:
    open_desk.ask("invite", 1, 2, "--message", "As promised.")
    with sqlite3.connect(open_desk.home / "clinic.db") as db:
        db.execute("UPDATE invitation SET state = 'expired', email = 'jo@old.example' WHERE patient_id = 1")
        db.execute("UPDATE message SET state = 'sent'")
    db.close()
    dry = open_desk.ask("invite", 1, 2, 3, "--resend", "--dry-run")
    assert [(row["patient"], row["invitation"], row["email"]) for row in dry["queued"]] == [(1, None, "jo@old.example")]
    assert [(row["patient"], row["reason"]) for row in dry["skipped"]] == [(2, "already_invited"), (3, "not_pending")]
    open_desk.ask("report", "save", "All")
    done = open_desk.ask("invite", "--report", "all", "--resend")
    assert [row["email"] for row in done["queued"]] == ["jo@old.example"]
    assert [row["state"] for row in open_desk.ask("invitations", "--patient", 1)] == ["queued", "expired"]
    with sqlite3.connect(open_desk.home / "clinic.db") as db:
        kept = db.execute("SELECT custom_message FROM invitation WHERE patient_id = 1").fetchall()
    db.close()
    assert kept == [("As promised.",)] * 2
    assert open_desk.run("invite", 1, "--resend", "--email", "a@example.com").status == 2


def test_an_invitation_is_listed_and_taken_back(open_desk: Desk) -> None:
    invitation = open_desk.ask("invite", 1)["queued"][0]["invitation"]
    (row,) = open_desk.ask("invitations", "--state", "queued", "--patient", 1)
    assert {name: row[name] for name in ("id", "patient", "email", "state", "sent", "expires")} == {
        "id": invitation, "patient": 1, "email": "jo@patients.example", "state": "queued", "sent": None,
        "expires": None,
    }  # fmt: skip
    assert row["created"].endswith("Z")
    queue = open_desk.ask("outbox")
    assert queue["held"] == 1
    assert [message["invitation"] for message in queue["messages"]] == [invitation]
    assert open_desk.ask("invitation", invitation, "cancel")["state"] == "cancelled"
    twice = open_desk.run("invitation", invitation, "cancel")
    assert twice.status == 1
    assert one_sentence(twice.err)
    assert open_desk.ask("patients", "smith")[0]["portal"] == "not invited"


def test_the_code_is_read_from_standard_input_and_never_an_argument(open_desk: Desk) -> None:
    invitation = open_desk.ask("invite", 1)["queued"][0]["invitation"]
    for given in ("", "123 456 789 0\n"):
        ran = open_desk.run("invitation", invitation, "accept", given=given)
        assert ran.status == 1
        assert one_sentence(ran.err)
    assert open_desk.run("invitation", invitation, "accept", "1234567890").status == 2


def test_the_queue_is_paused_and_resumed(open_desk: Desk) -> None:
    open_desk.ask("invite", 1, "--hold", 0)
    assert open_desk.ask("outbox", "pause")["paused"]
    assert "clinic-tui outbox resume" in open_desk.run("outbox").out
    assert open_desk.ask("sync")["sent"] == 0
    assert open_desk.ask("outbox", "resume")["paused"] is None


def test_a_mail_server_that_is_away_is_a_sentence(open_desk: Desk) -> None:
    open_desk.ask("invite", 1, "--hold", 0)
    ran = open_desk.run("sync", "--json")
    assert ran.status == 1
    assert set(ran.json) == {
        "sent", "deferred", "failed", "unconfirmed", "accepted", "declined", "bounced", "auto_replies", "review",
    }  # fmt: skip
    assert ran.json["sent"] == 0
    assert one_sentence(ran.err)
    assert "127.0.0.1" in ran.err


def test_settings_are_shown_set_and_refused_with_a_hint(open_desk: Desk) -> None:
    everything = open_desk.ask("settings")
    assert everything["practice.name"] == "Harbour Street Practice"
    assert everything["patient_access.expires_days"] == 7
    assert open_desk.ask("settings", "patient_access.expires_days", "14") == {"patient_access.expires_days": 14}
    assert open_desk.run("settings", "patient_access.expires_days").out == "14\n"
    refused = open_desk.run("settings", "patient_access.expires_days", "99")
    assert (refused.status, refused.out) == (1, "")
    typo = open_desk.run("settings", "patient_acces.expires_days")
    assert typo.status == 1
    assert "patient_access.expires_days" in typo.err
    assert open_desk.ask("history")[0]["action"] == "setting"


def test_a_setting_may_begin_with_a_dash_after_two(open_desk: Desk) -> None:
    assert open_desk.run("settings", "practice.hours", "--", "- closed -").status == 0
    assert open_desk.ask("settings", "practice.hours") == {"practice.hours": "- closed -"}


def test_migrate_says_what_it_applied_and_then_that_there_is_nothing(desk: Desk) -> None:
    desk.write_config(new=False)
    assert desk.run("migrate").status == 1, "a database that is not there may be on a disk that is not there"
    assert desk.ask("migrate", "--new")["applied"]
    assert desk.ask("migrate")["applied"] == []
    assert "Nothing to do" in desk.run("migrate").out


@pytest.mark.parametrize("words", [["review"], ["review", "list"], ["notifications"], ["notifications", "--all"]])
def test_what_is_empty_says_so_and_is_an_empty_list(open_desk: Desk, words: list[str]) -> None:
    assert open_desk.ask(*words) == []
    ran = open_desk.run(*words)
    assert (ran.status, ran.out) == (0, "")
    assert one_sentence(ran.err)


def test_a_reply_that_is_not_there_is_a_sentence(open_desk: Desk) -> None:
    for action in ("accept", "dismiss"):
        ran = open_desk.run("review", action, 7)
        assert (ran.status, ran.out) == (1, "")
        assert one_sentence(ran.err)
