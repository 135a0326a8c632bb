"""Bars of characters: a chart that any terminal shows."""

from __future__ import annotations

from collections.abc import Sequence

UNICODE, ASCII = ("█", "▒", "░"), ("#", "=", "-")


def bar(parts: Sequence[int], most: int, width: int) -> list[int]:
    """How many cells each of `parts` takes in a bar that is `width` cells long for `most`, one after the other.

    What is not nothing takes a cell at least, all together; rounding moves no part by more than one cell.
    """
    whole = sum(parts)
    if most <= 0 or whole <= 0:
        return [0] * len(parts)
    length = max(1, round(whole * width / most))
    cells, upto, drawn = [], 0, 0
    for part in parts:
        upto += part
        end = (upto * length * 2 + whole) // (whole * 2)
        cells.append(end - drawn)
        drawn = end
    return cells


def adopted(invited: int, delivered: int, accepted: int, most: int, width: int) -> list[int]:
    """The cells of an adoption's bar: accepted, delivered beside them, and the rest of those invited."""
    return bar((accepted, delivered - accepted, invited - delivered), most, width)
