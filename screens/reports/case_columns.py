"""The columns of a case load, and what stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from clinic_tui.clock import local
from screens.widgets.columns import Column
from screens.widgets.patient_cells import draw_patient

if TYPE_CHECKING:
    from clinic_tui.case_load.query import CaseRow
    from screens.theme import Look

# Keys are the columns that a case load is sorted by. What is dropped first on a narrow terminal has the highest rank.
COLUMNS = (
    Column("patient", "Patient", 16, 32, flex=3),
    Column("age", "Age", 3, 3, right=True, rank=2),
    Column("practitioner", "Practitioner", 12, 22, flex=1, rank=5),
    Column("appointments", "Seen", 4, 5, right=True, down_first=True, rank=3),
    Column("first_seen", "First seen", 10, 10, right=True, down_first=True, rank=7),
    Column("last_seen", "Last seen", 9, 10, right=True, down_first=True, rank=3),
    Column("next_appointment", "Next", 9, 10, right=True, rank=4),
    Column("email", "E-mail", 18, 34, flex=2, rank=6),
    Column("portal", "Portal", 13, 29, flex=1),
)
# For whom names are hidden: no e-mail to see, and room to say why there is no box to tick.
NAMELESS = (*COLUMNS[:-2], Column("portal", "Portal", 21, 29))
_HIDDEN = "names hidden from you"
_OF_VISITS = ("appointments", "first_seen", "last_seen", "next_appointment")


def draw(row: CaseRow, key: str, look: Look) -> str | Content:
    """One cell; what is unknown or hidden is a dash."""
    if key == "portal" and row.patient.given is None and row.patient.family is None:
        return Content.styled(_HIDDEN, "$quiet")
    if key not in _OF_VISITS:
        return draw_patient(row.patient, key, look)
    text = {
        "appointments": str(row.appointments) if row.appointments else "",
        "first_seen": short_day(row.first_seen),
        "last_seen": short_day(row.last_seen),
        "next_appointment": short_day(row.next_appointment),
    }[key]
    return Content.styled(text or look.symbols.none, "$quiet")


def short_day(when: datetime | None) -> str:
    """`2 Sep 26`; "" for never."""
    if when is None:
        return ""
    here = local(when)
    return f"{here.day} {here:%b} {here:%y}"
