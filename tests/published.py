"""Where the data is that other people published: beside the project, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def published(name: str) -> Path:
    """The folder of a published data set; skips the calling test (or module) where the project stands without it."""
    folder = _DATA / name
    if not folder.is_dir():
        pytest.skip(f"published data is not here: {folder}", allow_module_level=True)
    return folder
