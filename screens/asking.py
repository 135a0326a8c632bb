"""Rules run in threads: a screen asks, and the answer comes back as a message."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from textual import on
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from clinic_tui.errors import ClinicError
from clinic_tui.log import in_words

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from screens.app import ClinicApp

T = TypeVar("T")
R = TypeVar("R")
log = logging.getLogger("clinic_tui.screens")


@dataclass(frozen=True, slots=True)
class _Question:
    """A rule to run, and what is done with its answer."""

    rule: Callable[[Viewer], Any]
    then: Callable[[Any], None]
    failed: Callable[[ClinicError], None]
    group: str


class _Outcome(Message):
    """A rule has answered, or said why not."""

    def __init__(self, question: _Question, answer: Any, error: ClinicError | None) -> None:
        super().__init__()
        self.question = question
        self.answer = answer
        self.error = error


class Asking(Screen[R], Generic[R]):
    """A screen that asks rules."""

    def __init__(self) -> None:
        super().__init__()
        self._rules_waiting: dict[str, list[_Question]] = {}
        self._rules_running: set[str] = set()
        self._drawn = False
        self._answered = False

    @property
    def clinic(self) -> ClinicApp:
        """The app, as ours."""
        return cast("ClinicApp", self.app)

    def show_error(self, error: ClinicError) -> None:
        """Where errors go that nobody else takes; override it."""
        raise NotImplementedError

    def ask(
        self,
        rule: Callable[[Viewer], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[ClinicError], None] | None = None,
        group: str = "",
    ) -> None:
        """Run `rule(viewer)` in a thread, then `then(answer)` here; an error goes to `failed`, or to the notice.

        For what only reads: of the questions of one `group` one runs at a time, and of those that wait only the newest
        is kept, so that a slow database never piles up work. The group is `then`'s own where none is given.
        """
        group = group or then.__qualname__
        self._rules_waiting[group] = [_Question(rule, then, failed or self.show_error, group)]
        self._next(group)

    def do(
        self,
        rule: Callable[[Viewer], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[ClinicError], None] | None = None,
    ) -> None:
        """Like `ask`, for what changes something: every one is run, one after the other, none is dropped."""
        self._rules_waiting.setdefault("do", []).append(_Question(rule, then, failed or self.show_error, "do"))
        self._next("do")

    def on_mount(self) -> None:
        """There is something for keys now."""
        self._drawn = True

    @property
    def holds_keys(self) -> bool:
        """Whether keys wait (see screens.typeahead): until the first answers are there, and while something changes."""
        return not self._drawn or "do" in self._rules_running or (self.busy and not self._answered)

    @property
    def busy(self) -> bool:
        """Whether something that was asked has not been answered yet."""
        return bool(self._rules_running) or any(self._rules_waiting.values())

    @property
    def is_changing(self) -> bool:
        """Whether something is being changed at this moment, or waits to be."""
        return "do" in self._rules_running or bool(self._rules_waiting.get("do"))

    @property
    def is_left(self) -> bool:
        """Whether it is closed or closes: there may be nothing any more to show an answer on."""
        return not self.app.is_running or self not in self.app.screen_stack

    def practice_opened(self) -> None:
        """The practice is open: ask what waited for it."""
        for group in list(self._rules_waiting):
            self._next(group)

    def practice_failed(self, error: ClinicError) -> None:
        """The practice could not be opened."""
        self.show_error(error)

    def _next(self, group: str) -> None:
        viewer = self.clinic.viewer
        waiting = self._rules_waiting.get(group)
        if not waiting or group in self._rules_running or viewer is None:
            return
        question = waiting.pop(0)
        self._rules_running.add(group)
        self.run_worker(
            lambda: self._answer(question, viewer), thread=True, group=group, exit_on_error=False, name=group
        )

    def _answer(self, question: _Question, viewer: Viewer) -> None:
        """In the thread."""
        answer, error = None, None
        try:
            answer = question.rule(viewer)
        except Exception as raised:
            error = in_words(raised)
        if not get_current_worker().is_cancelled:
            self.post_message(_Outcome(question, answer, error))

    @on(_Outcome)
    def _take(self, outcome: _Outcome) -> None:
        outcome.stop()
        question = outcome.question
        self._rules_running.discard(question.group)
        self._answered = self._answered or not self.busy
        if self.is_left:
            pass
        elif outcome.error is not None:
            question.failed(outcome.error)
        else:
            question.then(outcome.answer)
        self._next(question.group)
