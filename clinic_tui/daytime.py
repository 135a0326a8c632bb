"""By day: when mail that nobody pressed a key for may go, on the clock of the practice's host."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from clinic_tui.clock import local, now
from clinic_tui.settings import Settings

FROM, TO = "patient_access.remind_from", "patient_access.remind_to"


def from_then_on(known: Settings, moment: datetime | None = None) -> datetime:
    """The moment (None: now) where it is by day, else when the next day begins, by the settings' hours."""
    here = local(moment or now())
    first, last = known.number(FROM), known.number(TO)
    if first <= here.hour < last:
        return moment or now()
    day = here.date() + timedelta(days=here.hour >= last)
    return datetime.combine(day, time(first)).astimezone()  # each day's own offset: a clock may have been put forward


def is_day(known: Settings) -> bool:
    """Whether it is by day now."""
    return from_then_on(known) <= now()
