"""A mail's bytes taken apart, in linear time and with a cap on everything.

The standard parser builds the whole tree first: thousands of parts or nested reports cost it seconds and its stack.
A reader of answers needs the header, the first texts and the machine-readable reports, and nothing of the rest.
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from functools import cached_property

MAX_BYTES = 1_000_000  # of a mail
MAX_PARTS = 100
MAX_DEPTH = 12
MAX_TEXT = 200_000  # characters of one text part
MAX_HEADERS = 500
MAX_VALUE = 4_000  # characters of one header field

_FIELD = re.compile(rb"([!-9;-~]{1,76})[ \t]{0,8}:(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s{0,20}([a-z0-9*-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,300})"|([^\s;"]{1,300}))', re.I)
_NO_BASE64 = bytes(set(range(256)) - set(string.ascii_letters.encode() + string.digits.encode() + b"+/"))
# Codecs that are no charset of mail, or that take quadratic time on crafted text.
_NO_CHARSET = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}


@dataclass(frozen=True)
class Headers:
    """Header fields in order; names in lower case, values unfolded and still encoded."""

    fields: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> Iterator[str]:
        """Every value of a field, topmost first."""
        return (value for key, value in self.fields if key == name)

    def get(self, name: str) -> str | None:
        """The topmost value of a field, or None where it is absent."""
        return next(self.all(name), None)

    def text(self, name: str) -> str:
        """The topmost value with its encoded words decoded; empty where it is absent."""
        return decoded(self.get(name) or "")

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None


@dataclass(frozen=True)
class Part:
    """One leaf of a mail: a text, a report, a returned message (never opened), an attachment."""

    type: str
    parameters: dict[str, str]
    headers: Headers
    body: bytes  # transfer encoding undone

    @property
    def attached(self) -> bool:
        """Whether a person would see it as a file and not as the text."""
        return (self.headers.get("content-disposition") or "").lower().startswith("attachment")

    @cached_property
    def text(self) -> str:
        """The body as text, whatever its charset says."""
        return to_text(self.body, self.parameters.get("charset", ""))[:MAX_TEXT]


@dataclass(frozen=True)
class Mail:
    """The header of a mail and its leaves in order; `cut` says what was too much to read, or is empty."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    parts: tuple[Part, ...] = ()
    cut: str = field(default="")

    def of_type(self, *types: str) -> Iterator[Part]:
        """The leaves of these types, in order."""
        return (part for part in self.parts if part.type in types)


def take_apart(raw: bytes) -> Mail:
    """Read a mail's bytes: never more than the caps of this module, and never an exception for what they hold."""
    cut = f"only the first {MAX_BYTES:,} bytes were read" if len(raw) > MAX_BYTES else ""
    raw = raw[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n\0")
    if raw.startswith((b"From ", b">From ")):  # the separator of an mbox file
        raw = raw.partition(b"\n")[2]
    headers, body = split_header(raw)
    kind, parameters = content_type(headers)
    parts: list[Part] = []
    whole = _collect(headers, body, parts, 0)
    left_out = "" if whole else "not all parts were read"
    return Mail(headers, kind, parameters, tuple(parts), "; ".join(note for note in (cut, left_out) if note))


def _collect(headers: Headers, body: bytes, parts: list[Part], depth: int) -> bool:
    """Add the leaves below an entity; False where a cap left some out."""
    if len(parts) >= MAX_PARTS or depth > MAX_DEPTH:
        return False
    kind, parameters = content_type(headers)
    boundary = parameters.get("boundary", "")
    if kind.startswith("multipart/") and boundary:
        found, whole = False, True
        for piece in _pieces(body, boundary.encode("utf-8", "replace")):
            if len(parts) >= MAX_PARTS:
                return False
            inner, content = split_header(piece, loose=True)
            found, whole = True, _collect(inner, content, parts, depth + 1) and whole
        if found:
            return whole
    if kind.startswith("multipart/"):  # its boundary is never met: what is there can only be read as text
        kind = "text/plain"
    parts.append(Part(kind, parameters, headers, _transferred(headers, body)))
    return True


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The pieces between the delimiters of a multipart body, MAX_PARTS at most; the last may lack its end."""
    begun = -1
    for start, after, last in _delimiters(b"\n" + body, b"\n--" + boundary):
        if begun >= 0:
            yield body[begun : max(begun, start - 1)]
        if last:
            return
        begun = after
    if 0 <= begun < len(body):
        yield body[begun:]


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where delimiter lines begin, where the next line begins (in `body` without its first byte), and which is last."""
    at = body.find(delimiter)
    while at >= 0:
        end = body.find(b"\n", at + len(delimiter))
        end = len(body) if end < 0 else end
        rest = body[at + len(delimiter) : end].rstrip()
        if rest in (b"", b"--"):  # otherwise it is a longer boundary that begins like this one
            yield at, end, rest == b"--"
        at = body.find(delimiter, max(end, at + 1))


def split_header(raw: bytes, loose: bool = False) -> tuple[Headers, bytes]:
    """Split an entity into its header fields and its body.

    `loose` is for parts: one that begins with an empty line has no header, as RFC 2046 allows.
    """
    fields: list[tuple[str, list[bytes]]] = []
    at = 0
    while at < len(raw):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        line = raw[at:end]
        if not line.strip() and (fields or loose or not line):
            at = end + 1
            break
        if line[:1] in b" \t" and fields:
            if len(fields[-1][1]) < MAX_VALUE:
                fields[-1][1].append(line.strip())
        elif match := _FIELD.fullmatch(line):
            fields.append((match[1].decode("ascii").lower(), [match[2].strip()]))
        else:  # no header line: the body begins without the empty line it should have had
            break
        at = end + 1
        if len(fields) > MAX_HEADERS:  # the rest of them is passed over
            blank = raw.find(b"\n\n", end)
            at = blank + 2 if blank >= 0 else len(raw)
            break
    kept = fields[:MAX_HEADERS]
    return Headers(tuple((name, _value(lines)) for name, lines in kept)), raw[at:]


def _value(lines: list[bytes]) -> str:
    value = b" ".join(lines[:MAX_VALUE])[:MAX_VALUE]
    return to_text(value, "").replace("\0", "")


def content_type(headers: Headers) -> tuple[str, dict[str, str]]:
    """The media type in lower case and its parameters; text/plain where there is none to read."""
    value = headers.get("content-type") or ""
    kind = (value.partition(";")[0].split() or [""])[0].lower()
    parameters = {name.lower().rstrip("*"): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)}
    return kind if "/" in kind else "text/plain", parameters


def _transferred(headers: Headers, body: bytes) -> bytes:
    encoding = (headers.get("content-transfer-encoding") or "").split(";")[0].strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding == "base64":
        useful = body.translate(None, _NO_BASE64)
        useful = useful[:-1] if len(useful) % 4 == 1 else useful
        try:
            return binascii.a2b_base64(useful + b"=" * (-len(useful) % 4))
        except binascii.Error:
            return body
    return body


def to_text(data: bytes, charset: str) -> str:
    """Decode: as told where that is possible, else as UTF-8, else as the Windows charset most old mail meant."""
    told = charset.strip().strip("'\"").lower().replace("-8859-8-i", "-8859-8")
    for name in (told, "utf-8"):
        try:
            if name and codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSET:
                return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    try:
        return data.decode(told or "cp1252", "replace")
    except (LookupError, UnicodeError, ValueError):
        return data.decode("cp1252", "replace")


def decoded(value: str) -> str:
    """A header value with its encoded words (RFC 2047) decoded and its white space made single."""
    if "=?" in value:
        try:
            pieces = decode_header(value[:MAX_VALUE])
            value = "".join(
                piece if isinstance(piece, str) else to_text(piece, charset or "") for piece, charset in pieces
            )
        except (HeaderParseError, ValueError, LookupError):
            pass
    return " ".join(value.split())
