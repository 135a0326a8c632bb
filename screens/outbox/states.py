"""The states of the outbox as a line of choices: all, then each that some message is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from clinic_tui.outbox import Counts
    from screens.theme import Look

_TONES = {
    "held": "$accent", "queued": "$accent", "sending": "$accent", "sent": "$success", "deferred": "$warning",
    "unconfirmed": "$warning", "failed": "$error", "bounced": "$error",
}  # fmt: skip

_WORDS = {"sent": "sent today"}


def choose(counts: Counts, state: str | None, by: int) -> str | None:
    """The state to the right (or left, `by` -1) of the one that is shown; None is all."""
    known: list[str | None] = [None, *_some(counts, state)]
    return known[(known.index(state) + by) % len(known)]


def tabs(counts: Counts | None, state: str | None, look: Look, width: int) -> Content:
    """`Outbox  all  2 held  1 sending  3 sent today`; the one that is shown is marked."""
    words = [("all", state is None, "$foreground")]
    for name in _some(counts, state) if counts is not None else ():
        words.append((f"{getattr(counts, name):,} {_WORDS.get(name, name)}", name == state, _TONES[name]))
    if sum(len(word) + 2 for word, _, _ in words) + len("Outbox") > width:
        words = [(word.removesuffix(" today"), here, tone) for word, here, tone in words]
    parts = [Content.styled(word, "bold reverse" if here else tone) for word, here, tone in words]
    said = Content("  ").join([Content.styled("Outbox", "bold"), *parts])
    return said.truncate(width, ellipsis=look.unicode)


def _some(counts: Counts, state: str | None) -> list[str]:
    """The states that some message is in, and the one that is shown."""
    return [name for name in _TONES if name == state or getattr(counts, name)]
