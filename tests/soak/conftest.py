from __future__ import annotations

from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.invitations import codes


@pytest.fixture
def desk(practice: Viewer, tmp_path: Path) -> Viewer:
    """The practice of each engine, with its key."""
    codes.use_key_file(tmp_path / "clinic.key")
    return practice
