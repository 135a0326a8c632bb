from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk without config or database."""
    return Desk(tmp_path)


@pytest.fixture
def open_desk(desk: Desk) -> Desk:
    """A desk with a config and three patients: 1 Smith, 2 Łoś, 3 Curie (without an address)."""
    desk.write_config()
    assert desk.run("import", desk.write_patients()).status == 0
    return desk
