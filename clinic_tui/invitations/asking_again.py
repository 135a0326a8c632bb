"""A patient who declined may say when to ask again: the day is kept with the invitation that they declined."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.dates import parse_typed_date
from clinic_tui.db.connection import transaction
from clinic_tui.errors import FieldError, Refused
from clinic_tui.invitations.accepting import locked
from clinic_tui.text import fold

FURTHEST = timedelta(days=5 * 366)
_LATER = re.compile(r"(?:in )?(\d{1,4}) ?(day|week|month|year)s?")
_MOST_LATER = 2_000


def ask_again(viewer: Viewer, invitation_id: int, on: date | None) -> None:
    """Ask the patient again from the day `on`; None: there is no such day. Nobody is written to by it.

    Raises Refused where the invitation was not declined, FieldError on `on` where the day is past or years away.
    """
    viewer.need("owner", "practitioner", "front-desk")
    if on is not None and on < today():
        raise FieldError("on", "That day has passed.", "Say a day from today on.")
    if on is not None and on > today() + FURTHEST:
        raise FieldError("on", "That is more than five years away.", "Say a nearer day.")
    with transaction():
        row = locked(viewer, invitation_id)
        if row.state != "declined":
            raise Refused("state", f"The invitation is {row.state}, not declined: there is nothing to ask again.")
        before, row.ask_again = row.ask_again, on
        row.save()
        history.record(viewer, "ask again", patient=row.patient_id, invitation=row.id, before=_plain(before),
                       after=_plain(on))  # fmt: skip


def read_day(text: str) -> date | None:
    """The day that somebody typed, of those to come: `28 Feb`, `28/2/27`, `2027-02-28`, `3 months`; `none`.

    Raises FieldError on `on` where it is no day.
    """
    typed = fold(text).strip()
    if typed in ("", "none"):
        return None
    if (match := _LATER.fullmatch(typed)) and int(match[1]) <= _MOST_LATER:
        return _later(int(match[1]), match[2])
    days = _days(typed) or [day for year in (0, 1) for between in (" ", "/")
                            for day in _days(f"{typed}{between}{today().year + year}")]  # fmt: skip
    if not days:
        raise FieldError("on", "This is no day.", "Such as 28 Feb 2027, 28/2/27 or 3 months.")
    return next((day for day in days if day >= today()), days[0])


def _days(text: str) -> list[date]:
    """What the text may mean; a year of two digits is one to come."""
    return [first for first, last in parse_typed_date(text, today() + FURTHEST) if first == last]


def _later(number: int, unit: str) -> date:
    if unit == "day":
        return today() + timedelta(days=number)
    if unit == "week":
        return today() + timedelta(weeks=number)
    months = today().month - 1 + (number if unit == "month" else 12 * number)
    year, month = today().year + months // 12, months % 12 + 1
    return date(year, month, min(today().day, calendar.monthrange(year, month)[1]))


def _plain(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
