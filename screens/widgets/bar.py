"""A bar of how far something has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from screens.theme import Look


def bar(share: float, cells: int, look: Look) -> Content:
    """`█████░░░░░`: full only where `share` is 1."""
    full, empty = ("█", "░") if look.unicode else ("#", ".")
    filled = max(0, min(cells - (share < 1), int(share * cells)))
    return Content.assemble((full * filled, "$accent"), (empty * (cells - filled), "$rule"))
