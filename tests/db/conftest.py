"""A database that is open, and holds nothing yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clinic_tui.db.connection import close_database, open_database, session


@pytest.fixture
def opened(database_url: str) -> Iterator[str]:
    """Its URL; the test's thread has a connection to it."""
    open_database(database_url)
    with session():
        yield database_url
    close_database()
