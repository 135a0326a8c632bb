"""No command, export or log says anything that is out of the right of who asks; both engines, every right."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest

from clinic_tui import cli, log
from clinic_tui.commands.asked import Asked
from clinic_tui.commands.case_load_options import COLUMNS
from clinic_tui.db.connection import close_database
from clinic_tui.invitations import codes
from clinic_tui.queues import BY_NAME
from tests.access.marked import EVERYBODY, KEPT, LEES, OKAFORS, PREFIX, RIGHTS, Right, told

_ID, _NUMBER = "{id}", "{number}"
# What each command is asked with; {id}, {number} and the like stand for each patient in reach. A command that is not
# here fails the first test: say how it is asked.
READ: dict[str, tuple[tuple[str, ...], ...]] = {
    "patients": ((), (PREFIX,), (PREFIX, "--limit", "1"), (_NUMBER,), ("77",), ("1951",), ("0491",), (PREFIX + "a@",)),
    "patient show": ((_ID,),),
    "contact add": ((_ID, "--name", "Someone", "--guardian"),),
    "contact set": (("1", "--name", "Someone else"),),
    "contact remove": (("1",),),
    "report case-load": (
        (), ("--csv", "-"), ("--csv", "out.csv"), ("--age-min", "1"), ("--age-max", "99"), ("--place", PREFIX),
        ("--has-email",), ("--no-email",), ("--practitioner", "okafor"), ("--never-invited",), ("--seen-by", "lee"),
        ("--portal", "invited"), *(("--sort", column) for column in (*COLUMNS, "-patient")),
    ),
    "report adoption": (
        (), *(("--by", by) for by in ("practitioner", "template", "age")), ("--csv", "-"), ("--csv", "out.csv"),
    ),
    "report list": ((),),
    "report save": (("mine", "--status", "current"), ("aged", "--age-min", "3")),
    "report run": (("mine",), ("mine", "--csv", "-"), ("aged",)),
    "invite": ((_ID, "--dry-run"), ("--report", "mine", "--dry-run"), (_ID, "--dry-run", "--resend")),
    "slip": ((_ID, "--identity", "card"), (_ID, "--identity", "card", "--print")),
    "invitations": ((), ("--state", "bounced"), ("--patient", _ID)),
    "invitation": (("{invitation}",), ("{invitation}", "identity", "--how", "card"), ("{queued}", "resend"),
                   ("{queued}", "revoke"),
                   ("{queued}", "sent"), ("{queued}", "cancel"), ("{invitation}", "accept"),
                   ("{invitation}", "accept", "--undo"), ("{invitation}", "ask-again", "--on", "1 year"),
                   ("{invitation}", "show", "--text")),
    "queues": ((), *((name,) for name in BY_NAME), ("of-age", "--done", _ID)),
    "outbox": ((), ("--state", "failed"), ("pause",), ("resume",)),
    "review": ((),),
    "review list": ((),),
    "review accept": (("{reply}",),),
    "review dismiss": (("{reply}",),),
    "notifications": ((), ("--all",), ("--archived",), ("--kind", "review")),
    "notifications archive": (("{note}",), ("--all", "--kind", "bounced"), ("--all",)),
    "notifications restore": (("{note}",),),
    "settings": ((), ("practice.name",), ("practice.name", "Ours")),
    "staff": ((),),
    "staff list": ((),),
    "staff add": (("eve",),),
    "staff set": (("desk", "--no-bulk"),),
    "staff remove": (("eve",),),
    "history": ((), ("--verify",), ("--csv", "-"), ("--csv", "out.csv"), ("--patient", _ID)),
    "history erase": (("--patient", _ID),),
    "incident": ((),),
    "incident list": ((),),
    "incident open": (("{invitation}",),),
    "incident show": (("1",),),
    "incident close": (("1", "--note", "assessed"),),
    "templates": ((),),
    "templates list": ((),),
    "templates show": (("Invitation",),),
    "templates add": (("Ours", "--subject", "Hello", "--body", "Hello"),),
    "templates edit": (("Ours", "--subject", "Good day"),),
    "templates copy": (("Ours", "Theirs"),),
    "templates archive": (("Theirs",),),
    "templates restore": (("Theirs",),),
    "templates default": (("Ours",),),
    "templates preview": (("Ours", "--patient", _ID), ("Ours", "--patient", _ID, "--html")),
    "templates test": (("Ours",), ("Ours", "--patient", _ID), ("Ours", "--language", "es")),
    "mail test": ((),),
    "sync": ((),),
    "patient add": (("--family", "New"), ("--family", "New", "--number", "12")),
    "patient set": ((_ID, "--suburb", "Elsewhere"),),
    "patient portal": ((_ID,), (_ID, "active", "--since", "2026-01-02"), (_ID, "none")),
    "practitioner list": ((),),
    "practitioner add": (("--name", "Dr New"),),
    "practitioner set": (("1", "--email", "okafor@clinic.example"),),
    "import": (("new.csv",), ("new.csv", "--dry-run"), ("--list",), ("--show", "1"), ("--refused", "1"),
               ("--duplicates",), ("--undo", "1")),
    "migrate": ((),),
    "secret rotate": ((),),
    "backup": (("copy.db",), ("-",)),
    "open": ((),),
    "explain": (("mail",),),
}  # fmt: skip
ELSEWHERE = {"init", "demo", "training", "check", "keys"}  # they open no practice of whoever asks, or their own


def _leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group, obj=Asked())
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join((*path, name))
        if isinstance(command, click.Group):
            yield from _leaves(command, (*path, name))


def test_every_command_is_asked() -> None:
    assert isinstance(cli.cli, click.Group)
    assert set(_leaves(cli.cli)) == set(READ) | ELSEWHERE


Run = Callable[..., tuple[int, str]]


@pytest.fixture(params=RIGHTS, ids=[right.login for right in RIGHTS])
def right(request: pytest.FixtureRequest) -> Right:
    found: Right = request.param
    return found


@pytest.fixture
def run(
    right: Right, database_url: str, still_clock: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Run]:  # fmt: skip
    """Runs a command as the staff member: its status, and all it wrote to anywhere."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(f'database = "{database_url}"\n')
    config.chmod(0o600)
    codes.use_key_file(tmp_path / "clinic.key")
    (tmp_path / "new.csv").write_text("Number,First Name,Last Name\n12,New,Patient\n")
    (tmp_path / "mail").write_text("From: a@b.example\n\nACCEPT\n")

    def as_them(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"123 456 789 0\n")))
        capfd.readouterr()
        status = cli.main(["--config", str(config), "--as", right.login, *words])
        said = "".join(capfd.readouterr())
        close_database()
        for written in (tmp_path / "out.csv", log.path()):
            if written.exists():
                said += written.read_text()
                written.unlink() if written.suffix == ".csv" else written.write_text("")
        assert "went wrong" not in said, (words, said)
        return status, said

    yield as_them
    close_database()


def test_no_command_says_what_is_out_of_its_right(right: Right, run: Run, database_url: str) -> None:
    # Plain or JSON is the same rows of the database: the slower engine is asked once.
    formats = ([], ["--json"]) if database_url.startswith("sqlite") else (["--json"],)
    seen = ""
    for name, ways in READ.items():
        for way in ways:
            for one in right.reach if any("{" in word for word in way) else (OKAFORS,):
                places = {"id": one.id, "number": one.number, "invitation": one.id + 100_010,
                          "queued": one.id + 100_020, "reply": one.id + 300_000, "note": one.id + 400_000}  # fmt: skip
                words = [*name.split(), *(word.format(**places) for word in way)]
                for json in ([],) if "--csv" in words else formats:
                    _, said = run(*words, *json)
                    assert told(said, right.forbidden) == set(), (words, said)
                    seen += said
    # The words that are looked for do come where they may: else nothing is shown by their absence.
    for one in right.reach:
        assert told(seen, {str(one.id), one.number}) == {str(one.id), one.number}
        if right.names:
            assert told(seen, {one.tag, one.phone, one.born.isoformat()}) == {one.tag, one.phone, one.born.isoformat()}


def test_a_patient_out_of_reach_is_as_one_who_is_not_there(right: Right, run: Run) -> None:
    """Whatever is asked of them by id or number: the answer is the same to the letter."""
    for one in EVERYBODY:
        if one in right.reach:
            continue
        for words in (
            ["patient", "show", _ID], ["patient", "set", _ID, "--suburb", "X"], ["patient", "portal", _ID, "active"],
            ["patients", _NUMBER], ["invite", _ID],
            ["invite", _ID, "--resend"], ["invitations", "--patient", _ID], ["invitation", "{invitation}"],
            ["invitation", "{invitation}", "revoke"], ["invitation", "{invitation}", "accept"],
            ["review", "accept", "{reply}"],
            ["review", "dismiss", "{reply}"], ["patient", "add", "--family", "New", "--number", _NUMBER],
            ["invitation", "{invitation}", "identity", "--how", "card"], ["invitation", "{queued}", "resend"],
            ["invitation", "{queued}", "sent"], ["slip", _ID, "--identity", "card"],
            ["invitation", "{invitation}", "accept", "--undo"],
            ["invitation", "{invitation}", "ask-again", "--on", "1 year"], ["queues", "of-age", "--done", _ID],
            ["notifications", "archive", "{note}"], ["notifications", "restore", "{note}"],
        ):  # fmt: skip
            answers = []
            for key in (one.id, 599_999):
                places = {"id": key, "number": f"77{key}", "invitation": key + 100_000, "queued": key + 100_020,
                          "reply": key + 300_000, "note": key + 400_000}  # fmt: skip
                status, said = run(*(word.format(**places) for word in words), "--json")
                for place in sorted(map(str, places.values()), key=len, reverse=True):
                    said = said.replace(place, "...")
                answers.append((status, said))
            assert answers[0] == answers[1], words


def test_a_report_counts_and_finds_nobody_by_what_is_hidden(right: Right, run: Run) -> None:
    if right.names:
        return
    for way in (["--age-min", "1"], ["--age-max", "99"], ["--place", PREFIX], ["--has-email"], ["--no-email"],
                ["--sort", "age"], ["--sort", "-age"], ["--sort", "email"]):  # fmt: skip
        status, said = run("report", "case-load", *way)
        assert (status, said) == (1, "Names are hidden from you. Ask someone who sees them.\n")
    for text in (PREFIX, "1951", "3 feb 1951", "0491", f"{OKAFORS.tag}@", "510100 quokka"):
        assert run("patients", text, "--json") == (0, "[]\n")


def test_the_words_are_of_one_patient_each() -> None:
    for one in EVERYBODY:
        others = [other for other in EVERYBODY if other is not one]
        for other in others:
            assert not told(" ".join(one.existence | one.naming), other.existence | other.naming)
    assert {KEPT, LEES} < set(EVERYBODY)
