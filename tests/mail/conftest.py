from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.invitations import codes
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
