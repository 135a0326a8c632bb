from __future__ import annotations

from pathlib import Path

from tests.commands.running import Desk
from tests.published import published

KINDS = {
    "bounce", "auto_reply", "feedback", "delivered", "acceptance", "decline", "stop", "not_me", "reply", "other",
}  # fmt: skip
ACCEPT = b"From: jo@patients.example\nTo: desk@clinic.example\nSubject: Re: Your invitation\n\nACCEPT\n\n> hello\n"


def mail(folder: Path, name: str, raw: bytes) -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path


def test_files_are_explained_in_the_order_given_without_config_or_database(desk: Desk) -> None:
    first = mail(desk.home, "b", ACCEPT.replace(b"ACCEPT", b"Is it safe?"))
    second = mail(desk.home, "a", ACCEPT)
    found = desk.ask("explain", first, second)
    assert [(row["file"], row["kind"]) for row in found] == [(str(first), "reply"), (str(second), "acceptance")]
    assert set(found[0]) == {"file", "kind", "recipients", "status", "permanent", "evidence"}
    assert all(row["evidence"] for row in found)
    assert not (desk.home / ".config").exists()
    assert not list(desk.home.glob("**/*.db"))


def test_standard_input_is_a_file_too(desk: Desk) -> None:
    assert [row["kind"] for row in desk.ask("explain", "-", given=ACCEPT)] == ["acceptance"]
    assert "acceptance" in desk.run("explain", "-", given=ACCEPT).out


def test_what_cannot_be_read_is_other_and_says_why(desk: Desk) -> None:
    (desk.home / "folder").mkdir()
    good = mail(desk.home, "good", ACCEPT)
    found = desk.ask("explain", desk.home / "none", desk.home / "folder", good, mail(desk.home, "empty", b""))
    assert [row["kind"] for row in found] == ["other", "other", "acceptance", "other"]
    assert "No such file" in found[0]["evidence"]
    assert "directory" in found[1]["evidence"]


def test_a_terminal_is_safe_from_what_a_mail_says(desk: Desk) -> None:
    evil = mail(
        desk.home, "evil", b"Subject: \x1b]52;c;ZXZpbA==\x07\nFrom: \x9b31m@x.example\n\n\x1b[2J\xc2\x9b31mhi\n"
    )
    for ran in (desk.run("explain", evil), desk.run("explain", evil, "--json")):
        assert ran.status == 0
        assert "\x1b" not in ran.out
        assert "\x9b" not in ran.out
        assert "\x07" not in ran.out


def test_a_thousand_files_in_one_call(desk: Desk) -> None:
    mails = sorted(path for path in published("bounces/mails").rglob("*") if path.is_file())
    many = (mails * 4)[:1000]
    found = desk.ask("explain", *many, seconds=120)
    assert [row["file"] for row in found] == [str(path) for path in many]
    assert {row["kind"] for row in found} <= KINDS
    assert {row["permanent"] for row in found if row["kind"] != "bounce"} <= {None}
