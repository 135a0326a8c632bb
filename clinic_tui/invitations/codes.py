"""Codes and reply tokens: derived by HMAC from an invitation's `ref` and a key in a 0600 file, never stored.

A code is nine digits and a check digit (Damm), said in threes: `482 913 706 5`. A reply token is 26 letters of
base32 (130 bits). The database keeps only the token's SHA-256 and the id of the key.

The key file has a line for each key: its id, the key, and when it was made (seconds; older files leave that out). The
last one is for new invitations. Another process may change the file at any time: it is read again when it has.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import heapq
import hmac
import itertools
import os
import secrets
import time
from collections import deque
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from clinic_tui.errors import ClinicError, ConfigError, KeyMissing
from clinic_tui.private import make_folder
from clinic_tui.text import digits

TOKEN_LENGTH = 26
_TOKEN_BYTES = 20  # as many as the letters come from, in whole groups of base32
DIGITS = 10
_SORTED_AT_ONCE = 5_000

# H. M. Damm's quasigroup of order 10: catches every single slip and every swap of neighbours.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


class Key(NamedTuple):
    """A key, and when it was made (seconds since 1970)."""

    secret: bytes
    made: int


class _Ring:
    """The keys of this process's file, as it was when it was last read."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self._keys: dict[str, Key] = {}
        self._read_as = (0, 0)  # the file's number and its last change

    def load(self, path: Path) -> None:
        """Take the keys of this file."""
        stamp = _stamp(path)  # before it is read: a change in between is seen the next time
        self._keys, self._read_as, self.file = _read(path), stamp, path

    def keys(self) -> dict[str, Key]:
        """The keys by their ids, the oldest first."""
        if self.file is None:
            raise ClinicError("No key file is open.", "Open the practice first.")
        with contextlib.suppress(OSError):  # a disk that is away for a moment takes nothing that we know
            if _stamp(self.file) != self._read_as:
                self.load(self.file)
        return self._keys


_ring = _Ring()


def use_key_file(path: Path, *, new: bool = True) -> None:
    """The key file of this process; made, with a first key, where there is none.

    With `new` False a missing file is an error: a disk that is not mounted must not give a practice another key.
    """
    if not path.exists():
        if not new:
            raise ConfigError(
                f"The key file {path} is missing: codes and answers of invitations that are out need it.",
                "Is its disk mounted? Restore it from the backup; where it is lost for good: clinic-tui migrate --new.",
            )
        make_folder(path.parent)
        _append_key(path)
    _ring.load(path)


def key_file() -> Path:
    """The key file of this process."""
    if _ring.file is None:
        raise ClinicError("No key file is open.", "Open the practice first.")
    return _ring.file


def rotate() -> str:
    """Add a key for the invitations to come; those out keep theirs. Its id."""
    _append_key(key_file())
    return current_key_id()


def superseded(before: int) -> list[str]:
    """The ids of the keys in whose place a newer one stands since `before` (seconds since 1970) or longer."""
    keys = list(_ring.keys().items())
    return [key_id for (key_id, _), (_, newer) in itertools.pairwise(keys) if newer.made <= before]


def drop(key_ids: Collection[str]) -> None:
    """Take keys out of the file, whole or not at all; never the last one."""
    path = key_file()
    with _changing(path):
        ring = _read(path)
        kept = [
            (key_id, key) for key_id, key in ring.items() if key_id not in key_ids or key_id == next(reversed(ring))
        ]
        new = path.with_name(f".{path.name}.new")
        new.unlink(missing_ok=True)
        _write(new, "".join(_line(key_id, key) for key_id, key in kept), os.O_EXCL)
        new.replace(path)


def key_ids() -> list[str]:
    """The ids of all keys, the oldest first."""
    return list(_ring.keys())


def current_key_id() -> str:
    """The id of the key that new invitations are made with."""
    return next(reversed(_ring.keys()))


def new_ref() -> str:
    """A random name for an invitation or a message: 128 bits, hexadecimal."""
    return secrets.token_hex(16)


class Fresh(NamedTuple):
    """What a new invitation is known by."""

    ref: str
    key_id: str
    token_hash: str


def fresh(number: int) -> deque[Fresh]:
    """So many, in the order of `ref`: an index takes them faster so."""
    key_id, key = next(reversed(_ring.keys().items()))
    # Sorted in pieces, for sorting stops every thread for as long as it takes.
    pieces = (min(_SORTED_AT_ONCE, number - first) for first in range(0, number, _SORTED_AT_ONCE))
    refs = heapq.merge(*[sorted(new_ref() for _ in range(size)) for size in pieces])
    return deque(Fresh(ref, key_id, token_hash(_token(ref, key))) for ref in refs)


def code(ref: str, key_id: str) -> str:
    """The invitation's code, in threes."""
    return _code("code", ref, key_id)


def slip_code(ref: str, key_id: str) -> str:
    """The code on the invitation's slips, in threes: another than the mail's, so that it tells who reads it out."""
    return _code("slip", ref, key_id)


def _code(purpose: str, ref: str, key_id: str) -> str:
    number = str(int.from_bytes(_derive(purpose, ref, _key(key_id))[:12]) % 10**9).zfill(9)
    return spoken(number + str(_check_digit(number)))


def spoken(code_digits: str) -> str:
    """Ten digits as they are said: three, three, three and one."""
    return " ".join((code_digits[:3], code_digits[3:6], code_digits[6:9], code_digits[9:]))


def read_code(typed: str) -> str | None:
    """The ten digits of a code as somebody typed it, or None where the check digit says that it was misheard."""
    found = digits(typed)
    return found if len(found) == DIGITS and _check_digit(found) == 0 else None


def matches(typed: str, ref: str, key_id: str, *, slip: bool = False) -> bool:
    """Whether what was typed is the invitation's code, or its slips' (compared in constant time)."""
    known = slip_code(ref, key_id) if slip else code(ref, key_id)
    return hmac.compare_digest(digits(typed), digits(known))


def token(ref: str, key_id: str) -> str:
    """The invitation's reply token."""
    return _token(ref, _key(key_id))


def _token(ref: str, key: Key) -> str:
    return base64.b32encode(_derive("reply", ref, key)[:_TOKEN_BYTES]).decode().lower()[:TOKEN_LENGTH]


def token_hash(reply_token: str) -> str:
    """What the database keeps of a reply token."""
    return hashlib.sha256(reply_token.lower().encode()).hexdigest()


def message_id(message_ref: str, reply_token: str, domain: str) -> str:
    """A message's Message-ID, the same whenever it is made anew."""
    return f"<{message_ref}.{reply_token}@{domain}>"


def _key(key_id: str) -> Key:
    key = _ring.keys().get(key_id)
    if key is None:
        raise KeyMissing(
            "The key that this invitation was made with is not in the key file.",
            "Restore the key file from the backup, or resend the invitation.",
        )
    return key


def _derive(purpose: str, ref: str, key: Key) -> bytes:
    return hmac.digest(key.secret, f"{purpose}:{ref}".encode(), "sha256")


def _check_digit(number: str) -> int:
    row = 0
    for digit in number:
        row = int(_DAMM[row][int(digit)])
    return row


def _stamp(path: Path) -> tuple[int, int]:
    known = path.stat()
    return known.st_ino, known.st_mtime_ns


def _append_key(path: Path) -> None:
    line = _line(secrets.token_hex(4), Key(secrets.token_bytes(32), int(time.time())))
    with _changing(path):
        _write(path, line, os.O_APPEND)


def _line(key_id: str, key: Key) -> str:
    return f"{key_id} {key.secret.hex()} {key.made}\n"


def _write(path: Path, text: str, how: int) -> None:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | how, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _changing(path: Path) -> Iterator[None]:
    """One process at a time changes the key file: the folder is locked, for the file itself may be another soon."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _read(path: Path) -> dict[str, Key]:
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"The key file {path} is open to others.", f"Close it with: chmod 600 {path}")
        lines = [line.split() for line in path.read_text(encoding="ascii").split("\n") if line.strip()]
        keys = {key_id: Key(bytes.fromhex(key), int(made[0]) if made else 0) for key_id, key, *made in lines}
    except (OSError, ValueError) as error:
        raise ConfigError(f"The key file {path} cannot be read.", "Restore it from the backup.") from error
    if not keys:
        raise ConfigError(f"The key file {path} is empty.", "Restore it from the backup.")
    return keys
