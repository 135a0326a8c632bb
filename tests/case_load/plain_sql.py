"""Filters of a case load, and what each means in SQL that was written by hand: no code is shared with the rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from clinic_tui.case_load.filters import Filters, Who
from clinic_tui.db.connection import database
from tests.conftest import NOW

AT = round(NOW.timestamp() * 1000)
SOON = AT + 2 * 86_400_000
SEEN = "(SELECT count(*) FROM appointment a WHERE a.patient_id = p.id AND a.status = 'seen'{})"
NEXT = (
    "(SELECT min(a.starts_at) FROM appointment a "
    f"WHERE a.patient_id = p.id AND a.status = 'booked' AND a.starts_at >= {AT})"
)
LINE = (
    f"CASE WHEN p.portal <> 'invited' OR p.portal_until IS NULL OR p.portal_until > {SOON} THEN p.portal "
    f"WHEN p.portal_until <= {AT} THEN 'expired' ELSE 'expires_soon' END"
)
LINES = (
    "not_invited", "queued", "invited", "expires_soon", "unconfirmed", "failed", "bounced", "accepted_check",
    "accepted_steps", "accepted", "declined", "expired", "active", "disabled",
)  # fmt: skip


class Case(NamedTuple):
    """Filters; what they mean in SQL; of the appointments, which are in the period."""

    filters: Filters
    where: str
    period: str = ""


def plain(statement: str) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(statement).fetchall())


def ms(day: str) -> int:
    """The millisecond at which the day begins."""
    return round(datetime.fromisoformat(day).timestamp() * 1000)


def seen(condition: str = "") -> str:
    return SEEN.format(f" AND {condition}" if condition else "")


def cases() -> list[Case]:
    """Each filter by itself, at both ends; then several together."""
    busiest = plain(
        "SELECT d.id, d.name FROM practitioner d JOIN patient p ON p.practitioner_id = d.id "
        "GROUP BY d.id, d.name ORDER BY count(*) DESC, d.id LIMIT 2"
    )
    one, both = (Who(*busiest[0]),), tuple(Who(*row) for row in busiest)
    first, many = one[0].id, ", ".join(str(who.id) for who in both)
    [(suburb, _)] = plain("SELECT lower(suburb), count(*) FROM patient GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")
    [(postcode, _)] = plain(
        "SELECT postcode, count(*) FROM patient WHERE postcode IS NOT NULL "
        f"AND lower(suburb) <> '{suburb}' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )
    since, to = f"a.starts_at >= {ms('2026-03-01')}", f"a.starts_at < {ms('2026-10-01')}"
    by = f"a.practitioner_id IN ({many})"
    since_june = f"a.starts_at >= {ms('2026-06-01')}"
    in_period = f"{since} AND {to}"
    start, end = date(2026, 3, 1), date(2026, 9, 30)
    singles = [
        Case(Filters(), "1 = 1"),
        Case(Filters(practitioners=one), f"p.practitioner_id = {first}"),
        Case(Filters(practitioners=both), f"p.practitioner_id IN ({many})"),
        Case(Filters(statuses=("current",)), "p.status = 'current'"),
        Case(Filters(statuses=("deceased", "blocked", "waiting")), "p.status IN ('deceased', 'blocked', 'waiting')"),
        *(Case(Filters(portal=(line,)), f"{LINE} = '{line}'") for line in LINES),
        Case(Filters(portal=("expired", "not_invited")), f"{LINE} IN ('expired', 'not_invited')"),
        Case(Filters(portal=("invited", "expires_soon")), "p.portal = 'invited' AND "
             f"(p.portal_until IS NULL OR p.portal_until > {AT})"),
        Case(Filters(seen_from=start), f"{seen(since)} > 0", since),
        Case(Filters(seen_to=end), f"{seen(to)} > 0", to),
        Case(Filters(seen_from=start, seen_to=end), f"{seen(in_period)} > 0", in_period),
        Case(Filters(seen_by=both), f"{seen(by)} > 0", by),
        Case(Filters(seen_by=one, seen_from=start), f"{seen(f'a.practitioner_id = {first} AND {since}')} > 0",
             f"a.practitioner_id = {first} AND {since}"),
        Case(Filters(visits_min=40), f"{seen()} >= 40"),
        Case(Filters(visits_max=25), f"{seen()} <= 25"),
        Case(Filters(visits_max=0), f"{seen()} = 0"),
        Case(Filters(visits_min=10, visits_max=30), f"{seen()} BETWEEN 10 AND 30"),
        Case(Filters(visits_min=2, seen_from=start), f"{seen(since)} >= 2", since),
        Case(Filters(visits_max=2, seen_from=start, seen_to=end), f"{seen(in_period)} BETWEEN 1 AND 2", in_period),
        Case(Filters(visits_min=3, seen_by=both), f"{seen(by)} >= 3", by),
        Case(Filters(not_seen_since=date(2026, 6, 1)), f"{seen(since_june)} = 0"),
        Case(Filters(next_from=date(2026, 12, 10)), f"{NEXT} >= {ms('2026-12-10')}"),
        Case(Filters(next_to=date(2026, 12, 24)), f"{NEXT} < {ms('2026-12-25')}"),
        Case(Filters(next_from=date(2026, 11, 1), next_to=date(2027, 1, 15)), f"{NEXT} < {ms('2027-01-16')}"),
        Case(Filters(age_min=40), "p.birth_date <= '1986-11-22'"),
        Case(Filters(age_max=40), "p.birth_date > '1985-11-22'"),
        Case(Filters(age_min=18, age_max=65), "p.birth_date <= '2008-11-22' AND p.birth_date > '1960-11-22'"),
        Case(Filters(sexes=("female",)), "p.sex = 'female'"),
        Case(Filters(sexes=("male", "other")), "p.sex IN ('male', 'other')"),
        Case(Filters(has_email=True), "p.email IS NOT NULL"),
        Case(Filters(has_email=False), "p.email IS NULL"),
        Case(Filters(places=(suburb.title(),)), f"lower(p.suburb) = '{suburb}'"),
        Case(Filters(places=(postcode,)), f"p.postcode = '{postcode}'"),
        Case(Filters(places=(suburb.upper(), postcode)),
             f"(lower(p.suburb) = '{suburb}' OR p.postcode = '{postcode}')"),
        Case(Filters(never_invited=True), "NOT EXISTS (SELECT 1 FROM invitation i WHERE i.patient_id = p.id "
             "AND i.state <> 'cancelled')"),
    ]  # fmt: skip
    by_field = {each.filters: each for each in singles}

    def together(*several: Filters, period: str = "") -> Case:
        """All of them at once; each of the filters is set in one alone."""
        kept: dict[str, Any] = {}
        for filters in several:
            kept |= _set(filters)
        return Case(Filters(**kept), " AND ".join(f"({by_field[each].where})" for each in several), period)

    return [
        *singles,
        together(Filters(statuses=("current",)), Filters(has_email=True), Filters(never_invited=True)),
        together(Filters(seen_from=start), Filters(not_seen_since=date(2026, 6, 1)), period=since),
        together(Filters(seen_from=start, seen_to=end), Filters(portal=("not_invited",)), Filters(age_min=40),
                 period=in_period),
        together(Filters(visits_min=40), Filters(next_to=date(2026, 12, 24)), Filters(sexes=("female",))),
        together(Filters(practitioners=both), Filters(seen_by=both), Filters(has_email=True), period=by),
        together(Filters(visits_min=2, seen_from=start), Filters(places=(suburb.title(),)),
                 Filters(age_min=18, age_max=65), Filters(statuses=("current",)), period=since),
        together(Filters(visits_max=25), Filters(portal=("expired", "not_invited")), Filters(never_invited=True)),
    ]  # fmt: skip


def _set(filters: Filters) -> dict[str, Any]:
    none = Filters()
    return {name: value for name in Filters.__slots__ if (value := getattr(filters, name)) != getattr(none, name)}


def found(case: Case) -> list[int]:
    """The ids, by name."""
    return [row[0] for row in plain(f"SELECT p.id FROM patient p WHERE {case.where} ORDER BY p.sort_name, p.id")]
