"""A mailbox on this machine: a Maildir, read in place. Nothing in it is moved, marked or removed.

How far it was read is kept as a moment: the latest change (ctime) of a file that was looked at. A delivery, by
whatever program, renames or links the file into `new`, and that is a change; no program can set it back.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

from clinic_tui.errors import MailError
from clinic_tui.mail.mailbox import (
    BEGINNING,
    LARGEST,
    Found,
    Incoming,
    Position,
    answers_since,
    keep_position,
    position,
)

_OVERLAP_MS = 120_000  # file systems and deliveries are not in step to the millisecond
_LOOKED_THROUGH = 200  # of the newest mails, for one of our own


class MaildirMailbox:
    """The mail in `new` and `cur` of one Maildir."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = f"maildir:{self._path}"
        self._last: int | None = None
        self._kept: int | None = None
        self._looked_at: dict[str, int] = {}

    def new_mail(self) -> Iterator[Incoming]:
        """What changed since it was last read, oldest first."""
        if self._last is None:
            self._last = self._first_place()
        first = self._last - _OVERLAP_MS
        self._looked_at = {name: changed for name, changed in self._looked_at.items() if changed >= first}
        try:
            for changed, path in sorted(self._files(first)):
                if self._looked_at.get(path.name) != changed:
                    raw = _read(path)
                    if raw is not None:
                        yield Incoming(raw, self._folder, changed)
                    self._looked_at[path.name] = changed
        finally:
            self._keep()

    def done(self, incoming: Incoming) -> None:
        """Everything up to the moment of this mail was looked at."""
        self._last = max(self._last or 0, incoming.place)

    def find_sent(self, message_id: str) -> bool:
        """Never: a Maildir of incoming mail keeps no copies of what was sent."""
        return False

    def find(self, word: str) -> Found | None:
        """The newest mail with this word in its subject."""
        line = re.compile(rb"^subject:.*" + re.escape(word.encode()), re.IGNORECASE | re.MULTILINE)
        for _, path in itertools.islice(sorted(self._files(0), reverse=True), _LOOKED_THROUGH):
            raw = _read(path)
            if raw is not None and line.search(raw):
                return Found(raw, str(self._path), junk=False)
        return None

    def close(self) -> None:
        """Nothing is open."""

    def _keep(self) -> None:
        if self._last is not None and self._last != self._kept:
            keep_position(self._folder, Position(0, self._last))
            self._kept = self._last

    def _first_place(self) -> int:
        known = position(self._folder)
        if known is not None:
            return known.last
        since = answers_since()
        return _OVERLAP_MS + int(since.timestamp() * 1000) if since is not None else self._newest()

    def _newest(self) -> int:
        return max((changed for changed, _ in self._files(0)), default=0)

    def _files(self, since_ms: int) -> Iterator[tuple[int, Path]]:
        for part in ("new", "cur"):
            try:
                with os.scandir(self._path / part) as entries:
                    for entry in entries:
                        changed = _changed(entry)
                        if changed is not None and changed >= since_ms:
                            yield changed, Path(entry.path)
            except OSError as error:
                raise MailError(
                    f"The mailbox {self._path / part} cannot be read: {error.strerror}.",
                    "Check the path under [mailbox], and who may read it.",
                ) from error


def _changed(entry: os.DirEntry[str]) -> int | None:
    """When the file was last changed, in milliseconds; None where it is no mail, or was moved away just now."""
    try:
        if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
            return None
        return entry.stat(follow_symlinks=False).st_ctime_ns // 1_000_000
    except FileNotFoundError:
        return None


def _read(path: Path) -> bytes | None:
    """The mail; None where somebody moved it away meanwhile."""
    try:
        with path.open("rb") as file:
            return file.read(BEGINNING if os.fstat(file.fileno()).st_size > LARGEST else LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MailError(
            f"A mail in {path.parent} cannot be read: {error.strerror}.", "Check who may read the mailbox."
        ) from error
