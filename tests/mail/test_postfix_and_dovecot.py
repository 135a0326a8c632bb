"""From a key in the app through Postfix to a server that refuses, and back by Postfix, Dovecot and IMAP to the screen.

No report and no answer of theirs is written here: they say what they say on a practice's own server.
"""

from __future__ import annotations

import asyncio
import os
import re
import smtplib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui import clock, outbox
from clinic_tui.access import Viewer
from clinic_tui.config import Config, load
from clinic_tui.db.connection import session
from clinic_tui.db.models.post import Invitation, Reply
from clinic_tui.invitations import inviting
from clinic_tui.mail import sync
from screens.app import ClinicApp
from tests.conftest import NOW
from tests.mail import post_office
from tests.mail.post_office import DESK, reply_to, secret
from tests.screens import people
from tests.screens.conftest import DARK, SECONDS, settle, shown
from tests.servers import certificates
from tests.servers.dovecot import DOVECOT, Dovecot, dovecot
from tests.servers.faults import Fault
from tests.servers.postfix import POSTFIX, Postfix, postfix
from tests.servers.smtp import SmtpServer
from tests.test_story_in_the_app import keys, work_the_post

pytestmark = [
    pytest.mark.skipif(
        not (POSTFIX and DOVECOT), reason="Postfix and Dovecot (with IMAP and LMTP) are not installed here"
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may start Postfix"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

JOHN, GRETA, JOANNA = "john@example.com", "greta@example.com", "joanna@example.com"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short name that the servers' own users may enter; pytest's is for one user alone."""
    with tempfile.TemporaryDirectory(prefix="clinic-tui-post-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def remote() -> Iterator[SmtpServer]:
    """The mail server of all patients."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def mailbox(home: Path) -> Iterator[Dovecot]:
    with dovecot(home / "dovecot", DESK) as server:
        yield server


@pytest.fixture
def post(home: Path, mailbox: Dovecot, remote: SmtpServer) -> Iterator[Postfix]:
    with postfix(home / "postfix", mailbox, remote.port) as server:
        yield server


@pytest.fixture
def conf(
    open_practice: Viewer, database_url: str, tmp_path: Path, mailbox: Dovecot, post: Postfix,
    monkeypatch: pytest.MonkeyPatch,
) -> Config:  # fmt: skip
    """What a practice with such servers writes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file()))
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.write_text(
        f"""database = "{database_url}"
        [smtp]
        host = "{post.host}"
        port = {post.submission}
        user = "{DESK}"
        password_file = "{secret(tmp_path, mailbox.password)}"
        [mailbox]
        url = "imaps://{DESK}@{mailbox.host}:{mailbox.port}/INBOX"
        afterwards = "move"
        """
    )
    return load(path)


def state(email: str) -> str | None:
    """Of the invitation to this address."""
    with session():
        row = Invitation.get_or_none(Invitation.email == email)
    return None if row is None else str(row.state)


def came_back(email: str) -> list[tuple[str, str]]:
    """What was read about the invitation to this address: kind and outcome."""
    with session():
        rows = Reply.select().join(Invitation).where(Invitation.email == email)
        return [(row.kind, row.outcome) for row in rows]


async def until(pilot: Pilot[int], conf: Config, holds: Callable[[], bool]) -> None:
    """Work the post, as the background process does, until it has brought what is waited for."""
    counts = None
    try:
        async with asyncio.timeout(SECONDS):
            while not holds():
                counts = await work_the_post(pilot, conf)
    except TimeoutError:
        raise AssertionError(f"waited in vain; the last pass: {counts}; on the screen: {shown(pilot)}") from None


def delivered_again(post: Postfix, remote: SmtpServer) -> None:
    """Postfix has delivered what the remote server had put off: a second message."""

    def came() -> bool:
        post.flush()
        return len(remote.messages) > 1

    post_office.until(came)


async def test_what_they_refuse_defer_and_answer_is_on_the_screen(
    open_practice: Viewer, conf: Config, post: Postfix, remote: SmtpServer, mailbox: Dovecot
) -> None:
    remote.faults.add(Fault("rcpt", f"550 5.1.1 <{JOHN}>: Recipient address rejected: User unknown", match=JOHN))
    remote.faults.add(Fault("rcpt", "451 4.7.1 Greylisted, please try again later", match=GRETA))
    people.patient("1", "John", "Smyth", email=None)
    for number, given, family, email in (("2", "Greta", "Stone", GRETA), ("3", "Joanna", "Smith", JOANNA)):
        inviting.invite(open_practice, people.patient(number, given, family, email=email), hold=0)
    app = ClinicApp(conf, look=DARK, poll_seconds=None)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await keys(pilot, "smyth john", "enter")
        await keys(pilot, "i", JOHN, "enter", JOHN, "ctrl+s")
        with clock.frozen_at(NOW + timedelta(minutes=3)):
            await until(pilot, conf, lambda: state(JOHN) == "bounced")
            assert re.search(rf"bounced .* {JOHN} .* no such mailbox", shown(pilot))
            await keys(pilot, "f3")
            assert re.search(rf"bounced .* Smyth, John .* {JOHN}", shown(pilot))

            await until(pilot, conf, lambda: came_back(GRETA) == [("bounce", "noted")])
            remote.faults.clear()
            delivered_again(post, remote)
            assert len(remote.messages) == 2, "Postfix has tried again, and we have not"
            assert state(GRETA) == "sent"

            with smtplib.SMTP(post.host, post.port, timeout=SECONDS) as patients:
                mail = next(mail for mail in remote.messages if mail.recipients == (JOANNA,))
                patients.sendmail(JOANNA, mail.message["Reply-To"], reply_to(mail, "ACCEPT"))
            await until(pilot, conf, lambda: state(JOANNA) == "accepted")
            await keys(pilot, "f4")
            assert re.search(r"accepted .*Smith, Joanna", shown(pilot))
    assert len(mailbox.wait_for(3, "Portal replies")) == 3
    assert mailbox.wait_for(0) == []


def test_who_may_not_send_as_another_is_told_once_and_nobodys_mail_fails(open_practice: Viewer, conf: Config) -> None:
    assert conf.smtp is not None
    for number, email in (("1", GRETA), ("2", JOANNA)):
        inviting.invite(open_practice, people.patient(number, "Any", "Body", email=email), hold=0)
    other = replace(conf, smtp=replace(conf.smtp, sender="other@example.org"))
    [trouble] = sync.run_once(other).troubles
    assert "refuses us: 553 5.7.1 Sender address rejected: not owned by user desk@example.org" in trouble
    assert (state(GRETA), state(JOANNA)) == ("queued", "queued")
    outbox.resume(open_practice)
    assert sync.run_once(conf).sent == 2
