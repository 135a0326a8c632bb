"""How far the post has come, as lines: a bar, the rate, the time that is left, and why the rest waits."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.content import Content

from screens.outbox.columns import time_of
from screens.widgets.bar import bar
from screens.widgets.cells import line

if TYPE_CHECKING:
    from clinic_tui.outbox import Progress
    from screens.theme import Look

BAR = 24
_WINDOW = timedelta(minutes=1)


class Rate:
    """How many messages a minute are over with, by what was seen in the last minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, int]] = deque()

    def saw(self, progress: Progress) -> None:
        """Another reading."""
        if self._seen and progress.done < self._seen[-1][1]:
            self._seen.clear()  # another day
        self._seen.append((progress.at, progress.done))
        while len(self._seen) > 2 and self._seen[1][0] <= progress.at - _WINDOW:
            self._seen.popleft()

    @property
    def per_minute(self) -> float:
        """0 where nothing moved, or too little was seen to tell."""
        if len(self._seen) < 2:
            return 0.0
        (began, before), (at, done) = self._seen[0], self._seen[-1]
        passed = max((at - began).total_seconds(), 1.0)
        return (done - before) * 60 / passed


def how_far(progress: Progress, rate: Rate, look: Look, width: int) -> Content:
    """`█████░░░░░ 62 %  101 of 163  40 a minute, 2 min left`; nothing where nothing is to go."""
    if not progress.waiting + progress.deferred:
        return Content("")
    share = progress.done / progress.total
    cells = max(8, min(BAR, width // 3))
    said = [f"{int(share * 100)} %", f"{progress.done:,} of {progress.total:,}", *_pace(progress, rate)]
    dot = f" {look.symbols.dot} "
    return Content.assemble(bar(share, cells, look), " ", (dot.join(said), "$foreground"))


def _pace(progress: Progress, rate: Rate) -> list[str]:
    per_minute = rate.per_minute
    if progress.paused is not None:
        return ["paused"]
    if progress.waiting == progress.held and progress.next_at is not None:
        return [f"the next goes {time_of(progress.next_at)}"]
    if per_minute < 1:
        return []
    return [f"{per_minute:,.0f} a minute", *_left(progress.waiting / per_minute)]


def _left(minutes: float) -> list[str]:
    if minutes < 1:
        return ["under a minute left"]
    if minutes < 90:
        return [f"{minutes:.0f} min left"]
    return [f"{minutes / 60:.0f} h left"]


def note(progress: Progress, look: Look) -> Content:
    """Why nothing goes, or why the rest of a batch waits; nothing where there is no such thing."""
    marks = look.symbols
    if progress.paused is not None:
        return Content.styled(f"{marks.paused} The outbox is paused: {line(progress.paused)}", "$error")
    for batch in progress.batches:
        if batch.paused is not None:
            return Content.styled(f"{marks.paused} {line(batch.paused)}", "$error")
    for batch in progress.batches:
        if batch.opens_at is not None:
            when = time_of(batch.opens_at)
            said = f"The first 50 of {batch.total:,} go; the rest from {when} on, unless 5 of them come back."
            return Content.styled(said, "$quiet")
    return Content("")
