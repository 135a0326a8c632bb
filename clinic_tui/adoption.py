"""Adoption: what became of the invitations made in a period, by month, practitioner, template or age band.

*Counted* is every invitation in the viewer's reach but those that were taken back before they went (`cancelled`) and
those that another took the place of (`superseded`): one that was resent counts once, as the newest, on that one's day.
A patient who was invited again after an invitation had ended counts once for each. So every invitation is in one month,
with one practitioner, of one template and in one age band, and the rows of each report come to the same total.

Of those counted,
- *invited*: all of them, those that still wait to be sent as well;
- *delivered*: a mail server took it for certain (not `unconfirmed`), and it did not come back; or it was accepted;
- *accepted*: accepted, and not revoked since;
- *declined*: the patient said no, or stop;
- *bounced*: it came back, or the server refused it for good (`bounced`, `failed`);
- *active*: the patient's newest of all that are counted, and they have an active portal account now: every active
  patient who was ever invited counts once, however they came by the account.

Practitioner and age are the patient's as they are today, days are the practice's. An age band is refused to whom names
are hidden, as ages are everywhere. The other reports tell such a viewer no more than the lists that they have already,
where each patient stands by number with practitioner and portal line: of a group of one they learn no name by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, cast, get_args

import peewee
from peewee import fn

from clinic_tui import access, csv_out
from clinic_tui.access import Viewer
from clinic_tui.case_load import filters
from clinic_tui.case_load.matching import years_before
from clinic_tui.clock import begins, ends, local, today
from clinic_tui.db.connection import session
from clinic_tui.db.models.practice import Template, TemplateVersion
from clinic_tui.errors import FieldError

By = Literal["month", "practitioner", "template", "age"]
GROUPS: tuple[By, ...] = get_args(By)
COUNTS = ("invited", "delivered", "accepted", "declined", "bounced", "active")
NOT_COUNTED = ("superseded", "cancelled")
MOST_MONTHS = 240  # what is older is one row
AGES = (0, 16, 25, 40, 55, 65, 75)  # each band's first age

_LEFT = peewee.JOIN.LEFT_OUTER


class Line(NamedTuple):
    """One row: what it is of, and how many."""

    name: str
    invited: int
    delivered: int
    accepted: int
    declined: int
    bounced: int
    active: int


class Period(NamedTuple):
    """From the day `first` to the day `last`, both included; None: no bound."""

    first: date | None = None
    last: date | None = None


ALWAYS = Period()


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
        counted = _Counted(viewer, period)
        lines = _GROUPINGS[by](viewer, counted)
    sums = (sum(getattr(line, count) for line in lines) for count in COUNTS)
    return Adoption(by, period, lines, Line("total", *sums))


def csv_lines(found: Adoption) -> Iterator[str]:
    """The rows as CSV under a header; without the total, which a spreadsheet sums."""
    yield csv_out.line((found.by, *COUNTS))
    for line in found.lines:
        yield csv_out.line(line)


class _Counted:
    """The invitations that count, and how many of a group are what."""

    def __init__(self, viewer: Viewer, period: Period) -> None:
        self._reach = access.invitations(viewer)
        self.invitation: Any = self._reach.model
        self.patient: Any = access.patients(viewer).model
        self._account: Any = access.portal_accounts(viewer).model
        self._conditions = [self.invitation.state.not_in(NOT_COUNTED)]
        if period.first is not None:
            self._conditions.append(self.invitation.created_at >= begins(period.first))
        if period.last is not None:
            self._conditions.append(self.invitation.created_at < ends(period.last))

    def by(self, group: Any, *joined: tuple[Any, Any]) -> dict[Any, tuple[int, ...]]:
        """The counts, in the order of COUNTS, for each value of `group`; `joined`: tables that it needs, and how."""
        row = self.invitation
        accepted = row.state == "accepted"
        delivered = row.sent_at.is_null(False) & row.state.not_in(("bounced", "failed", "unconfirmed"))
        counts = [
            fn.COUNT(row.id), _how_many(delivered | accepted), _how_many(accepted),
            _how_many(row.state == "declined"), _how_many(row.state.in_(("bounced", "failed"))),
        ]  # fmt: skip
        active = dict(self._grouped(group, joined, [fn.COUNT(row.id)], row.id.in_(self._newest_of_the_active())))
        found = self._grouped(group, joined, counts)
        return {of: (*(int(number) for number in numbers), int(active.get(of, 0))) for of, *numbers in found}

    def ends(self) -> tuple[datetime, datetime] | None:
        """When the first and the last of them was made; None where there is none."""
        made = self.invitation.created_at
        query: Any = self._reach.select(fn.MIN(made), fn.MAX(made)).where(*self._conditions)
        first, last = query.tuples().get()
        return None if first is None else (first, last)

    def _grouped(self, group: Any, joined: tuple[tuple[Any, Any], ...], counts: list[Any], *more: Any) -> Any:
        query: Any = self._reach.select(group.alias("of"), *counts)
        for table, on in joined:
            query = query.join_from(self.invitation, table, _LEFT, on=on)
        return query.where(*self._conditions, *more).group_by(peewee.SQL("1")).tuples()

    def _newest_of_the_active(self) -> Any:
        """The newest invitation of each patient with an active account, whenever it was made."""
        row: Any = self.invitation.alias()
        query = row.select(fn.MAX(row.id)).join(self._account, on=(self._account.patient == row.patient))
        return query.where(self._account.state == "active", row.state.not_in(NOT_COUNTED)).group_by(row.patient)


def _how_many(condition: Any) -> Any:
    return fn.SUM(peewee.Case(None, [(condition, 1)], 0))


def _months(_viewer: Viewer, counted: _Counted) -> list[Line]:
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


def _practitioners(_viewer: Viewer, counted: _Counted) -> list[Line]:
    table: Any = access.practitioners()
    names = dict(table.select(table.id, table.name).tuples())
    found = counted.by(counted.patient.practitioner, _patient_of(counted))
    return _named(found, names, "no practitioner")


def _patient_of(counted: _Counted) -> tuple[Any, Any]:
    return counted.patient, counted.invitation.patient == counted.patient.id


def _templates(_viewer: Viewer, counted: _Counted) -> list[Line]:
    version: Any = TemplateVersion
    templates: Any = Template.select(Template.id, Template.name)
    names = dict(templates.tuples())
    found = counted.by(version.template, (version, counted.invitation.template == version.id))
    return _named(found, names, "the words that come with the program")


def _named(counts: dict[Any, tuple[int, ...]], names: dict[int, str], none: str) -> list[Line]:
    """By name, whatever its case; those of nobody last."""
    known = [Line(names[key], *numbers) for key, numbers in counts.items() if key is not None]
    known.sort(key=lambda line: (line.name.casefold(), line.name))
    return known + ([Line(none, *counts[None])] if None in counts else [])


def _ages(viewer: Viewer, counted: _Counted) -> list[Line]:
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
    dict[By, Callable[[Viewer, _Counted], list[Line]]],
    {"month": _months, "practitioner": _practitioners, "template": _templates, "age": _ages},
)
