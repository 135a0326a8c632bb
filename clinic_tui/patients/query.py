"""What a person means by a line typed into the lookup: pure, no database.

A line has one or more *readings*, the likeliest first (`1984` may be a year, the end of a phone, a number); a patient
matches the line by matching every *term* of one reading.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clinic_tui.dates import EARLIEST_YEAR, LATEST_YEAR, parse_typed_date
from clinic_tui.patients.derived import LONGEST_WORD
from clinic_tui.patients.phones import typed_starts
from clinic_tui.text import clean, digits, fold, fold_email, words

NUMBER_LENGTH = 6  # numbers that are made here are filled with zeros to this length


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name begins with `start` (folded)."""

    start: str


@dataclass(frozen=True, slots=True)
class Born:
    """Born from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Birthday:
    """Born on this day of this month (two digits each), in a year from `first` to `last`, both included."""

    month_day: str
    first: int
    last: int

    def days(self) -> list[date]:
        """Every such day."""
        month, day = int(self.month_day[:2]), int(self.month_day[2:])
        leap = (month, day) == (2, 29)
        years = range(self.first, self.last + 1)
        return [date(year, month, day) for year in years if not leap or calendar.isleap(year)]


@dataclass(frozen=True, slots=True)
class PhoneStart:
    """A phone's national digits begin so."""

    digits: str


@dataclass(frozen=True, slots=True)
class PhoneEnd:
    """A phone's digits end so."""

    digits: str


@dataclass(frozen=True, slots=True)
class Email:
    """The folded address begins so."""

    start: str


@dataclass(frozen=True, slots=True)
class Number:
    """The patient's number is this one, with or without zeros in front; or, not `whole`, begins so."""

    text: str
    whole: bool

    @property
    def filled(self) -> str:
        """The number as it is written where numbers are made here."""
        return self.text.zfill(NUMBER_LENGTH) if self.text.isdecimal() else self.text


Term = Word | Born | Birthday | PhoneStart | PhoneEnd | Email | Number
Reading = tuple[Term, ...]

_MOST_WORDS = 12
_MOST_READINGS = 60
_LONGEST_CHUNK = 5
_LONGEST_LINE = 400
_NUMERIC = re.compile(r"[+(]*\d[\d+()/.\-]*")
_DAY_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{0,3}))?")
_DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s./\-]*([a-z]{3,9})[\s,./\-]*(\d{0,3})")
_NAME_DAY = re.compile(r"([a-z]{3,9})[\s./\-]*(\d{1,2})(?:st|nd|rd|th)?(?:[\s,./\-]+(\d{0,3}))?")
_ISO_PART = re.compile(r"\d{1,4}|(\d{4})([/.\-])(\d{0,2})(?:\2(\d{0,2}))?")
_MONTHS = [month.lower() for month in calendar.month_name]


def readings(line: str, today: date) -> list[Reading]:
    """Every reading of `line`; [] where it is blank, or holds nothing that a patient could be found by."""
    typed = clean(line, _LONGEST_LINE).split()[:_MOST_WORDS]
    if len(typed) == 1:
        return list(dict.fromkeys(_word(typed[0], today, alone=True)))
    typed = [word for word in typed if words(word)]
    if not typed:
        return []
    meant = [_plain(reading) for reading in _from(typed, 0, today, {}) if _likely(reading)]
    if all(map(_NUMERIC.fullmatch, typed)):  # a number as it is shown: `004 182`
        meant[:0] = [(Number(digits(line), True),)]
    return list(dict.fromkeys(meant))


def number_readings(line: str) -> list[Reading]:
    """The readings for a viewer who finds patients by their number only."""
    text = "".join(clean(line, _LONGEST_LINE).split()).lstrip("#")
    return [(Number(text, True),), (Number(text, False),)] if text else []


def _from(typed: list[str], at: int, today: date, known: dict[int, list[Reading]]) -> list[Reading]:
    """The readings of the words from `at` on; words that belong together (a date, a phone) are tried first."""
    if at == len(typed):
        return [()]
    if at not in known:
        found: list[Reading] = []
        for size in range(min(_LONGEST_CHUNK, len(typed) - at), 0, -1):
            chunk = list(_word(typed[at], today, alone=False) if size == 1 else _together(typed[at : at + size], today))
            if size == 1 and _stump(typed, at):
                chunk = []
            found += (one + rest for one in chunk for rest in _from(typed, at + size, today, known))
            if chunk and size == 3 and not all(map(_NUMERIC.fullmatch, typed[at : at + size])):
                break  # `12 mar 84` is a date, and nothing else besides
        known[at] = found[:_MOST_READINGS]
    return known[at]


def _likely(reading: Reading) -> bool:
    """Not so are the beginnings, or the ends, of two phones: two whole phones are."""
    for kind in (PhoneStart, PhoneEnd):
        found = [term for term in reading if isinstance(term, kind)]
        if len(found) > 1 and any(len(term.digits) < 6 for term in found):
            return False
    return True


def _stump(typed: list[str], at: int) -> bool:
    """Whether a few digits with more digits after them are a piece of a date or a phone, not a term."""
    return (
        len(digits(typed[at])) < 4
        and at + 1 < len(typed)
        and all(_NUMERIC.fullmatch(word) for word in typed[at : at + 2])
    )


def _together(chunk: list[str], today: date) -> Iterator[Reading]:
    """Several words as one date or phone."""
    numeric = [bool(_NUMERIC.fullmatch(word)) for word in chunk]
    if all(numeric):
        yield from _whole_dates(" ".join(chunk), today)
        yield from _phones("".join(chunk))
    elif len(chunk) <= 3 and any(numeric) and any(_month(word) for word in chunk):
        yield from _dates(" ".join(chunk), today)


def _word(word: str, today: date, *, alone: bool) -> Iterator[Reading]:
    if "@" in word:
        yield (Email(fold_email(word)),)
        return
    word = word.lstrip("#") or word
    numeric = _NUMERIC.fullmatch(word) is not None
    if word.isdecimal() and (word.startswith("0") or len(word) >= NUMBER_LENGTH or len(word) < 4):
        yield (Number(word, True),)
    if any(c.isdigit() for c in word):
        yield from _dates(word, today)
    if numeric:
        yield (Number(word, True),)
        if "/" not in word:
            yield from _phones(word)
    if names := _plain(tuple(Word(name[:LONGEST_WORD]) for name in words(word))):
        yield names
    if alone or (not numeric and any(c.isdigit() or c in "._+" for c in word)):
        if folded := fold_email(word):
            yield (Email(folded),)
        yield (Number(word, False),)


def _phones(typed: str) -> Iterator[Reading]:
    """Digits as the beginning or the end of a phone."""
    yield from ((PhoneStart(start),) for start in typed_starts(typed))
    if not typed.startswith("+"):
        yield (PhoneEnd(digits(typed)),)


def _dates(text: str, today: date) -> Iterator[Reading]:
    """Everything that `text` may say of a birth date, whole or still being typed."""
    yield from _whole_dates(text, today)
    folded = fold(text)
    if match := _DAY_MONTH.fullmatch(folded):
        one, two, year = int(match[1]), int(match[2]), match[3] or ""
        yield from _birthday(two, one, year, today)
        if one != two:
            yield from _birthday(one, two, year, today)
    elif match := _DAY_NAME.fullmatch(folded):
        yield from _birthday(_month(match[2]), int(match[1]), match[3], today)
    elif match := _NAME_DAY.fullmatch(folded):
        yield from _birthday(_month(match[1]), int(match[2]), match[3] or "", today)
    elif match := _ISO_PART.fullmatch(folded):
        days = _born_so_far(match[1] or folded, match[3] or "", match[4] or "")
        if days:
            yield (days,)


def _whole_dates(text: str, today: date) -> Iterator[Reading]:
    found = parse_typed_date(text, today)
    yield from ((Born(*days),) for days in found)
    if not re.search(r"\d{4}", text):  # of a year of two digits the century is open: `3/4/12`
        for days in found:
            for before in Birthday(f"{days.first:%m%d}", days.first.year - 100, days.first.year - 100).days():
                yield (Born(before, before),)


def _birthday(month: int, day: int, year: str, today: date) -> Iterator[Reading]:
    first, last = max(int(year.ljust(4, "0")), EARLIEST_YEAR), min(int(year.ljust(4, "9")), today.year)
    # 2000 was a leap year: a day that it lacks no year has.
    if first <= last and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]:
        yield (Birthday(f"{month:02}{day:02}", first, last),)


def _month(word: str) -> int:
    """The number of the month that `word` begins (three letters at least); 0 where none does."""
    name = fold(word).strip(",.")
    return next((n for n in range(1, 13) if len(name) > 2 and _MONTHS[n].startswith(name)), 0)


def _born_so_far(year: str, month: str, day: str) -> Born | None:
    """The days whose date, year first, begins with these digits."""
    years = max(int(year.ljust(4, "0")), EARLIEST_YEAR), min(int(year.ljust(4, "9")), LATEST_YEAR)
    months = _begins(month, 12)
    if years[0] > years[1] or not months or (day and len(month) < 2):
        return None
    longest = calendar.monthrange(years[1], months[1])[1]
    days = _begins(day, longest)
    return Born(date(years[0], months[0], days[0]), date(years[1], months[1], days[1])) if days else None


def _begins(typed: str, highest: int) -> tuple[int, int] | None:
    """The lowest and the highest of the numbers 01 to `highest` whose two digits begin with `typed`."""
    fits = [number for number in range(1, highest + 1) if f"{number:02}".startswith(typed)]
    return (fits[0], fits[-1]) if fits else None


def _plain(reading: Reading) -> Reading:
    """The reading without words that another word implies: who has `smith` has `smi`."""
    starts = {term.start for term in reading if isinstance(term, Word)}
    implied = {start for start in starts if any(other != start and other.startswith(start) for other in starts)}
    return tuple(term for term in dict.fromkeys(reading) if not (isinstance(term, Word) and term.start in implied))
