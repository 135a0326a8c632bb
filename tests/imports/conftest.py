from __future__ import annotations

from pathlib import Path

import pytest

from tests import published as beside


@pytest.fixture
def published() -> Path:
    """The folder of published data beside the project; the test is skipped where the project stands alone."""
    return beside.published("")
