from __future__ import annotations

import threading

import pytest

from clinic_tui import history, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.errors import FieldError, NotAllowed, Stale


def test_a_change_is_kept_and_told_in_the_history(practice: Viewer) -> None:
    settings.change(practice, "patient_access.expires_days", "14")
    assert settings.load(practice).number("patient_access.expires_days") == 14
    event = history.latest(practice)[0]
    assert (event.action, event.detail) == (
        "setting",
        {"name": "patient_access.expires_days", "before": 7, "after": 14},
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("patient_access.expires_days", "31"),
        ("patient_access.expires_days", "soon"),
        ("patient_access.invitations", "maybe"),
        ("portal.register", "fax"),
        ("portal.url", "http://portal.example.org"),
        ("portal.url", "https://[portal"),
        ("portal.colour", "red"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(practice: Viewer, name: str, text: str) -> None:
    before = settings.load(practice)
    with pytest.raises(FieldError) as refused:
        settings.change(practice, name, text)
    assert name in str(refused.value) or refused.value.field == name
    assert settings.load(practice) == before


def test_only_owners_change_settings(practice: Viewer) -> None:
    with pytest.raises(NotAllowed):
        settings.change(Viewer("bea", "front-desk"), "practice.name", "Mine")


def test_the_config_seeds_only_what_nobody_has_set(practice: Viewer) -> None:
    settings.change(practice, "practice.name", "Quay Street")
    settings.seed(practice, {"practice.name": "From the config"})
    assert settings.load(practice)["practice.name"] == "Quay Street"


def test_who_sets_it_second_is_told_by_whom_it_was_set_and_loses_nothing(practice: Viewer) -> None:
    name = "patient_access.expires_days"
    settings.change(Viewer("bea", "owner"), name, 21, seen=7)
    with pytest.raises(Stale, match="bea changed 'Expires after, in days' meanwhile") as told:
        settings.change(practice, name, "14", seen=7)
    assert (told.value.theirs, settings.load(practice)[name]) == (21, 21)
    settings.change(practice, name, "14", seen=told.value.theirs)
    assert settings.load(practice)[name] == 14
    settings.change(practice, name, "14", seen=7)  # which is what they want
    assert [event.detail for event in history.latest(practice, 2)] == [
        {"name": name, "before": 21, "after": 14}, {"name": name, "before": 7, "after": 21},
    ]  # fmt: skip


def test_of_many_at_once_one_is_first_and_the_others_are_told(practice: Viewer) -> None:
    start, ends = threading.Barrier(4), list[str]()

    def change(days: int) -> None:
        with session():  # connected before they start, so that they are at it together
            start.wait()
            try:
                settings.change(practice, "patient_access.expires_days", days, seen=7)
                ends.append("stored")
            except Stale:
                ends.append("told")

    threads = [threading.Thread(target=change, args=(days,)) for days in (10, 11, 12, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["stored", "told", "told", "told"]
