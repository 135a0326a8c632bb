"""The ids of a case load, streamed in a thread: the first rows by themselves, then everything piece by piece."""

from __future__ import annotations

from array import array
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from clinic_tui.errors import ClinicError
from screens.asking import in_words

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.case_load.filters import Filters
    from clinic_tui.case_load.orders import Sort
    from clinic_tui.case_load.query import CaseRow

PAGE = 60


class Asked(NamedTuple):
    """What a run asks for; `text`: what it is narrowed to."""

    filters: Filters
    sort: Sort
    text: str


class First(NamedTuple):
    """The first rows in order. `whole`: all ids, where they were at hand; None where they are still to be streamed."""

    asked: Asked
    rows: list[CaseRow]
    whole: array[int] | None
    keep: bool


class Piece(Message):
    """Ids of a run, in order; `done` with the last ones."""

    def __init__(self, run: int, ids: array[int], done: bool) -> None:
        super().__init__()
        self.run, self.ids, self.done = run, ids, done


class Broke(Message):
    """The stream of a run broke off."""

    def __init__(self, run: int, error: ClinicError) -> None:
        super().__init__()
        self.run, self.error = run, error


def first(viewer: Viewer, asked: Asked, known: array[int] | None, *, keep: bool) -> First:
    """The first rows of those that match; `known`: all ids of filters and sort, where they are at hand."""
    from clinic_tui.case_load import query
    from clinic_tui.patients.narrowing import narrowed

    filters, sort, text = asked
    if not text and known is None:
        rows = query.first_rows(viewer, filters, sort, PAGE)
        return First(asked, rows, array("q", (row.patient.id for row in rows)) if len(rows) < PAGE else None, keep)
    every = query.all_ids(viewer, filters, sort) if known is None else known
    ids = narrowed(viewer, text, every)
    return First(asked, query.rows(viewer, filters, ids[:PAGE]), ids, keep)


def stream(screen: Screen[None], viewer: Viewer, filters: Filters, sort: Sort, run: int) -> None:
    """Stream all ids to `screen` as `Piece`, or say that they `Broke` off; a newer stream leaves this one."""

    def work() -> None:
        from clinic_tui.case_load import query

        worker = get_current_worker()
        try:
            with closing(query.ids(viewer, filters, sort)) as pieces:
                for ids in pieces:
                    if worker.is_cancelled:
                        return
                    screen.post_message(Piece(run, ids, False))
            screen.post_message(Piece(run, array("q"), True))
        except Exception as raised:
            screen.post_message(Broke(run, in_words(raised)))

    screen.run_worker(work, thread=True, group="stream", exclusive=True, exit_on_error=False)
