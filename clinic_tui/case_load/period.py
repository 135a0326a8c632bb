"""The period in which appointments are counted: the days from local midnight to local midnight, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.case_load.filters import Filters
from clinic_tui.clock import begins, ends

EACH = SQL("*")  # a count of a column that is in no index would look up every row
# Whoever sees a patient sees the appointments too: the patients that these are counted for are those in reach.
_OF_THE_PATIENT = Viewer.system()


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` on, before `end`, seen by one of `by`; None and empty: no bound."""

    start: datetime | None
    end: datetime | None
    by: tuple[int, ...]

    @classmethod
    def of(cls, filters: Filters) -> Period:
        """The period that the filters set."""
        return cls(
            begins(filters.seen_from) if filters.seen_from else None,
            ends(filters.seen_to) if filters.seen_to else None,
            tuple(who.id for who in filters.seen_by),
        )

    @property
    def is_set(self) -> bool:
        """Whether there is a bound at all."""
        return bool(self.start or self.end or self.by)

    @property
    def is_closed(self) -> bool:
        """Whether first and last seen do not tell by themselves who was seen in it."""
        return bool(self.by or (self.start and self.end))

    def seen(self) -> tuple[Any, Any]:
        """How many appointments were seen in it, as a query; and the alias of the table, to build on it."""
        table: Any = access.appointments(_OF_THE_PATIENT).model.alias()
        query = table.select(fn.COUNT(EACH)).where(table.status == "seen")
        if self.start:
            query = query.where(table.starts_at >= self.start)
        if self.end:
            query = query.where(table.starts_at < self.end)
        if self.by:
            query = query.where(table.practitioner.in_(self.by))
        return query, table
