"""The one place that makes foreign text safe to draw, to fold and to compare."""

from __future__ import annotations

import re
import unicodedata

# What can move the cursor, talk to the terminal, turn the direction of a line or hide in it:
# C0 and C1 controls, DEL, soft hyphen, zero-width and bidi characters, line separators, surrogates,
# interlinear marks, tag characters.
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSAFE_LINE = re.compile(f"[{_UNSAFE}\t\n]")
_UNSAFE_TEXT = re.compile(f"[{_UNSAFE}]")
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# Letters that Unicode does not take apart, and that a desk types without their strokes.
_STROKES = str.maketrans(
    {"ł": "l", "ı": "i", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
     "ŋ": "n", "ə": "e", "ß": "ss", "ɨ": "i", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ŀ": "l", "ĸ": "k"}
)  # fmt: skip
_APOSTROPHES = re.compile(r"['’‘ʼ`´ʹʻ＇]")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_NOT_DIGIT = re.compile(r"\D+")


def clean(text: str, limit: int = 0) -> str:
    """One line that is safe to draw: no control, bidi or zero-width character, breaks as spaces.

    `limit` > 0 cuts it to that many characters, the last an ellipsis.
    """
    if not text.isascii() or not text.isprintable():
        text = _UNSAFE_LINE.sub(_as_space, text)
        text = _MARKS.sub(r"\1", _SPACES.sub(" ", text))
    if 0 < limit < len(text):
        return text[: limit - 1] + "…"
    return text


def clean_text(text: str, limit: int = 0) -> str:
    """Like `clean`, for text of several lines: line breaks stay, as `\\n`; tabs become spaces."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text if not 0 < limit < len(text) else text[: limit - 1] + "…"
    text = _UNSAFE_TEXT.sub("", _BREAKS.sub("\n", text)).replace("\t", "    ")
    text = _MARKS.sub(r"\1", text)
    if 0 < limit < len(text):
        return text[: limit - 1] + "…"
    return text


def _as_space(match: re.Match[str]) -> str:
    return " " if match.group() in "\t\n\r\x0b\x0c\x85\u2028\u2029" else ""


def fold(text: str) -> str:
    """The form in which names and words are compared: no case, no accents, no strokes, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Twice: a letter may come out of another one as a capital, or with a stroke (𝐀, ℏ, ǽ).
    text = unicodedata.normalize("NFKD", text.translate(_STROKES).casefold())
    text = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def words(text: str) -> list[str]:
    """The folded words of a name, in order: `O'Brien-Łoś` gives `obrien`, `los`."""
    return [word for word in _NOT_WORD.split(_APOSTROPHES.sub("", fold(text))) if word]


def name_tokens(*names: str | None) -> set[str]:
    """Every folded word that a name may be found by; the part after an apostrophe too (`O'Brien`: `brien`)."""
    found: set[str] = set()
    for name in names:
        if not name:
            continue
        found.update(words(name))
        if not name.isalnum():
            found.update(part for part in words(_APOSTROPHES.sub(" ", name)) if len(part) > 1)
    return found


def digits(text: str) -> str:
    """The ASCII digits in a phone or patient number, in order."""
    text = text.replace(" ", "")
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c)) if unicodedata.digit(c, None) is not None else c for c in text)
    return text if text.isdecimal() else _NOT_DIGIT.sub("", text)


def fold_email(address: str) -> str:
    """The form in which addresses are compared: trimmed, no case, composed, the domain without its final dot."""
    if address.isascii():
        return address.strip().lower().rstrip(".")
    return unicodedata.normalize("NFC", address.strip()).casefold().rstrip(".")


def header_safe(text: str) -> str:
    """Text that may stand in a mail header: one clean line, whatever was in it."""
    return " ".join(clean(text).split())
