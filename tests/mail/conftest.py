from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.invitations import codes
from tests.mail.post_office import account, config, maildir
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.key"
    codes.use_key_file(path)
    return path


@pytest.fixture
def open_practice(practice: Viewer, key_file: Path) -> Viewer:
    """The practice of each engine, with its key."""
    return practice


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def conf(open_practice: Viewer, database_url: str, smtp: SmtpServer, tmp_path: Path) -> Config:
    return config(database_url, tmp_path, account(smtp, timeout=2), maildir(tmp_path / "mail"))


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
