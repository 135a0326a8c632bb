"""The ticked patients, as the case load hands them to what is done with them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import NamedTuple


class Ticked(NamedTuple):
    """`ids`: all of them. `order`: the ids that are shown, in their order. `names`: what those are called whose rows
    are at hand, for who is gone by the time that the rules are asked.
    """

    ids: array[int]
    order: array[int]
    names: Mapping[int, str]

    def in_order(self) -> array[int]:
        """All of them in the order that they are shown in; those that are not shown come last."""
        wanted = set(self.ids)
        shown = array("q", (key for key in self.order if key in wanted))
        wanted.difference_update(shown)
        return shown + array("q", (key for key in self.ids if key in wanted))
