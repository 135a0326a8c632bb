"""OAuth 2: tokens by a command, shown to real servers; a refused one is fetched anew once, then told in a sentence."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_tui import outbox
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.config_mail import Smtp
from clinic_tui.errors import ConfigError, MailError
from clinic_tui.mail import passwords, sync
from clinic_tui.mail.imap import ImapMailbox
from clinic_tui.mail.sender import Sender
from clinic_tui.mail.smtp import LoginRefused, connect
from tests.mail.post_office import DESK, PATIENT, a_mail, account, imap_mailbox, invite, message_states
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer

TOKEN = "ya29.a-token_of~ours"


class Tool:
    """Stands for oama and its like: prints the token in its file, and counts how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self._token, self._asked = folder / "token", folder / "asked"
        # A command of its own: tokens are kept by it, and a test's folder may have had the same name before.
        self.command = ("sh", "-c", f": {uuid.uuid4()}; echo >> {self._asked}; cat {self._token}")
        self.renew(TOKEN)

    def renew(self, token: str) -> None:
        self._token.write_text(f"{token}\n")

    @property
    def asked(self) -> int:
        return len(self._asked.read_text()) if self._asked.exists() else 0


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    return Tool(tmp_path)


@pytest.fixture(params=["XOAUTH2", "OAUTHBEARER"])
def server(request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    with SmtpServer(user=DESK, mechanisms=("PLAIN", request.param), tokens={TOKEN}) as running:
        yield running


def ours(server: SmtpServer, tool: Tool) -> Smtp:
    return account(server, user=DESK, token_command=tool.command)


def deliver(where: Smtp) -> str:
    with closing(Sender(where)) as sender:
        return sender.deliver(DESK, PATIENT, a_mail(), lambda: True).fate


def test_a_token_logs_in_and_is_kept_for_the_next_connection(server: SmtpServer, tool: Tool) -> None:
    assert [deliver(ours(server, tool)) for _ in range(3)] == ["sent"] * 3
    assert (server.logins, tool.asked) == (3, 1)
    assert server.messages[0].login == DESK


def test_a_kept_token_that_has_run_out_is_fetched_anew_once(server: SmtpServer, tool: Tool) -> None:
    assert deliver(ours(server, tool)) == "sent"
    server.tokens.clear()
    server.tokens.add("ya29.the-next")
    tool.renew("ya29.the-next")
    assert deliver(ours(server, tool)) == "sent"
    assert tool.asked == 2


def test_a_new_token_that_is_refused_is_a_sentence_with_the_servers_reason(server: SmtpServer, tool: Tool) -> None:
    server.tokens.clear()
    with pytest.raises(LoginRefused) as refused:
        connect(ours(server, tool))
    said = str(refused.value)
    assert "refuses the token: 535 5.7.8 Username and Password not accepted; status 400" in said
    assert "token_command" in said
    assert TOKEN not in said
    assert tool.asked == 1, "what was fetched just now is not fetched again"
    assert server.connections == 1


def test_a_refused_token_pauses_the_queue_and_fails_no_message(open_practice: Viewer, conf: Config, tool: Tool) -> None:
    with SmtpServer(user=DESK, mechanisms=("XOAUTH2",)) as server:
        invite(open_practice, 2)
        counts = sync.run_once(replace(conf, smtp=ours(server, tool)), senders=2)
        assert "refuses the token" in counts.troubles[0]
        assert "refuses the token" in str(outbox.paused_reason())
        assert message_states() == ["queued", "queued"]
        server.tokens.add(TOKEN)
        outbox.resume(open_practice)
        assert sync.run_once(replace(conf, smtp=ours(server, tool)), senders=2).sent == 2


def test_a_server_without_token_logins_says_so(tool: Tool) -> None:
    with SmtpServer(user=DESK, password="x") as server, pytest.raises(LoginRefused, match="takes no token"):
        connect(ours(server, tool))


def test_the_mailbox_takes_tokens_too(tool: Tool, tmp_path: Path) -> None:
    with ImapServer(tokens={TOKEN}) as imap:
        section = replace(imap_mailbox(imap, tmp_path), password_file=None, token_command=tool.command)
        for _ in range(2):
            with closing(ImapMailbox(section)) as mailbox:
                assert mailbox.check() == ["INBOX", "Junk"]
        assert tool.asked == 1
        assert imap.tokens is not None
        imap.tokens.clear()
        with closing(ImapMailbox(section)) as mailbox, pytest.raises(MailError) as refused:
            mailbox.check()
        assert "refuses the token" in str(refused.value)
        assert "status 400" in str(refused.value)
        assert TOKEN not in str(refused.value)
        assert tool.asked == 2
    with ImapServer() as imap, pytest.raises(MailError, match="takes no token"):
        ImapMailbox(replace(section, port=imap.port)).check()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("sh", "-c", "exit 3"), "token command sh ended with status 3"),
        (("sh", "-c", "echo"), "begins with no token"),
        (("sh", "-c", 'echo \'{"access_token": "s3cret"}\''), "no token"),
        (("/nowhere/oama",), "token command /nowhere/oama cannot be run"),
    ],
)
def test_a_command_that_prints_no_token_is_told_without_what_it_printed(command: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        passwords.tokens.get(command)
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_command_that_hangs_ends_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(passwords, "COMMAND_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(ConfigError, match="did not end within"):
        passwords.tokens.get(("sh", "-c", f"sleep 300 & echo $! > {tmp_path}/child; echo s3cret; wait"))
    assert time.monotonic() - began < 100
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 60
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc").exists()
