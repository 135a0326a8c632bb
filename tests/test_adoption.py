"""Adoption: the counts are those of plain SQL, and every way to group comes to the same total; both engines."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import adoption, staff
from clinic_tui.access import Viewer
from clinic_tui.adoption import COUNTS, GROUPS, Line, Period
from clinic_tui.charts import bar
from clinic_tui.clock import begins, local, now, today
from clinic_tui.dates import age
from clinic_tui.db.connection import database, transaction
from clinic_tui.db.models.patients import Patient, PortalAccount
from clinic_tui.db.models.post import INVITATION_STATES, LIVE_STATES, Invitation
from clinic_tui.db.models.practice import Practitioner, Template, TemplateVersion
from clinic_tui.errors import FieldError, NotAllowed
from clinic_tui.staff import members
from tests.invitations.people import patient

_made = 0


def invitation(patient_id: int, state: str, days: int = 0, **more: Any) -> int:
    """An invitation that was made so many days ago."""
    global _made  # noqa: PLW0603
    _made += 1
    at = now() - timedelta(days=days)
    values = {"created_at": at, "sent_at": None if state in ("queued", "cancelled", "failed") else at, **more}
    row = Invitation.create(
        ref=f"r{_made}", patient=patient_id, email="a@b.example", email_fold="a@b.example", state=state, key_id="1",
        token_hash=f"h{_made}", expires_days=7, **values,
    )  # fmt: skip
    return int(row.id)


def active(patient_id: int, state: str = "active") -> None:
    PortalAccount.create(patient=patient_id, state=state, since=now(), known_from="import")


def rows(viewer: Viewer, by: adoption.By, period: Period = adoption.ALWAYS) -> dict[str, tuple[int, ...]]:
    return {line.name: line[1:] for line in adoption.read(viewer, by, period).lines}


@pytest.fixture
def okafor(practice: Viewer) -> int:
    return int(Practitioner.create(name="Dr Okafor", name_fold="dr okafor").id)


def test_what_each_state_counts_as(practice: Viewer) -> None:
    for number, state in enumerate(INVITATION_STATES):
        invitation(patient(str(number)), state)
    total = adoption.read(practice).total
    assert total == Line("total", invited=9, delivered=5, accepted=1, declined=1, bounced=2, active=0)


def test_one_that_was_resent_counts_once_on_the_newest_ones_day(practice: Viewer) -> None:
    jo = patient()
    for state, days in (("superseded", 60), ("superseded", 30), ("accepted", 0)):
        invitation(jo, state, days)
    active(jo)
    assert rows(practice, "month") == {"2026-11": (1, 1, 1, 0, 0, 1)}


def test_who_was_invited_again_counts_for_each_and_is_active_once(practice: Viewer) -> None:
    jo = patient()
    invitation(jo, "expired", 70)
    invitation(jo, "expired", 10)
    invitation(jo, "cancelled", 1)
    active(jo)
    assert rows(practice, "month") == {
        "2026-09": (1, 1, 0, 0, 0, 0),
        "2026-10": (0,) * 6,
        "2026-11": (1, 1, 0, 0, 0, 1),
    }
    assert rows(practice, "month", Period(None, date(2026, 10, 31))) == {"2026-09": (1, 1, 0, 0, 0, 0)}


def test_an_account_that_is_disabled_is_not_active(practice: Viewer) -> None:
    jo = patient()
    invitation(jo, "sent")
    active(jo, "disabled")
    assert adoption.read(practice).total.active == 0


def test_days_are_those_of_the_practice_and_both_ends_are_in_the_period(practice: Viewer) -> None:
    invitation(patient("1"), "sent", created_at=begins(date(2026, 11, 1)))
    invitation(patient("2"), "sent", created_at=begins(date(2026, 11, 1)) - timedelta(milliseconds=1))
    assert rows(practice, "month") == {"2026-10": (1, 1, 0, 0, 0, 0), "2026-11": (1, 1, 0, 0, 0, 0)}
    period = adoption.read_period(practice, "1 nov 2026", "1 nov 2026")
    assert adoption.read(practice, "month", period).total.invited == 1
    assert adoption.read_period(practice, "2025", "mar 2026") == Period(date(2025, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("first", "last", "field"), [("soon", None, "from"), (None, "x", "to"), ("2026", "2025", "to")]
)
def test_what_is_no_period_is_refused_by_field(practice: Viewer, first: str, last: str, field: str) -> None:
    with pytest.raises(FieldError) as refused:
        adoption.read_period(practice, first, last)
    assert refused.value.field == field


def test_by_practitioner_template_and_age(practice: Viewer, okafor: int) -> None:
    template = Template.get(Template.kind == "invitation")
    version = TemplateVersion.get(TemplateVersion.template == template)
    invitation(patient("1", practitioner=okafor, birth_date=date(2026, 11, 22)), "sent", template=version)
    invitation(patient("2", birth_date=date(2010, 11, 22)), "sent")  # 16 today
    invitation(patient("3", birth_date=date(2010, 11, 23)), "sent")  # 15 still
    invitation(patient("4"), "sent", template=version)
    one, two = (1, 1, 0, 0, 0, 0), (2, 2, 0, 0, 0, 0)
    assert rows(practice, "practitioner") == {"Dr Okafor": one, "no practitioner": (3, 3, 0, 0, 0, 0)}
    assert rows(practice, "template") == {template.name: two, "the words that come with the program": two}
    assert rows(practice, "age") == {"0 to 15": two, "16 to 24": one, "not known": one}


def test_scope_and_hidden_names(practice: Viewer, okafor: int) -> None:
    theirs, other, kept = patient("1", practitioner=okafor), patient("2"), patient("3", practitioner=okafor)
    for one in (theirs, other, kept):
        invitation(one, "sent")
        active(one)
    members.add(practice, "o", role="practitioner", practitioner="okafor", scope="own", names_hidden=True)
    members.change(practice, "o", revoke=[kept])
    viewer = staff.at_the_keyboard("o")
    for by in ("month", "practitioner", "template"):
        found = adoption.read(viewer, by)
        assert (len(found.lines), found.total[1:]) == (1, (1, 1, 0, 0, 0, 1))
    with pytest.raises(NotAllowed):
        adoption.read(viewer, "age")


def test_months_older_than_can_be_shown_are_one_row(practice: Viewer) -> None:
    for number, days in enumerate((0, 365 * 30, 365 * 40)):
        invitation(patient(str(number)), "sent", days)
    found = adoption.read(practice).lines
    assert len(found) == adoption.MOST_MONTHS + 1
    assert (found[0].name, found[0].invited, found[-1].name) == ("before 2006-12", 2, "2026-11")
    assert adoption.read(practice).total.invited == 3


def test_as_csv(practice: Viewer) -> None:
    Practitioner.create(name="=cmd", name_fold="=cmd")
    invitation(patient(practitioner=Practitioner.get().id), "accepted")
    lines = list(csv.reader(adoption.csv_lines(adoption.read(practice, "practitioner"))))
    assert lines == [["practitioner", *COUNTS], ["'=cmd", "1", "1", "1", "0", "0", "0"]]


_DRAWN = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from([state for state in INVITATION_STATES if state not in LIVE_STATES] + ["sent"]),
        st.integers(0, 200),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(drawn=_DRAWN, accounts=st.sets(st.integers(0, 5)), before=st.integers(0, 200), length=st.integers(0, 200))
def test_every_grouping_comes_to_what_plain_sql_counts(
    practice: Viewer, drawn: list[tuple[int, str, int, bool]], accounts: set[int], before: int, length: int
) -> None:
    with transaction() as _, database.atomic() as undone:
        people = _people()
        version = TemplateVersion.get().id
        live: set[int] = set()
        for who, state, days, worded in sorted(drawn, key=lambda row: -row[2]):
            if state == "sent" and who in live:
                continue
            live |= {who} if state == "sent" else set()
            invitation(people[who], state, days, template=version if worded else None)
        for who in accounts:
            active(people[who])
        last = today() - timedelta(days=before)
        for period in (adoption.ALWAYS, Period(last - timedelta(days=length), last)):
            found = {by: adoption.read(practice, by, period) for by in GROUPS}
            assert len({each.total for each in found.values()}) == 1
            assert found["month"].total[1:] == _plain(period)
            for line in found["month"].lines:
                assert line[1:] == _plain(period, line.name)
            for line in found["practitioner"].lines:
                of = None if line.name == "no practitioner" else line.name
                assert line[1:] == _plain(period, where=lambda row, of=of: row[5] == of)
            for line in found["age"].lines:
                assert line[1:] == _plain(period, where=lambda row, name=line.name: _band(row[6]) == name)
            for report in found.values():
                assert all(line.accepted <= line.delivered <= line.invited for line in report.lines)
        undone.rollback()


def _people() -> list[int]:
    doctors = [Practitioner.create(name=f"Dr {name}", name_fold=f"dr {name}").id for name in "AB"]
    born = [None, date(2020, 1, 1), date(2001, 11, 22), date(1986, 11, 23), date(1951, 11, 22), date(1900, 1, 1)]
    return [
        patient(str(number), birth_date=born[number], practitioner=[None, *doctors][number % 3]) for number in range(6)
    ]


def _plain(period: Period, month: str | None = None, where: Any = None) -> tuple[int, ...]:
    """The counts by reading every row, and counting in Python."""
    everything: list[Any] = list(
        database.execute_sql(
            "SELECT i.id, i.patient_id, i.state, i.sent_at, i.created_at, d.name, p.birth_date, a.state "
            "FROM invitation i JOIN patient p ON p.id = i.patient_id "
            "LEFT JOIN practitioner d ON d.id = p.practitioner_id LEFT JOIN portal_account a ON a.patient_id = p.id "
            "WHERE i.state NOT IN ('superseded', 'cancelled')"
        )
    )
    newest = {row[1]: row[0] for row in sorted(everything)}
    counts = dict.fromkeys(COUNTS, 0)
    for row in everything:
        key, who, state, sent, made, *_, account = row
        day = local(datetime.fromtimestamp(made / 1000).astimezone()).date()
        if (period.first and day < period.first) or (period.last and day > period.last):
            continue
        if (month and f"{day:%Y-%m}" != month) or (where and not where(row)):
            continue
        counts["invited"] += 1
        counts["accepted"] += state == "accepted"
        lost = state in ("bounced", "failed", "unconfirmed")
        counts["delivered"] += state == "accepted" or (sent is not None and not lost)
        counts["declined"] += state == "declined"
        counts["bounced"] += state in ("bounced", "failed")
        counts["active"] += account == "active" and newest[who] == key
    return tuple(counts.values())


def _band(born: Any) -> str:
    if born is None:
        return "not known"
    years = age(date.fromisoformat(str(born)), today())
    return next(adoption.band(at) for at in reversed(range(len(adoption.AGES))) if years >= adoption.AGES[at])


@given(
    parts=st.lists(st.integers(0, 10**6), min_size=1, max_size=4), more=st.integers(0, 10**6), width=st.integers(1, 80)
)
def test_a_bar_is_as_long_as_its_share_and_no_part_is_off_by_more_than_a_cell(
    parts: list[int], more: int, width: int
) -> None:
    most = sum(parts) + more
    cells = bar(parts, most, width)
    assert all(cell >= 0 for cell in cells)
    assert sum(cells) <= width
    assert (sum(cells) > 0) == (sum(parts) > 0)
    if sum(cells) > 1:
        for part, cell in zip(parts, cells, strict=True):
            assert abs(cell - part * sum(cells) / sum(parts)) <= 1


def test_a_patient_who_is_gone_takes_their_invitations_along(practice: Viewer) -> None:
    jo = patient()
    invitation(jo, "sent")
    with transaction():
        Patient.delete().where(Patient.id == jo).execute()
    assert adoption.read(practice).lines == []
