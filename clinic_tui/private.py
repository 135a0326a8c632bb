"""Folders that are made on the way to our files: their owner's alone, whatever the umask."""

from __future__ import annotations

from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make the folder, and those above it that are missing, each 0700. Raises OSError."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=0o700, exist_ok=True)
