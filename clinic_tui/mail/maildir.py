"""A mailbox on this machine: a Maildir and the junk beside it (Maildir++), read in place.

How far a folder was read is kept as a moment: the latest change (ctime) of a file that was looked at. A delivery, by
whatever program, renames or links the file into `new`, and that is a change; no program can set it back. Nothing is
moved, marked or removed, but what was ours, where the practice has said so.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_tui.errors import MailError
from clinic_tui.mail.mailbox import (
    BEGINNING,
    LARGEST,
    Found,
    Incoming,
    Position,
    answers_since,
    is_junk,
    keep_position,
    position,
)

if TYPE_CHECKING:
    from clinic_tui.config_mail import Mailbox as Section

_OVERLAP_MS = 120_000  # file systems and deliveries are not in step to the millisecond
_LOOKED_THROUGH = 200  # of the newest mails, for one of our own


class MaildirMailbox:
    """The mail of one Maildir and of its folders of junk."""

    def __init__(self, section: Section) -> None:
        assert section.path is not None
        self._section = section
        self._path = section.path
        self._folders = {"": _Folder(self._path)}
        self._ours: list[Incoming] = []
        self.authserv_id = section.authserv_id

    def new_mail(self) -> Iterator[Incoming]:
        """What changed in each folder since it was last read, oldest first."""
        for name in self._junk():
            self._folders.setdefault(name, _Folder(self._path / name))
        for folder in list(self._folders.values()):
            yield from folder.new_mail()
        self._file()

    def done(self, incoming: Incoming) -> None:
        """Everything up to the moment of this mail was looked at."""
        next(folder for folder in self._folders.values() if folder.name == incoming.folder).done(incoming)

    def was_ours(self, incoming: Incoming) -> None:
        """It is filed when everything is read, where the practice wants that."""
        if self._section.afterwards != "leave":
            self._ours.append(incoming)

    def find_sent(self, message_id: str) -> bool:
        """Never: a Maildir of incoming mail keeps no copies of what was sent."""
        return False

    def find(self, word: str) -> Found | None:
        """The newest mail with this word in its subject, among the junk too."""
        line = re.compile(rb"^subject:.*" + re.escape(word.encode()), re.IGNORECASE | re.MULTILINE)
        for name in ("", *self._junk()):
            raw = self._folders.setdefault(name, _Folder(self._path / name)).find(line)
            if raw is not None:
                return Found(raw, str(self._path / name), junk=bool(name))
        return None

    def close(self) -> None:
        """Nothing is open."""

    def _junk(self) -> list[str]:
        """The folders of junk: `.Junk`, `.Spam`, `.INBOX.Junk`."""
        try:
            names = [entry.name for entry in self._path.iterdir() if entry.name.startswith(".")]
        except OSError:
            return []  # reading the inbox says what is wrong
        found = sorted(name for name in names if is_junk(name.rpartition(".")[2]))
        return [name for name in found if (self._path / name / "new").is_dir()]

    def _file(self) -> None:
        """Mark or move what was ours: a rename, as every program does it in a Maildir."""
        waiting, self._ours = self._ours, []
        try:
            self._rename(waiting)
        except OSError as error:
            raise MailError(
                f"What was read in {self._path} cannot be filed: {error.strerror}.",
                "Check who may write there, or set afterwards under [mailbox] to leave.",
            ) from error

    def _rename(self, waiting: list[Incoming]) -> None:
        for incoming in waiting:
            base, _, flags = Path(incoming.name).name.partition(":2,")
            target = Path(incoming.name).parent.parent
            if self._section.afterwards == "move":
                target = self._move_to()
            seen = "".join(sorted({*flags, "S"}))
            with suppress(FileNotFoundError):  # somebody moved it meanwhile
                Path(incoming.name).rename(target / "cur" / f"{base}:2,{seen}")

    def _move_to(self) -> Path:
        folder = self._path / f".{self._section.move_to.replace('.', ' ')}"
        for part in ("", "new", "cur", "tmp"):
            (folder / part).mkdir(mode=0o700, exist_ok=True)
        (folder / "maildirfolder").touch(mode=0o600)
        return folder


class _Folder:
    """The mail in `new` and `cur` of one folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = f"maildir:{path}"
        self._last: int | None = None
        self._kept: int | None = None
        self._looked_at: dict[str, int] = {}

    def new_mail(self) -> Iterator[Incoming]:
        """What changed since it was last read, oldest first; on its way out it keeps how far it came."""
        if self._last is None:
            self._last = self._first_place()
        first = self._last - _OVERLAP_MS
        self._looked_at = {name: changed for name, changed in self._looked_at.items() if changed >= first}
        try:
            for changed, path in sorted(self._files(first)):
                if self._looked_at.get(path.name) != changed:
                    raw = _read(path)
                    if raw is not None:
                        yield Incoming(raw, self.name, changed, str(path))
                    self._looked_at[path.name] = changed
        finally:
            self._keep()

    def done(self, incoming: Incoming) -> None:
        """Everything up to the moment of this mail was looked at."""
        self._last = max(self._last or 0, incoming.place)

    def find(self, line: re.Pattern[bytes]) -> bytes | None:
        """The newest mail in which the pattern is found, of the last ones."""
        for _, path in itertools.islice(sorted(self._files(0), reverse=True), _LOOKED_THROUGH):
            raw = _read(path)
            if raw is not None and line.search(raw):
                return raw
        return None

    def _keep(self) -> None:
        if self._last is not None and self._last != self._kept:
            keep_position(self.name, Position(0, self._last))
            self._kept = self._last

    def _first_place(self) -> int:
        known = position(self.name)
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
