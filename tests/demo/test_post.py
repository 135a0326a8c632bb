"""The sample practice's mail server and mailboxes: whom mail reaches, and what the reader makes of each answer."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from clinic_tui.demo.post import ANSWERS, LABELS, Answer, Post
from clinic_tui.demo.server import DROPPED_DOMAIN, HOST, REFUSED_DOMAIN, MailServer
from clinic_tui.errors import NotFound
from clinic_tui.mail.reading import read_mail

DESK = "desk@harbourstreet.example"
TOKEN = "abcdefghijklmnopqrstuvwxyz"
TAGGED = f"desk+{TOKEN}@harbourstreet.example"
KINDS: dict[Answer, str] = {
    "accept": "acceptance",
    "decline": "decline",
    "stop": "stop",
    "not_me": "not_me",
    "out_of_office": "auto_reply",
    "question": "reply",
    "yes_please": "reply",
    "bounce": "bounce",
}


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


@pytest.fixture
def server(post: Post) -> Iterator[MailServer]:
    with MailServer(DESK, post.practice, post.patients) as running:
        yield running


def mail_to(address: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Harbour Street Practice <{DESK}>"
    mail["To"] = address
    mail["Reply-To"] = f"Harbour Street Practice <{TAGGED}>"
    mail["Subject"] = "Your invitation from Harbour Street Practice"
    mail["Date"] = "Sun, 22 Nov 2026 09:30:00 +0000"
    mail["Message-ID"] = f"<0123456789abcdef.{TOKEN}@harbourstreet.example>"
    mail.set_content("Hello,\n\n.a line that begins with a dot\nPress Reply, type ACCEPT, and send.\n")
    return mail


def send(server: MailServer, *addresses: str) -> None:
    with smtplib.SMTP(HOST, server.port, timeout=10) as client:
        for address in addresses:
            client.send_message(mail_to(address), TAGGED, [address])


def test_mail_to_patients_is_theirs_and_mail_to_the_desk_the_practices(server: MailServer, post: Post) -> None:
    send(server, "jo@example.com", "DESK@harbourstreet.example", TAGGED, "desk@elsewhere.example", "joel@example.net")
    assert [row.to for row in post.received()] == ["joel@example.net", "desk@elsewhere.example", "jo@example.com"]
    assert len(list((post.practice / "new").iterdir())) == 2
    assert [row.to for row in post.received("JO@example.com")] == ["jo@example.com"]
    assert [row.to for row in post.received(limit=1)] == ["joel@example.net"]


def test_a_message_is_read_as_it_was_written(server: MailServer, post: Post) -> None:
    send(server, "jo@example.com")
    opened = post.open(post.received()[0].id)
    assert ".a line that begins with a dot\n" in opened.text.replace("\r\n", "\n")
    assert opened.received.subject == "Your invitation from Harbour Street Practice"
    with pytest.raises(NotFound):
        post.open("../../etc/passwd")


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_reader_takes_each_answer_for_what_it_is(server: MailServer, post: Post, answer: Answer) -> None:
    send(server, "jo@example.com")
    message = post.received()[0]
    before = post.mark()
    post.answer(message.id, answer)
    (came,) = (post.practice / "new").iterdir()
    reading = read_mail(came.read_bytes())
    assert reading.kind == KINDS[answer]
    assert reading.tokens == (TOKEN,)
    if answer == "bounce":
        assert reading.recipients == ("jo@example.com",)
        assert reading.permanent
    else:
        assert reading.sender == "jo@example.com"
    assert post.received()[0].answers == (answer,)
    assert post.mark() != before
    assert LABELS[answer]


def test_a_second_answer_shows_too(server: MailServer, post: Post) -> None:
    send(server, "jo@example.com")
    post.answer(post.received()[0].id, "question")
    before = post.mark()
    post.answer(post.received()[0].id, "accept")
    assert post.mark() != before
    assert post.received()[0].answers == ("question", "accept")


def test_two_domains_make_trouble(server: MailServer, post: Post) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(server, f"a@{REFUSED_DOMAIN}")
    assert post.received() == []
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server, f"a@{DROPPED_DOMAIN}")
    assert [row.to for row in post.received()] == [f"a@{DROPPED_DOMAIN}"]  # taken all the same: that is the doubt


def test_it_listens_on_loopback_alone_and_only_while_it_is_wanted(post: Post) -> None:
    before = set(threading.enumerate())
    with MailServer(DESK, post.practice, post.patients) as server:
        port = server.port
        with socket.create_connection((HOST, port), timeout=10) as client:
            assert client.recv(4) == b"220 "
    with socket.socket() as client:
        assert client.connect_ex((HOST, port)) != 0
    assert set(threading.enumerate()) == before
