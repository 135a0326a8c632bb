"""What a file is (by its first bytes) and in which encoding its text stands (by all of them)."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from clinic_tui.errors import ClinicError

_CHUNK = 1 << 20
_SAMPLE = 1 << 15

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_SINGLE_BYTE = [
    "cp1250", "iso8859_2", "cp1251", "cp1253", "cp1254", "cp1257",
    "mac_roman", "cp850", "cp437", "koi8_r",
]  # fmt: skip

_SAVE_AS_CSV = "Open it in its own program and save it as CSV (UTF-8), then import that."
_UNPACK = "Unpack it and import the CSV inside."
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"%PDF", "a PDF", "Ask the program that made it for a CSV export."),
    (b"SQLite format 3\x00", "an SQLite database", "Export its table of patients as CSV."),
    (b"PGDMP", "a PostgreSQL dump", "Export its table of patients as CSV."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", _SAVE_AS_CSV),
    (b"PAR1", "a Parquet file", _SAVE_AS_CSV),
    (b"\x89PNG", "a picture", "Choose the CSV export."),
    (b"\xff\xd8\xff", "a picture", "Choose the CSV export."),
    (b"GIF8", "a picture", "Choose the CSV export."),
    (b"{\\rtf", "a rich text document", _SAVE_AS_CSV),
    (b"\x7fELF", "a program", "Choose the CSV export."),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|[a-z:]+[ >])", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{])')


class Encoding(NamedTuple):
    """A codec's name; and whether the file ends in the middle of a character."""

    name: str
    cut: bool = False


def open_binary(path: Path, shown: str) -> BinaryIO:
    """The file's bytes; ClinicError, naming it `shown`, where it cannot be read."""
    try:
        if path.is_dir():
            raise ClinicError(f"{shown} is a folder, not a file.", "Name the CSV file in it.")
        return path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise ClinicError(f"There is no file {shown}.", "Check its name and folder.") from error
    except OSError as error:
        raise ClinicError(
            f"{shown} cannot be read: {error.strerror}.", "Check the file's mode and the disk."
        ) from error


def detect(path: Path, shown: str) -> Encoding:
    """The encoding of a text file, found by reading all of it once.

    Raises ClinicError where the file is empty, is something else than text, or is damaged UTF-8.
    """
    with open_binary(path, shown) as file:
        head = file.read(4096)
        if not head.removeprefix(codecs.BOM_UTF8):
            raise ClinicError(f"{shown} is empty.", "Export the patients again.")
        _refuse_what_is_no_text(head, shown)
        for mark, name in _BOMS:
            if head.startswith(mark):
                if name == "utf-8-sig":
                    return _decodable(file, name, shown)
                return Encoding(name, cut=path.stat().st_size % (int(name[-2:]) // 8) > 0)
        if wide := _wide(head):
            return Encoding(wide, cut=path.stat().st_size % 2 > 0)
        file.seek(0)
        return _decodable(file, "utf-8", shown)


def _refuse_what_is_no_text(head: bytes, shown: str) -> None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        office = any(mark in head for mark in (b"[Content_Types].xml", b"_rels/", b"xl/", b"opendocument"))
        kind, advice = ("an Excel or other office file", _SAVE_AS_CSV) if office else ("a ZIP archive", _UNPACK)
        raise ClinicError(f"{shown} is {kind}, not CSV.", advice)
    for magic, kind, advice in _MAGIC:
        if head.startswith(magic):
            raise ClinicError(f"{shown} is {kind}, not CSV.", advice)
    text = head.removeprefix(codecs.BOM_UTF8)
    if _JSON.match(text):
        raise ClinicError(f"{shown} is JSON, not CSV.", "Choose the CSV export.")
    if _MARKUP.match(text):
        raise ClinicError(f"{shown} is HTML or XML, not CSV.", "Ask the program that made it for a CSV export.")
    if not text.strip(b"\x00"):
        raise ClinicError(f"{shown} holds nothing but NUL bytes: it is damaged.", "Export the patients again.")


def utf16(head: bytes) -> str | None:
    """The codec of a file that begins so, where it is UTF-16 with or without its mark; None for any other."""
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _wide(head)


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: mostly ASCII, so that every other byte is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) // 2 * 0.4
    if odd > most and even < odd / 10:
        return "utf-16-le"
    if even > most and odd < even / 10:
        return "utf-16-be"
    return None


def _decodable(file: BinaryIO, name: str, shown: str) -> Encoding:
    """UTF-8 if the whole file is; else the single-byte encoding that its lines look like."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    while True:
        chunk = file.read(_CHUNK)
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            if not chunk or (error.reason == "unexpected end of data" and not file.read(1)):
                return Encoding(name, cut=True)
            line += error.object[: error.start].count(b"\n")
            return _single_byte(file, name, shown, line)
        if not chunk:
            return Encoding(name)


def _single_byte(file: BinaryIO, name: str, shown: str, line: int) -> Encoding:
    sample = _lines_beyond_ascii(file)
    text = sample.decode("utf-8", errors="replace")
    bad = text.count("\ufffd") - sample.count("\ufffd".encode())
    good = sum(not c.isascii() for c in text) - text.count("\ufffd")
    if name == "utf-8-sig" or good > 2 * bad:
        raise ClinicError(
            f"Line {line} of {shown} is not UTF-8, though the rest is: the file is damaged, or two put together.",
            "Export it again, or mend that line and save it as UTF-8.",
        )
    if _looks_western(sample):
        return Encoding("cp1252")
    mac = sample.decode("mac_roman")  # the letters of western names stand in places of its own: a few tell it
    if not _odd_in(mac) and all(c <= "\xff" or c in "œŒŸ" for c in mac if c.isalpha()):
        return Encoding("mac_roman")
    from charset_normalizer import from_bytes

    # Its measures alone take Polish for Turkish: what is odd in a name weighs first.
    found = list(from_bytes(sample, cp_isolation=_OTHER_SINGLE_BYTE))
    best = min(found, key=lambda match: (_odd_in(str(match)), match.chaos, -match.coherence), default=None)
    return Encoding(best.encoding if best else "cp1252")


def _lines_beyond_ascii(file: BinaryIO) -> bytes:
    """The first lines that hold more than ASCII: what tells one single-byte encoding from another."""
    file.seek(0)
    found: list[bytes] = []
    size = 0
    while size < _SAMPLE and (chunk := file.read(_CHUNK)):
        for match in re.finditer(rb"[^\r\n]{0,200}[\x80-\xff]+[^\r\n]{0,200}", chunk):
            found.append(match.group())
            size += len(match.group())
    return b"\n".join(found)[: 2 * _SAMPLE]


_BEYOND = re.compile(r"[^\x00-\x7f]")
_PUNCTUATION = "’‘“”…°ºª·\xa0"
_DASHES = "–—"
_NO_NAME = "ƒ"  # a letter, and in nobody's name


def _odd_in(text: str) -> int:
    """How many characters are symbols, capitals within a word, or dashes before a small letter."""
    odd = 0
    before = ""
    for c, after in zip(text, f"{text[1:]} ", strict=True):
        if c in _DASHES:
            odd += before.isalpha() and after.islower()
        elif not c.isascii() and c not in _PUNCTUATION:
            inside = before.isalpha() and (before.islower() or after.islower())
            odd += c in _NO_NAME or not c.isalpha() or (c.isupper() and inside)
        before = c
    return odd


def _looks_western(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    # Western names have no three accented letters in a row; Cyrillic and Greek ones read as such have.
    odd = _odd_in(text) + sum(len(run) for run in re.findall(r"[^\x00-\x7f]{3,}", text))
    return odd <= 0.05 * len(_BEYOND.findall(text))
