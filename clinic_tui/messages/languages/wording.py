"""What has to be said in each language: the sentences that no template can leave out, and the words to begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from clinic_tui.clock import local

Kind = Literal["invitation", "reminder", "confirmation", "setup"]


class Standard(NamedTuple):
    """The template that comes with the program: its name, its subject, its body."""

    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one language; what stands in braces is filled in by `compose`.

    `to_guardian` is about a patient by name, or about `a_patient`. `register`: the steps for each way to register.
    `in_portal`: what one can do there, as half a sentence after "you can". `slip_...`: said on paper alone, where
    `your_address` stands for `this_address`. `day`: how a date is written, `short_day`
    without its year.
    """

    code: str
    iso3: str
    name: str
    own_name: str
    weekdays: Sequence[str]
    months: Sequence[str]
    day: str
    short_day: str
    also: str

    hello: str
    hello_named: str
    to_guardian: str
    a_patient: str
    practice: str
    portal: str
    number: str
    in_portal: Mapping[str, str]
    by_reply: Mapping[str, str]

    to_accept: str
    press_reply: str
    press_here: str
    then_check: str
    then_steps: str
    ring_code: str
    works_until: str
    otherwise: str
    never_asked: str

    what_now: str
    we_check: str
    questions: str
    not_who_replied: str

    open_url: str
    open_portal: str
    register: Mapping[str, Sequence[str]]
    you_can: str
    elsewhere: str
    stuck: str
    not_asked_for: str
    chosen_there: str

    this_address: str
    your_address: str
    slip_code: str
    slip_steps: str
    slip_elsewhere: str
    slip_safe: str

    reference: str
    standard: Mapping[Kind, Standard]

    def written_day(self, moment: datetime, *, year: bool = True) -> str:
        """The day of a moment, on the practice's clock: `Sunday 29 November 2026`."""
        day = local(moment)
        return (self.day if year else self.short_day).format(
            weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1], year=day.year
        )

    def listed(self, parts: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        return f"{', '.join(parts[:-1])} {self.also} {parts[-1]}" if len(parts) > 1 else "".join(parts)
