"""The ids of a case load, streamed in a thread: the first rows by themselves, then everything piece by piece."""

from __future__ import annotations

from array import array
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message
from textual.worker import get_current_worker

from clinic_tui.aside import Left
from clinic_tui.errors import ClinicError
from clinic_tui.log import in_words
from screens.aside import LONG, aside

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.aside import Tell
    from clinic_tui.case_load.filters import Filters
    from clinic_tui.case_load.orders import Sort
    from clinic_tui.case_load.query import CaseRow
    from screens.reports.case_reading import CaseReading

PAGE = 60


class Asked(NamedTuple):
    """What a run asks for; `text`: what it is narrowed to."""

    filters: Filters
    sort: Sort
    text: str


class First(NamedTuple):
    """The first rows in order. `whole`: all ids, where they were at hand; None where they are still to be streamed: in
    a process of its own where they may be `many`.
    """

    asked: Asked
    rows: list[CaseRow]
    whole: array[int] | None
    keep: bool
    many: bool = False


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
        if len(rows) == PAGE:
            return First(asked, rows, None, keep, query.may_be_more_than(LONG))
        return First(asked, rows, array("q", (row.patient.id for row in rows)), keep)
    every = query.all_ids(viewer, filters, sort) if known is None else known
    ids = narrowed(viewer, text, every)
    return First(asked, query.rows(viewer, filters, ids[:PAGE]), ids, keep)


@dataclass(frozen=True, slots=True)
class Listing:
    """In a thread, or in a process of its own: all ids, told as they come."""

    filters: Filters
    sort: Sort

    def __call__(self, viewer: Viewer, tell: Tell) -> None:
        """Each `tell` hears an array of them."""
        from clinic_tui.case_load import query

        with closing(query.ids(viewer, self.filters, self.sort)) as pieces:
            for ids in pieces:
                tell(ids)


def stream(screen: CaseReading, viewer: Viewer, listing: Listing, run: int, *, many: bool) -> None:
    """Stream all ids to `screen` as `Piece`, or say that they `Broke` off; a newer stream leaves this one."""
    config = screen.clinic.config

    def work() -> None:
        worker = get_current_worker()

        def tell(ids: array[int]) -> None:
            if worker.is_cancelled:
                raise Left
            screen.post_message(Piece(run, ids, False))

        try:
            if many:
                aside(config, viewer, listing, tell, lambda: worker.is_cancelled)
            else:
                listing(viewer, tell)
            screen.post_message(Piece(run, array("q"), True))
        except Left:
            return
        except Exception as raised:
            screen.post_message(Broke(run, in_words(raised)))

    screen.run_worker(work, thread=True, group="stream", exclusive=True, exit_on_error=False)
