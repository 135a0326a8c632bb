"""Which patients the filters leave, as SQL, in two forms.

*Few*: asked of some patients at hand, each looked up by its own index. *Whole*: asked of all patients at once, with the
period's appointments grouped beside them.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import peewee
from peewee import fn

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.period import EACH, Period
from clinic_tui.clock import begins, ends, now, today
from clinic_tui.dates import years_before
from clinic_tui.invitations.states import SOON
from clinic_tui.text import fold

NOT_INVITED = "not_invited"
# What stands in the column for lines that time alone makes of an invitation: those that may be them.
KEPT_AS = {"expires_soon": ("invited",), "expired": ("expired", "invited")}
LEFT = peewee.JOIN.LEFT_OUTER
# Filters by what is hidden with names: an age and a postcode together name a person.
_NAMING = ("has_email", "age_min", "age_max", "places")


class Matching:
    """The patients in a viewer's reach who match. Raises NotAllowed where the filters ask what is hidden."""

    def __init__(self, viewer: Viewer, filters: Filters) -> None:
        if any(getattr(filters, field) not in (None, ()) for field in _NAMING):
            viewer.need_names()
        self.filters = filters
        self.period = Period.of(filters)
        self._reach = access.patients(viewer)
        self.patient: Any = self._reach.model
        self.activity: Any = access.activity()
        self.any_filter = filters != Filters()
        self._grouped = self._groups() if self.period.is_set else None
        self._places = self._known_places()

    def select(self, *columns: Any, counted: bool = False, few: bool = False) -> Any:
        """The matching patients. `columns` may be the patient's and the activity's; `visits` too, where `counted`."""
        query: Any = self._reach.select(*columns)
        query = query.join(self.activity, LEFT, on=(self.activity.patient == self.patient.id))
        if self._grouped is not None and not few and (counted or self._needs_groups):
            kind = peewee.JOIN.INNER if self.period.is_closed else LEFT  # seen in it: who is not grouped is not meant
            query = query.join_from(self.patient, self._grouped, kind, on=(self._grouped.c.key == self.patient.id))
        conditions = self._conditions(few)
        return query.where(*conditions) if conditions else query

    def in_reach(self, *conditions: Any) -> Any:
        """The ids of all patients in reach."""
        query: Any = self._reach.select(self.patient.id)
        return query.where(*conditions) if conditions else query

    def visits(self, *, few: bool) -> Any:
        """How often a patient was seen in the period."""
        if self._grouped is None:
            return fn.COALESCE(self.activity.seen_count, 0)
        if not few:
            return fn.COALESCE(self._grouped.c.visits, 0)
        query, appointment = self.period.seen()
        return fn.COALESCE(query.where(appointment.patient == self.patient.id), 0)

    def portal(self, key: str) -> Any:
        """Whether the patient's portal line is `key` now, as `states.portal_key` has it."""
        line, until, at = self.patient.portal, self.patient.portal_until, now()
        if key == "expires_soon":
            return (line == "invited") & (until > at) & (until <= at + SOON)
        if key == "invited":
            return (line == "invited") & (until.is_null() | (until > at + SOON))
        if key == "expired":
            return (line == "expired") | ((line == "invited") & (until <= at))
        return line == key

    @property
    def _needs_groups(self) -> bool:
        counted = self.filters.visits_min is not None or self.filters.visits_max is not None
        return self.period.is_closed or (self.period.is_set and counted)

    def _groups(self) -> Any:
        query, appointment = self.period.seen()
        query = query.select(appointment.patient.alias("key"), fn.COUNT(EACH).alias("visits"))
        return query.group_by(appointment.patient).alias("grouped")

    def _conditions(self, few: bool) -> list[Any]:
        filters, patient, activity = self.filters, self.patient, self.activity
        found: list[Any] = [*self._seen(few)]
        if filters.practitioners:
            found.append(patient.practitioner.in_([who.id for who in filters.practitioners]))
        if filters.statuses:
            found.append(patient.status.in_(filters.statuses))
        if filters.portal:
            found.append(reduce(or_, map(self.portal, filters.portal)))
            if NOT_INVITED not in filters.portal:  # an index has the others
                found.append(patient.portal != NOT_INVITED)
        if filters.not_seen_since:
            found.append(activity.last_seen.is_null() | (activity.last_seen < begins(filters.not_seen_since)))
        if filters.next_from or filters.next_to:
            first = max(now(), begins(filters.next_from)) if filters.next_from else now()
            found.append(activity.next_at >= first)
        if filters.next_to:
            found.append(activity.next_at < ends(filters.next_to))
        if filters.age_min is not None:
            found.append(patient.birth_date <= years_before(today(), filters.age_min))
        if filters.age_max is not None:
            found.append(patient.birth_date > years_before(today(), filters.age_max + 1))
        if filters.sexes:
            found.append(patient.sex.in_(filters.sexes))
        if filters.has_email is not None:
            found.append(patient.email_fold.is_null(not filters.has_email))
        if self._places is not None:
            postcodes, suburbs = self._places
            found.append(patient.postcode.in_(postcodes) | patient.suburb.in_(suburbs))
        if filters.never_invited:
            found.append(self._never_invited())
        return found

    def _seen(self, few: bool) -> list[Any]:
        filters, period, activity = self.filters, self.period, self.activity
        found = []
        if period.start:
            found.append(activity.last_seen >= period.start)
        if period.end:
            found.append(activity.first_seen < period.end)
        if period.is_closed:
            found.append(self.visits(few=few) >= 1)
        if filters.visits_min is not None:
            found.append(self.visits(few=few) >= filters.visits_min)
            if filters.visits_min and not period.is_set:  # an index has them
                found.append(activity.seen_count >= filters.visits_min)
        if filters.visits_max is not None:
            found.append(self.visits(few=few) <= filters.visits_max)
        return found

    def _never_invited(self) -> Any:
        # Asked of patients in reach only, so that the invitations themselves need no reach of their own.
        invitation: Any = access.invitations(Viewer.system()).model.alias()
        went = (invitation.patient == self.patient.id) & (invitation.state != "cancelled")
        return ~fn.EXISTS(invitation.select(peewee.SQL("1")).where(went))

    def _known_places(self) -> tuple[list[str], list[str]] | None:
        """The postcodes and suburbs, as records spell them, that are meant; None where the filter is not set."""
        wanted = {_squeezed(place) for place in self.filters.places}
        if not wanted:
            return None
        kept: list[list[str]] = []
        for column in (self.patient.postcode, self.patient.suburb):
            spelt: Any = self._reach.select(column).distinct().tuples()
            kept.append([text for (text,) in spelt if text and _squeezed(text) in wanted])
        return kept[0], kept[1]


def _squeezed(place: str) -> str:
    return fold(place).replace(" ", "")
