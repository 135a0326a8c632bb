"""Whom of those who came in an invitation would be offered to, were there an address for each."""

from __future__ import annotations

from datetime import date

from clinic_tui import dates
from clinic_tui.access import Viewer
from clinic_tui.clock import today
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.invitations.inviting import invite_many

OWN_AGE = 16


def only_who_may(viewer: Viewer) -> int:
    """Give each patient an address of their own, and ask whom it would go to: never to one who is deceased, under age
    or masked. How many it would go to.
    """
    with session(), transaction():
        for row in Patient.select():
            own = f"patient{row.id}@example.org"
            Patient.update(email=own, email_fold=own).where(Patient.id == row.id).execute()
    people = {row.id: row for row in Patient.select()}
    offered = [people[one.patient_id] for one in invite_many(viewer, people, dry_run=True).queued
               if one.email == people[one.patient_id].email]  # fmt: skip
    for row in offered:
        assert row.status == "current"
        assert row.communication == "all"
        assert row.birth_date is None or dates.age(row.birth_date, today()) >= OWN_AGE
    kept_from = [row for row in people.values() if row not in offered]
    for row in kept_from:  # and from nobody else
        minor = dates.age(row.birth_date or date.min, today()) < OWN_AGE
        assert row.status != "current" or row.communication == "none" or minor, row.number
    return len(offered)
