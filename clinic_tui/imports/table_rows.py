"""Rows of a CSV of practitioners, appointments or portal users, made into what is merged, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clinic_tui.clock import now, today
from clinic_tui.dates import Order
from clinic_tui.imports import words
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.dates import DateTally
from clinic_tui.imports.moments import day_part, millis, moment
from clinic_tui.imports.records import AppointmentRow, PatientRef, PortalRow, PractitionerRow
from clinic_tui.imports.rows import NAME_LIMIT, Unusable, read_email
from clinic_tui.imports.tables import Table
from clinic_tui.text import clean, header_safe

_LONGEST = 24 * 60  # an admission goes on for months: what is kept is a day
_USUAL = 20

Row = PractitionerRow | AppointmentRow | PortalRow
Refusal = tuple[int, str]


def order_of(file: CsvFile, table: Table) -> Order:
    """The order in which the file writes its dates. Raises ClinicError where it leaves that open."""
    dated = [table.at[field] for field in ("start", "stop", "since") if field in table.at]
    if not dated:
        return "ymd"
    tally = DateTally(today())
    for row in file.rows():
        if row.cells:
            tally.add([day_part(row.cells[index]) for index in dated])
    names = " and ".join(repr(clean(file.header[index], 40)) for index in dated)
    return tally.decide(names, file.shown)


def rows_of(file: CsvFile, table: Table, order: Order) -> Iterator[Row | Refusal]:
    """Every row of the file, made ready, or its line and why it is refused."""
    makers: dict[str, Callable[[int, _Cells], Row]] = {
        "practitioners": _practitioner, "appointments": lambda line, cells: _appointment(line, cells, order),
        "portal": lambda line, cells: _portal(line, cells, order),
    }  # fmt: skip
    make = makers[table.kind]
    for line, cells, refused, _ in file.rows():
        if refused:
            yield line, refused
            continue
        try:
            yield make(line, _Cells(cells, table.at))
        except Unusable as error:
            yield line, str(error)


class _Cells:
    """The cells of a row by field; empty where there is no such column."""

    def __init__(self, cells: Sequence[str], at: Any) -> None:
        self._cells, self._at = cells, at

    def __getitem__(self, field: str) -> str:
        index = self._at.get(field, -1)
        text = "" if index < 0 else header_safe(self._cells[index])
        if len(text) > NAME_LIMIT:
            raise Unusable(f"its {field.replace('_', ' ')} is longer than {NAME_LIMIT} characters")
        return text


def _practitioner(line: int, cells: _Cells) -> PractitionerRow:
    name = cells["name"] or " ".join(filter(None, (cells["given"], cells["family"])))
    if not name:
        raise Unusable("it has no name")
    email = read_email(cells["email"]) if cells["email"] else None
    active = words.yes_or_no(cells["active"]) if cells["active"] else None
    if active is None and cells["active"]:
        status = words.status(cells["active"])
        active = None if status is None else status == "current"
    return PractitionerRow(line, cells["source_id"] or None, name, email, active)


def _appointment(line: int, cells: _Cells, order: Order) -> AppointmentRow:
    start = moment(cells["start"], order, cells["clock"])
    if start is None:
        raise Unusable(f"its start {clean(cells['start'] or 'cell', 30)!r} is no date that can be")
    minutes = _USUAL
    if cells["minutes"].isdecimal():
        minutes = int(cells["minutes"])
    elif cells["stop"]:
        stop = moment(cells["stop"], order)
        if stop is None:
            raise Unusable(f"its end {clean(cells['stop'], 30)!r} is no date that can be")
        minutes = round((stop - start).total_seconds() / 60)
        if minutes < 0:
            raise Unusable("it ends before it starts")
    status = words.appointment(cells["status"]) if cells["status"] else None
    if status is None:
        status = "seen" if start <= now() else "booked"
    patient = cells["patient"]
    ref = PatientRef(source_id=patient or None, number=patient or None)
    return AppointmentRow(
        line, cells["source_id"] or None, ref, cells["provider"] or None, cells["practitioner"] or None,
        millis(start), min(minutes, _LONGEST), status,
    )  # fmt: skip


def _portal(line: int, cells: _Cells, order: Order) -> PortalRow:
    email = cells["email"]
    if email and "@" in email:
        email = read_email(email) or ""
    number = cells["number"]
    if not number and not email:
        raise Unusable("it has neither a patient number nor an e-mail address")
    state = words.portal(cells["state"]) if cells["state"] else "active"
    if state is None:
        raise Unusable(f"its state {clean(cells['state'], 30)!r} is not known here")
    since = moment(cells["since"], order) if cells["since"] else None
    if cells["since"] and since is None:
        raise Unusable(f"its date {clean(cells['since'], 30)!r} is no date that can be")
    name = cells["full"] or " ".join(filter(None, (cells["given"], cells["family"])))
    ref = PatientRef(number=number or None, email=None if number else email)
    return PortalRow(line, ref, name or None, state, millis(since) if since else None)
