"""The report: rows of a month, practitioner, template or age band each, and their total; as CSV too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, cast, get_args

import peewee

from clinic_tui import access, csv_out
from clinic_tui.access import Viewer
from clinic_tui.adoption.counting import ALWAYS, COUNTS, Counted, Period
from clinic_tui.case_load import filters
from clinic_tui.clock import begins, local, today
from clinic_tui.dates import years_before
from clinic_tui.db.connection import session
from clinic_tui.db.models.practice import Template, TemplateVersion
from clinic_tui.errors import FieldError

By = Literal["month", "practitioner", "template", "age"]
GROUPS: tuple[By, ...] = get_args(By)
MOST_MONTHS = 240  # what is older is one row
AGES = (0, 16, 25, 40, 55, 65, 75)  # each band's first age


class Line(NamedTuple):
    """One row: what it is of, and how many."""

    name: str
    invited: int
    delivered: int
    accepted: int
    declined: int
    bounced: int
    active: int


class Adoption(NamedTuple):
    """The report. Months are `2026-11`, in order, those without an invitation between others too; the rest by name."""

    by: By
    period: Period
    lines: list[Line]
    total: Line


def read_period(viewer: Viewer, first: str | None, last: str | None) -> Period:
    """A period as a person types it, as in a case load: `2026` or `mar 2026` too. Raises FieldError on from or to."""
    try:
        found = filters.read(viewer, {"seen_from": first or None, "seen_to": last or None})
    except FieldError as error:
        raise FieldError(error.field.removeprefix("seen_"), error.title, error.advice) from error
    return Period(found.seen_from, found.seen_to)


def read(viewer: Viewer, by: By = "month", period: Period = ALWAYS) -> Adoption:
    """The report. Raises NotAllowed where age is hidden from the viewer."""
    with session():
        counted = Counted(viewer, period)
        lines = _GROUPINGS[by](viewer, counted)
    sums = (sum(getattr(line, count) for line in lines) for count in COUNTS)
    return Adoption(by, period, lines, Line("total", *sums))


def csv_lines(found: Adoption) -> Iterator[str]:
    """The rows as CSV under a header; without the total, which a spreadsheet sums."""
    yield csv_out.line((found.by, *COUNTS))
    for line in found.lines:
        yield csv_out.line(line)


def _months(_viewer: Viewer, counted: Counted) -> list[Line]:
    found = counted.ends()
    if found is None:
        return []
    first, last = (local(moment).date().replace(day=1) for moment in found)
    months = [last]
    while months[-1] > first and len(months) < MOST_MONTHS:
        months.append(_month_before(months[-1]))
    made = counted.invitation.created_at
    counts = counted.by(_number(made, [begins(month) for month in months]))
    names = [f"{month:%Y-%m}" for month in months]
    if len(months) in counts:
        names.append(f"before {names[-1]}")
    return [Line(name, *counts.get(at, (0,) * 6)) for at, name in enumerate(names)][::-1]


def _number(made: Any, starts: list[datetime], first: int = 0) -> Any:
    """The number of the first of `starts`, the latest first, that is not after `made`; behind the last: one more.

    By halves: of hundreds a handful is compared.
    """
    if not starts:
        return peewee.Value(first, converter=False)
    half = len(starts) // 2
    return peewee.Case(
        None,
        [(made >= starts[half], _number(made, starts[:half], first))],
        _number(made, starts[half + 1 :], first + half + 1),
    )


def _month_before(month: date) -> date:
    return month.replace(year=month.year - (month.month == 1), month=(month.month - 2) % 12 + 1)


def _practitioners(_viewer: Viewer, counted: Counted) -> list[Line]:
    table: Any = access.practitioners()
    found = counted.by(counted.patient.practitioner, _patient_of(counted))
    return _named(found, dict(table.select(table.id, table.name).tuples()), "no practitioner")


def _patient_of(counted: Counted) -> tuple[Any, Any]:
    return counted.patient, counted.invitation.patient == counted.patient.id


def _templates(_viewer: Viewer, counted: Counted) -> list[Line]:
    version: Any = TemplateVersion
    templates: Any = Template.select(Template.id, Template.name)
    found = counted.by(version.template, (version, counted.invitation.template == version.id))
    return _named(found, dict(templates.tuples()), "the words that come with the program")


def _named(counts: dict[Any, tuple[int, ...]], names: dict[int, str], none: str) -> list[Line]:
    """By name, whatever its case; those of nobody last."""
    known = [Line(names[key], *numbers) for key, numbers in counts.items() if key is not None]
    known.sort(key=lambda line: (line.name.casefold(), line.name))
    return known + ([Line(none, *counts[None])] if None in counts else [])


def _ages(viewer: Viewer, counted: Counted) -> list[Line]:
    viewer.need_names()
    born = counted.patient.birth_date
    bands = [(born <= years_before(today(), age), at) for at, age in reversed(list(enumerate(AGES)))]
    unknown = len(AGES)
    number = peewee.Case(None, [(born.is_null(), unknown), *bands], 0)  # born tomorrow: the first band
    counts = counted.by(number, _patient_of(counted))
    lines = [Line(band(at), *counts[at]) for at in range(len(AGES)) if at in counts]
    return lines + ([Line("not known", *counts[unknown])] if unknown in counts else [])


def band(at: int) -> str:
    """`0 to 15`, `75 and over`."""
    return f"{AGES[at]} to {AGES[at + 1] - 1}" if at + 1 < len(AGES) else f"{AGES[at]} and over"


_GROUPINGS = cast(
    dict[By, Callable[[Viewer, Counted], list[Line]]],
    {"month": _months, "practitioner": _practitioners, "template": _templates, "age": _ages},
)
