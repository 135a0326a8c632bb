"""What an SSH client asks for where sshd runs `clinic-tui --as alice`: her right and no more, no file of the host."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import cli, practice
from clinic_tui.commands import forced
from clinic_tui.commands.asked import Asked, FileName
from clinic_tui.db.connection import close_database
from tests.commands.running import ROOT, Desk, one_sentence

SECRET = "Zzyzx"
_GLOBAL = {"config", "database", "login", "json"}


@pytest.fixture
def alices(open_desk: Desk) -> Desk:
    """A desk where alice may see 1 and 3 of the patients; 2 is kept from her."""
    for words in (["staff", "add", "alice"], ["staff", "set", "alice", "--revoke", "2"],
                  ["patient", "set", "2", "--family", SECRET]):  # fmt: skip
        assert open_desk.run(*words).status == 0
    return open_desk


def asks(desk: Desk, line: str, *more: str, given: str = "") -> Any:
    return desk.run(*more, "--as", "alice", given=given, SSH_ORIGINAL_COMMAND=line)


def test_the_clients_line_runs_as_the_staff_member(alices: Desk) -> None:
    assert [row["id"] for row in asks(alices, "patients --json").json] == [3, 1]
    assert asks(alices, "clinic-tui patients 'Smith' --json").json[0]["name"] == "Smith, Joanna"
    assert asks(alices, "patient show 2").status == 1
    csv = asks(alices, "report case-load --csv -")
    assert (csv.status, csv.out.count("\n")) == (0, 3)
    assert SECRET not in csv.out
    taken = asks(alices, "import - --dry-run --json", given="Number,First Name,Last Name\n9,New,Person\n")
    assert "reach" in taken.err or taken.status == 1  # somebody from whom a patient is kept imports nothing
    assert asks(alices, "explain - --json", given="From: a@b.example\n\nACCEPT\n").json[0]["file"] == "-"


@pytest.mark.parametrize(
    "line",
    [
        "--as root patients", "patients --as root", "patients --as=root", "--as=root", "--as", "patients --a root",
        "--config /etc/passwd patients", "patients --config=x", "patients --config -",
        "--database sqlite:////tmp/x patients",
        "patients --database=sqlite:////x", "patient --as bob show 1", "init --force", "migrate", "demo --dir x",
        "check",
        "demo", "nonsense", "/bin/sh", "sh -c id", "internal-sftp", "patients 'unclosed", 'patients "', "patients \\",
        "patients\ninit", "report case-load --csv x.csv", "report case-load --csv ~/.ssh/authorized_keys",
        "report case-load --csv=/dev/null", "import patients.csv", "import - patients.csv", "explain /etc/passwd",
        "import ./-", "x" * 100_001,
    ],
)  # fmt: skip
def test_what_is_refused(alices: Desk, line: str) -> None:
    before = sorted(path.name for path in alices.home.rglob("*"))
    ran = asks(alices, line)
    assert (ran.status, ran.out) == (2, ""), ran
    assert "Traceback" not in ran.err
    assert sorted(path.name for path in alices.home.rglob("*")) == before


def test_what_a_shell_would_read_is_only_an_argument(alices: Desk) -> None:
    for line, query in (
        ("patients ';' touch x", "; touch x"), ("patients; touch x", None), ("patients $(touch x)", "$(touch x)"),
        ("patients `touch x`", "`touch x`"), ("patients | tee x", "| tee x"), ("patients > x", "> x"),
        ("patients * ?", "* ?"), ("patients $HOME ~", "$HOME ~"), ("patients '#' no # comment", "# no # comment"),
    ):  # fmt: skip
        ran = asks(alices, line)
        assert not (alices.home / "x").exists()
        assert ran.out == ""
        if query is None:
            assert ran.status == 2  # there is no command `patients;`
        else:
            assert ran.err == f"No patient matches {query!r}.\n"


def test_without_a_terminal_the_app_says_so(alices: Desk) -> None:
    for line in ("open", "clinic-tui", "   "):
        ran = asks(alices, line)
        assert (ran.status, ran.out) == (1, "")
        assert "ssh -t" in ran.err


def test_the_variable_counts_for_nothing_in_an_ordinary_call(alices: Desk) -> None:
    """Anybody who has a shell can set it."""
    assert alices.run("patients", "--json", SSH_ORIGINAL_COMMAND="staff --json").json[0]["id"]
    assert alices.run("--as", "alice", "patients", "17", "--json", SSH_ORIGINAL_COMMAND="staff").json[0]["id"] == 1
    assert "terminal" in alices.run(SSH_ORIGINAL_COMMAND="patients").err
    ran = asks(alices, "patients", "--as", "nobody", "--config", str(alices.config))
    assert ran.status == 0  # sshd's own words: the last one counts, as in any call


def test_who_is_no_staff_member_is_told_nothing_else(alices: Desk) -> None:
    assert alices.run("staff", "set", "alice", "--inactive").status == 0
    for line in ("patients", "--help", "nonsense", "explain -", "patients 'unclosed"):
        ran = asks(alices, line)
        assert (ran.status, ran.out) == (1, "")
        assert one_sentence(ran.err)
        assert "alice is not a staff member" in ran.err


def test_as_counts_only_for_the_account_that_owns_the_config(
    alices: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: alices.config.stat().st_uid + 1)
    monkeypatch.setattr("clinic_tui.log.start", lambda: True)
    for words in (["patients"], ["open"], []):
        assert cli.main(["--config", str(alices.config), "--as", "alice", *words]) == 1
        assert "--as is for the account that owns the config" in capsys.readouterr().err


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group, obj=Asked())
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


EVERY = list(_commands(cli.cli))


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) for path, _ in EVERY])
def test_every_file_of_every_command_is_a_file_name_that_ssh_clients_cannot_give(
    path: tuple[str, ...], command: click.Command
) -> None:
    own = [param for param in command.params if param.name not in _GLOBAL]
    assert len(own) == len(command.params) - len(_GLOBAL), "a parameter is named as a global option is"
    for param in own:
        named = f"{param.metavar or ''} {param.human_readable_name}".upper()
        meant = any(word in named for word in ("FILE", "DIR", "PATH", "FOLDER"))
        is_file = isinstance(param.type, click.Path | click.File)
        if meant or is_file:
            assert isinstance(param.type, FileName), f"{' '.join(path)}: {param.name} must be a FileName"


def test_what_may_be_asked_for_over_ssh_is_there() -> None:
    assert set(cli.COMMANDS) >= forced.COMMANDS
    assert not forced.COMMANDS & {"init", "migrate", "demo", "check", "secret"}


# Whatever is asked for

_TOUCHES = frozenset(
    ("open", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "subprocess.Popen", "os.system", "os.exec",
     "os.posix_spawn", "socket.connect")
)  # fmt: skip


class _Ears:
    """Hears, while it listens, what the process does to files and to others. An audit hook cannot be taken off."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] | None = None

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.heard is not None and event in _TOUCHES and not isinstance(arguments[0], int):
            name = arguments[0]
            path = isinstance(name, str | bytes | os.PathLike)
            self.heard.append((event, os.fsdecode(name) if path else repr(name)))


EARS = _Ears()
sys.addaudithook(EARS)


@pytest.fixture
def in_process(alices: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The logins that a practice was opened for."""
    alices.config.write_text(f'database = "{alices.database}"\n')
    monkeypatch.setenv("HOME", str(alices.home))
    monkeypatch.chdir(alices.home)
    logins: set[str] = set()
    really = practice.open_practice

    def recording(*arguments: Any, **named: Any) -> Any:
        viewer = really(*arguments, **named)
        logins.add(viewer.login)
        return viewer

    monkeypatch.setattr(practice, "open_practice", recording)
    yield logins
    close_database()


_WORDS = st.sampled_from(
    [
        *sorted(set(cli.COMMANDS) | {"clinic-tui", "show", "add", "set", "list", "save", "run", "case-load", "accept"}),
        "--as", "--as=root", "root", "--config", "--config=x", "--database", "sqlite:///x.db", "--json", "--csv",
        "--csv=x", "--dir", "--force", "--yes", "--report", "--message", "--password-file", "-", "--", "--help",
        "--limit", "1", "2", "x", "x.csv", "/etc/passwd", "~/.ssh/authorized_keys", "../x", "*", ";", "|", ">", "&&",
        "$(id)", "`id`", "'", '"', "\\", "\n", "--family", "--number", "é",
    ]
)  # fmt: skip
_LINES = st.one_of(
    st.lists(_WORDS, min_size=1, max_size=7).map(" ".join),
    st.lists(_WORDS, min_size=1, max_size=7).map(shlex.join),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60),
)


@settings(max_examples=250)
@given(line=_LINES)
def test_whatever_is_asked_for_no_file_but_our_own_is_opened_and_the_viewer_is_alice(
    alices: Desk, in_process: set[str], line: str
) -> None:
    out, err = io.StringIO(), io.StringIO()
    heard: list[tuple[str, str]] = []
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setenv(forced.VARIABLE, line)
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
        EARS.heard = heard = []
        try:
            status = cli.main(["--as", "alice"])
        finally:
            EARS.heard = None
    assert status in (0, 1, 2)
    assert "went wrong" not in err.getvalue(), err.getvalue()
    assert in_process <= {"alice"}
    assert SECRET not in out.getvalue() + err.getvalue()
    strangers = [event for event in heard if not _ours(alices, *event)]
    assert strangers == []


def _ours(desk: Desk, what: str, name: str) -> bool:
    path = Path(name).absolute()
    if what == "open" and path in (desk.config, desk.folder / "clinic.key", desk.home / "clinic.db", desk.log):
        return True
    if what == "os.mkdir" and path in (desk.log.parent, desk.home):  # made where they are missing
        return True
    copy_of_standard_input = path.parts[:2] == ("/", "tmp") and any(
        part.startswith("clinic-tui-") for part in path.parts
    )
    code = any(path.is_relative_to(root) for root in (sys.prefix, sys.base_prefix, ROOT / "clinic_tui"))
    return copy_of_standard_input or (what == "open" and (code or "zoneinfo" in name or name == os.devnull))
