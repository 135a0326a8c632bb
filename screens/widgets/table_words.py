"""The last line of a paged table: `row 12 of 1,204 patients · 214 ticked · 3 not listed · narrowed to smi`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from screens.widgets.cells import line

if TYPE_CHECKING:
    from screens.theme import Look

_DOES = {"add": "ticking", "remove": "unticking", "flip": "inverting"}


class Said(NamedTuple):
    """What there is to say; None is nothing of the kind. `at` and `range_from` count from 0."""

    at: int
    listed: int
    done: bool
    broken: bool
    noun: tuple[str, str]
    ticked: int | None
    unseen: int | None
    narrow: str
    range_from: int | None
    to_end: bool
    does: str | None
    column: str | None


def said(words: Said, look: Look, indent: int, width: int) -> Content:
    """What changes with each key stands first: a line is drawn from its left edge up to its last change."""
    marks = look.symbols
    noun = words.noun[0] if words.listed == 1 else words.noun[1]
    number = f"{words.listed:,}"
    listed = f"row {words.at + 1:>{len(number)},} of {number} {noun}" if words.listed else f"no {words.noun[1]}"
    if words.broken:
        listed += ", the rest did not come"
    elif not words.done:
        listed += " so far" if words.listed else " yet"
    parts = [Content.styled(f"{' ' * indent}{listed}", "$quiet")]
    if words.ticked is not None:
        parts.append(Content.styled(f"{words.ticked:,} ticked", "bold" if words.ticked else "$quiet"))
    if words.unseen:
        parts.append(Content.styled(f"{words.unseen:,} of them not listed", "$warning"))
    parts += [Content.styled(text, "$accent") for text in _under_way(words)]
    if words.narrow and len(parts) < 4:
        parts.append(Content.styled(f"narrowed to {line(words.narrow)}", "$quiet"))
    return Content.styled(f" {marks.dot} ", "$quiet").join(parts).truncate(width, ellipsis=look.unicode)


def _under_way(words: Said) -> list[str]:
    """The one thing that is going on, and how to go on or to leave it."""
    if words.does is not None:
        return [f"{_DOES[words.does]} all as they come, Esc leaves it" if not words.done else _DOES[words.does]]
    if words.range_from is not None:
        return [f"from {words.range_from + 1:,}: v ticks up to here, Esc leaves it"]
    if words.to_end:
        return ["to the end when all have come, Esc leaves it"]
    if words.column is not None:
        return [f"s sorts by {words.column.lower()}, Esc leaves it"]
    return []
