from __future__ import annotations

from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.invitations import codes


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path) -> None:
    codes.use_key_file(tmp_path / "clinic.key")


@pytest.fixture
def desk(practice: Viewer) -> Viewer:
    """The practice of each engine."""
    return practice
