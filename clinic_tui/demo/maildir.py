"""Maildirs of the sample practice's own: made, and delivered into."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

_ORDER = itertools.count(1)


def make_maildir(path: Path) -> None:
    """An empty Maildir, for its owner alone."""
    for folder in (path.parent, path, *(path / part for part in ("tmp", "new", "cur"))):
        folder.mkdir(mode=0o700, exist_ok=True)  # `parents=True` would leave those above open to all


def deliver(maildir: Path, mail: bytes) -> Path:
    """Put a mail into a Maildir's `new`, whole or not at all; names sort as the mails came."""
    name = f"{time.time_ns():020}.{os.getpid()}_{next(_ORDER):08}.demo"
    path = maildir / "tmp" / name
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(mail)
    return path.rename(maildir / "new" / name)
