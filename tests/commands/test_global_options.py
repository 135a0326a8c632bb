from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_tui.cli import main
from tests.commands.running import Desk, one_sentence


def test_without_a_config_one_sentence_names_init_and_demo(desk: Desk) -> None:
    for words in (["patients", "x"], ["invite", "1"], ["sync"], ["migrate"], []):
        ran = desk.run(*words)
        assert (ran.status, ran.out) == (1, "")
        assert one_sentence(ran.err)
        assert "clinic-tui init" in ran.err
        assert "clinic-tui demo" in ran.err


@pytest.mark.parametrize(
    "words",
    [["--json", "patients", "smith"], ["patients", "--json", "smith"], ["patients", "smith", "--json"]],
)
def test_global_options_stand_before_or_after_the_command(open_desk: Desk, words: list[str]) -> None:
    assert [row["name"] for row in open_desk.run(*words).json] == ["Smith, Joanna"]


def test_a_config_and_a_login_may_stand_in_two_places(open_desk: Desk) -> None:
    elsewhere = open_desk.home / "elsewhere.toml"
    open_desk.config.rename(elsewhere)
    (open_desk.folder / "clinic.key").rename(open_desk.home / "clinic.key")
    assert open_desk.run("--config", elsewhere, "patient", "show", 1, "--json").json["family"] == "Smith"
    assert open_desk.run("patient", "show", 1, "--json", "--config", elsewhere).json["family"] == "Smith"
    refused = open_desk.run("--as", "mallory", "patients", "--config", elsewhere)
    assert (refused.status, refused.out) == (1, "")
    assert "mallory" in refused.err


def test_an_error_with_json_is_still_one_document_and_one_sentence(desk: Desk) -> None:
    ran = desk.run("patients", "smith", "--json")
    assert ran.status == 1
    assert ran.json == {"error": ran.err.strip()}


@pytest.mark.parametrize(
    "words",
    [
        ["patient"], ["patient", "show"], ["secret"], ["nonsense"], ["invite"], ["invite", "one"], ["invite", "0"],
        ["patients", "--limit", "0"],
        ["invitations", "--state", "lost"], ["invitation", "1", "burn"], ["explain"], ["--colour"],
        ["invite", "1", "2", "--email", "a@b.example"], ["invitation", "1", "identity"], ["patient", "set", "1"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2_and_says_how(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("clinic_tui.log.start", lambda: True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Usage: clinic-tui")
    assert said.err.count("Usage:") == 1
    assert main(["--json", *words]) == 2
    asked = capsys.readouterr()
    assert json.loads(asked.out)["error"] in asked.err


def test_a_database_with_a_password_is_refused_and_not_repeated(desk: Desk) -> None:
    for words in (
        ["--database", "postgresql://u:secret@h/d", "patients"],
        ["patients", "--database", "postgresql://u:secret@h/d"],
    ):
        ran = desk.run(*words)
        assert (ran.status, ran.out) == (1, "")
        assert "~/.pgpass" in ran.err
        assert "secret" not in ran.err


def test_a_database_alone_will_do_for_what_needs_no_mail(desk: Desk) -> None:
    url = f"sqlite:///{desk.home}/alone/clinic.db"
    missing = desk.run("--database", url, "import", desk.write_patients())
    assert (missing.status, missing.out) == (1, "")
    assert "clinic-tui migrate --new" in missing.err
    assert not (desk.home / "alone").exists(), "a disk that is not mounted gives no empty practice"
    assert desk.run("--database", url, "migrate", "--new").status == 0
    assert desk.run("--database", url, "import", desk.write_patients()).status == 0
    assert len(desk.ask("patients", "--database", url)) == 3
    assert len(desk.ask("patients", CLINIC_TUI_DATABASE=url)) == 3
    assert stat.S_IMODE((desk.home / "alone" / "clinic.key").stat().st_mode) == 0o600
    assert not desk.config.exists()


def test_a_config_open_to_others_is_refused(desk: Desk) -> None:
    desk.write_config(mode=0o644)
    ran = desk.run("patients")
    assert ran.status == 1
    assert f"chmod 600 {desk.config}" in ran.err


def test_a_damaged_database_is_a_sentence(desk: Desk) -> None:
    desk.write_config()
    (desk.home / "clinic.db").write_bytes(b"this is no database, whatever its name says" * 100)
    ran = desk.run("patients")
    assert (ran.status, ran.out) == (1, "")
    assert one_sentence(ran.err)


def test_looking_waits_for_nobody_who_writes_and_writing_gives_up_in_a_sentence(open_desk: Desk) -> None:
    writer = sqlite3.connect(open_desk.home / "clinic.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert len(open_desk.ask("patients")) == 3
        ran = open_desk.run("settings", "practice.hours", "always")
    finally:
        writer.close()
    assert (ran.status, ran.out) == (1, "")
    assert one_sentence(ran.err)
    assert "busy" in ran.err


def test_what_nobody_expected_is_a_sentence_and_the_log_has_it(open_desk: Desk) -> None:
    # A settings row that no version of this program writes.
    with sqlite3.connect(open_desk.home / "clinic.db") as database:
        database.execute("UPDATE setting SET value = '{not json: Joanna' WHERE name = 'practice.name'")
    database.close()
    ran = open_desk.run("settings")
    assert (ran.status, ran.out) == (1, "")
    assert one_sentence(ran.err) or ran.err.strip().endswith(".log")
    assert str(open_desk.log) in ran.err
    log = open_desk.log.read_text()
    assert "JSONDecodeError" in log
    assert "Joanna" not in log
    assert stat.S_IMODE(open_desk.log.stat().st_mode) == 0o600


@pytest.mark.parametrize("words", [["patients"], ["patients", "--json"], ["--help"]])
def test_a_reader_that_has_left_is_no_error(open_desk: Desk, words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "clinic_tui", *words], stdout=writer, stderr=subprocess.PIPE, env=open_desk.env,
        cwd=open_desk.home, timeout=60, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_under_the_output_is_a_sentence(open_desk: Desk) -> None:
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("there is no /dev/full here")
    with device.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "clinic_tui", "patients"], stdout=full, stderr=subprocess.PIPE, env=open_desk.env,
            cwd=open_desk.home, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_app_needs_a_terminal(open_desk: Desk) -> None:
    ran = open_desk.run()
    assert (ran.status, ran.out) == (1, "")
    assert "terminal" in ran.err
