"""Every `sh` block of every page, in order, in a practice of its own: a shell, a mail server, patients who answer.

A block that cannot be run says why on its first line, behind `sh`: `not run: REASON`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands.running import ROOT, Desk
from tests.docs.pages import DOCS, PAGES, blocks
from tests.servers.postgres import fresh_database, programs
from tests.servers.smtp import SmtpServer
from tests.servers.sshd import PROGRAMS, ssh_server
from tests.test_story_by_commands import reply

POSTGRES = "postgresql://desk@db.example.org/practice"
# What a page wants that a host may not have; the whole page is then skipped.
WANTS = {"ssh.md": PROGRAMS, "backup.md": shutil.which("sqlite3") is not None}
RUN = [page for page in PAGES if any(block.language == "sh" for block in blocks(page))]


class Reader:
    """Somebody at the host who does what a page says, line by line."""

    def __init__(self, desk: Desk, bin: Path) -> None:
        self.desk = desk
        self.bin = bin
        self.postgres = ""
        self.types = ""
        bin.mkdir()
        self.install("clinic-tui", f'exec "{sys.executable}" -m clinic_tui "$@"')

    def install(self, name: str, script: str) -> None:
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)

    def does(self, text: str) -> None:
        path = os.pathsep.join([str(self.bin), *programs(), self.desk.env["PATH"]])
        done = subprocess.run(
            ["sh", "-e", "-c", text.replace(POSTGRES, self.postgres or POSTGRES)],
            input=self.types, env={**self.desk.env, "PATH": path}, cwd=self.desk.home,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_every_command_runs(page: Path, tmp_path: Path, server: SmtpServer) -> None:
    if not WANTS.get(page.name, True):
        pytest.skip("this host lacks a program that the page uses")
    home = tmp_path / "home"
    home.mkdir()
    desk = Desk(home, f"sqlite:///{home}/.local/share/clinic-tui/clinic.db")
    reader = Reader(desk, tmp_path / "bin")
    desk.write_patients()
    (home / "docs").symlink_to(DOCS)
    (home / "reply.eml").write_text("From: a@b.example\nTo: desk@clinic.example\n\nACCEPT\n", encoding="utf-8")
    with ExitStack() as stack:
        if page.name in ("postgresql.md", "backup.md"):
            reader.postgres = stack.enter_context(fresh_database())
        _before(page.name, desk, server, reader)
        if page.name == "ssh.md":
            _a_host(stack, reader)
        answered = 0
        for block in blocks(page):
            if block.language != "sh" or block.not_run:
                continue
            reader.does(block.text)
            if page.name == "first-day.md":
                for received in server.messages[answered:]:
                    reply(desk, received, "ACCEPT")
                    answered += 1
    _after(page.name, desk, server)


def _before(page: str, desk: Desk, server: SmtpServer, reader: Reader) -> None:
    """The practice as the page takes it to be."""
    if page == "first-day.md":
        for part in ("new", "cur", "tmp"):
            (desk.maildir / part).mkdir(parents=True)
        reader.types = "\n".join([
            "", "Harbour Street Practice", "02 5550 0000", "Halaxy", "https://portal.example.org", "email", "portal",
            "", "", "", "127.0.0.1", "none", str(server.port), "desk@clinic.example", "", f"maildir:{desk.maildir}", "",
        ])  # fmt: skip
        return
    if page == "postgresql.md":
        desk.database = reader.postgres
    desk.write_config(smtp_port=server.port)
    if page == "importing.md":
        return
    desk.ask("import", desk.home / "patients.csv")
    desk.ask("invite", 1, "--hold", 0)
    if page != "backup.md":  # there it waits still
        desk.ask("sync")
    if page == "what-to-do-when.md":
        (desk.home / "backup").mkdir(mode=0o700)
        shutil.copy(desk.folder / "clinic.key", desk.home / "backup")


def _a_host(stack: ExitStack, reader: Reader) -> None:
    """The desk's sshd; `ssh desk@clinic-host` reaches it, with the key of Bea."""
    home = reader.desk.home
    environment = {"HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    host = stack.enter_context(ssh_server(home / "sshd", environment))
    (home / "bea.pub").write_text(f"{host.public_key}\n", encoding="utf-8")
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "authorized_keys").symlink_to(host.authorized_keys)
    client = " ".join(f"'{word}'" for word in host.client)
    reader.install("ssh", f'test "$1" = desk@clinic-host\nshift\nexec {client} "$@"')


def _after(page: str, desk: Desk, server: SmtpServer) -> None:
    """What has to have come of it, where more than the exit status tells."""
    if page == "first-day.md":
        assert desk.ask("patients", "person")[0]["portal"] == "accepted: setting up"
        assert [row["state"] for row in desk.ask("outbox")["messages"]].count("held") == 2
        assert desk.ask("check")["ok"]
    elif page == "backup.md":
        assert server.messages == [], "what waited in the copy is not sent by itself"
        assert {"clinic.db", "clinic.db.age", "clinic.key"} <= {path.name for path in (desk.home / "backup").iterdir()}
        assert (desk.home / "backup" / "clinic.db.age").read_bytes().startswith(b"age-encryption.org/v1\n")
        assert [row["state"] for row in desk.ask("outbox")["messages"]] == ["sent"]
    elif page == "privacy.md":
        said = desk.run("history", "--patient", 1).out + desk.run("patient", "show", 1).out
        assert "jo@patients.example" not in said.partition("Invitations")[0]
        assert desk.ask("history", "--verify")["ok"]
    elif page == "what-to-do-when.md":
        assert desk.ask("incident", "list") == []
        assert len(desk.ask("incident", "list", "--all")) == 1
    elif page == "ssh.md":
        assert {row["login"] for row in desk.ask("staff")} & {"alice", "bea"} == {"bea"}
    elif page == "install.md":
        completed = desk.home / ".local/share/bash-completion/completions/clinic-tui"
        assert "_CLINIC_TUI_COMPLETE=bash_complete" in completed.read_text(encoding="utf-8")
