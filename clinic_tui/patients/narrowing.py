"""Narrowing a list of patients at hand by what is typed, read as the lookup reads it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.db.connection import session
from clinic_tui.patients.finding import Finder
from clinic_tui.patients.query import number_readings, readings

_ALL = 100_000_000


def narrowed(viewer: Viewer, text: str, patient_ids: Iterable[int]) -> array[int]:
    """Those of the patients that match the text, in the order given; all of them where it is blank."""
    if not text.strip():
        return array("q", patient_ids)
    with session():
        meant = number_readings(text) if viewer.names_hidden else readings(text, today())
        found = Finder(viewer).ids(meant, _ALL)
    return array("q", (key for key in patient_ids if key in found))
