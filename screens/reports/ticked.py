"""The ticked patients, as the case load hands them to what is done with them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import NamedTuple

from screens.widgets.ticks import Ticks


class Ticked(NamedTuple):
    """`ids`: all of them. `order`: the ids that are shown, in their order. `names`: what those are called whose rows
    are at hand, for who is gone by the time that the rules are asked.
    """

    ids: Ticks
    order: array[int]
    names: Mapping[int, str]

    def in_order(self) -> array[int]:
        """All of them in the order that they are shown in; those that are not shown come last. Not on the event loop:
        with a million it takes a while.
        """
        shown = array("q", filter(self.ids.__contains__, self.order))
        unseen = self.ids.copy()
        unseen.remove(shown)
        return shown + unseen.ids()
