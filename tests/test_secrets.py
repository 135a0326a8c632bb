"""The whole story by commands, watched from inside each process: every file is its owner's alone from its first byte,
whatever the umask, and nothing secret stands in the database, the log, an export, a backup, a command line or what is
printed.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.running import ROOT, Desk
from tests.servers.smtp import SmtpServer
from tests.test_story_by_commands import reply

PASSWORD = "hunter-two-and-a-half"
TOKEN = "ya29.a-token-of-ours"
# Runs in each process before anything of ours: no umask helps, and at each step all files are looked at.
WATCH = """
import atexit, json, os, stat, sys
os.umask(0)
home, report = os.environ["WATCHED_HOME"], os.environ["WATCHED_REPORT"]
seen, busy = set(), []

def tell(what):
    if what not in seen:
        seen.add(what)
        with open(report, "a") as file:
            file.write(json.dumps(what) + "\\n")

def look():
    for folder, folders, files in os.walk(home):
        if "Maildir" in folders:
            folders.remove("Maildir")
        for name in files:
            path = os.path.join(folder, name)
            try:
                mode = stat.S_IMODE(os.lstat(path).st_mode)
            except OSError:
                continue
            if not name.startswith("given."):
                tell(("file", path, mode))

def hook(event, args):
    if busy:
        return
    busy.append(event)
    try:
        if event == "subprocess.Popen":
            tell(("started", " ".join(map(str, args[1]))))
        elif event in ("os.chmod",):
            tell(("chmod", str(args[0])))
        elif event.startswith("sqlite3") or event in ("os.rename", "os.link", "os.remove") or (
                event == "open" and str(args[0]).startswith(home)):
            look()
    finally:
        busy.pop()

sys.addaudithook(hook)
atexit.register(lambda: (busy.append(1), look()))
"""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Desk, Path]]:
    home, report = tmp_path / "home", tmp_path / "report"
    home.mkdir(mode=0o700)
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    desk = Desk(home, new_interpreter=True)  # which loads what watches it
    desk.env.update(
        PYTHONPATH=os.pathsep.join([str(tmp_path / "watch"), os.environ.get("PYTHONPATH", ""), str(ROOT)]),
        PYTHONDONTWRITEBYTECODE="1", WATCHED_HOME=str(home), WATCHED_REPORT=str(report),
    )  # fmt: skip
    yield desk, report


def told(report: Path) -> list[list[str]]:
    return [json.loads(line) for line in report.read_text().splitlines()]


def test_files_are_private_from_the_first_byte_and_secrets_stay_secret(watched: tuple[Desk, Path]) -> None:
    desk, report = watched
    printed = ""

    def run(*words: object, given: str = "", status: int = 0) -> str:
        nonlocal printed
        ran = desk.run(*map(str, words), given=given)
        assert ran.status == status, ran
        printed += ran.out + ran.err
        return ran.out

    for part in ("new", "cur", "tmp"):
        (desk.maildir / part).mkdir(parents=True)
    with SmtpServer(user="desk", password=PASSWORD, mechanisms=("PLAIN", "XOAUTH2"), tokens={TOKEN}) as server:
        answers = ["", "Harbour Street", "02 5550 0000", "Halaxy", "https://portal.example.org", "email", "portal",
                   "", "", "", "127.0.0.1", "none", str(server.port), "desk@clinic.example", "desk", PASSWORD,
                   f"maildir:{desk.maildir}"]  # fmt: skip
        run("init", given="\n".join(answers) + "\n")
        (desk.home / "given.csv").write_text("Number,First Name,Last Name,Email\n17,Jo,Smith,jo@patients.example\n")
        run("import", desk.home / "given.csv")
        run("invite", 1, "--hold", 0)
        run("sync")
        received = server.messages[0]
        reply(desk, received, "ACCEPT")
        run("sync")
        run("invitation", 1, "identity", "--how", "card")
        (desk.home / "given.token").write_text(f"{TOKEN}\n")
        config = desk.config.read_text()
        desk.config.write_text(
            config.replace('password_file = "smtp-password"', f'token_command = ["cat", "{desk.home}/given.token"]')
        )
        run("sync")
        assert server.messages[-1].login == "desk"
        server.tokens.clear()
        run("check", "--json")
        run("report", "case-load", "--csv", desk.home / "out.csv")
        run("history", "--csv", desk.home / "history.csv")
        run("secret", "rotate")
        run("backup", desk.home / "copy.db")
        run("invitation", 1, "accept", given="123 456 789 0\n", status=1)
    things = told(report)
    files = {path: mode for kind, path, *more in things if kind == "file" for mode in more}
    names = {Path(path).name for path in files}
    assert {"clinic.db", "clinic.db-wal", "clinic.db-shm", "clinic.key", "config.toml", "smtp-password",
            "clinic-tui.log", "out.csv", "history.csv", "copy.db"} <= names  # fmt: skip
    assert any(name.startswith("clinic.sent-") for name in names)
    assert [thing for thing in things if thing[0] == "file" and int(thing[2]) != 0o600] == []
    assert [thing for thing in things if thing[0] == "chmod"] == [], "a file was open to others, and closed only then"
    folders = [folder for folder, _, _ in os.walk(desk.home) if "Maildir" not in folder and folder != str(desk.home)]
    assert [folder for folder in folders if stat.S_IMODE(Path(folder).stat().st_mode) & 0o022] == []

    text = received.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (code,) = re.findall(r"\b\d{3} \d{3} \d{3} \d\b", text)
    token = received.message["Reply-To"].addresses[0].username.partition("+")[2]
    keys = [line.split()[1] for line in (desk.folder / "clinic.key").read_text().splitlines()]
    secrets = [PASSWORD, TOKEN, code, code.replace(" ", ""), token, *keys]
    assert all(len(secret) >= 10 for secret in secrets)
    for kind, path, *_ in things:
        if kind == "started":
            assert not any(secret in path for secret in secrets), path
    for path in files:
        file = Path(path)
        if file.exists() and file.name not in ("clinic.key", "smtp-password"):
            held = file.read_bytes()
            assert [secret for secret in secrets if secret.encode() in held] == [], file
    assert [secret for secret in secrets if secret in printed] == []
    with closing(sqlite3.connect(f"file:{desk.home}/copy.db?mode=ro", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM patient").fetchone() == (1,)
