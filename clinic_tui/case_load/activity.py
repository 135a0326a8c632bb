"""Keeping `patient_activity`: what appointments come to, beside the patient.

Whoever writes appointments calls `refresh`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

import peewee
from peewee import fn

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import is_postgres, session, transaction

_SYSTEM = Viewer.system()
_AT_ONCE = 1_000


def refresh(patient_ids: Iterable[int] | None = None) -> None:
    """Work the activity of these patients out anew from their appointments; None: of everybody.

    Call it at the end of the transaction that wrote the appointments.
    """
    table = access.activity()
    at = now()
    if patient_ids is None:
        table.delete().execute()
        table.insert_from(_worked_out(at), _FIELDS).execute()
        return
    ids = iter(dict.fromkeys(patient_ids))
    while some := list(islice(ids, _AT_ONCE)):
        _lock(some)
        table.delete().where(table.patient.in_(some)).execute()
        appointment: Any = access.appointments(_SYSTEM).model
        table.insert_from(_worked_out(at).where(appointment.patient.in_(some)), _FIELDS).execute()


def keep_up() -> None:
    """Move on the next appointments that have come to pass since they were written. Writes only where there are any."""
    table = access.activity()
    at = now()
    passed = table.next_at < at
    with session():
        if not table.select(table.patient).where(passed).limit(1).tuples().execute():
            return
        with transaction():
            appointment: Any = access.appointments(_SYSTEM).model.alias()
            following = appointment.select(fn.MIN(appointment.starts_at)).where(
                (appointment.patient == table.patient) & _still_to_come(appointment, at)
            )
            table.update(next_at=following).where(passed).execute()


def next_of(patient_ids: Iterable[int]) -> dict[int, datetime]:
    """The next appointment booked from now on, of those of these patients who have one."""
    appointments = access.appointments(_SYSTEM)
    column = appointments.columns
    query: Any = appointments.select(column.patient, fn.MIN(column.starts_at)).group_by(column.patient)
    return dict(query.where(column.patient.in_(list(patient_ids)) & _still_to_come(column, now())).tuples())


def _still_to_come(appointment: Any, at: datetime) -> Any:
    return (appointment.status == "booked") & (appointment.starts_at >= at)


_FIELDS = ("patient", "first_seen", "last_seen", "next_at", "seen_count")


def _worked_out(at: datetime) -> Any:
    appointments = access.appointments(_SYSTEM)
    column = appointments.columns
    seen = column.status == "seen"
    seen_at = peewee.Case(None, ((seen, column.starts_at),))
    coming = peewee.Case(None, ((_still_to_come(column, at), column.starts_at),))
    return appointments.select(
        column.patient, fn.MIN(seen_at), fn.MAX(seen_at), fn.MIN(coming), fn.COUNT(seen_at)
    ).group_by(column.patient)


def _lock(patient_ids: list[int]) -> None:
    """On PostgreSQL, wait for whoever else works the same patients out: each must see what the other has written."""
    if is_postgres():
        patient: Any = access.patients(_SYSTEM).model
        query = patient.select(patient.id).where(patient.id.in_(patient_ids)).order_by(patient.id)
        list(query.for_update("FOR NO KEY UPDATE").tuples())
