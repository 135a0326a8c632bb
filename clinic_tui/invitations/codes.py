"""Codes and reply tokens: derived by HMAC from an invitation's `ref` and a key in a 0600 file, never stored.

A code is nine digits and a check digit (Damm), said in threes: `482 913 706 5`. A reply token is 26 letters of
base32 (130 bits). The database keeps only the token's SHA-256 and the id of the key.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import os
import secrets
from collections import deque
from pathlib import Path
from typing import NamedTuple

from clinic_tui.errors import ClinicError, ConfigError, KeyMissing
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

_key_file: Path | None = None
_ring: dict[str, bytes] = {}


def use_key_file(path: Path) -> None:
    """The key file of this process; made, with a first key, where there is none."""
    global _key_file, _ring
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _append_key(path)
    _key_file, _ring = path, _read(path)


def rotate() -> str:
    """Add a key for the invitations to come; those out keep theirs. Its id."""
    if _key_file is None:
        raise ClinicError("No key file is open.", "Open the practice first.")
    _append_key(_key_file)
    use_key_file(_key_file)
    return current_key_id()


def current_key_id() -> str:
    """The id of the key that new invitations are made with."""
    return next(reversed(_keys()))


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
    key_id = current_key_id()
    # Sorted in pieces, for sorting stops every thread for as long as it takes.
    pieces = (min(_SORTED_AT_ONCE, number - first) for first in range(0, number, _SORTED_AT_ONCE))
    refs = heapq.merge(*[sorted(new_ref() for _ in range(size)) for size in pieces])
    return deque(Fresh(ref, key_id, token_hash(token(ref, key_id))) for ref in refs)


def code(ref: str, key_id: str) -> str:
    """The invitation's code, in threes."""
    return _code("code", ref, key_id)


def slip_code(ref: str, key_id: str) -> str:
    """The code on the invitation's slips, in threes: another than the mail's, so that it tells who reads it out."""
    return _code("slip", ref, key_id)


def _code(purpose: str, ref: str, key_id: str) -> str:
    number = str(int.from_bytes(_derive(purpose, ref, key_id)[:12]) % 10**9).zfill(9)
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
    return base64.b32encode(_derive("reply", ref, key_id)[:_TOKEN_BYTES]).decode().lower()[:TOKEN_LENGTH]


def token_hash(reply_token: str) -> str:
    """What the database keeps of a reply token."""
    return hashlib.sha256(reply_token.lower().encode()).hexdigest()


def message_id(message_ref: str, reply_token: str, domain: str) -> str:
    """A message's Message-ID, the same whenever it is made anew."""
    return f"<{message_ref}.{reply_token}@{domain}>"


def _derive(purpose: str, ref: str, key_id: str) -> bytes:
    key = _keys().get(key_id)
    if key is None:
        raise KeyMissing(
            "The key that this invitation was made with is not in the key file.",
            "Restore the key file from the backup, or resend the invitation.",
        )
    return hmac.digest(key, f"{purpose}:{ref}".encode(), "sha256")


def _check_digit(number: str) -> int:
    row = 0
    for digit in number:
        row = int(_DAMM[row][int(digit)])
    return row


def _keys() -> dict[str, bytes]:
    if not _ring:
        raise ClinicError("No key file is open.", "Open the practice first.")
    return _ring


def _append_key(path: Path) -> None:
    line = f"{secrets.token_hex(4)} {secrets.token_hex(32)}\n"
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, bytes]:
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"The key file {path} is open to others.", f"Close it with: chmod 600 {path}")
        lines = path.read_text(encoding="ascii").split("\n")
        keys = {key_id: bytes.fromhex(key) for key_id, key in (line.split() for line in lines if line.strip())}
    except (OSError, ValueError) as error:
        raise ConfigError(f"The key file {path} cannot be read.", "Restore it from the backup.") from error
    if not keys:
        raise ConfigError(f"The key file {path} is empty.", "Restore it from the backup.")
    return keys
