"""Addresses as they stand in mail: in words, in header fields, and in the fields of reports (RFC 3464, RFC 6533)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLAIN = r"-A-Za-z0-9.!#$%&'*+/=?^_`{|}~"
_AFTER = r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
# Of any script but its spaces, marks of punctuation, wide forms and what cannot be seen.
_LETTERS = "\u00b5-\u1fff\u2c00-\u2dff\u3005-\u3007\u3021-\ud7ff\uf900-\ufaff\U00010000-\U000dffff"

# In words of any language: letters of other scripts before it are the words', for many are written without spaces.
ADDRESS = re.compile(rf"[{_PLAIN}]{{1,64}}{_AFTER}")
# Where only an address can stand (RFC 6531).
WIDE = re.compile(
    rf"[{_PLAIN}{_LETTERS}]{{1,64}}@[A-Za-z0-9{_LETTERS}](?:[A-Za-z0-9.{_LETTERS}-]{{0,250}}[A-Za-z0-9{_LETTERS}])?"
)
_ANGLED = re.compile(rf"<({WIDE.pattern})>")
_EMBEDDED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def of_a_field(value: str) -> str:
    """The address in a report's field, without its type; empty where there is none.

    Letters may be written as code points (RFC 6533, section 3): `utf-8; jos\\x{E9}@example.org`.
    """
    match = WIDE.search(_EMBEDDED.sub(_letter, value.rpartition(";")[2][:1_000]))
    return match[0] if match else ""


def _letter(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def of_other_letters(words: str) -> Iterator[str]:
    """The addresses with letters beyond ASCII that words have between angle brackets."""
    return (match[1] for match in _ANGLED.finditer(words) if not match[1].isascii())
