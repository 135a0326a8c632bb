"""A practice made up by hypothesis, and what a case load of it is in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from clinic_tui.case_load import activity
from clinic_tui.case_load.filters import Filters, Who
from clinic_tui.case_load.orders import Sort
from clinic_tui.db.connection import database, transaction
from clinic_tui.db.models.patients import Appointment, Patient
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.invitations.states import PORTAL_SIGNS, portal_key
from clinic_tui.patients.derived import email_fold, sort_name
from clinic_tui.text import fold
from tests.conftest import NOW

TODAY = NOW.date()
DOCTORS = [Who(1, "Dr Okafor"), Who(2, "Dr Ann Lee"), Who(3, "Dr Łoś")]
GONE = Who(99, "Dr Gone")
LINES = ["not_invited", "queued", "invited", "expired", "declined", "active"]
PLACES = ["3000", "SW1A 1AA", "Łódź", "Harbour"]

# Few of them, so that the edges meet: the ends of a day, birthdays, and the ages that they make.
offsets = st.sampled_from([-800, -366, -365, -30, -3, -2, -1, 0, 1, 2, 30])
moments = st.tuples(offsets, st.sampled_from([0, 40, 95])).map(
    lambda drawn: at(drawn[0]) + timedelta(minutes=15 * drawn[1])
)
days = offsets.map(lambda day: TODAY + timedelta(days=day))
births = [date(2000, TODAY.month, day) for day in (TODAY.day - 1, TODAY.day, TODAY.day + 1)]
births += [date(2004, 2, 29), date(1940, 1, 1), TODAY]
ages = st.sampled_from([0, 1, 22, 25, 26, 27, 86])


def at(day: int) -> datetime:
    return datetime.combine(TODAY + timedelta(days=day), time.min, UTC)


@dataclass
class Someone:
    """One patient, all in one place."""

    number: str
    given: str
    family: str
    birth_date: date | None
    sex: str | None
    email: str | None
    postcode: str | None
    suburb: str | None
    status: str
    practitioner: int | None
    portal: str
    portal_until: datetime | None
    appointments: list[tuple[datetime, str, int | None]]
    invitations: list[str]
    id: int = field(default=0)

    def seen(self, filters: Filters) -> list[datetime]:
        """When seen in the filters' period."""
        by = {who.id for who in filters.seen_by}
        return [
            when
            for when, status, who in self.appointments
            if status == "seen"
            and (filters.seen_from is None or when.date() >= filters.seen_from)
            and (filters.seen_to is None or when.date() <= filters.seen_to)
            and (not by or who in by)
        ]

    @property
    def ever(self) -> list[datetime]:
        return self.seen(Filters())

    @property
    def next(self) -> datetime | None:
        return min((when for when, status, _ in self.appointments if status == "booked" and when >= NOW), default=None)

    @property
    def age(self) -> int | None:
        born = self.birth_date
        if born is None:
            return None
        had_birthday = (TODAY.month, TODAY.day) >= (born.month, born.day)
        return TODAY.year - born.year - (0 if had_birthday else 1)

    @property
    def line(self) -> str:
        return portal_key(self.portal, self.portal_until)


@st.composite
def someone(draw: st.DrawFn) -> Someone:
    portal = draw(st.sampled_from(LINES))
    return Someone(
        number=draw(st.uuids()).hex[:12],
        given=draw(st.sampled_from(["Jo", "Ann", "Łucja"])),
        family=draw(st.sampled_from(["Smith", "Ng", "Żak"])),
        birth_date=draw(st.none() | st.sampled_from(births)),
        sex=draw(st.sampled_from([None, "female", "male", "other"])),
        email=draw(st.sampled_from([None, "a@example.com", "B@example.com", "c@example.com"])),
        postcode=draw(st.sampled_from([None, "3000", "sw1a 1aa", "SW1A1AA"])),
        suburb=draw(st.sampled_from([None, "HARBOUR", "Harbour", "Łódź", "lodz"])),
        status=draw(st.sampled_from(["current", "waiting", "deceased"])),
        practitioner=draw(st.sampled_from([None, 1, 2, 3])),
        portal=portal,
        portal_until=draw(st.sampled_from([None, at(-3), at(1) + timedelta(hours=1), at(6)])),
        appointments=draw(st.lists(st.tuples(
            moments, st.sampled_from(["seen", "seen", "booked", "booked", "missed", "cancelled"]),
            st.sampled_from([None, 1, 2, 3])), max_size=5)),
        invitations=draw(st.lists(st.sampled_from(["cancelled", "expired", "declined"]), max_size=2)),
    )  # fmt: skip


people = st.lists(someone(), max_size=14, unique_by=lambda one: one.number)


def _span(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    """Both ends the right way up, either left out."""
    return st.tuples(st.none() | values, st.none() | values).map(
        lambda ends: (min(ends), max(ends)) if None not in ends else ends
    )


_NAMES = (
    "practitioners", "seen_by", "statuses", "portal", "seen", "visits", "not_seen", "next", "age", "sexes", "email",
    "places", "never",
)  # fmt: skip


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """Mostly a few at once: with many, nobody is left."""
    kept: dict[str, Any] = {}
    wanted = draw(st.sets(st.sampled_from(_NAMES), max_size=4))
    spans = {"seen": (days, "seen_from", "seen_to"), "visits": (st.integers(0, 4), "visits_min", "visits_max"),
             "next": (days, "next_from", "next_to"), "age": (ages, "age_min", "age_max")}  # fmt: skip
    for name in sorted(wanted & set(spans)):
        values, first, last = spans[name]
        kept[first], kept[last] = draw(_span(values))
    several: dict[str, list[Any]] = {
        "practitioners": [*DOCTORS, GONE],
        "seen_by": [*DOCTORS, GONE],
        "sexes": ["female", "male", "other"],
        "statuses": ["current", "waiting", "deceased"],
        "portal": list(PORTAL_SIGNS),
        "places": PLACES,
    }
    for name in sorted(wanted & set(several)):
        kept[name] = tuple(draw(st.lists(st.sampled_from(several[name]), min_size=1, max_size=2, unique=True)))
    if "not_seen" in wanted:
        kept["not_seen_since"] = draw(days)
    if "email" in wanted:
        kept["has_email"] = draw(st.booleans())
    return Filters(never_invited="never" in wanted, **kept)


def fill(population: Sequence[Someone]) -> None:
    """The practice has these patients, and no others; each is given its id."""
    with transaction():
        for table in (Invitation, Appointment, Patient):
            table.delete().execute()
        if not Practitioner.select().exists():
            for who in DOCTORS:
                Practitioner.create(id=who.id, name=who.name, name_fold=fold(who.name))
        for one in population:
            one.id = Patient.create(
                number=one.number, given=one.given, family=one.family, sort_name=sort_name(one.given, one.family),
                birth_date=one.birth_date, sex=one.sex, email=one.email, email_fold=email_fold(one.email),
                postcode=one.postcode, suburb=one.suburb, status=one.status, practitioner=one.practitioner,
                portal=one.portal, portal_until=one.portal_until,
            ).id  # fmt: skip
            for when, status, who_id in one.appointments:
                Appointment.create(patient=one.id, practitioner=who_id, starts_at=when, status=status)
            for state in one.invitations:
                invite(one.id, state)
        activity.refresh(one.id for one in population)
    assert not database.in_transaction()


def invite(patient_id: int, state: str) -> None:
    count = Invitation.select().count()
    Invitation.create(
        ref=f"r{count}", patient=patient_id, email="x", email_fold="x", state=state, key_id="k",
        token_hash=f"t{count}", expires_days=7, created_at=NOW,
    )  # fmt: skip


def matches(one: Someone, filters: Filters) -> bool:
    """Whether the filters hold, each by itself."""
    seen = one.seen(filters)
    coming = one.next
    squeezed = [fold(place).replace(" ", "") for place in filters.places]
    return all(
        (
            not filters.practitioners or one.practitioner in [who.id for who in filters.practitioners],
            not filters.statuses or one.status in filters.statuses,
            not filters.portal or one.line in filters.portal,
            not (filters.seen_from or filters.seen_to or filters.seen_by) or seen,
            filters.visits_min is None or len(seen) >= filters.visits_min,
            filters.visits_max is None or len(seen) <= filters.visits_max,
            filters.not_seen_since is None or all(when.date() < filters.not_seen_since for when in one.ever),
            filters.next_from is None or (coming is not None and coming.date() >= filters.next_from),
            filters.next_to is None or (coming is not None and coming.date() <= filters.next_to),
            filters.age_min is None or (one.age is not None and one.age >= filters.age_min),
            filters.age_max is None or (one.age is not None and one.age <= filters.age_max),
            not filters.sexes or one.sex in filters.sexes,
            filters.has_email is None or (one.email is not None) == filters.has_email,
            not squeezed
            or any(fold(place).replace(" ", "") in squeezed for place in (one.postcode, one.suburb) if place),
            not filters.never_invited or all(state == "cancelled" for state in one.invitations),
        )
    )


def ordered(found: Sequence[Someone], filters: Filters, sort: Sort) -> list[int]:
    """The ids in the order of the sort."""
    by_name = sorted(found, key=lambda one: (sort_name(one.given, one.family), one.id))
    names = {who.id: fold(who.name) for who in DOCTORS}
    few: dict[str, Any] = {
        "practitioner": lambda one: names.get(one.practitioner),
        "portal": lambda one: list(PORTAL_SIGNS).index(one.line),
    }
    if sort.column == "patient":
        return [one.id for one in (reversed(by_name) if sort.descending else by_name)]
    if sort.column in few:
        value = few[sort.column]
        ranked = sorted((one for one in by_name if value(one) is not None), key=value, reverse=sort.descending)
        return [one.id for one in (*ranked, *(one for one in by_name if value(one) is None))]
    many: dict[str, Any] = {
        "age": lambda one: one.birth_date and -one.birth_date.toordinal(),
        "appointments": lambda one: len(one.seen(filters)) or None,
        "first_seen": lambda one: min(one.ever, default=None),
        "last_seen": lambda one: max(one.ever, default=None),
        "next_appointment": lambda one: one.next,
        "email": lambda one: one.email and one.email.casefold(),
    }
    value = many[sort.column]
    some = sorted(
        (one for one in found if value(one) is not None),
        key=lambda one: (value(one), -one.id if sort.column == "age" else one.id),
        reverse=sort.descending,
    )
    none = [one for one in by_name if value(one) is None]
    if sort.column == "appointments" and not sort.descending:  # nothing is a number too
        return [one.id for one in (*none, *some)]
    return [one.id for one in (*some, *none)]
