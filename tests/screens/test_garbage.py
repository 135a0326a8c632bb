"""Garbage is looked for among everything only where no key waits for it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from screens.garbage import EVERY_SECONDS, REST_SECONDS, Garbage


@pytest.fixture
def _by_hand() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


class Knot:
    """It holds itself."""

    def __init__(self) -> None:
        self.me = self


def dropped() -> weakref.ref[Knot]:
    """What was left of one that nobody holds any more."""
    return weakref.ref(Knot())


@pytest.mark.usefixtures("_by_hand")
def test_it_is_taken_away_at_rest_and_not_again_right_after() -> None:
    garbage, knot = Garbage(), dropped()
    garbage.rest(REST_SECONDS / 2)
    assert knot() is not None
    garbage.rest(REST_SECONDS)
    assert knot() is None
    knot = dropped()
    garbage.rest(EVERY_SECONDS)
    assert knot() is not None
