"""What the rules say of the ticked patients, sorted into lines that are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui.errors import ClinicError
from screens.reports.reasons import REASONS, Words, counted

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.inviting import Outcome
    from clinic_tui.many import Changed
    from screens.reports.steps import Step, Tell
    from screens.reports.ticked import Ticked

DONE = "done"


class Line(NamedTuple):
    """Those of one answer: how many, in words, and each with what is said of them."""

    reason: str
    number: int
    words: str
    patients: dict[int, str]


class Plan(NamedTuple):
    """What would be done, or was: first with whom it is, then who is skipped, the commonest reason first."""

    lines: list[Line]

    @property
    def done(self) -> dict[int, str]:
        """With whom it is done, each with the address or the change."""
        return self.lines[0].patients

    @property
    def skipped(self) -> int:
        """With how many it is not."""
        return sum(line.number for line in self.lines[1:])

    def number(self, reason: str) -> int:
        """How many are skipped for this reason."""
        return sum(line.number for line in self.lines[1:] if line.reason == reason)


class Answer(NamedTuple):
    """What the rules said. `error`: why nothing was done, where `plan` is only what would be done now."""

    plan: Plan
    error: ClinicError | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """In a thread, or in a process of its own: what the rules say of the ticked patients."""

    step: Step
    ticked: Ticked
    words: Words

    def __call__(self, viewer: Viewer, tell: Tell) -> Answer:
        """`tell` hears how many are done with."""
        from clinic_tui.invitations.inviting import Otherwise

        try:
            return Answer(planned(self.step(viewer, self.ticked.in_order(), tell), self.words))
        except Otherwise as error:
            return Answer(planned(error.outcome, self.words), ClinicError(error.title, error.advice))


def planned(outcome: Outcome | Changed, words: Words) -> Plan:
    """The lines of an outcome; `words` say what is done with one, and with several."""
    from clinic_tui.many import Changed

    if isinstance(outcome, Changed):
        first = Line(DONE, len(outcome.changed), words[len(outcome.changed) != 1], dict(outcome.changed))
    else:
        getting = {row.patient_id: row.email for row in outcome.queued}
        first = Line(DONE, len(getting), words[len(getting) != 1] + _told(getting), getting)
    skipped: dict[str, dict[int, str]] = {}
    for row in outcome.skipped:
        skipped.setdefault(row.reason, {})[row.patient_id] = row.detail
    order = list(REASONS)
    reasons = sorted(skipped, key=lambda word: (-len(skipped[word]), order.index(word) if word in order else 99))
    return Plan([first, *(Line(r, len(skipped[r]), counted(r, len(skipped[r])), skipped[r]) for r in reasons)])


def _told(getting: dict[int, str]) -> str:
    """What is to be said of the addresses: those that several have, and those that look mistyped."""
    from clinic_tui.patients.slips import Mistyped
    from clinic_tui.text import fold_email

    addresses = Counter(fold_email(email) for email in getting.values())
    shared = sum(count for count in addresses.values() if count > 1)
    mistyped = Mistyped(getting.values()).number
    said = f", {shared:,} of them at a shared address" if shared else ""
    if mistyped:
        said += f", {mistyped.total():,} at one that looks mistyped ({', '.join(sorted(mistyped)[:2])})"
    return said
