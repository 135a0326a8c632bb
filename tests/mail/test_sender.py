"""Sending through a real SMTP server that does wrong what it is told to: each fault has one outcome."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from clinic_tui.config_mail import Security, Smtp
from clinic_tui.errors import ConfigError, MailAway, MailError
from clinic_tui.mail.sender import Sender
from clinic_tui.mail.smtp import LoginRefused, connect
from clinic_tui.mail.wire import on_the_wire
from tests.mail.post_office import DESK, PATIENT, a_mail, account, secret
from tests.servers import certificates
from tests.servers.faults import Action, Fault, Phase
from tests.servers.smtp import SmtpServer


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file()))


@pytest.fixture(params=[False, True], ids=["one by one", "in groups"])
def groups(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def either(groups: bool) -> Iterator[SmtpServer]:
    """A server that takes commands in groups, or does not."""
    with SmtpServer(groups=groups) as running:
        yield running


class Marks:
    """Stands for the outbox: counts how often a body was about to go."""

    def __init__(self, allowed: bool = True) -> None:
        self.allowed = allowed
        self.count = 0

    def __call__(self) -> bool:
        self.count += 1
        return self.allowed


def deliver(server: SmtpServer, marks: Marks | None = None, timeout: int = 10) -> tuple[str, str]:
    with closing(Sender(account(server, timeout=timeout))) as sender:
        return sender.deliver(DESK, PATIENT, a_mail(), marks or Marks())


def test_the_message_arrives_as_it_was_made(server: SmtpServer) -> None:
    marks = Marks()
    fate, answer = deliver(server, marks)
    assert (fate, answer, marks.count) == ("sent", "250 2.0.0 Ok: queued", 1)
    [message] = server.messages
    assert (message.envelope_from, message.recipients) == (DESK, (PATIENT,))
    assert message.message.get_content() == "Hello\n.a dot\n"
    assert message.message["Message-ID"] == "<1@example.org>"


def test_one_connection_and_one_login_carry_many_messages(tmp_path: Path) -> None:
    with SmtpServer(user=DESK, password="a password") as server:
        server_account = account(server, user=DESK, password_file=secret(tmp_path, "a password"))
        with closing(Sender(server_account)) as sender:
            fates = [sender.deliver(DESK, PATIENT, a_mail(), Marks()).fate for _ in range(5)]
        assert fates == ["sent"] * 5
        assert (len(server.messages), server.connections, server.logins) == (5, 1, 1)


@pytest.mark.parametrize(
    ("phase", "reply", "fate", "marked"),
    [
        ("mail", "451 4.3.0 Try later", "deferred", 0),
        ("mail", "421 4.3.2 Closing", "closing", 0),
        ("mail", "454 4.7.0 Temporary authentication failure", "paused", 0),
        ("mail", "530 5.7.0 Authentication required", "paused", 0),
        ("mail", "550 5.7.1 You may not send", "paused", 0),
        ("rcpt", "450 4.2.0 Greylisted", "deferred", 0),
        ("rcpt", "421 4.7.0 Too many", "closing", 0),
        ("rcpt", "550 5.1.1 No such user", "failed", 0),
        ("data", "451 4.3.0 Not now", "deferred", 0),
        ("data", "554 5.5.1 No", "failed", 0),
        ("body", "452 4.2.2 Full", "deferred", 1),
        ("body", "421 4.3.2 Closing", "closing", 1),
        ("body", "554 5.6.0 Spam", "failed", 1),
    ],
)
def test_a_refusal_means_what_its_phase_and_code_say(
    either: SmtpServer, phase: Phase, reply: str, fate: str, marked: int
) -> None:
    either.faults.add(Fault(phase, reply, times=1))
    marks = Marks()
    with closing(Sender(account(either))) as sender:
        assert sender.deliver(DESK, PATIENT, a_mail(), marks) == (fate, reply)
        assert marks.count == marked
        assert either.messages == []
        assert sender.deliver(DESK, "next@example.net", a_mail(), marks).fate == "sent", "the line is in order"
    assert [message.recipients for message in either.messages] == [("next@example.net",)]
    assert either.connections == 1 or fate not in ("deferred", "failed")


@pytest.mark.parametrize(
    ("phase", "reply"),
    [
        ("rcpt", "553 5.7.1 <desk@example.org>: Sender address rejected: not owned by user desk"),
        ("rcpt", "554 5.7.1 <clinic[192.0.2.7]>: Client host rejected: Access denied"),
        ("rcpt", "554 5.7.1 <pat@example.net>: Relay access denied"),
        ("rcpt", "454 4.7.1 <pat@example.net>: Relay access denied"),
        ("rcpt", "550 5.7.1 <pat@example.net>... Relaying denied"),
        ("rcpt", "550 relay not permitted, authentication required"),
        ("rcpt", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
        ("rcpt", "550-5.4.5 Daily user sending limit exceeded. For more information\r\n550 5.4.5 go to example.com"),
        ("rcpt", "550 5.1.8 Access denied, bad outbound sender AS(42004)"),
        ("body", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        ("body", "554 5.2.252 SendAsDenied; desk@example.org not allowed to send as other@example.org"),
    ],
)
def test_a_refusal_of_us_is_no_fault_of_the_patients(server: SmtpServer, phase: Phase, reply: str) -> None:
    server.faults.add(Fault(phase, reply))
    fate, answer = deliver(server)
    assert fate == "paused"
    assert PATIENT not in answer


def test_what_another_server_said_of_us_is_about_one_patient(server: SmtpServer) -> None:
    said = f"550 5.1.1 <{PATIENT}>: Recipient address rejected: undeliverable: host mx said: 554 Relay access denied"
    server.faults.add(Fault("rcpt", said))
    assert deliver(server) == ("failed", said)


@pytest.mark.parametrize("action", ["drop", "half", "stall", "drip"])
@pytest.mark.parametrize(
    ("phase", "fate", "arrived"),
    [
        ("mail", "deferred", 0),
        ("rcpt", "deferred", 0),
        ("data", "deferred", 0),
        ("body", "unconfirmed", 0),
        ("accepted", "unconfirmed", 1),
    ],
)
def test_a_lost_answer_means_later_before_the_body_and_doubt_after_it(
    server: SmtpServer, phase: Phase, action: Action, fate: str, arrived: int
) -> None:
    server.faults.add(Fault(phase, action=action, reply="250 2.0.0 Ok: queued"))
    marks = Marks()
    assert deliver(server, marks, timeout=1)[0] == fate
    assert marks.count == (fate == "unconfirmed")
    assert len(server.messages) == arrived
    assert server.connections == 1


@pytest.mark.parametrize("action", ["drop", "half"])
@pytest.mark.parametrize(
    ("phase", "fate"),
    [("mail", "deferred"), ("rcpt", "deferred"), ("data", "deferred"), ("accepted", "unconfirmed")],
)
def test_a_lost_answer_in_a_group_means_the_same(phase: Phase, action: Action, fate: str) -> None:
    with SmtpServer(groups=True, faults=[Fault(phase, action=action, reply="250 2.0.0 Ok: queued")]) as server:
        marks = Marks()
        assert deliver(server, marks)[0] == fate
        assert marks.count == len(server.messages) == (fate == "unconfirmed")
        assert server.connections == 1


FIRST, SECOND, THIRD = (f"{name}@example.net" for name in ("first", "second", "third"))


@pytest.mark.parametrize(
    ("fault", "fates", "connections"),
    [
        (None, ("sent", "sent", "sent"), 1),
        (Fault("rcpt", "550 5.1.1 No such user", match=SECOND), ("sent", "failed", "sent"), 1),
        (Fault("data", "451 4.3.0 Not now", match=SECOND), ("sent", "deferred", "sent"), 1),
        (Fault("mail", "421 4.3.2 Closing", after=1, times=1), ("sent", "closing", "sent"), 2),
        (Fault("mail", "454 4.7.0 Log in again", after=1, times=1), ("sent", "paused", "sent"), 2),
        (Fault("body", "554 5.6.0 Spam", match=FIRST), ("failed", "sent", "sent"), 1),
        (Fault("body", "454 4.7.0 Log in again", match=FIRST), ("paused", "sent", "sent"), 2),
        (Fault("accepted", action="drop", match=FIRST), ("unconfirmed", "sent", "sent"), 2),
        (Fault("body", action="half", match=FIRST), ("unconfirmed", "sent", "sent"), 2),
        (Fault("mail", action="drop", after=1, times=1), ("sent", "sent", "sent"), 2),
        (Fault("rcpt", action="drop", match=SECOND), ("sent", "deferred", "sent"), 2),
        (Fault("accepted", action="drop", match=SECOND), ("sent", "unconfirmed", "sent"), 2),
    ],
    ids=lambda value: f"{value.phase} {value.action or value.reply}" if isinstance(value, Fault) else "",
)
def test_what_is_said_ahead_changes_no_outcome(fault: Fault | None, fates: tuple[str, ...], connections: int) -> None:
    mails = [(DESK, to, a_mail(to)) for to in (FIRST, SECOND, THIRD)]
    with SmtpServer(groups=True, faults=[fault] if fault else []) as server:
        with closing(Sender(account(server))) as sender:
            waiting = iter([*mails[1:], None])
            met = [sender.deliver(*mail, Marks(), lambda: next(waiting)).fate for mail in mails]
        assert tuple(met) == fates
        assert server.connections == connections
        stored = [to for to, fate in zip((FIRST, SECOND, THIRD), fates, strict=True) if fate == "sent"]
        doubted = {one.recipients[0] for one in server.messages} - set(stored)
        assert [one.recipients[0] for one in server.messages if one.recipients[0] in stored] == stored
        assert doubted <= {to for to, fate in zip((FIRST, SECOND, THIRD), fates, strict=True) if fate == "unconfirmed"}


def test_what_was_said_ahead_is_nobodys_when_no_body_follows() -> None:
    with SmtpServer(groups=True) as server:
        with closing(Sender(account(server))) as sender:
            assert sender.deliver(DESK, FIRST, a_mail(FIRST), Marks(), lambda: (DESK, SECOND, a_mail())).fate == "sent"
            assert sender.deliver(DESK, THIRD, a_mail(THIRD), Marks(), lambda: (DESK, SECOND, a_mail())).fate == "sent"
        assert [one.recipients for one in server.messages] == [(FIRST,), (THIRD,)]
        assert server.connections == 2


@contextmanager
def a_server_that_says(**answers: str) -> Iterator[tuple[Smtp, list[str]]]:
    """One that answers each line by its first word, whatever came before it; and the lines that it heard."""
    heard: list[str] = []

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 mail.test\r\n")
            for line in self.rfile:
                heard.append(line.decode().strip())
                words = heard[-1].split()
                known = {"EHLO": "250-mail.test\r\n250 PIPELINING", ".": "554 5.5.1 No valid recipients"}
                answer = (known | answers).get(words[0].upper(), "250 2.0.0 Ok")
                self.wfile.write(f"{answer}\r\n".encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Conversation) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Smtp("127.0.0.1", server.server_address[1], "none", DESK, timeout=10), heard
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_wants_a_body_for_nobody_gets_a_dot_alone() -> None:
    with a_server_that_says(RCPT="550 5.1.1 No such user", DATA="354 Go on") as (to, heard):
        with closing(Sender(to)) as sender:
            assert sender.deliver(DESK, PATIENT, a_mail(), Marks()) == ("failed", "550 5.1.1 No such user")
        assert [line.split()[0] for line in heard[1:]] == ["MAIL", "RCPT", "DATA", ".", "RSET", "QUIT"]


def test_a_body_that_might_go_to_somebody_is_not_even_a_dot() -> None:
    with a_server_that_says(MAIL="550 5.7.1 Not you", DATA="354 Go on") as (to, heard):
        with closing(Sender(to)) as sender:
            assert sender.deliver(DESK, PATIENT, a_mail(), Marks()) == ("paused", "550 5.7.1 Not you")
        assert [line.split()[0] for line in heard[1:]] == ["MAIL", "RCPT", "DATA"]


def test_a_claim_that_was_lost_sends_no_body(either: SmtpServer) -> None:
    with closing(Sender(account(either))) as sender:
        assert sender.deliver(DESK, PATIENT, a_mail(), Marks(allowed=False)).fate == "abandoned"
        assert sender.deliver(DESK, PATIENT, a_mail(), Marks()).fate == "sent"
    assert len(either.messages) == 1


def test_an_idle_connection_that_the_server_closed_is_opened_again(either: SmtpServer) -> None:
    with closing(Sender(account(either))) as sender:
        assert sender.deliver(DESK, PATIENT, a_mail(), Marks()).fate == "sent"
        either.drop_clients()
        marks = Marks()
        assert sender.deliver(DESK, PATIENT, a_mail(), marks).fate == "sent"
    assert (marks.count, len(either.messages), either.connections) == (1, 2, 2)


def test_one_refused_recipient_does_not_harm_the_next(server: SmtpServer) -> None:
    server.faults.add(Fault("rcpt", "550 5.1.1 No such user", match="nobody"))
    with closing(Sender(account(server))) as sender:
        assert sender.deliver(DESK, "nobody@example.net", a_mail(), Marks()).fate == "failed"
        assert sender.deliver(DESK, PATIENT, a_mail(), Marks()).fate == "sent"
    assert server.connections == 1


def test_an_answer_is_kept_as_one_clean_short_line(server: SmtpServer) -> None:
    server.faults.add(Fault("rcpt", "550 5.1.1 \x1b[2Jgone " + "x" * 400))
    fate, answer = deliver(server)
    assert fate == "failed"
    assert len(answer) <= 200
    assert "\x1b" not in answer


def test_a_login_that_is_refused_says_so_and_sends_nothing(tmp_path: Path) -> None:
    with SmtpServer(user=DESK, password="right") as server:
        wrong = account(server, user=DESK, password_file=secret(tmp_path, "wrong"))
        with closing(Sender(wrong)) as sender, pytest.raises(LoginRefused, match="refuses the login") as refused:
            sender.deliver(DESK, PATIENT, a_mail(), Marks())
        assert "wrong" not in str(refused.value)
        assert server.messages == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("auth", "454 4.7.0 Temporary authentication failure"), LoginRefused),
        (Fault("auth", "535 5.7.8 Bad"), LoginRefused),
        (Fault("auth", "421 4.7.0 Too many"), MailAway),
        (Fault("connect", "554 5.7.1 Not you"), LoginRefused),
        (Fault("connect", "421 4.3.2 Later"), MailAway),
        (Fault("connect", action="drop"), MailAway),
        (Fault("auth", action="drop"), MailAway),
        (Fault("connect", action="stall"), MailAway),
        (Fault("connect", action="drip"), MailAway),
        (Fault("ehlo", action="half"), MailAway),
        (Fault("auth", action="drip"), MailAway),
    ],
)
def test_getting_in_fails_in_words(tmp_path: Path, fault: Fault, kind: type[MailError]) -> None:
    with SmtpServer(user=DESK, password="right", faults=[fault]) as server:
        known = account(server, user=DESK, password_file=secret(tmp_path, "right"), timeout=1)
        with pytest.raises(MailError) as refused:
            connect(known)
        assert type(refused.value) is kind
        assert "right" not in str(refused.value)


def test_a_server_that_is_away_is_said_to_be() -> None:
    with SmtpServer() as server:
        gone = account(server)
    with pytest.raises(MailError, match="cannot be reached"):
        connect(gone)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_used_and_verified(security: Security, trusted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpServer(security=security) as server:
        with closing(Sender(account(server, security=security))) as sender:
            assert sender.deliver(DESK, PATIENT, a_mail(), Marks()).fate == "sent"
        assert server.messages[0].tls
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.stranger().ca_file))
        with pytest.raises(MailError, match="certificate"):
            connect(account(server, security=security))
        assert len(server.messages) == 1


def test_starttls_that_is_not_offered_ends_the_conversation(server: SmtpServer) -> None:
    with pytest.raises(MailError, match="no STARTTLS"):
        connect(account(server, security="starttls"))


def test_plain_text_never_leaves_the_machine() -> None:
    with pytest.raises(MailError, match="plain text"):
        connect(Smtp("mail.example.org", 25, "none", DESK))


def test_a_password_file_open_to_others_is_not_read(tmp_path: Path, server: SmtpServer) -> None:
    path = secret(tmp_path, "pw")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="open to others"):
        connect(account(server, user=DESK, password_file=path))


def test_a_password_comes_from_a_command(server: SmtpServer) -> None:
    command = ("printf", "from a command\\nsecond line\\n")
    with SmtpServer(user="desk", password="from a command") as asking:
        connect(Smtp(asking.host, asking.port, "none", DESK, "desk", command)).quit()
        assert asking.logins == 1
    with pytest.raises(ConfigError, match="status 1"):
        connect(Smtp(server.host, server.port, "none", DESK, "desk", ("false",)))


def test_an_address_beyond_ascii_goes_as_smtputf8_or_not_at_all() -> None:
    with SmtpServer() as server, closing(Sender(account(server))) as sender:
        assert sender.deliver(DESK, "josé@example.net", a_mail("josé@example.net"), Marks()).fate == "sent"
        assert sender.deliver(DESK, "jo@bücher.example", a_mail("jo@bücher.example"), Marks()).fate == "sent"
        assert [message.recipients for message in server.messages] == [
            ("josé@example.net",), ("jo@xn--bcher-kva.example",)
        ]  # fmt: skip
        assert server.messages[1].message["To"] == "jo@xn--bcher-kva.example"
    with SmtpServer(smtputf8=False) as server, closing(Sender(account(server))) as sender:
        fate, answer = sender.deliver(DESK, "josé@example.net", a_mail("josé@example.net"), Marks())
        assert fate == "failed"
        assert "SMTPUTF8" in answer


@pytest.mark.parametrize("address", ["a b@example.net", "a@example.net>\r\nRCPT TO:<b@example.net", "<a@example.net>"])
def test_an_address_cannot_bend_the_conversation(server: SmtpServer, address: str) -> None:
    with closing(Sender(account(server))) as sender:
        assert sender.deliver(DESK, address, a_mail(), Marks()).fate == "failed"
    assert not any("b@example.net" in command for log in server.sessions_log for command in log)


def test_no_line_end_of_a_body_ends_the_message_early() -> None:
    mail = a_mail()
    mail.set_payload("one\n.\nMAIL FROM:<x@example.net>\r.\r\n.\rtwo")
    wire = on_the_wire(mail)
    assert wire.endswith(b"\r\n.\r\n")
    assert wire.count(b"\r\n.\r\n") == 1
    assert wire.replace(b"\r\n", b"").count(b"\r") == wire.replace(b"\r\n", b"").count(b"\n") == 0
