from __future__ import annotations

from pathlib import Path

import pytest

from clinic_tui.invitations import codes


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.key"
    codes.use_key_file(path)
    return path
