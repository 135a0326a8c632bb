"""The day from which on a patient who declined may be asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui import clock
from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import History
from clinic_tui.errors import FieldError, Refused
from clinic_tui.invitations import answering, inviting
from clinic_tui.invitations.asking_again import ask_again, read_day
from tests.conftest import NOW
from tests.invitations.people import patient, send_all


def declined(viewer: Viewer) -> int:
    invitation = inviting.invite(viewer, patient(), hold=0).invitation_id
    send_all()
    answering.decline(invitation)
    return invitation


def test_it_is_kept_with_who_and_what_was_before(practice: Viewer) -> None:
    invitation = declined(practice)
    ask_again(practice, invitation, today())
    ask_again(practice, invitation, date(2027, 2, 28))
    assert Invitation.get_by_id(invitation).ask_again == date(2027, 2, 28)
    line = History.select().order_by(History.id.desc()).get()
    assert (line.action, line.login) == ("ask again", practice.login)
    assert line.detail == {"before": "2026-11-22", "after": "2027-02-28"}
    ask_again(practice, invitation, None)
    assert Invitation.get_by_id(invitation).ask_again is None


def test_only_a_decline_has_one(practice: Viewer) -> None:
    invitation = inviting.invite(practice, patient(), hold=0).invitation_id
    with pytest.raises(Refused, match="not declined"):
        ask_again(practice, invitation, today())


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2040, 1, 1)])
def test_a_day_that_is_past_or_years_away_is_refused(practice: Viewer, day: date) -> None:
    with pytest.raises(FieldError):
        ask_again(practice, declined(practice), day)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("28 Feb", date(2027, 2, 28)), ("31/12", date(2026, 12, 31)), ("28/2/27", date(2027, 2, 28)),
        ("2027-02-28", date(2027, 2, 28)), ("3 months", date(2027, 2, 22)), ("in 2 weeks", date(2026, 12, 6)),
        ("1 year", date(2027, 11, 22)), ("none", None), (" ", None),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("still_clock")
def test_days_as_they_are_typed(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


@given(st.text(max_size=20) | st.from_regex(r"\d{1,5} ?(day|month|year)s?", fullmatch=True))
def test_whatever_is_typed_is_a_day_or_refused_in_words(typed: str) -> None:
    with clock.frozen_at(NOW):
        try:
            day = read_day(typed)
        except FieldError as error:
            assert error.field == "on"
        else:
            assert day is None or day > today() - timedelta(days=150 * 366)
