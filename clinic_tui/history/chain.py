"""The chain: each line carries a hash over what it says and over the hash of the line before it.

Of its detail only a salted digest is hashed: a detail and its salt can be erased, and the chain is still whole. The
form is fixed for good: lines of any age are checked by it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from functools import lru_cache
from typing import NamedTuple

BEGINNING = ""


class Line(NamedTuple):
    """One line as the table has it: `at` in milliseconds since 1970, `detail` as its JSON text."""

    id: int
    at: int
    login: str
    action: str
    patient_id: int | None
    invitation_id: int | None
    detail: str | None
    salt: str | None
    digest: str
    hash: str

    @property
    def was_erased(self) -> bool:
        """Whether it had a detail once, and has it no more."""
        return self.detail is None and self.salt is None and bool(self.digest)

    def fits_detail(self) -> bool:
        """Whether the detail is the one that was written, or was erased."""
        if self.detail is None:
            return self.salt is None
        return self.digest == digest_of(self.salt or "", self.detail)


def new_salt() -> str:
    """128 bits, hexadecimal: a detail is short, and could be guessed from its bare digest."""
    return secrets.token_hex(16)


def digest_of(salt: str, detail: str | None) -> str:
    """What the chain covers of a detail; "" where there is none."""
    return "" if detail is None else hashlib.sha256(f"{salt}\n{detail}".encode()).hexdigest()


def hash_of(before: str, line: Line, key: int | None = None) -> str:
    """The hash of a line after the line with the hash `before` (BEGINNING: it is the first one); `key`: its id to be.

    What is hashed is compact JSON: a list of that hash, id, at, login, action, patient, invitation and digest.
    """
    who, what = _quoted(line.login), _quoted(line.action)
    about = f"{_number(line.patient_id)},{_number(line.invitation_id)}"
    said = f'["{before}",{line.id if key is None else key},{line.at},{who},{what},{about},"{line.digest}"]'
    return hashlib.sha256(said.encode()).hexdigest()


@lru_cache(1_000)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: int | None) -> int | str:
    return "null" if value is None else value
