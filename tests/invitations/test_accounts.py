"""Portal accounts set by hand."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import begins, now
from clinic_tui.errors import FieldError, NotAllowed, Refused
from clinic_tui.invitations import accounts, inviting
from clinic_tui.patients import profile, records


def test_who_has_an_account_is_not_invited_and_who_has_none_any_more_is(practice: Viewer) -> None:
    one = records.add(practice, family="Smith", email="smith@example.org")
    assert not accounts.loaded(practice)
    accounts.put(practice, one, "active", since="2 mar 2026", known_from="the portal's\nlist")
    known = accounts.of(practice, one)
    assert known == accounts.Account("active", begins(date(2026, 3, 2)), "the portal's list")
    assert accounts.loaded(practice)
    assert profile.read(practice, one).patient.portal == "active"
    with pytest.raises(Refused, match="has a portal account"):
        inviting.invite(practice, one)
    accounts.put(practice, one, "disabled")
    assert accounts.of(practice, one) == accounts.Account("disabled", now(), "the desk")
    assert accounts.put(practice, one, "none") is None
    assert profile.read(practice, one).patient.portal == "not_invited"
    inviting.invite(practice, one)


def test_each_change_is_in_the_history_and_none_is_not(practice: Viewer) -> None:
    one = records.add(practice, family="Smith")
    accounts.put(practice, one, "active", since=date(2026, 3, 2))
    accounts.put(practice, one, "active")
    accounts.put(practice, one, "none")
    said = [event.detail for event in history.latest(practice) if event.action == "portal account set"]
    active = {"state": "active", "since": "2026-03-02", "known_from": "the desk"}
    assert said == [{"before": active, "after": None}, {"before": None, "after": active}]


@pytest.mark.parametrize(
    ("state", "since", "field"),
    [
        ("on", None, "state"),
        ("active", "soon", "since"),
        ("active", "2027-01-01", "since"),
        ("active", "3/4/26", "since"),
    ],
)
def test_what_cannot_stand_is_refused_beside_its_field(
    practice: Viewer, state: str, since: str | None, field: str
) -> None:
    one = records.add(practice, family="Smith")
    with pytest.raises(FieldError) as refused:
        accounts.put(practice, one, state, since=since)
    assert refused.value.field == field
    assert accounts.of(practice, one) is None


def test_a_stale_save_and_who_sees_no_names(practice: Viewer) -> None:
    one = records.add(practice, family="Smith")
    accounts.put(practice, one, "active")
    with pytest.raises(FieldError, match="active meanwhile"):
        accounts.put(practice, one, "disabled", seen=None)
    with pytest.raises(NotAllowed):
        accounts.put(Viewer("b", "front-desk", names_hidden=True), one, "none")
