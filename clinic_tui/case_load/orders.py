"""The orders of a case load: a column to phases that come one after the other, each in an order that an index may give.

In either direction those without a value come last, by name; patients alike in the column are in the order of their
ids, or of their names where the column has few values. Where names are hidden nothing follows them: numbers do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import peewee
from peewee import fn

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.case_load.matching import KEPT_AS, NOT_INVITED, Matching
from clinic_tui.errors import FieldError
from clinic_tui.invitations.states import PORTAL_SIGNS
from clinic_tui.text import clean, fold

COLUMNS = (
    "patient", "age", "practitioner", "appointments", "first_seen", "last_seen", "next_appointment", "email", "portal",
)  # fmt: skip


class Sort(NamedTuple):
    """A column of COLUMNS, and the direction."""

    column: str = "patient"
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column


def read_sort(text: str) -> Sort:
    """The sort that was typed: a column, with `-` before it from the highest down. Raises FieldError."""
    bare = text.strip()
    column = fold(bare.removeprefix("-")).replace(" ", "_").replace("e-mail", "email")
    if column not in COLUMNS:
        raise FieldError(
            "sort", f"A case load has no column {clean(bare, 40)!r}.", f"It is sorted by: {', '.join(COLUMNS)}."
        )
    return Sort(column, bare.startswith("-"))


class Phase(NamedTuple):
    """Some of the patients, and their order.

    `where(few)`: who belongs to it, in the form of `Matching` that is asked for. `keys`: columns and whether each runs
    down. `walk`: a query of ids that an index gives in the same order, with others among them; None where none does.
    """

    where: Callable[[bool], list[Any]]
    keys: tuple[tuple[Any, bool], ...]
    walk: Any = None
    counted: bool = False

    def whole(self, matching: Matching, limit: int | None) -> Any:
        """The ids of the matching patients of this phase, in order: all looked at, and those that match sorted."""
        query = matching.select(matching.patient.id, counted=self.counted)
        conditions = self.where(False)
        query = query.where(*conditions) if conditions else query
        # An index would be followed to its end for the few that match, a look into the table for each: sort instead.
        apart = limit is not None or matching.any_filter
        keys = [(fn.COALESCE(key, key) if apart and self.walk is not None else key, down) for key, down in self.keys]
        query = query.order_by(*(key.desc() if down else key.asc() for key, down in keys))
        return query if limit is None else query.limit(limit)


def phases(viewer: Viewer, matching: Matching, sort: Sort, *, whole: bool = False) -> list[Phase]:
    """The phases of a sort, in order. Raises NotAllowed where the column is hidden from the viewer.

    `whole`: to be asked of all patients at once, not walked; there are as few of them then as can be.
    """
    patient, activity = matching.patient, matching.activity
    orders = _Orders(viewer, matching, sort.descending)
    if sort.column == "patient":
        return [Phase(_all, orders.names(sort.descending), orders.by_name(sort.descending))]
    if sort.column == "practitioner":
        return orders.by_practitioner(whole=whole and matching.any_filter)
    if sort.column == "portal":
        return orders.by_portal(whole=whole and matching.any_filter)
    if sort.column == "appointments":
        return orders.by_visits()
    if sort.column in ("email", "age"):
        viewer.need_names()
    if sort.column == "email":
        return orders.by_column(patient.email_fold)
    if sort.column == "age":
        return orders.by_column(patient.birth_date, reverse=True)
    columns = {
        "first_seen": activity.first_seen,
        "last_seen": activity.last_seen,
        "next_appointment": activity.next_at,
    }
    return orders.by_activity(columns[sort.column])


def _all(_few: bool) -> list[Any]:
    return []


def _always(*conditions: Any) -> Callable[[bool], list[Any]]:
    return lambda _few: list(conditions)


class _Orders:
    def __init__(self, viewer: Viewer, matching: Matching, down: bool) -> None:
        self._viewer, self._matching, self._down = viewer, matching, down
        self._patient, self._activity = matching.patient, matching.activity

    def names(self, down: bool = False) -> tuple[tuple[Any, bool], ...]:
        name = self._patient.number if self._viewer.names_hidden else self._patient.sort_name
        return ((name, down), (self._patient.id, down))

    def by_name(self, down: bool = False, *conditions: Any) -> Any:
        return _ordered(self._matching.in_reach(*conditions), self.names(down))

    def by_column(self, column: Any, *, reverse: bool = False) -> list[Phase]:
        """By a column of the patient that has an index."""
        down = self._down != reverse
        keys = ((column, down), (self._patient.id, down))
        walk = _ordered(self._matching.in_reach(column.is_null(False)), keys)
        return [Phase(_always(column.is_null(False)), keys, walk), self._blank(column.is_null())]

    def by_activity(self, column: Any) -> list[Phase]:
        return [self._active(column, column.is_null(False)), self._blank(column.is_null())]

    def by_visits(self) -> list[Phase]:
        if not self._matching.period.is_set:
            count = self._activity.seen_count
            some, none = self._active(count, count > 0), self._blank(fn.COALESCE(count, 0) == 0)
        else:
            count = self._matching.visits(few=False)
            keys = ((count, self._down), (self._patient.id, self._down))
            some = Phase(lambda few: [self._matching.visits(few=few) > 0], keys, counted=True)
            none = Phase(lambda few: [self._matching.visits(few=few) == 0], self.names(), self.by_name(), counted=True)
        return [some, none] if self._down else [none, some]

    def by_practitioner(self, *, whole: bool) -> list[Phase]:
        """One phase for each practitioner, by an index, or one for all; those without one last."""
        table: Any = access.practitioners()
        none = self._blank(self._patient.practitioner.is_null())
        if whole:  # what is filtered is sorted anyway: a hundred practitioners would ask it a hundred times
            name = table.select(table.name_fold).where(table.id == self._patient.practitioner)
            keys = ((fn.COALESCE(name, ""), self._down), *self.names())
            return [Phase(_always(self._patient.practitioner.is_null(False)), keys), none]
        found = table.select(table.id).order_by(table.name_fold.desc() if self._down else table.name_fold).tuples()
        wanted = {who.id for who in self._matching.filters.practitioners}
        ids = [key for (key,) in found if self._viewer.scope is None or key in self._viewer.scope]
        theirs = [self._patient.practitioner == key for key in ids if not wanted or key in wanted]
        phases = [Phase(_always(mine), self.names(), self.by_name(False, mine)) for mine in theirs]
        return [*phases, none]

    def by_portal(self, *, whole: bool) -> list[Phase]:
        """One phase for each line, in the order of PORTAL_SIGNS, or one for all."""
        wanted = self._matching.filters.portal
        keys = [key for key in PORTAL_SIGNS if not wanted or key in wanted]
        if whole:
            place = peewee.Case(None, [(self._matching.portal(key), number) for number, key in enumerate(keys)])
            return [Phase(_all, ((place, self._down), *self.names()))]
        found = []
        for key in reversed(keys) if self._down else keys:
            here = self._matching.portal(key)
            if key == NOT_INVITED:
                found.append(Phase(_always(here), self.names(), self.by_name()))
            else:  # an index has those who are anything else
                kept = self._patient.portal.in_(KEPT_AS.get(key, (key,))) & (self._patient.portal != NOT_INVITED)
                found.append(Phase(_always(here, kept), self.names(), self.by_name(False, kept)))
        return found

    def _active(self, column: Any, has_one: Any) -> Phase:
        keys = ((column, self._down), (self._patient.id, self._down))
        table = self._activity
        walk = table.select(table.patient).where(has_one)
        walk = _ordered(walk, ((column, self._down), (table.patient, self._down)))
        return Phase(_always(has_one), keys, walk)

    def _blank(self, condition: Any) -> Phase:
        return Phase(_always(condition), self.names(), self.by_name())


def _ordered(query: Any, keys: tuple[tuple[Any, bool], ...]) -> Any:
    return query.order_by(*(key.desc() if down else key.asc() for key, down in keys))
