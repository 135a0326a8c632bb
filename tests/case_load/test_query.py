from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.case_load import activity, query
from clinic_tui.case_load.filters import Filters, Who
from clinic_tui.case_load.orders import COLUMNS, Sort, read_sort
from clinic_tui.dates import years_before
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, Patient, PatientActivity
from clinic_tui.errors import FieldError, NotAllowed
from tests.case_load import practice as made
from tests.case_load.practice import Someone, at, fill, matches, ordered, people
from tests.conftest import NOW

some = settings(max_examples=50)
sorts = st.builds(Sort, st.sampled_from(COLUMNS), st.booleans())
HIDDEN = Viewer("temp", "front-desk", names_hidden=True)


def someone(number: str, **more: object) -> Someone:
    plain = Someone(
        number, "Jo", "Smith", None, None, None, None, None, "current", None, "not_invited", None, [], []
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.fixture(params=[(2, 6), (400, 8_000), (0,)], ids=["walked a little", "walked", "whole"])
def walks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[int, ...]:
    """How far the first rows look before they look everywhere: the answer must be the same."""
    found: tuple[int, ...] = request.param
    monkeypatch.setattr(query, "WALKS", found)
    return found


@some
@given(population=people, filters=made.filters(), sort=sorts, limit=st.integers(1, 6))
def test_rows_order_and_count_are_what_plain_python_says(
    practice: Viewer, walks: tuple[int, ...], population: list[Someone], filters: Filters, sort: Sort, limit: int
) -> None:
    fill(population)
    found = [one for one in population if matches(one, filters)]
    expected = ordered(found, filters, sort)
    assert list(query.all_ids(practice, filters, sort)) == expected
    assert query.first_ids(practice, filters, sort, limit) == expected[:limit]
    assert query.count(practice, filters) == len(expected)
    by_id = {one.id: one for one in population}
    for row in query.first_rows(practice, filters, sort):
        one = by_id[row.patient.id]
        assert (row.age, row.appointments, row.next_appointment) == (one.age, len(one.seen(filters)), one.next)
        assert (row.first_seen, row.last_seen) == (min(one.ever, default=None), max(one.ever, default=None))


@some
@given(population=people, filters=made.filters(), sort=sorts, scope=st.sets(st.integers(1, 3)))
def test_a_scoped_viewer_gets_the_same_without_those_out_of_reach(
    practice: Viewer, walks: tuple[int, ...], population: list[Someone], filters: Filters, sort: Sort, scope: set[int]
) -> None:
    fill(population)
    alice = Viewer("alice", "front-desk", scope=frozenset(scope))
    found = [one for one in population if one.practitioner in scope and matches(one, filters)]
    expected = ordered(found, filters, sort)
    assert list(query.all_ids(alice, filters, sort)) == expected
    assert query.first_ids(alice, filters, sort, 3) == expected[:3]
    assert query.count(alice, filters) == len(expected)
    everybody = [one.id for one in population]
    assert {row.patient.id for row in query.rows(alice, filters, everybody)} == {
        one.id for one in population if one.practitioner in scope
    }


@some
@given(population=people, filters=made.filters(), sort=sorts)
def test_who_sees_no_names_learns_nothing_of_what_is_hidden(
    practice: Viewer, walks: tuple[int, ...], population: list[Someone], filters: Filters, sort: Sort
) -> None:
    filters = replace(filters, has_email=None, age_min=None, age_max=None, places=())
    sort = Sort() if sort.column in ("email", "age") else sort
    answers = []
    for renamed in (False, True):
        for at_, one in enumerate(population):
            if renamed:
                one.given, one.family, one.email = f"Z{100 - at_}", "X", None if one.email else "new@example.com"
                one.birth_date = None if one.birth_date else date(1950, 1, 1)
        fill(population)
        place = {one.id: at_ for at_, one in enumerate(population)}
        found = [place[key] for key in query.all_ids(HIDDEN, filters, sort)]
        assert [place[key] for key in query.first_ids(HIDDEN, filters, sort, 4)] == found[:4]
        answers.append(found)
        for row in query.first_rows(HIDDEN, filters, sort):
            hidden = row.patient
            assert (hidden.given, hidden.family, hidden.preferred, hidden.email, hidden.phone) == (None,) * 5
            assert (hidden.birth_date, row.age) == (None, None)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("descending", [False, True])
def test_hidden_columns_neither_sort_filter_nor_count(practice: Viewer, descending: bool) -> None:
    fill([someone("1", email="a@example.com"), someone("2")])
    for ask in (
        lambda: query.first_ids(HIDDEN, Filters(), Sort("email", descending)),
        lambda: query.all_ids(HIDDEN, Filters(), Sort("email", descending)),
        lambda: query.first_ids(HIDDEN, Filters(has_email=descending)),
        lambda: query.count(HIDDEN, Filters(has_email=descending)),
        lambda: query.all_ids(HIDDEN, Filters(), Sort("age", descending)),
        lambda: query.count(HIDDEN, Filters(age_min=30)),
        lambda: query.count(HIDDEN, Filters(age_max=0)),
        lambda: query.first_ids(HIDDEN, Filters(places=("2041",))),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert query.first_ids(HIDDEN, Filters(), Sort("patient", descending)) == sorted(
        query.all_ids(HIDDEN), reverse=descending
    )


@given(born=st.dates(date(1900, 1, 1), date(2027, 1, 1)), today=st.dates(date(2026, 1, 1), date(2033, 1, 1)))
def test_ages_are_those_of_the_calendar(born: date, today: date) -> None:
    if born > today:
        return
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    assert born <= years_before(today, age)
    assert born > years_before(today, age + 1)


def test_the_next_appointment_moves_with_time(practice: Viewer) -> None:
    one = someone("1", appointments=[(at(2), "booked", 1), (at(9), "booked", 1)])
    other = someone("2", appointments=[(at(4), "booked", 1)])
    fill([one, other])
    soonest = Sort("next_appointment")
    assert list(query.all_ids(practice, Filters(), soonest)) == [one.id, other.id]
    with clock.frozen_at(NOW + timedelta(days=3)):
        (row,) = query.rows(practice, Filters(), [one.id])
        assert row.next_appointment == at(9), "before anything was written anew"
        assert list(query.all_ids(practice, Filters(), soonest)) == [other.id, one.id]
        assert list(query.all_ids(practice, Filters(next_to=at(5).date()))) == [other.id]
    with clock.frozen_at(NOW + timedelta(days=30)):
        assert query.count(practice, Filters(next_from=date(2020, 1, 1))) == 0
        assert [row.next_appointment for row in query.first_rows(practice)] == [None, None]


def test_activity_follows_what_is_written_of_some_and_of_all(practice: Viewer) -> None:
    one, other = someone("1", appointments=[(at(-2), "seen", 1)]), someone("2", appointments=[(at(-3), "seen", 1)])
    fill([one, other])
    with transaction():
        Appointment.delete().where(Appointment.patient == one.id).execute()
        Appointment.create(patient=other.id, starts_at=at(-1), status="seen")
        activity.refresh([one.id])
    kept = {row.patient_id: row.seen_count for row in PatientActivity.select()}
    assert kept == {other.id: 1}
    with transaction():
        activity.refresh()
    (row,) = PatientActivity.select()
    assert (row.patient_id, row.seen_count, row.last_seen) == (other.id, 2, at(-1))
    with transaction():
        Patient.delete().where(Patient.id == other.id).execute()
    assert PatientActivity.select().count() == 0


def test_two_who_write_appointments_of_one_patient_at_once_leave_it_right(practice: Viewer) -> None:
    one = someone("1")
    fill([one])

    def write(_: int) -> None:
        with transaction():
            Appointment.create(patient=one.id, starts_at=at(-1), status="seen")
            activity.refresh([one.id])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(24)))
    (row,) = PatientActivity.select()
    assert row.seen_count == Appointment.select().count() == 24


def test_many_are_streamed_in_arrays_and_may_be_left(practice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    fill([someone(str(number)) for number in range(25)])
    monkeypatch.setattr(query, "_STREAMED_AT_ONCE", 10)
    assert [len(part) for part in query.ids(practice)] == [10, 10, 5]
    begun = query.ids(practice)
    assert next(begun).typecode == "q"
    begun.close()
    assert query.count(practice) == 25
    with transaction():
        Patient.delete().execute()
    assert list(query.all_ids(practice)) == []


def test_a_practitioner_who_is_gone_finds_nobody(practice: Viewer) -> None:
    fill([someone("1", practitioner=1, appointments=[(at(-1), "seen", 1)])])
    gone = (Who(99, "Dr Gone"),)
    assert query.count(practice, Filters(practitioners=gone)) == query.count(practice, Filters(seen_by=gone)) == 0


@pytest.mark.parametrize(
    ("typed", "sort"),
    [("age", Sort("age")), ("-last_seen", Sort("last_seen", True)), ("-Last seen", Sort("last_seen", True)),
     ("E-mail", Sort("email"))],
)  # fmt: skip
def test_a_sort_is_read(typed: str, sort: Sort) -> None:
    assert read_sort(typed) == sort
    assert read_sort(str(sort)) == sort


@pytest.mark.parametrize("typed", ["", "-", "shoe size", "--age", "age; DROP TABLE patient"])
def test_a_sort_that_there_is_not_is_a_sentence(typed: str) -> None:
    with pytest.raises(FieldError, match="sorted by") as refused:
        read_sort(typed)
    assert refused.value.field == "sort"


@pytest.mark.parametrize("few", [True, False])
def test_each_filter_stops_where_it_says(practice: Viewer, monkeypatch: pytest.MonkeyPatch, few: bool) -> None:
    last_quarter = timedelta(hours=23, minutes=45)
    population = [someone(f"b{at_}", birth_date=born) for at_, born in enumerate(made.births)]
    for status in ("seen", "booked"):
        moments = [at(day) + more for day in (-2, -1, 0, 1, 2) for more in (timedelta(0), last_quarter)]
        population += [someone(f"{status}{at_}", appointments=[(when, status, 1)]) for at_, when in enumerate(moments)]
    fill(population)
    monkeypatch.setattr(query, "WALKS", (100,) if few else (0,))
    edges = [at(day).date() for day in (-2, -1, 0, 1, 2)]
    every = [Filters(**{name: age}) for name in ("age_min", "age_max") for age in (0, 21, 22, 25, 26, 27, 86)]  # type: ignore[arg-type]
    for name in ("seen_from", "seen_to", "not_seen_since", "next_from", "next_to"):
        every += [Filters(**{name: day}) for day in edges]  # type: ignore[arg-type]
    every += [Filters(seen_from=day, seen_to=day) for day in edges]
    every += [Filters(next_from=day, next_to=day) for day in edges]
    for filters in every:
        expected = {one.id for one in population if matches(one, filters)}
        assert set(query.first_ids(practice, filters, Sort(), 100)) == expected, filters
        assert set(query.all_ids(practice, filters)) == expected, filters


def test_days_are_the_practices_own(practice: Viewer) -> None:
    late = at(-10) + timedelta(hours=23, minutes=45)
    fill([someone("1", appointments=[(late, "seen", 1)])])
    day = late.date()
    assert query.count(practice, Filters(seen_from=day, seen_to=day)) == 1
    assert query.count(practice, Filters(not_seen_since=day)) == 0
    assert query.count(practice, Filters(not_seen_since=day + timedelta(days=1))) == 1
