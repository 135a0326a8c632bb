from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from clinic_tui import setup_file
from clinic_tui.commands.questions import Questions
from clinic_tui.providers import PROVIDERS, Provider
from tests.commands.running import Desk, Terminal, one_sentence

WHOLE = (
    "--practice", "Harbour \"Street\" \\ Łoś", "--phone", "02 5550 0000", "--portal-name", "Halaxy",
    "--portal-url", "https://portal.example.org", "--register", "email", "--appointments", "portal",
    "--smtp-host", "127.0.0.1", "--smtp-security", "none", "--smtp-port", "2525", "--from", "desk@clinic.example",
    "--mailbox", "maildir:/var/mail/desk",
)  # fmt: skip


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_options_alone_make_a_whole_practice(desk: Desk) -> None:
    ran = desk.run("init", "--yes", *WHOLE)
    assert ran.status == 0, ran
    assert "clinic-tui check" in ran.out
    said = tomllib.loads(desk.config.read_text(encoding="utf-8"))
    assert said["practice"]["name"] == 'Harbour "Street" \\ Łoś'
    assert said["smtp"]["port"] == 2525
    assert {mode(path) for path in desk.folder.iterdir()} == {0o600}
    assert mode(desk.home / ".local" / "share" / "clinic-tui" / "clinic.db") == 0o600
    assert desk.ask("settings", "practice.name") == {"practice.name": 'Harbour "Street" \\ Łoś'}


def test_answers_may_come_a_line_each_on_standard_input(desk: Desk) -> None:
    answers = [
        f"sqlite:///{desk.home}/practice.db", "Harbour Street Practice", "02 5550 0000", "Halaxy",
        "https://portal.example.org", "", "portal", "", "", "", "127.0.0.1", "none", "2525", "desk@clinic.example",
        "desk", "a secret", "",
    ]  # fmt: skip
    ran = desk.run("init", given="\n".join(answers) + "\n")
    assert ran.status == 0, ran
    said = tomllib.loads(desk.config.read_text(encoding="utf-8"))
    assert said["smtp"]["user"] == "desk"
    assert "a secret" not in desk.config.read_text(encoding="utf-8"), "no password in the config"
    assert "a secret" not in ran.out + ran.err
    secret = desk.folder / said["smtp"]["password_file"]
    assert (secret.read_text(), mode(secret)) == ("a secret\n", 0o600)
    assert (desk.home / "practice.db").exists()


def test_nothing_answered_is_a_practice_without_mail(desk: Desk) -> None:
    assert desk.run("init").status == 0
    assert set(tomllib.loads(desk.config.read_text(encoding="utf-8"))) <= {"database", "portal", "practice"}
    assert desk.ask("patients") == []


def test_a_config_is_written_over_only_by_force_and_a_key_never(desk: Desk) -> None:
    assert desk.run("init", "--yes", *WHOLE).status == 0
    before, key = desk.config.read_bytes(), (desk.folder / "clinic.key").read_bytes()
    refused = desk.run("init", "--yes")
    assert (refused.status, refused.out) == (1, "")
    assert "--force" in refused.err
    assert desk.config.read_bytes() == before
    assert desk.run("init", "--yes", "--force").status == 0
    assert desk.config.read_bytes() != before
    assert (desk.folder / "clinic.key").read_bytes() == key


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--portal-url", "http://portal.example.org"), "[portal] url"),
        (("--smtp-host", "smtp.example.org", "--smtp-security", "none", "--from", "a@b.example"), "[smtp] security"),
        (("--smtp-host", "smtp.example.org", "--from", "desk"), "[smtp] from"),
        (("--mailbox", "imaps://desk:pw@imap.example.org"), "[mailbox] url"),
    ],
)
def test_what_cannot_stand_leaves_nothing_behind(desk: Desk, words: tuple[str, ...], named: str) -> None:
    ran = desk.run("init", "--yes", *words)
    assert (ran.status, ran.out) == (1, "")
    assert one_sentence(ran.err)
    assert named in ran.err
    assert str(desk.config) in ran.err
    assert list(desk.folder.iterdir()) == []


def test_another_place_for_the_config(desk: Desk) -> None:
    path = desk.home / "practice" / "config.toml"
    document = desk.ask("init", "--yes", "--config", path, "--database", f"sqlite:///{desk.home}/p.db")
    assert document["config"] == str(path)
    assert (path.with_name("clinic.key")).exists()
    assert desk.ask("patients", "--config", path) == []


def test_a_password_is_not_seen_while_it_is_typed(desk: Desk) -> None:
    """Prompts, a wrong answer asked again, the password not echoed."""
    words = (*WHOLE[:-10], "--smtp-host", "127.0.0.1", "--smtp-security", "none", "--from", "d@clinic.example")
    terminal = Terminal(desk, "init", *words)
    for prompt, answer in (
        (b"Database", ""), (b"Invoices", "maybe"), (b"Invoices", ""), (b"Shared", ""), (b"Health", ""),
        (b"Its port", "x"), (b"Its port", "2525"), (b"Login", "desk"), (b"Password", "hunter two"), (b"Mailbox", ""),
    ):  # fmt: skip
        terminal.until(prompt)
        terminal.until(b": ")
        terminal.type(answer + "\n")
    terminal.until(b"Next:")
    assert terminal.status() == 0
    assert b"One of: portal, reply, no." in terminal.seen
    assert b"A number, please." in terminal.seen
    assert b"hunter" not in terminal.seen
    assert (desk.folder / "smtp-password").read_text() == "hunter two\n"


def test_stopping_halfway_leaves_nothing(desk: Desk) -> None:
    terminal = Terminal(desk, "init")
    terminal.until(b"Database")
    terminal.interrupt(b"Stopped.")
    assert terminal.status() == 1
    assert b"Traceback" not in terminal.seen
    assert not desk.config.exists()


def test_no_terminal_and_no_input_never_hangs(desk: Desk) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clinic_tui", "init"], stdin=subprocess.DEVNULL, capture_output=True, env=desk.env,
        cwd=desk.home, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0


def test_a_provider_fills_in_its_servers(desk: Desk) -> None:
    """Google, with an app password typed; nothing of it is asked that the provider answers."""
    terminal = Terminal(desk, "init", *WHOLE[:-10], "--invoices", "no", "--records", "no", "--health", "no")
    for prompt, answer in (
        (b"Database", ""), (b"Mail server", "Google"), (b"Address", "desk@clinic.example"), (b"Login there", ""),
        (b"prints a token", "-"), (b"Password", "abcd efgh"), (b"Mailbox", ""),
    ):  # fmt: skip
        terminal.until(prompt)
        terminal.until(b": ")
        terminal.type(answer + "\n")
    terminal.until(b"Next:")
    assert terminal.status() == 0
    assert b"abcd" not in terminal.seen
    said = tomllib.loads(desk.config.read_text(encoding="utf-8"))
    assert said["smtp"] == {
        "host": "smtp.gmail.com", "port": 587, "security": "starttls", "from": "desk@clinic.example",
        "user": "desk@clinic.example", "password_file": "smtp-password",
    }  # fmt: skip
    assert said["mailbox"] == {"url": "imaps://desk%40clinic.example@imap.gmail.com/INBOX"}
    assert (desk.folder / "smtp-password").read_text() == "abcd efgh\n"


def test_a_provider_that_takes_tokens_alone_is_given_the_command_of_the_installed_tool(desk: Desk) -> None:
    tools = desk.home / "bin"
    tools.mkdir()
    (tools / "pizauth").write_text("#!/bin/sh\n")
    (tools / "pizauth").chmod(0o755)
    path = f"{tools}{os.pathsep}{desk.env['PATH']}"
    words = ("init", "--yes", "--smtp-host", "microsoft365", "--from", "desk@clinic.example", "--user",
             "desk@clinic.example")  # fmt: skip
    ran = desk.run(*words, PATH=path)
    assert ran.status == 0, ran
    assert "sign in once with pizauth" in ran.out
    said = tomllib.loads(desk.config.read_text(encoding="utf-8"))
    assert said["smtp"]["token_command"] == ["pizauth", "show", "desk@clinic.example"]
    assert "outlook.office365.com" in said["mailbox"]["url"]
    own = desk.run(*words, "--force", "--token-command", "my-tool 'a b'")
    assert own.status == 0, own
    assert tomllib.loads(desk.config.read_text())["smtp"]["token_command"] == ["my-tool", "a b"]


def test_plus_addresses_are_off_where_nobody_knows_whether_the_provider_takes_them(desk: Desk) -> None:
    words = ("init", "--yes", "--from", "d@gmx.example", "--user", "d@gmx.example", "--password-file", "x")
    ran = desk.run(*words, "--smtp-host", "gmx")
    assert "check --send" in ran.out
    assert desk.ask("settings", "mail.plus_addresses") == {"mail.plus_addresses": False}
    assert desk.run(*words, "--smtp-host", "posteo", "--config", desk.home / "other.toml",
                    "--database", f"sqlite:///{desk.home}/other.db").status == 0  # fmt: skip
    assert desk.ask("settings", "mail.plus_addresses", "--config", desk.home / "other.toml",
                    "--database", f"sqlite:///{desk.home}/other.db") == {"mail.plus_addresses": True}  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.key)
def test_every_providers_preset_is_a_config_that_can_be(tmp_path: Path, provider: Provider) -> None:
    answers = Questions({"smtp_host": provider.key, "sender": "desk@clinic.example", "user": "desk@clinic.example"},
                        ask=False).all(None, f"sqlite:///{tmp_path}/clinic.db")  # fmt: skip
    made = setup_file.write(tmp_path / "config.toml", answers)
    assert made.smtp is not None
    assert made.mailbox is not None
    assert (made.smtp.host, made.smtp.port, made.mailbox.host) == (provider.smtp, provider.port, provider.imap)
    assert made.mailbox.user == "desk@clinic.example"
