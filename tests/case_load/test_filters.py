from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from clinic_tui.access import Viewer
from clinic_tui.case_load.filters import FIELDS, Filters, read
from clinic_tui.case_load.sentence import sentence
from clinic_tui.errors import FieldError
from tests.case_load import practice as made
from tests.case_load.practice import DOCTORS, fill

OKAFOR, LEE, LOS = DOCTORS


@pytest.fixture
def doctors(practice: Viewer) -> Viewer:
    fill([])
    return practice


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"practitioners": "okafor"}, {"practitioners": (OKAFOR,)}),
        ({"practitioners": ["dr los", "Ann L"]}, {"practitioners": (LOS, LEE)}),
        ({"seen_by": "Dr Okafor; dr okafor"}, {"seen_by": (OKAFOR,)}),
        ({"seen_from": "1 jan 2026", "seen_to": "31/3/26"},
         {"seen_from": date(2026, 1, 1), "seen_to": date(2026, 3, 31)}),
        ({"seen_from": "2026", "seen_to": "2026"}, {"seen_from": date(2026, 1, 1), "seen_to": date(2026, 12, 31)}),
        ({"not_seen_since": "feb 2024"}, {"not_seen_since": date(2024, 2, 1)}),
        ({"next_from": "25 dec 26", "next_to": "31 jan 27"},
         {"next_from": date(2026, 12, 25), "next_to": date(2027, 1, 31)}),
        ({"visits_min": "3", "visits_max": 3}, {"visits_min": 3, "visits_max": 3}),
        ({"age_min": " 18 ", "age_max": ""}, {"age_min": 18}),
        ({"portal": ["not invited", "expires_soon", "Accepted: identity to check"]},
         {"portal": ("not_invited", "expires_soon", "accepted_check")}),
        ({"statuses": "Current;waiting"}, {"statuses": ("current", "waiting")}),
        ({"sexes": ("female",), "has_email": "Yes", "never_invited": True},
         {"sexes": ("female",), "has_email": True, "never_invited": True}),
        ({"has_email": False, "never_invited": "no"}, {"has_email": False}),
        ({"places": " St  Kilda ;3182"}, {"places": ("St Kilda", "3182")}),
        (dict.fromkeys(FIELDS, ""), {}),
        (dict.fromkeys(FIELDS), {}),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept(doctors: Viewer, typed: dict[str, Any], kept: dict[str, Any]) -> None:
    assert read(doctors, typed) == Filters(**kept)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("seen_from", "31 feb 2026", "no date"),
        ("seen_to", "yesterdayish", "no date"),
        ("next_from", "3/4/2026", "3 Apr 2026 or 4 Mar 2026"),
        ("not_seen_since", "\x1b]0;x\x07", "no date"),
        ("practitioners", "Dr Who", "no practitioner 'Dr Who'. There are: Dr Ann Lee, Dr Łoś, Dr Okafor"),
        ("seen_by", "dr", "may be Dr Ann Lee or Dr Łoś or Dr Okafor"),
        ("statuses", "alive", "current, waiting"),
        ("portal", "maybe", "not invited"),
        ("sexes", "x", "female"),
        ("visits_min", "-1", "whole number"),
        ("visits_max", "9" * 30, "whole number"),
        ("age_min", "٣", "whole number"),
        ("age_max", "151", "0 to 150"),
        ("has_email", "perhaps", "yes nor no"),
        ("places", "x" * 101, "too long"),
        ("shoe_size", "43", "no filter"),
    ],
)
def test_what_cannot_stand_is_a_sentence_about_its_field(doctors: Viewer, field: str, typed: str, says: str) -> None:
    with pytest.raises(FieldError) as refused:
        read(doctors, {field: typed})
    assert refused.value.field == field
    assert says in str(refused.value)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ({"seen_from": "2026-03-02"}, {"seen_to": "2026-03-01"}, "seen_to"),
        ({"next_from": "dec 2026"}, {"next_to": "nov 2026"}, "next_to"),
        ({"visits_min": "3"}, {"visits_max": "2"}, "visits_max"),
        ({"age_min": "65"}, {"age_max": "18"}, "age_max"),
    ],
)
def test_a_range_upside_down_is_a_sentence(
    doctors: Viewer, first: dict[str, str], last: dict[str, str], field: str
) -> None:
    with pytest.raises(FieldError, match="upside down") as refused:
        read(doctors, {**first, **last})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        (Filters(), "every patient"),
        (Filters(seen_from=date(2026, 1, 1), seen_by=(OKAFOR,), has_email=True),
         "seen since 1 Jan 2026 by Dr Okafor, with own e-mail"),
        (Filters(practitioners=(OKAFOR, LEE), statuses=("current", "waiting"), portal=("not_invited",)),
         "patients of Dr Okafor or Dr Ann Lee, current or waiting, portal line not invited"),
        (Filters(seen_from=date(2026, 1, 1), seen_to=date(2026, 3, 31), visits_min=2),
         "seen 2 times or more from 1 Jan 2026 to 31 Mar 2026"),
        (Filters(visits_min=1, visits_max=1), "seen once"),
        (Filters(visits_max=3), "seen 3 times at most"),
        (Filters(seen_to=date(2025, 12, 31), visits_min=2, visits_max=5), "seen 2 to 5 times until 31 Dec 2025"),
        (Filters(not_seen_since=date(2025, 5, 2), next_from=date(2026, 12, 1), next_to=date(2026, 12, 1)),
         "not seen since 2 May 2025, next appointment on 1 Dec 2026"),
        (Filters(next_from=date(2026, 12, 1), age_min=18, age_max=65, sexes=("female",)),
         "next appointment from 1 Dec 2026, aged 18 to 65, female"),
        (Filters(age_min=65, places=("3182", "St Kilda"), never_invited=True),
         "aged 65 or more, in 3182 or St Kilda, never invited"),
        (Filters(has_email=False, age_max=17), "aged 17 or less, without own e-mail"),
    ],
)  # fmt: skip
def test_filters_are_said_in_one_sentence(filters: Filters, says: str) -> None:
    assert sentence(filters) == says


@settings(max_examples=100)
@given(filters=made.filters())
def test_every_filter_is_said_once(filters: Filters) -> None:
    said = sentence(filters)
    assert said.strip() == said
    assert "  " not in said
    assert not said.startswith(",")
    assert (said == "every patient") == (filters == Filters())
