"""A practice for the tests of the case load: enough patients to page, some who may not be invited."""

from __future__ import annotations

import re
from datetime import date, timedelta

from textual.pilot import Pilot

from clinic_tui.case_load import activity
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, PortalAccount
from screens.reports.bulk_invite import BulkInviteDialog
from screens.reports.case_load import CaseLoadScreen
from tests.screens import people
from tests.screens.conftest import shown
from tests.screens.story import front, press

GIVEN = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ivy", "Jon")
FAMILY = ("Abbot", "Brook", "Carr", "Dahl", "Eads", "Ford", "Gray", "Hunt", "Ings", "Jobs")


def fill(count: int) -> list[int]:
    """`count` patients by name; their ids. Each third belongs to Dr Chen; each tenth has no e-mail."""
    doctors = (people.practitioner(), people.practitioner(), people.practitioner("Dr Mei Chen"))
    ids = []
    with transaction():
        for n in range(count):
            email = None if n % 10 == 9 else f"p{n}@example.org"
            family = f"{FAMILY[n // 10 % 10]}{n // 100 or ''}"
            ids.append(
                people.patient(
                    f"{n:06}", GIVEN[n % 10], family, birth_date=date(1940 + n % 80, 3, 12), email=email,
                    practitioner=doctors[n % 3],
                )
            )  # fmt: skip
            for visit in range(n % 5):
                when = now() - timedelta(days=10 + 30 * visit + n)
                Appointment.create(patient=ids[-1], practitioner=doctors[n % 3], starts_at=when, status="seen")
            if n % 4 == 0:
                when = now() + timedelta(days=1 + n % 50)
                Appointment.create(patient=ids[-1], practitioner=doctors[n % 3], starts_at=when, status="booked")
        activity.refresh()
    return ids


def mixed() -> dict[str, int]:
    """One for each answer that the rules have for a ticked patient: the reason's word to the id."""
    okafor = people.practitioner()
    with transaction():
        okafor.email = "okafor@example.org"
        okafor.email_fold = "okafor@example.org"
        okafor.save()
        ids = {
            "queued": people.patient("1", "Ada", "Gets", email="ada@example.org"),
            "shared": people.patient("2", "Ben", "Gets", email="family@example.org"),
            "shared too": people.patient("3", "Cleo", "Gets", email="family@example.org"),
            "no_email": people.patient("4", "Dan", "Noaddress"),
            "bad_email": people.patient("5", "Eve", "Odd", email="eve@@example"),
            "practitioner_email": people.patient("6", "Fay", "Okafor", email="Okafor@example.org"),
            "status": people.patient("7", "Gus", "Gone", email="gus@example.org", status="deceased"),
            "no_mail": people.patient("8", "Hal", "Quiet", email="hal@example.org", communication="none"),
            "has_portal": people.patient("9", "Ivy", "Portal", email="ivy@example.org", portal="active"),
        }
        PortalAccount.create(patient=ids["has_portal"], state="active", since=now(), known_from="import")
        activity.refresh()
    return ids


async def run_all(pilot: Pilot[int]) -> CaseLoadScreen:
    """A new report without a filter, run."""
    await press(pilot, "f2", "n", "ctrl+r")
    assert front(pilot) is CaseLoadScreen
    assert isinstance(pilot.app.screen, CaseLoadScreen)
    return pilot.app.screen


async def invite_all(pilot: Pilot[int]) -> None:
    """All ticked, Actions, Invite."""
    await run_all(pilot)
    await press(pilot, "a", "x", "enter")
    assert front(pilot) is BulkInviteDialog


def counted(pilot: Pilot[int]) -> dict[str, int]:
    """The counted lines of a dry run as they stand on the screen: words to number."""
    lines = re.findall(r"[│ ][ ▸]+([\d,]+)  (\w[^│]*)", shown(pilot))
    return {words.strip(): int(number.replace(",", "")) for number, words in lines}
