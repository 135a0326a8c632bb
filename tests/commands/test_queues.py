"""Queues, notifications and what is undone, by commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.running import Desk, one_sentence
from tests.servers.smtp import SmtpServer
from tests.test_story_by_commands import CODE, invited, reply


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def sending_desk(desk: Desk, server: SmtpServer) -> Desk:
    """A desk whose mail goes to a server of the test's, and three patients."""
    desk.write_config(smtp_port=server.port)
    desk.ask("import", desk.write_patients())
    return desk


def counts(desk: Desk) -> dict[str, int]:
    return {row["name"]: row["count"] for row in desk.ask("queues") if row["count"]}


def test_an_empty_practice_has_queues_that_say_so(open_desk: Desk) -> None:
    rows = open_desk.ask("queues")
    assert [row["name"] for row in rows][:3] == ["review", "accepted", "today"]
    assert {(row["count"], row["more"]) for row in rows} == {(0, False)}
    assert "Coming today, never invited" in open_desk.run("queues").out
    assert open_desk.ask("queues", "bounced") == []
    ran = open_desk.run("queues", "bounced")
    assert (ran.status, ran.out) == (0, "")
    assert one_sentence(ran.err)
    wrong = open_desk.run("queues", "nonsense")
    assert wrong.status == 1
    assert one_sentence(wrong.err)
    assert open_desk.run("queues", "bounced", "--done", 1).status == 2
    assert open_desk.ask("queues", "of-age", "--done", 1) == {"patient": 1, "done": True}


def test_a_mistaken_accept_is_undone_and_an_ask_again_date_kept(sending_desk: Desk, server: SmtpServer) -> None:
    desk = sending_desk
    invitation, mail = invited(desk, server, "smith")
    plain = mail.message.get_body(("plain",))
    assert plain is not None
    code = CODE.search(plain.get_content())
    assert code is not None
    desk.ask("invitation", invitation, "accept", given=code[0])
    assert counts(desk) == {"accepted": 1}
    (row,) = desk.ask("queues", "accepted")
    assert (row["patient"]["name"], row["invitation"], row["next"]) == ("Smith, Joanna", invitation, "identity")
    (told,) = desk.ask("notifications")
    assert told["kind"] == "accepted"
    assert desk.ask("invitation", invitation, "accept", "--undo")["state"] == "sent"
    assert desk.ask("notifications") == []
    again = desk.run("invitation", invitation, "accept", "--undo")
    assert again.status == 1
    assert one_sentence(again.err)
    assert desk.run("invitation", invitation, "revoke", "--undo").status == 2

    reply(desk, mail, "NO")
    desk.ask("sync")
    assert desk.run("invitation", invitation, "ask-again").status == 2
    assert "2035" not in desk.run("invitation", invitation, "ask-again", "--on", "2035-01-01").out
    assert "Ask again from" in desk.run("invitation", invitation, "ask-again", "--on", "3 months").out
    assert counts(desk) == {"ask-again": 1}
    assert "There is no day" in desk.run("invitation", invitation, "ask-again", "--on", "none").out


def test_notifications_by_kind_archived_and_restored(sending_desk: Desk, server: SmtpServer) -> None:
    desk = sending_desk
    smith, los = (invited(desk, server, query)[1] for query in ("smith", "los"))
    for mail, answer in ((smith, "ACCEPT"), (los, "NO")):
        reply(desk, mail, answer)
        desk.ask("sync")
    assert [row["kind"] for row in desk.ask("notifications")] == ["declined", "accepted"]
    (declined,) = desk.ask("notifications", "--kind", "declined")
    assert desk.ask("notifications", "archive", declined["id"]) == {"archived": 1}
    assert desk.ask("notifications", "archive", declined["id"]) == {"archived": 0}
    (row,) = desk.ask("notifications", "--archived")
    assert row["archived_by"]
    assert [row["kind"] for row in desk.ask("notifications")] == ["accepted"]
    assert desk.ask("notifications", "archive", "--all", "--kind", "bounced") == {"archived": 0}
    assert desk.ask("notifications", "archive", "--all") == {"archived": 1}
    assert len(desk.ask("notifications", "--all")) == 2
    assert desk.ask("notifications", "restore", declined["id"]) == {"restored": 1}
    assert "1 notification archived." in desk.run("notifications", "archive", "--all").out
    for wrong in (("archive",), ("archive", 1, "--all"), ("--all", "--archived"), ("archive", 1, "--kind", "paused")):
        assert desk.run("notifications", *wrong).status == 2
