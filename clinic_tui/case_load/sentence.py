"""The filters of a case load as one readable sentence: "seen since 1 Jan 2026 by Dr Okafor, never invited". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from clinic_tui.case_load.filters import Filters, Who, day_words
from clinic_tui.invitations.states import PORTAL_SIGNS
from clinic_tui.text import clean


def sentence(filters: Filters) -> str:
    """What the filters say; "every patient" where there is none."""
    parts = [
        _any("patients of", _names(filters.practitioners)),
        _any("", filters.statuses),
        _any("portal line", [PORTAL_SIGNS[key].word for key in filters.portal]),
        _seen(filters),
        f"not seen since {day_words(filters.not_seen_since)}" if filters.not_seen_since else "",
        _joined("next appointment", _days(filters.next_from, filters.next_to, "from")),
        _ages(filters.age_min, filters.age_max),
        _any("", filters.sexes),
        {True: "with own e-mail", False: "without own e-mail", None: ""}[filters.has_email],
        _any("in", [clean(place) for place in filters.places]),
        "never invited" if filters.never_invited else "",
    ]
    return ", ".join(part for part in parts if part) or "every patient"


def _seen(filters: Filters) -> str:
    days = _days(filters.seen_from, filters.seen_to, "since")
    by = _any("by", _names(filters.seen_by))
    times = _times(filters.visits_min, filters.visits_max)
    return _joined("seen", times, days, by) if times or days or by else ""


def _times(least: int | None, most: int | None) -> str:
    if least is not None and least == most:
        return "once" if least == 1 else f"{least:,} times"
    if least is not None and most is not None:
        return f"{least:,} to {most:,} times"
    if least is not None:
        return f"{least:,} times or more"
    return "" if most is None else f"{most:,} times at most"


def _days(first: date | None, last: date | None, since: str) -> str:
    if first and last:
        return f"on {day_words(first)}" if first == last else f"from {day_words(first)} to {day_words(last)}"
    if first:
        return f"{since} {day_words(first)}"
    return f"until {day_words(last)}" if last else ""


def _ages(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f"aged {least}" if least == most else f"aged {least} to {most}"
    if least is not None:
        return f"aged {least} or more"
    return "" if most is None else f"aged {most} or less"


def _any(before: str, choices: Sequence[str]) -> str:
    return _joined(before, " or ".join(choices)) if choices else ""


def _names(people: Sequence[Who]) -> list[str]:
    return [clean(who.name) for who in people]


def _joined(*parts: str) -> str:
    """The parts with spaces between; nothing where nothing but the first is there."""
    return " ".join(part for part in parts if part) if any(parts[1:]) else ""
