"""The SMTP server that the tests lean on really works, and really fails when it is told to."""

from __future__ import annotations

import os
import smtplib
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.servers import certificates
from tests.servers.client import PATIENT, SENDER, a_mail, connected
from tests.servers.smtp import Fault, SmtpServer
from tests.servers.smtp_process import Store, smtp_process


def transaction(client: smtplib.SMTP, recipient: str = PATIENT) -> list[tuple[int, bytes]]:
    """The answers to MAIL, RCPT and DATA with body."""
    client.ehlo()
    answers = [client.mail(SENDER), client.rcpt(recipient)]
    if answers[-1][0] == 250:
        try:
            answers.append(client.data(a_mail().as_bytes()))
        except smtplib.SMTPDataError as error:
            answers.append((error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""))
    return answers


def test_a_message_arrives_as_it_was_sent() -> None:
    with SmtpServer() as server, connected(server) as client:
        client.send_message(a_mail())
        [received] = server.wait_for(1)
    assert (received.envelope_from, received.recipients) == (SENDER, (PATIENT,))
    assert received.message["Subject"] == "An invitation"
    assert received.message.get_content() == "Hello\n.a dot\n"
    assert received.data.endswith(b"\r\n.a dot\r\n")
    assert [line.split()[0] for line in server.sessions_log[0]] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


def test_the_null_sender_is_taken() -> None:
    with SmtpServer() as server, connected(server) as client:
        client.sendmail("", [PATIENT], a_mail().as_bytes())
        assert server.messages[0].envelope_from == ""


def test_waiting_for_a_message_that_does_not_come_ends() -> None:
    with SmtpServer() as server, pytest.raises(AssertionError, match="0 came"):
        server.wait_for(1, seconds=0.05)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_and_login(security: str) -> None:
    context = certificates.client_context()
    implicit = security == "tls"
    with SmtpServer(security="tls" if implicit else "starttls", user=SENDER, password="s3cret") as server:
        client = (
            smtplib.SMTP_SSL(server.host, server.port, local_hostname="desk", context=context)
            if implicit
            else connected(server)
        )
        with client:
            if not implicit:
                client.ehlo()
                assert not client.has_extn("auth")
                assert client.mail(SENDER)[0] == 530
                client.starttls(context=context)
            client.ehlo()
            assert client.mail(SENDER)[0] == 530
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                client.login(SENDER, "wrong")
            assert refused.value.smtp_code == 535
            assert server.logins == 0
            client.login(SENDER, "s3cret")
            client.send_message(a_mail())
        [received] = server.messages
        assert (received.login, received.tls, server.logins, server.connections) == (SENDER, True, 1, 1)
        assert "AUTH PLAIN" in server.sessions_log[0]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_strangers_certificate_is_refused_by_the_client(security: str) -> None:
    implicit = security == "tls"
    strange = certificates.stranger().server_context()
    context = certificates.client_context()
    with (
        SmtpServer(security="tls" if implicit else "starttls", context=strange) as server,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        if implicit:
            smtplib.SMTP_SSL(server.host, server.port, local_hostname="desk", context=context)
        with connected(server) as client:
            client.starttls(context=context)


def test_expired_certificates_and_other_hosts_are_refused() -> None:
    authority = certificates.authority()
    for context in (authority.server_context(expired=True), authority.server_context("mail.example.org")):
        with (
            SmtpServer(security="tls", context=context) as server,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            smtplib.SMTP_SSL(server.host, server.port, context=certificates.client_context())


def test_the_authority_file_stands_in_ssl_cert_file() -> None:
    script = "import ssl; print(len(ssl.create_default_context().get_ca_certs()))"
    environment = {**os.environ, "SSL_CERT_FILE": str(certificates.ca_file()), "SSL_CERT_DIR": os.devnull}
    found = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    assert found.stdout.strip() == b"1"


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (Fault("mail", "451 4.3.0 later"), [451, 503]),
        (Fault("rcpt", "550 5.1.1 no such user", match="PAT@"), [250, 550]),
        (Fault("rcpt", "550 5.1.1 no such user", match="dead@"), [250, 250, 250]),
        (Fault("data", "451 4.3.0 later"), [250, 250, 451]),
        (Fault("body", "554 5.7.1 refused"), [250, 250, 554]),
    ],
)
def test_faults_that_answer(fault: Fault, codes: list[int]) -> None:
    with SmtpServer(faults=[fault]) as server, connected(server) as client:
        assert [code for code, _ in transaction(client)] == codes
        assert len(server.messages) == (codes[-1] == 250)


def test_a_fault_at_connect_ehlo_and_auth() -> None:
    with SmtpServer(faults=[Fault("connect", "421 4.3.2 away", times=1)]) as server:
        with pytest.raises(smtplib.SMTPConnectError):
            connected(server)
        server.faults.add(Fault("ehlo", "554 5.3.0 not you", times=1))
        with connected(server) as client:
            assert client.ehlo()[0] == 554
            assert client.ehlo()[0] == 250
    faults = [Fault("auth", "454 4.7.0 later", times=2)]  # one for each mechanism that the client tries
    with SmtpServer(user="u", password="p", faults=faults) as server, connected(server) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as later:
            client.login("u", "p")
        assert later.value.smtp_code == 454
        assert client.login("u", "p")[0] == 235


def test_a_421_closes_the_connection() -> None:
    with SmtpServer(faults=[Fault("rcpt", "421 4.3.2 going down", times=1)]) as server:
        client = connected(server)
        assert transaction(client)[-1][0] == 421
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()
        with connected(server) as client:
            assert transaction(client)[-1][0] == 250


@pytest.mark.parametrize("phase", ["connect", "ehlo", "mail", "rcpt", "data", "body", "accepted"])
def test_a_dropped_connection_at_each_phase(phase: str) -> None:
    fault = Fault(phase, action="drop")  # type: ignore[arg-type]
    with SmtpServer(faults=[fault]) as server:
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            transaction(connected(server))
        assert len(server.messages) == (phase == "accepted")


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
@pytest.mark.parametrize(
    ("fault", "stored"),
    [
        (Fault("body", action="accept_and_drop"), 1),
        (Fault("body", action="drop"), 0),
        (Fault("accepted", "25", action="half"), 1),
        (Fault("accepted", action="stall"), 1),
        (Fault("body", action="stall"), 0),
    ],
)
def test_a_lost_final_answer(security: str, fault: Fault, stored: int) -> None:
    context = certificates.client_context()
    with SmtpServer(security=security, faults=[fault]) as server:  # type: ignore[arg-type]
        client: smtplib.SMTP
        if security == "tls":
            client = smtplib.SMTP_SSL(server.host, server.port, context=context, timeout=0.3)
        else:
            client = connected(server, timeout=0.3)
        if security == "starttls":
            client.starttls(context=context)
        if fault.action == "half":
            assert transaction(client)[-1][0] not in range(200, 300)
        else:
            with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
                transaction(client)
        assert len(server.messages) == stored
        client.close()


def test_faults_after_every_and_times() -> None:
    fault = Fault("rcpt", "450 4.2.1 busy", after=1, every=2, times=2)
    with SmtpServer(faults=[fault]) as server, connected(server) as client:
        client.ehlo()
        client.mail(SENDER)
        codes = [client.rcpt(f"p{number}@example.net")[0] for number in range(8)]
        assert codes == [250, 250, 450, 250, 450, 250, 250, 250]
        server.faults.clear()
        assert client.data(a_mail().as_bytes())[0] == 250
        assert len(server.messages[0].recipients) == 6


def test_many_clients_at_once_lose_nothing() -> None:
    def send(server: SmtpServer, number: int) -> None:
        with connected(server) as client:
            for turn in range(10):
                client.sendmail(SENDER, [f"p{number}-{turn}@example.net"], a_mail().as_bytes())

    with SmtpServer(latency=0.001) as server:
        threads = [threading.Thread(target=send, args=(server, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({received.recipients for received in server.wait_for(80)}) == 80


def test_stopping_cuts_whoever_is_connected() -> None:
    with SmtpServer() as server:
        client = connected(server)
        server.drop_clients()
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            client.noop()
        client = connected(server)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.noop()


def test_the_smtp_server_in_a_process_of_its_own(tmp_path: Path) -> None:
    pem = certificates.authority().server_file()
    assert pem.stat().st_mode & 0o777 == 0o600
    arguments = ["--security", "tls", "--certificate", str(pem), "--user", "u", "--password", "p"]
    fault = '{"phase": "accepted", "action": "drop", "after": 1}'
    with smtp_process(tmp_path / "store", *arguments, "--fault", fault) as port:
        context = certificates.client_context()
        with smtplib.SMTP_SSL("127.0.0.1", port, context=context, timeout=10) as client:
            client.login("u", "p")
            client.send_message(a_mail("one\n"))
            with pytest.raises(smtplib.SMTPServerDisconnected):
                client.send_message(a_mail("two\n"))
    stored = Store(tmp_path / "store").messages()
    assert [recipients for recipients, _ in stored] == [(PATIENT,), (PATIENT,)]
    assert [b"one" in stored[0][1], b"two" in stored[1][1]] == [True, True]
