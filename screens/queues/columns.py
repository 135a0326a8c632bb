"""The columns of a queue, and what stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from clinic_tui.clock import today
from screens.outbox.columns import time_of
from screens.widgets.cells import line
from screens.widgets.columns import Column
from screens.widgets.dates import day
from screens.widgets.patient_cells import draw_patient

if TYPE_CHECKING:
    from clinic_tui.queues import Queue, QueueRow
    from screens.theme import Look


# Where the queue does not say the patient's portal line already, and how much of it there has to be room for.
_PORTAL = {"review": 16, "accepted": 29, "of-age": 16}


def columns(queue: Queue) -> tuple[Column, ...]:
    """Patient, the queue's own time, phone, and what else there is to know; the portal line where that tells more."""
    portal = _PORTAL.get(queue.name)
    return (
        Column("patient", "Patient", 17, 32, flex=2, sortable=False),
        Column("time", queue.time, 13, 16, sortable=False),
        *((Column("portal", "Portal", portal, 29, flex=1, sortable=False, rank=1),) if portal else ()),
        Column("phone", "Phone", 12, 16, sortable=False, rank=3),
        Column("note", "", 16, 60, flex=3, sortable=False, rank=2),
    )


def draw(row: QueueRow, key: str, look: Look) -> str | Content:
    """One cell."""
    if key == "time":
        return _time(row, look)
    if key == "note":
        return Content.styled(line(row.note), "$quiet")
    if row.patient is None:
        return Content.styled("no patient found" if key == "patient" else "", "$quiet")
    return draw_patient(row.patient, key, look)


def _time(row: QueueRow, look: Look) -> Content:
    if row.time is None:
        return Content.styled(look.symbols.none, "$quiet")
    if isinstance(row.time, datetime):
        return Content.styled(time_of(row.time), "$quiet")
    due = row.time <= today()
    return Content.styled(day(row.time).strip(), "$warning" if due else "$quiet")
