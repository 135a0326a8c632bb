"""Case loads saved under a name, for the whole practice; who runs one sees their own patients in it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any, NamedTuple

import peewee

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.case_load.filters import FIELDS, Filters, Who
from clinic_tui.case_load.orders import COLUMNS, Sort, read_sort
from clinic_tui.case_load.sentence import sentence
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import SavedReport
from clinic_tui.errors import FieldError, NotFound
from clinic_tui.text import clean, fold, header_safe

LONGEST_NAME = 80
_DAYS = ("seen_from", "seen_to", "not_seen_since", "next_from", "next_to")


class Opened(NamedTuple):
    """A saved case load, ready to run. `notes`: what has changed since, a sentence each."""

    name: str
    filters: Filters
    sort: Sort
    notes: list[str]


class Listed(NamedTuple):
    """A saved case load in a list."""

    name: str
    says: str
    sort: Sort
    saved_at: datetime
    saved_by: str
    notes: list[str]


def save(viewer: Viewer, name: str, filters: Filters, sort: Sort, *, replace: bool = False) -> str:
    """Keep the filters and the sort under `name`; the name as it is kept.

    Raises FieldError for a name that cannot stand, or that is there already where it is not to be replaced.
    """
    viewer.need("owner", "practitioner", "front-desk")
    kept = header_safe(name)
    if not fold(kept) or len(kept) > LONGEST_NAME:
        raise FieldError("name", f"A report has a name of 1 to {LONGEST_NAME} characters.", "Type another one.")
    values = {"name": kept, "name_fold": fold(kept), "filters": _written(filters), "sort": str(sort),
              "saved_at": now(), "saved_by": viewer.login}  # fmt: skip
    try:
        with transaction():
            if replace:
                SavedReport.delete().where(SavedReport.name_fold == fold(kept)).execute()
            SavedReport.create(**values)
            history.record(viewer, "save report", name=kept)
    except peewee.IntegrityError as error:
        raise FieldError("name", f"There is a report {kept!r} already.", "Take another name, or replace it.") from error
    return kept


def open_report(viewer: Viewer, name: str) -> Opened:
    """The saved case load of this name. Raises NotFound."""
    with session():
        row = SavedReport.get_or_none(SavedReport.name_fold == fold(header_safe(name)))
        if row is None:
            known = ", ".join(clean(each.name, 40) for each in listing(viewer)[:8])
            raise NotFound(
                f"There is no saved report {clean(name, 60)!r}.",
                f"There are: {known}." if known else "None is saved yet: clinic-tui report save NAME.",
            )
        return _opened(row)


def listing(viewer: Viewer) -> list[Listed]:
    """All saved case loads, by name."""
    with session():
        found = []
        for row in SavedReport.select().order_by(SavedReport.name_fold):
            opened = _opened(row)
            says = sentence(opened.filters)
            found.append(Listed(row.name, says, opened.sort, row.saved_at, row.saved_by, opened.notes))
        return found


def remove(viewer: Viewer, name: str) -> None:
    """Forget a saved case load. Raises NotFound."""
    viewer.need("owner", "practitioner", "front-desk")
    opened = open_report(viewer, name)
    with transaction():
        SavedReport.delete().where(SavedReport.name_fold == fold(opened.name)).execute()
        history.record(viewer, "remove report", name=opened.name)


def _written(filters: Filters) -> dict[str, Any]:
    """The filters as JSON has them, those that are set; practitioners with their names, to say who is gone."""
    kept: dict[str, Any] = {}
    for field in fields(Filters):
        value = getattr(filters, field.name)
        if value == field.default:
            continue
        if isinstance(value, date):
            value = value.isoformat()
        elif field.name in ("practitioners", "seen_by"):
            value = [{"id": who.id, "name": who.name} for who in value]
        kept[field.name] = list(value) if isinstance(value, tuple) else value
    return kept


def _opened(row: SavedReport) -> Opened:
    """What was written, read again; whatever this version does not know is left out and told."""
    notes: list[str] = []
    kept: dict[str, Any] = {}
    for field, value in row.filters.items():
        if field not in FIELDS:
            notes.append(f"This version has no filter {clean(field, 40)!r}: it is left out.")
        elif field in ("practitioners", "seen_by"):
            kept[field] = _still_there([Who(each["id"], each["name"]) for each in value], notes)
        elif field in _DAYS:
            kept[field] = date.fromisoformat(value)
        else:
            kept[field] = tuple(value) if isinstance(value, list) else value
    sort = read_sort(row.sort) if row.sort.removeprefix("-") in COLUMNS else Sort()
    return Opened(row.name, Filters(**kept), sort, notes)


def _still_there(people: list[Who], notes: list[str]) -> tuple[Who, ...]:
    """The practitioners by the names that they have now; one who is gone stays, and finds nobody."""
    table = access.practitioners()
    query: Any = table.select(table.id, table.name).where(table.id.in_([who.id for who in people]))
    names = dict(query.tuples())
    for who in people:
        if who.id not in names:
            notes.append(f"{clean(who.name, 60)} is no longer a practitioner here: nobody is found by that name.")
    return tuple(Who(who.id, names.get(who.id, who.name)) for who in people)
