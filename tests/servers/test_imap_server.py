"""The IMAP server that the tests lean on really works."""

from __future__ import annotations

import imapclient
import pytest

from tests.servers import certificates
from tests.servers.client import a_mail, connected
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_mailbox(security: str) -> None:
    context = certificates.client_context()
    implicit = security == "tls"
    with ImapServer(security=security) as server:  # type: ignore[arg-type]
        uid = server.append(a_mail("ACCEPT\n").as_bytes(), flags=["\\Flagged"])
        with imapclient.IMAPClient(
            server.host, server.port, ssl=implicit, ssl_context=context if implicit else None, timeout=10
        ) as client:
            if security == "starttls":
                client.starttls(context)
            with pytest.raises(imapclient.exceptions.LoginError):
                client.login(server.user, "wrong")
            client.login(server.user, server.password)
            assert {name for _, _, name in client.list_folders()} == {"INBOX", "Sent", "Junk"}
            assert client.select_folder("INBOX")[b"UIDVALIDITY"] == server.uidvalidity()
            assert client.search(["SUBJECT", "invitation"]) == [uid]
            fetched = client.fetch([uid], ["BODY.PEEK[]", "FLAGS"])[uid]
            assert fetched[b"BODY[]"] == server.messages()[0].data
            assert b"\\Flagged" in fetched[b"FLAGS"]
            client.move([uid], "Junk")
            client.append("Sent", a_mail().as_bytes())
            assert client.search() == []
            later = server.append(a_mail("NO\n").as_bytes())
            client.noop()
            assert client.search(["UID", f"{later}:*"]) == [later]
        assert [b"ACCEPT" in stored.data for stored in server.messages("Junk")] == [True]
        assert len(server.wait_for(1, "Sent")) == 1


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
def test_a_rebuilt_mailbox_has_the_same_mail_under_another_uidvalidity(folder: str) -> None:
    with ImapServer() as server, imapclient.IMAPClient(server.host, server.port, ssl=False) as client:
        client.login(server.user, server.password)
        gone, *_ = (server.append(a_mail(f"{number}\n").as_bytes(), folder) for number in range(3))
        before = client.select_folder(folder)[b"UIDVALIDITY"]
        client.delete_messages([gone])
        client.expunge()
        client.unselect_folder() if client.has_capability("UNSELECT") else client.close_folder()
        kept = server.messages(folder)
        after = server.reset_uidvalidity(folder)
        assert client.select_folder(folder)[b"UIDVALIDITY"] == after != before
        assert [stored.data for stored in server.messages(folder)] == [stored.data for stored in kept]
        assert client.search() == [stored.uid for stored in server.messages(folder)]
        assert server.messages(folder)[0].uid == gone


def test_a_silent_mailbox_meets_the_clients_time_out() -> None:
    with ImapServer() as server:
        server.silent = True
        with pytest.raises(TimeoutError):
            imapclient.IMAPClient(server.host, server.port, ssl=False, timeout=0.2)
        server.silent = False
        client = imapclient.IMAPClient(server.host, server.port, ssl=False, timeout=10)
        client.login(server.user, server.password)
        server.drop_clients()
        with pytest.raises((imapclient.exceptions.IMAPClientAbortError, OSError)):
            client.noop()
        client.shutdown()
        assert server.connections == 2


def test_mail_taken_by_smtp_is_delivered_into_the_mailbox() -> None:
    with (
        ImapServer() as mailbox,
        SmtpServer(deliver=lambda data, recipients: void(mailbox.append(data))) as server,
        connected(server) as client,
    ):
        client.send_message(a_mail())
        assert mailbox.messages()[0].data == server.messages[0].data


def void(_: object) -> None:
    """Drops what a callback must not hand back."""
