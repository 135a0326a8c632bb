"""Dates as people and their programs write them. Pure: who asks says which day comes first, and what today is."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Literal, NamedTuple, get_args

from clinic_tui.text import fold

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)

EARLIEST_YEAR = 1850
LATEST_YEAR = 2199

_MONTHS = {
    name: number
    for number in range(1, 13)
    for name in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
} | {"sept": 9}
_SPLIT = re.compile(r"(\d{1,4})\s*([/.\-]|\s)\s*(\d{1,2})\s*([/.\-]|\s)\s*(\d{1,4})\.?")
_COMPACT = re.compile(r"\d{6}|\d{8}")
_SEPARATOR = r"[\s,./\-]*"
_ORDINAL = r"(?:st|nd|rd|th)?"
_NAMED_MIDDLE = re.compile(rf"(\d{{1,4}}){_ORDINAL}{_SEPARATOR}(?:of )?([a-z]{{3,9}}){_SEPARATOR}(\d{{1,4}})")
_NAMED_FIRST = re.compile(rf"([a-z]{{3,9}}){_SEPARATOR}(\d{{1,2}}){_ORDINAL}[\s,./\-]+(\d{{2}}|\d{{4}})")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+")
_TIME = re.compile(
    r"(?:t|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_MONTH_OF_YEAR = re.compile(r"(\d{1,2})[/.\-\s]+(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})[/.\-\s]+(\d{1,2})")
_NAMED_MONTH_OF_YEAR = re.compile(rf"([a-z]{{3,9}}){_SEPARATOR}(\d{{4}})")


class DateRange(NamedTuple):
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def parse_date(text: str, order: Order, today: date) -> date | None:
    """The day that `text` names where day, month and year stand in `order`; None where it names none.

    What can be read in one way only (a year of four digits first, a month's name) is read so under every
    order. A year of two digits is the latest that is not after `today`. A time of day is passed over, but
    for one with a zone that is not midnight: its day depends on where one stands.
    """
    match = _SPLIT.fullmatch(text)  # most are so plain
    if not match:
        text = _without_time(fold(text))
        match = _SPLIT.fullmatch(text)
    if not text:
        return None
    if match:
        first, separator, middle, other, last = match.groups()
        return _numeric(first, middle, last, order, today) if separator == other else None
    if _COMPACT.fullmatch(text):
        return _compact(text, order, today)
    text = _WEEKDAY.sub("", text, count=1) if text[0].isalpha() else text
    return _named(text, order, today)


def age(born: date, on: date) -> int:
    """Full years lived until the day `on`; who was born on 29 February is a year older on 1 March, or on the 29th."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def years_before(day: date, years: int) -> date:
    """The last birth date of those who are `years` old on `day`."""
    year = day.year - years
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February: who was born on 1 March has no birthday yet
        return day.replace(year=year, day=28)


def parse_typed_date(text: str, today: date, prefer: Order = "dmy") -> list[DateRange]:
    """Every day, month or year that a person may mean by `text`, the likeliest first; [] where it is no date.

    `1984` is a year, `3/1984` and `mar 1984` a month, `12/3/1984` either of two days, `prefer`'s first.
    """
    folded = _without_time(fold(text))
    if re.fullmatch(r"\d{4}", folded):
        return _span(int(folded), None)
    if (match := _MONTH_OF_YEAR.fullmatch(folded)) or (match := _YEAR_MONTH.fullmatch(folded)):
        one, two = match.groups()
        return _span(int(two), int(one)) if len(two) == 4 else _span(int(one), int(two))
    if (match := _NAMED_MONTH_OF_YEAR.fullmatch(folded)) and match[1] in _MONTHS:
        return _span(int(match[2]), _MONTHS[match[1]])
    days = (parse_date(text, order, today) for order in (prefer, *ORDERS))
    return [DateRange(day, day) for day in dict.fromkeys(days) if day]


def _span(year: int, month: int | None) -> list[DateRange]:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR or not 1 <= (month or 1) <= 12:
        return []
    first, last = month or 1, month or 12
    return [DateRange(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))]


def _without_time(text: str) -> str:
    for match in _TIME.finditer(text):
        if match.end() == len(text) and match.start() > 0:
            hour, minute, second, half, zone = match.groups()
            midnight = int(minute) == 0 and int(second or 0) == 0
            midnight = midnight and (int(hour) == 0 or (int(hour) == 12 and (half or "").startswith("a")))
            return "" if zone and not midnight else text[: match.start()]
    return text


def _numeric(first: str, middle: str, last: str, order: Order, today: date) -> date | None:
    if len(first) == 4:
        return _day(first, middle, last, today)
    if order == "ymd":
        return None if len(first) != 2 or len(last) > 2 else _day(first, middle, last, today)
    if len(first) > 2 or len(last) not in (2, 4):
        return None
    return _day(last, middle, first, today) if order == "dmy" else _day(last, first, middle, today)


def _compact(text: str, order: Order, today: date) -> date | None:
    if len(text) == 8:
        day = None
        if order != "ymd":
            day = _numeric(text[:2], text[2:4], text[4:], order, today)
        return day or _day(text[:4], text[4:6], text[6:], today)
    return _numeric(text[:2], text[2:4], text[4:], order, today)


def _named(text: str, order: Order, today: date) -> date | None:
    if match := _NAMED_MIDDLE.fullmatch(text):
        first, name, last = match.groups()
        year_first = len(first) == 4 or (order == "ymd" and len(first) == 2 and len(last) <= 2)
        year, day = (first, last) if year_first else (last, first)
    elif match := _NAMED_FIRST.fullmatch(text):
        name, day, year = match.groups()
    else:
        return None
    month = _MONTHS.get(name)
    return _day(year, str(month), day, today) if month and len(year) in (2, 4) else None


def _day(year: str, month: str, day: str, today: date) -> date | None:
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    if len(year) == 4:
        found = _made(int(year), int(month), int(day))
        return found if found and EARLIEST_YEAR <= found.year <= LATEST_YEAR else None
    century = today.year // 100 * 100
    for base in (century, century - 100):
        found = _made(base + int(year), int(month), int(day))
        if found and found <= today:
            return found
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
