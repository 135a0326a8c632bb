from __future__ import annotations

import pytest

from clinic_tui import history, settings
from clinic_tui.access import Viewer
from clinic_tui.errors import FieldError, NotAllowed


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
