"""What inviting the ticked patients would do: the dry run, sorted into lines that are counted."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from screens.reports.reasons import GET_IT, REASONS, counted

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.inviting import Outcome
    from clinic_tui.invitations.queueing import Invited

QUEUED = "queued"


class Line(NamedTuple):
    """Those of one answer: how many, in words, and each with what is said of them."""

    reason: str
    number: int
    words: str
    patients: dict[int, str]


class Plan(NamedTuple):
    """A dry run. `message`: the custom message that it was made with."""

    message: str
    queued: list[Invited]
    lines: list[Line]

    @property
    def sums(self) -> dict[str, int]:
        """How many of each."""
        return {line.reason: line.number for line in self.lines}


def plan(viewer: Viewer, ids: array[int], custom_message: str, progress: Callable[[int], None]) -> Plan:
    """Ask the rules of everybody, and queue nothing."""
    from clinic_tui.invitations.inviting import invite_many

    outcome = invite_many(viewer, ids, custom_message=custom_message, dry_run=True, progress=progress)
    return planned(outcome, custom_message)


def planned(outcome: Outcome, custom_message: str) -> Plan:
    """The lines: who gets it, then who does not, the commonest reason first."""
    from clinic_tui.text import fold_email

    getting = {row.patient_id: row.email for row in outcome.queued}
    addresses = Counter(fold_email(email) for email in getting.values())
    shared = sum(count for count in addresses.values() if count > 1)
    words = GET_IT[0] if len(getting) == 1 else GET_IT[1]
    lines = [
        Line(QUEUED, len(getting), f"{words}, {shared:,} of them at a shared address" if shared else words, getting)
    ]
    skipped: dict[str, dict[int, str]] = {}
    for row in outcome.skipped:
        skipped.setdefault(row.reason, {})[row.patient_id] = row.detail
    order = list(REASONS)
    for reason in sorted(skipped, key=lambda word: (-len(skipped[word]), order.index(word) if word in order else 99)):
        patients = skipped[reason]
        lines.append(Line(reason, len(patients), counted(reason, len(patients)), patients))
    return Plan(custom_message, outcome.queued, lines)
