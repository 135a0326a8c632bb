"""How soon something happens, as the desk says it."""

from __future__ import annotations

from datetime import datetime

from clinic_tui.clock import now


def soon(when: datetime) -> str:
    """`at once`, `in 40 seconds`, `in 2 minutes`, `in 3 hours`, `in 2 days`."""
    seconds = (when - now()).total_seconds()
    if seconds < 1:
        return "at once"
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 1.5 * length:
            return f"in {round(seconds / length)} {unit}s"
    return f"in {round(seconds)} second{'s' if seconds >= 1.5 else ''}"
