"""`check --send`: real servers take the messages, put them into the mailbox, and say what they think of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from clinic_tui.config_mail import Mailbox
from clinic_tui.errors import ClinicError
from clinic_tui.mail.to_oneself import results, try_out
from tests.mail.post_office import DESK, account, config, deliver, imap_mailbox, maildir
from tests.servers.faults import Fault
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer

JUDGED = (
    b"Authentication-Results: mx.example.org 1;\r\n\tspf=pass (mx.example.org: spf=fail is what we did not say)\r\n"
    b"\t smtp.mailfrom=desk@example.org; dkim=none; dmarc=pass (p=none) header.from=example.org\r\n"
    b"Authentication-Results: elsewhere.example.net; spf=fail; dkim=fail\r\n"
)


def answers(
    folder: Path, box: Mailbox, server: SmtpServer, *, plus_on: bool = True, seconds: float = 5
) -> dict[str, tuple[bool, str]]:
    conf = config("sqlite:///nowhere", folder, account(server), box)
    return {said.name: said[1:] for said in try_out(conf, "Harbour Street", plus_on=plus_on, seconds=seconds)}


@contextmanager
def post(folder: Path, *, plus: bool = True, judged: bytes = b"") -> Iterator[SmtpServer]:
    """A server that puts what it takes into the Maildir; without `plus`, what goes to a plus-address is lost."""

    def into(data: bytes, to: Sequence[str]) -> None:
        if plus or "+" not in to[0]:
            deliver(folder, judged + data)

    with SmtpServer(deliver=into) as server:
        yield server


def test_all_is_well(tmp_path: Path) -> None:
    box = maildir(tmp_path / "mail")
    with post(tmp_path, judged=JUDGED) as server:
        found = answers(tmp_path, box, server)
        assert {name: ok for name, (ok, _) in found.items()} == {"message": True, "plus": True, "judged": True}
        assert found["judged"][1] == "mx.example.org says: dkim none, dmarc pass, spf pass."
        one, two = server.messages
        assert one.recipients == (DESK,)
        assert two.recipients[0].startswith("desk+clinictui")
        assert one.message["Auto-Submitted"] == "auto-generated"


def test_a_mailbox_without_plus_addresses_says_which_setting_to_change(tmp_path: Path) -> None:
    box = maildir(tmp_path / "mail")
    with post(tmp_path, plus=False) as server:
        found = answers(tmp_path, box, server, seconds=0.5)
        assert found["message"][0]
        assert not found["plus"][0]
        assert "clinic-tui settings mail.plus_addresses off" in found["plus"][1]
        assert "nothing of SPF" in found["judged"][1]
        assert answers(tmp_path, box, server, seconds=0.5, plus_on=False)["plus"][0], "off is as it should be"
    with SmtpServer(faults=[Fault("rcpt", "550 5.1.1 unknown", match="+")], deliver=lambda data, to: deliver(
        tmp_path, data)) as server:  # fmt: skip
        assert not answers(tmp_path, box, server)["plus"][0]


def test_what_never_arrives_is_told(tmp_path: Path) -> None:
    with SmtpServer() as server:
        found = answers(tmp_path, maildir(tmp_path / "mail"), server, seconds=0.2)
        assert found["message"] == (False, f"A message to {DESK} did not arrive within 0 s.")
        assert set(found) == {"message", "plus"}
    with SmtpServer(faults=[Fault("rcpt", "550 5.7.1 not for you")]) as server:
        assert "550 5.7.1 not for you" in answers(tmp_path, maildir(tmp_path / "mail"), server, seconds=1)["message"][1]


def test_by_imap_and_out_of_the_junk(tmp_path: Path) -> None:
    with ImapServer() as imap:

        def into(data: bytes, to: Sequence[str]) -> None:
            imap.append(JUDGED.replace(b"spf=pass", b"spf=softfail") + data, "INBOX" if "+" in to[0] else "Junk")

        with SmtpServer(deliver=into) as server:
            found = answers(tmp_path, imap_mailbox(imap, tmp_path), server)
    assert found["plus"][0]
    assert not found["message"][0]
    assert "Junk" in found["message"][1]
    assert not found["judged"][0]
    assert "spf softfail" in found["judged"][1]


def test_without_a_mailbox_nobody_can_look(tmp_path: Path) -> None:
    with SmtpServer() as server, pytest.raises(ClinicError, match="No mailbox"):
        list(try_out(config("sqlite:///nowhere", tmp_path, account(server)), "", plus_on=True))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (b"", ("", {})),
        (b"Authentication-Results: a.example; none\r\n", ("a.example", {})),
        (b'Authentication-Results: a.example; spf=pass reason="; dmarc=fail"\r\n', ("a.example", {"spf": "pass"})),
        (
            b"Authentication-Results: a.example; x-dkim=fail; dkim=fail; DKIM = pass\r\n",
            ("a.example", {"dkim": "pass"}),
        ),
        (
            b"Authentication-Results: a.example; spf=pass\r\nAuthentication-Results: b.example; dmarc=pass\r\n"
            b"Authentication-Results: a.example; dmarc=fail\r\n",
            ("a.example", {"spf": "pass", "dmarc": "fail"}),
        ),
        (b"Authentication-Results: " + b"(" * 100_000 + b"\r\n", None),
    ],
)
def test_only_the_mailboxs_own_server_is_believed(fields: bytes, found: tuple[str, dict[str, str]] | None) -> None:
    said = results(fields + b"From: a@b.example\r\n\r\nHello\r\n")
    assert found is None or said == found
