"""The whole story by commands: a CSV in, a message at a real SMTP server, a reply in a Maildir, the notification."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.commands.running import Desk
from tests.servers.smtp import Fault, Received, SmtpServer

CODE = re.compile(r"\b\d{3} \d{3} \d{3} \d\b")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, database_url: str, server: SmtpServer) -> Desk:
    desk = Desk(tmp_path, database_url)
    desk.write_config(smtp_port=server.port)
    total = desk.ask("import", desk.write_patients())
    assert (total["added"], total["refused"]) == (3, [])
    return desk


def invited(desk: Desk, server: SmtpServer, query: str) -> tuple[int, Received]:
    """Look the patient up, invite, send: the invitation, and the message at the server."""
    (patient,) = desk.ask("patients", query)
    assert patient["portal"] == "not invited"
    (queued,) = desk.ask("invite", patient["id"], "--hold", 0)["queued"]
    assert queued["patient"] == patient["id"]
    before = len(server.messages)
    assert desk.ask("sync")["sent"] == 1
    messages = server.wait_for(before + 1)
    assert messages[-1].recipients == (queued["email"],)
    return queued["invitation"], messages[-1]


def reply(desk: Desk, received: Received, text: str, sender: str | None = None) -> None:
    """What the patient's mail program puts into the practice's mailbox."""
    message = received.message
    answer = EmailMessage()
    answer["From"] = sender or received.recipients[0]
    answer["To"] = message["Reply-To"] or message["From"]
    answer["Subject"] = f"Re: {message['Subject']}"
    answer["Message-ID"] = f"<{len(list((desk.maildir / 'new').iterdir()))}@patients.example>"
    answer["In-Reply-To"] = message["Message-ID"]
    plain = message.get_body(("plain",))
    assert plain is not None
    quoted = "\n".join(f"> {line}" for line in plain.get_content().splitlines())
    answer.set_content(f"{text}\n\nOn Sunday the practice wrote:\n{quoted}\n")
    name = f"{len(list((desk.maildir / 'new').iterdir()))}.mail"
    (desk.maildir / "tmp" / name).write_bytes(answer.as_bytes())
    (desk.maildir / "tmp" / name).rename(desk.maildir / "new" / name)


def test_from_a_csv_to_the_set_up_steps(desk: Desk, server: SmtpServer) -> None:
    invitation, message = invited(desk, server, "smith jo")
    assert desk.ask("patients", "smith")[0]["portal"] == "invited"
    assert desk.ask("sync")["sent"] == 0, "nothing is sent twice"

    reply(desk, message, "ACCEPT")
    counts = desk.ask("sync")
    assert (counts["accepted"], counts["review"]) == (1, 0)
    (notification,) = desk.ask("notifications")
    assert (notification["kind"], notification["patient"]) == ("accepted", 1)
    assert desk.ask("patients", "smith")[0]["portal"] == "accepted: identity to check"
    assert desk.ask("sync")["accepted"] == 0, "nothing is taken twice"
    assert [row["reason"] for row in desk.ask("invite", 1)["skipped"]] == ["accepted"]

    before = len(server.messages)
    assert desk.ask("invitation", invitation, "identity", "--how", "photo card")["state"] == "accepted"
    assert desk.ask("sync")["sent"] == 1
    steps = server.wait_for(before + 1)[-1].message.get_body(("plain",))
    assert steps is not None
    assert "https://portal.example.org" in steps.get_content()
    assert desk.ask("patients", "smith")[0]["portal"] == "accepted: setting up"


def test_a_code_read_to_the_desk_accepts_and_is_shown_to_no_staff(desk: Desk, server: SmtpServer) -> None:
    invitation, message = invited(desk, server, "los lukasz")
    body = message.message.get_body(("plain",))
    assert body is not None
    found = CODE.search(body.get_content())
    assert found is not None
    code = found.group()

    wrong = desk.run("invitation", invitation, "accept", given=code[:-1] + str((int(code[-1]) + 1) % 10) + "\n")
    assert (wrong.status, wrong.out) == (1, "")
    assert "tries are left" in wrong.err
    assert desk.run("invitation", invitation, "accept", given=f"{code}\n").status == 0
    assert [row["kind"] for row in desk.ask("notifications")] == ["accepted"]

    said = (["invitation", invitation], ["patient", "show", 2], ["outbox"], ["history"], ["notifications", "--json"])
    everywhere = [desk.run(*words).out for words in said]
    assert not any(code in text or code.replace(" ", "") in text for text in [*everywhere, desk.log.read_text()])


def test_no_declines_and_a_question_needs_a_person(desk: Desk, server: SmtpServer) -> None:
    declined, first = invited(desk, server, "smith")
    asked, second = invited(desk, server, "los")
    reply(desk, first, "NO")
    reply(desk, second, "Yes please! Is it \x1b[31mfree?")
    counts = desk.ask("sync")
    assert (counts["accepted"], counts["declined"], counts["review"]) == (0, 1, 1)
    assert desk.ask("invitations", "--state", "declined")[0]["id"] == declined

    (waiting,) = desk.ask("review", "list")
    assert (waiting["invitation"], waiting["patient"]) == (asked, 2)
    listed = desk.run("review")
    assert "Yes please!" in listed.out
    assert "\x1b" not in listed.out
    accepted = desk.ask("review", "accept", waiting["id"])
    assert (accepted["invitation"], accepted["patient"]) == (asked, 2)
    assert desk.ask("review", "list") == []
    assert sorted(row["kind"] for row in desk.ask("notifications")) == ["accepted", "declined"]
    assert "review" in [row["kind"] for row in desk.ask("notifications", "--all")]


def test_resending_supersedes_and_revoking_ends_it(desk: Desk, server: SmtpServer) -> None:
    first, message = invited(desk, server, "smith")
    newer = desk.ask("invitation", first, "resend", "--hold", 0)
    assert (newer["id"] != first, newer["state"]) == (True, "queued")
    assert desk.ask("sync")["sent"] == 1
    assert {row["id"]: row["state"] for row in desk.ask("invitations")} == {first: "superseded", newer["id"]: "sent"}
    assert desk.ask("invitation", newer["id"], "revoke")["state"] == "revoked"
    reply(desk, message, "ACCEPT")
    assert desk.ask("sync")["accepted"] == 0
    assert desk.ask("patients", "smith")[0]["portal"] == "not invited"


def test_a_refused_address_is_told_and_the_others_mail_goes(desk: Desk, server: SmtpServer) -> None:
    server.faults.add(Fault("rcpt", "550 5.1.1 No such user", match="jo@patients.example"))
    assert len(desk.ask("invite", 1, 2, "--hold", 0)["queued"]) == 2
    counts = desk.ask("sync", "--senders", 1)
    assert (counts["sent"], counts["failed"]) == (1, 1)
    (row,) = desk.ask("notifications")
    assert (row["kind"], row["patient"]) == ("failed", 1)
    assert "No such user" in row["detail"]
    assert desk.ask("patients", "smith")[0]["portal"] == "failed"


def test_a_lost_answer_is_unconfirmed_until_a_person_says_it_went(desk: Desk, server: SmtpServer) -> None:
    server.faults.add(Fault("body", action="accept_and_drop"))
    (queued,) = desk.ask("invite", 1, "--hold", 0)["queued"]
    assert desk.ask("sync")["unconfirmed"] == 1
    server.faults.clear()
    assert desk.ask("sync")["sent"] == 0
    assert len(server.messages) == 1, "never sent again by itself"
    assert [row["kind"] for row in desk.ask("notifications")] == ["unconfirmed"]
    assert desk.ask("patients", "smith")[0]["portal"] == "unconfirmed"
    assert desk.ask("invitation", queued["invitation"], "sent")["state"] == "sent"
    assert desk.ask("patients", "smith")[0]["portal"] == "invited"
