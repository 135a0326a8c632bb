"""What a mail server does wrong, and when: the plan that a test gives to the SMTP server."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

Phase = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "body", "accepted"]
Action = Literal["reply", "drop", "accept_and_drop", "stall", "half", "drip", "late"]

ACCEPTED_REPLY = "250 2.0.0 Ok: queued"


@dataclass(frozen=True)
class Fault:
    """One fault.

    `phase`: the answer that goes wrong. "data" is the answer to DATA; "body" the answer after the final dot, with
    the message NOT stored; "accepted" the same answer with the message stored.
    `action`: "reply" says `reply`, "drop" closes without an answer, "stall" never answers, "half" sends the first
    half of `reply` (without the line's end) and closes, "drip" sends an answer without end, byte after byte,
    "late" answers well, but only once `SmtpServer.go_on` was called;
    "accept_and_drop" in phase "body" stores, then drops.
    `match`: only where this text (case aside) stands in the command's argument; for data, body and accepted in the
    recipients or the message.
    The first `after` matches go well; after them every `every`-th goes wrong, at most `times` of them.
    """

    phase: Phase
    reply: str | None = None
    action: Action | None = None
    match: str = ""
    times: int | None = None
    after: int = 0
    every: int = 1

    def __post_init__(self) -> None:
        if self.reply is None and self.action in (None, "reply"):
            raise ValueError("a fault that answers needs a reply")
        if self.action == "accept_and_drop" and self.phase != "body":
            raise ValueError("accept_and_drop belongs to the phase body")

    @property
    def stored_phase(self) -> Phase:
        return "accepted" if self.action == "accept_and_drop" else self.phase

    @property
    def what(self) -> Literal["reply", "drop", "stall", "half", "drip", "late"]:
        if self.action is None:
            return "reply"
        return "drop" if self.action == "accept_and_drop" else self.action

    @property
    def line(self) -> str:
        return self.reply or ACCEPTED_REPLY


class FaultPlan:
    """The faults in force, and how often each has met its match. Safe to change while the server runs."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._lock = threading.Lock()
        self._counted: list[_Counted] = [_Counted(fault) for fault in faults]

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._counted.append(_Counted(fault))

    def clear(self) -> None:
        with self._lock:
            self._counted.clear()

    def pick(self, phase: Phase, text: str) -> Fault | None:
        """The fault that this answer is to meet; None if it goes well."""
        with self._lock:
            for counted in self._counted:
                if counted.strikes(phase, text):
                    return counted.fault
        return None


class _Counted:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.met = 0
        self.struck = 0

    def strikes(self, phase: Phase, text: str) -> bool:
        fault = self.fault
        if fault.stored_phase != phase or fault.match.lower() not in text.lower():
            return False
        self.met += 1
        due = self.met - fault.after
        if due < 1 or due % fault.every or (fault.times is not None and self.struck >= fault.times):
            return False
        self.struck += 1
        return True
