"""Data that other people published: read where it stands beside the project, skipped, saying so, where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def published(name: str) -> Path:
    """The folder `name` of the published data; skips the test, or the whole module, where it is not there."""
    folder = SHARED / name
    if not folder.exists():
        pytest.skip(f"the published data {name!r} is not beside the project", allow_module_level=True)
    return folder
