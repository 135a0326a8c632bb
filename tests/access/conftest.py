"""A database of each engine with every patient and staff member of tests.access.marked in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access.marked import MARKED


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Its URL."""
    with MARKED.copy(request.param, tmp_path) as url:
        yield url
