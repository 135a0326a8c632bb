"""By day, whatever the moment and wherever the practice is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui import daytime
from clinic_tui.clock import local
from clinic_tui.settings import Settings

YEAR = st.integers(0, 366 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@pytest.fixture(params=["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"], scope="module")
def _zone(request: pytest.FixtureRequest) -> Iterator[None]:
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ["TZ"] = "UTC"
    time.tzset()


@pytest.mark.usefixtures("_zone")
@given(YEAR, st.integers(6, 12), st.integers(13, 22))
def test_it_is_by_day_and_the_first_moment_that_is(moment: datetime, first: int, last: int) -> None:
    known = Settings({daytime.FROM: first, daytime.TO: last})
    then = daytime.from_then_on(known, moment)
    assert first <= local(then).hour < last
    assert moment <= then < moment + timedelta(hours=24)
    assert then == moment or not first <= local(moment).hour < last
    assert then == moment or (local(then).hour, local(then).minute) == (first, 0)
