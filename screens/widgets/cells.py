"""Foreign text in cells of the terminal: cleaned, measured, cut and padded, so that columns stay aligned."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from clinic_tui.text import clean, clean_text

# Terminals disagree about the width of what these are joined to; without them everybody agrees.
_DISPUTED = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")

__all__ = ["cell_len", "cut", "fit", "line", "lines"]


def line(text: str | None) -> str:
    """Foreign text as one line that is safe to draw; "" for None."""
    return _DISPUTED.sub("", clean(text)).strip() if text else ""


def lines(text: str | None) -> str:
    """Foreign text of several lines, safe to draw."""
    return _DISPUTED.sub("", clean_text(text)) if text else ""


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` (already safe) in at most `width` cells, the last an ellipsis where it was longer."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + ellipsis if width > 1 else ellipsis[:width]


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """`text` (already safe) in exactly `width` cells, cut or padded; `right`: against the right edge."""
    text = cut(text, width, ellipsis)
    padding = " " * (width - cell_len(text))
    return padding + text if right else text + padding


def shorten(content: Content, width: int, ellipsis: str) -> Content:
    """`content` in at most `width` cells, the last an ellipsis where it was longer."""
    if content.cell_length <= width:
        return content
    short = content.truncate(width, ellipsis=True)
    return Content(short.plain.replace("…", ellipsis), list(short.spans)) if ellipsis != "…" else short


def spread(left: Content, right: Content, width: int, ellipsis: str, gap: int = 2) -> Content:
    """`left` and `right` at the two ends of one line of `width` cells; where there is no room, `left` is cut."""
    room = width - right.cell_length
    left = shorten(left, max(0, room - gap), ellipsis)
    return Content.assemble(left, " " * max(0, room - left.cell_length), right)
