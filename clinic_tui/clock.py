"""The one clock. Moments are aware UTC datetimes, whole milliseconds; days are those of the practice's host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, in UTC, to the millisecond (what the database keeps)."""
    moment = _frozen or datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def today() -> date:
    """Today where the practice is."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The moment on the clock of the practice's host."""
    return moment.astimezone()


def begins(day: date) -> datetime:
    """The moment at which the day begins where the practice is."""
    return datetime.combine(day, time.min).astimezone()


def ends(day: date) -> datetime:
    """The moment at which the next day begins."""
    return begins(day + timedelta(days=1))


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware), in every thread, for as long as the block runs."""
    global _frozen  # noqa: PLW0603
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
