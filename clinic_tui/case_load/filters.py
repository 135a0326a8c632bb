"""What a case load is narrowed to: typed words made into values, or a sentence about the field that cannot stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.dates import Order, parse_date, parse_typed_date
from clinic_tui.db.connection import session
from clinic_tui.errors import FieldError
from clinic_tui.invitations.states import PORTAL_SIGNS
from clinic_tui.patients import practitioners
from clinic_tui.text import clean, fold

MOST_YEARS = 150
MOST_VISITS = 100_000
_LONGEST_PLACE = 100
_YEAR_LAST: tuple[Order, ...] = ("dmy", "mdy")


class Who(NamedTuple):
    """A practitioner by id, and the name to say."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Filters:
    """A patient is in the case load where every filter given holds; without any, each patient in reach is.

    `practitioners`: the patient's own. `seen_from`, `seen_to` (days, both included) and `seen_by` make the period:
    seen in it at least once. `visits_min`, `visits_max`: how often seen in that period (without one: ever).
    `not_seen_since`: never seen on that day or later. `next_from`, `next_to`: the day of the next appointment booked.
    `places`: postcodes or suburbs. `portal`: keys of PORTAL_SIGNS. `never_invited`: no invitation, but for those taken
    back before they went.
    """

    practitioners: tuple[Who, ...] = ()
    seen_by: tuple[Who, ...] = ()
    statuses: tuple[str, ...] = ()
    portal: tuple[str, ...] = ()
    seen_from: date | None = None
    seen_to: date | None = None
    visits_min: int | None = None
    visits_max: int | None = None
    not_seen_since: date | None = None
    next_from: date | None = None
    next_to: date | None = None
    age_min: int | None = None
    age_max: int | None = None
    sexes: tuple[str, ...] = ()
    has_email: bool | None = None
    places: tuple[str, ...] = ()
    never_invited: bool = False


def read(viewer: Viewer, values: Mapping[str, Any]) -> Filters:
    """The filters that were typed, by the names of `Filters`; what is blank filters nothing.

    Where several may be given, a value is an iterable of words, or one text with `;` between them. Raises FieldError,
    naming the field: an impossible date, a range upside down, an unknown practitioner.
    """
    kept: dict[str, Any] = {}
    with session():
        for field, value in values.items():
            if field not in _READERS:
                raise FieldError(
                    field, f"A case load has no filter {clean(field, 40)!r}.", f"There are: {', '.join(FIELDS)}."
                )
            if value is not None and value not in ("", (), []):
                kept[field] = _READERS[field](viewer, field, value)
    filters = Filters(**kept)
    _upright(filters)
    return filters


def _upright(filters: Filters) -> None:
    for name, first, last in (
        ("seen", filters.seen_from, filters.seen_to),
        ("next", filters.next_from, filters.next_to),
        ("visits", filters.visits_min, filters.visits_max),
        ("age", filters.age_min, filters.age_max),
    ):
        if first is not None and last is not None and first > last:  # type: ignore[operator]
            field = f"{name}_{'to' if isinstance(last, date) else 'max'}"
            what = "days" if isinstance(last, date) else "appointments" if name == "visits" else "ages"
            raise FieldError(
                field, f"The {what} are upside down: {_said(first)} to {_said(last)}.", "Put the lower one first."
            )


def _said(value: object) -> str:
    return day_words(value) if isinstance(value, date) else str(value)


def day_words(day: date) -> str:
    """`1 Jan 2026`."""
    return f"{day.day} {day:%b} {day.year}"


def find_practitioner(typed: str) -> Who:
    """The practitioner whose name is meant, whole or by the beginnings of its words. Raises FieldError."""
    try:
        return Who(*practitioners.meant(typed))
    except FieldError as error:
        raise FieldError("practitioners", error.title, error.advice) from error


def _several(value: Any) -> list[str]:
    found: Iterable[Any] = value.split(";") if isinstance(value, str) else value
    return list(dict.fromkeys(text for each in found if (text := " ".join(str(each).split()))))


def _whom(viewer: Viewer, field: str, value: Any) -> tuple[Who, ...]:
    found = []
    for each in _several(value) if isinstance(value, str) else value:
        try:
            found.append(each if isinstance(each, Who) else find_practitioner(str(each)))
        except FieldError as error:
            raise FieldError(field, error.title, error.advice) from error
    return tuple(dict.fromkeys(found))


def _words_of(known: Mapping[str, str], what: str) -> Callable[[Viewer, str, Any], tuple[str, ...]]:
    """Reads words out of `known`, which maps what may be typed (folded) to what is kept."""

    def read_words(viewer: Viewer, field: str, value: Any) -> tuple[str, ...]:
        kept = []
        for each in _several(value):
            word = known.get(fold(each)) or known.get(fold(each.replace("_", " ")))
            if word is None:
                raise FieldError(field, f"{clean(each, 40)!r} is no {what}.", f"It is one of: {', '.join(known)}.")
            kept.append(word)
        return tuple(dict.fromkeys(kept))

    return read_words


def _day(*, last: bool) -> Callable[[Viewer, str, Any], date]:
    """Reads a day; a month or year stands for its first or `last` day."""

    def read_day(viewer: Viewer, field: str, value: Any) -> date:
        if isinstance(value, date):
            return value
        typed = clean(str(value), 30)
        # A year of two digits may lie ahead, an appointment in 31 is not one of 1931; and it stands last.
        ahead = today().replace(day=1, year=today().year + 20)
        found = parse_typed_date(str(value), ahead)
        if len(found) > 1:
            year_last = [parse_date(str(value), order, ahead) for order in _YEAR_LAST]
            found = [each for each in found if each.first in year_last]
        if not found:
            raise FieldError(field, f"{typed!r} is no date.", "Write it as 2026-03-12 or 12 mar 2026.")
        if len(found) > 1:
            either = " or ".join(day_words(each.first) for each in found)
            raise FieldError(field, f"{typed!r} may be {either}.", "Write it as 2026-03-12 or 12 mar 2026.")
        return found[0].last if last else found[0].first

    return read_day


def _number(most: int, what: str) -> Callable[[Viewer, str, Any], int]:
    def read_number(viewer: Viewer, field: str, value: Any) -> int:
        typed = str(value).strip()
        if not (typed.isascii() and typed.isdigit()) or len(typed) > 9 or int(typed) > most:
            raise FieldError(field, f"{clean(typed, 30)!r} is no {what}.", f"It is a whole number from 0 to {most:,}.")
        return int(typed)

    return read_number


def _yes_or_no(viewer: Viewer, field: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    answers = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
    if fold(str(value)) not in answers:
        raise FieldError(field, f"{clean(str(value), 30)!r} is neither yes nor no.")
    return answers[fold(str(value))]


def _places(viewer: Viewer, field: str, value: Any) -> tuple[str, ...]:
    kept = [clean(each) for each in _several(value)]
    if any(len(each) > _LONGEST_PLACE for each in kept):
        raise FieldError(field, "That is too long for a postcode or a suburb.", "Shorten it.")
    return tuple(kept)


_VISITS, _AGE = _number(MOST_VISITS, "number of appointments"), _number(MOST_YEARS, "age")
_READERS: dict[str, Callable[[Viewer, str, Any], Any]] = {
    "practitioners": _whom,
    "seen_by": _whom,
    "statuses": _words_of({word: word for word in access.STATUSES}, "status"),
    "portal": _words_of({sign.word: key for key, sign in PORTAL_SIGNS.items()}
                        | {key.replace("_", " "): key for key in PORTAL_SIGNS}, "portal line"),
    "seen_from": _day(last=False),
    "seen_to": _day(last=True),
    "visits_min": _VISITS,
    "visits_max": _VISITS,
    "not_seen_since": _day(last=False),
    "next_from": _day(last=False),
    "next_to": _day(last=True),
    "age_min": _AGE,
    "age_max": _AGE,
    "sexes": _words_of({word: word for word in access.SEXES}, "sex"),
    "has_email": _yes_or_no,
    "places": _places,
    "never_invited": _yes_or_no,
}  # fmt: skip
FIELDS = tuple(_READERS)
