"""Days and moments as the desk reads them, on the clock of the practice's host."""

from __future__ import annotations

from datetime import date, datetime

from clinic_tui import dates
from clinic_tui.clock import local, today


def day(when: date) -> str:
    """`12 Mar 1984`, the day padded to two cells so that a column of them is aligned."""
    return f"{when.day:>2} {when:%b} {when.year}"


def age(born: date) -> int:
    """Full years lived until today."""
    return dates.age(born, today())


def moment(when: datetime) -> str:
    """`Tue 24 Nov 10:40`; with its year where that is not this one."""
    here = local(when)
    year = "" if here.year == today().year else f" {here.year}"
    return f"{here:%a} {here.day} {here:%b}{year} {here:%H:%M}"


def weekday(when: datetime) -> str:
    """The day of a moment that is near: `Sun 29 Nov`."""
    here = local(when)
    return f"{here:%a} {here.day} {here:%b}"


def day_of(when: datetime) -> str:
    """The day of a moment: `2 Sep 2026`."""
    return day(local(when).date()).strip()


def distance(when: datetime) -> str:
    """How far off: `today`, `tomorrow`, `in 3 days`, `yesterday`, `5 days ago`, `4 months ago`."""
    days = (local(when).date() - today()).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    count = abs(days)
    for unit, length in (("year", 365), ("month", 30)):
        if count >= 2 * length:
            return f"in {count // length} {unit}s" if days > 0 else f"{count // length} {unit}s ago"
    return f"in {count} days" if days > 0 else f"{count} days ago"
