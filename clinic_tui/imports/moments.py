"""Dates with a time of day, as exports write them. Pure, but for the time zone of the practice's host."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from clinic_tui.clock import today
from clinic_tui.dates import Order, parse_date

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_AND_CLOCK = re.compile(r"(.*?)[\sT,]+(\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d+)?)?)?\s*(?:[ap]\.?m\.?)?)", re.IGNORECASE)


def moment(text: str, order: Order, clock: str = "") -> datetime | None:
    """The moment that `text` (and `clock`, where the time has a cell of its own) names; None where it names none.

    Without a zone it is on the clock of the practice's host; without a time it is the day's midnight.
    """
    text = text.strip()
    if not clock and text[:4].isdigit() and len(text) > 10:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return found.astimezone() if found.tzinfo is None else found
    if not clock and (match := _AND_CLOCK.fullmatch(text)):
        text, clock = match.groups()
    day = parse_date(text, order, today())
    at = _time(clock)
    return None if day is None or at is None else datetime.combine(day, at).astimezone()


def day_part(text: str) -> str:
    """What of `text` is its date: for finding out in which order dates are written."""
    text = text.strip()
    match = _AND_CLOCK.fullmatch(text)
    return match[1] if match else text


def millis(at: datetime) -> int:
    """Milliseconds since 1970, as the database has moments."""
    return round((at - _EPOCH).total_seconds() * 1000)


def _time(text: str) -> time | None:
    if not text.strip():
        return time()
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second, half = match.groups()
    number = int(hour) % 12 + (12 if half.lower() == "p" else 0) if half else int(hour)
    try:
        return time(number, int(minute or 0), int(second or 0))
    except ValueError:
        return None
