"""Python's looks for garbage among everything there is: each would hold a key for 50 ms, so that they wait for rest.

For an app that has its process for itself: what is kept out of the looks is kept out for good.
"""

from __future__ import annotations

import gc
from math import inf
from time import monotonic

REST_SECONDS = 3.0  # without a key
EVERY_SECONDS = 60.0
_RARELY = 100  # where nobody rests for so long: a tenth as often as Python would look


class Garbage:
    """Short looks, among what is new, are Python's own as ever."""

    def __init__(self) -> None:
        self._looked = -inf

    def begin(self) -> None:
        """What is loaded by now stays until the end: nobody looks among it any more."""
        new, middle, _ = gc.get_threshold()
        gc.set_threshold(new, middle, _RARELY)
        gc.freeze()

    def rest(self, seconds: float) -> None:
        """Nobody has pressed a key for so long: look, where that was not done a moment ago."""
        if seconds >= REST_SECONDS and monotonic() - self._looked >= EVERY_SECONDS:
            gc.collect()
            self._looked = monotonic()
