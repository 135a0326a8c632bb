from __future__ import annotations

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def published() -> Path:
    """The folder of published data beside the project; the test is skipped where the project stands alone."""
    if not _DATA.is_dir():
        pytest.skip("the published data (../shared/data) is not here")
    return _DATA
