from __future__ import annotations

import shlex

from tests.commands.running import Desk, one_sentence


def test_a_staff_member_is_added_with_the_line_that_lets_them_in(open_desk: Desk) -> None:
    ran = open_desk.run("staff", "add", "alice", "--name", "Alice Ng", "--role", "front-desk")
    assert ran.status == 0, ran
    line = next(line for line in ran.out.splitlines() if line.startswith("command="))
    command, _, rest = line.removeprefix('command="').partition('"')
    assert rest == ",restrict,pty ssh-ed25519 AAAA..."
    program, *options = shlex.split(command)
    assert program.startswith("/")
    assert options[-2:] == ["--as", "alice"]
    assert "--config" not in options  # it lies where it is looked for
    added = open_desk.ask("staff", "list")
    assert added[0] == {
        "login": "alice", "name": "Alice Ng", "email": None, "role": "front-desk", "scope": "all",
        "names_hidden": False, "bulk": True, "active": True, "practitioner": None, "revoked": [],
    }  # fmt: skip
    assert "alice" in open_desk.run("staff").out


def test_a_config_elsewhere_stands_in_the_line(open_desk: Desk) -> None:
    elsewhere = open_desk.home / "my practice.toml"
    open_desk.config.rename(elsewhere)
    (open_desk.folder / "clinic.key").rename(open_desk.home / "clinic.key")
    line = open_desk.ask("--config", elsewhere, "staff", "add", "alice")["authorized_keys"]
    assert f"--config '{elsewhere}' --as alice" in line


def test_logins_that_could_be_read_otherwise_are_refused(open_desk: Desk) -> None:
    for login in ('a" b', "alice;reboot", "a$(id)", "Alice", "-x", "a\nb", "", "a" * 33, "../a"):
        ran = open_desk.run("staff", "add", "--", login)
        assert (ran.status, ran.out) == (1, ""), login
        assert "is no login" in ran.err
    assert len(open_desk.ask("staff")) == 1


def test_a_patient_is_kept_from_a_staff_member_and_bulk_is_a_right(open_desk: Desk) -> None:
    assert open_desk.run("staff", "add", "alice").status == 0
    assert open_desk.ask("staff", "set", "alice", "--revoke", 2, "--no-bulk")["revoked"] == [2]
    assert [row["id"] for row in open_desk.ask("--as", "alice", "patients")] == [3, 1]
    refused = open_desk.run("--as", "alice", "patient", "show", 2)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == open_desk.run("--as", "alice", "patient", "show", 99).err.replace("99", "2")
    for words in (["invite", 1, 3], ["report", "case-load", "--csv", "-"]):
        ran = open_desk.run("--as", "alice", *words)
        assert (ran.status, ran.out) == (1, "")
        assert one_sentence(ran.err)
        assert "many patients" in ran.err
    assert open_desk.ask("--as", "alice", "invite", 1)["queued"][0]["patient"] == 1
    assert open_desk.ask("staff", "set", "alice", "--restore", 2, "--bulk")["revoked"] == []
    assert open_desk.run("--as", "alice", "report", "case-load", "--csv", "-").out.count("\n") == 4


def test_staff_is_for_owners_and_the_account_stays_one(open_desk: Desk) -> None:
    assert open_desk.run("staff", "add", "alice").status == 0
    me = next(row["login"] for row in open_desk.ask("staff") if row["role"] == "owner")
    for words in (["staff"], ["staff", "add", "eve"], ["staff", "set", "alice", "--role", "owner"],
                  ["staff", "remove", me]):  # fmt: skip
        ran = open_desk.run("--as", "alice", *words)
        assert (ran.status, ran.out) == (1, "")
        assert "owner" in ran.err
    for words in (["remove", me], ["set", me, "--inactive"], ["set", me, "--role", "practitioner"]):
        ran = open_desk.run("staff", *words)
        assert (ran.status, ran.out) == (1, "")
        assert one_sentence(ran.err)
    assert open_desk.ask("staff", "remove", "alice") == {"login": "alice", "removed": True}
    assert open_desk.run("--as", "alice", "patients").status == 1
    assert open_desk.run("staff", "set", "alice").status == 2
