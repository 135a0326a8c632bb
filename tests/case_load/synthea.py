"""A practice out of a published Synthea set, written straight into the tables; what the set lacks is drawn by a seed.

Its encounters are moved in time by whole days, so that the last ones are still to come.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from clinic_tui.case_load import activity
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import APPOINTMENT_STATUSES, PORTAL_LINES, STATUSES, Appointment, Patient
from clinic_tui.db.models.post import INVITATION_STATES, LIVE_STATES, Invitation
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.patients.derived import email_fold, sort_name
from clinic_tui.text import fold
from tests.conftest import NOW

_SEXES = {"F": "female", "M": "male"}
_AHEAD = timedelta(days=90)
# Portal lines run out at these moments too: on the edge, and on that of what is soon.
_ENDS = [None, NOW - timedelta(days=3), NOW, NOW + timedelta(milliseconds=1)]
_ENDS += [NOW + timedelta(days=2), NOW + timedelta(days=2, milliseconds=1), NOW + timedelta(days=6)]


def fill(folder: Path) -> None:
    """The practice has the patients, providers and encounters of the set."""
    chance = random.Random(folder.name)
    encounters = list(_read(folder / "encounters.csv"))
    theirs: dict[str, Counter[str]] = {}
    for row in encounters:
        theirs.setdefault(row["PATIENT"], Counter())[row["PROVIDER"]] += 1
    with transaction():
        doctors = _practitioners(folder)
        patients = _patients(folder, doctors, theirs, chance)
        _appointments(encounters, patients, doctors, chance)
        _invitations(sorted(patients.values()), chance)
        activity.refresh()


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _practitioners(folder: Path) -> dict[str, int]:
    """Each provider's id; those who share a name are one."""
    by_name: dict[str, int] = {}
    found = {}
    for row in _read(folder / "providers.csv"):
        name = fold(row["NAME"])
        if name not in by_name:
            by_name[name] = Practitioner.create(name=row["NAME"], name_fold=name).id
        found[row["Id"]] = by_name[name]
    return found


def _patients(
    folder: Path, doctors: dict[str, int], theirs: dict[str, Counter[str]], chance: random.Random
) -> dict[str, int]:
    lines = ["not_invited", "invited"] * 5 + list(PORTAL_LINES)
    found = {}
    for number, row in enumerate(_read(folder / "patients.csv")):
        seen_by = [doctor for doctor, _ in theirs.get(row["Id"], Counter()).most_common()]
        own = f"{row['FIRST']}.{row['LAST']}@Example.org"
        email = chance.choice([own, own, f"family{number % 7}@example.org", None])
        found[row["Id"]] = Patient.create(
            number=f"{number:06}", given=row["FIRST"], family=row["LAST"],
            sort_name=sort_name(row["FIRST"], row["LAST"]),
            birth_date=None if number % 29 == 0 else date.fromisoformat(row["BIRTHDATE"]),
            sex=chance.choice([_SEXES[row["GENDER"]]] * 9 + [None, "other"]),
            email=email, email_fold=email_fold(email), postcode=row["ZIP"] or None,
            suburb=chance.choice([row["CITY"], row["CITY"].upper()]),
            status="deceased" if row["DEATHDATE"] else chance.choice(["current"] * 5 + list(STATUSES)),
            practitioner=chance.choice([*[doctors[one] for one in seen_by[:1]] * 4, None]),
            portal=lines[number % len(lines)],
            portal_until=chance.choice(_ENDS),
        ).id  # fmt: skip
    return found


def _appointments(
    encounters: list[dict[str, str]], patients: dict[str, int], doctors: dict[str, int], chance: random.Random
) -> None:
    starts = [datetime.fromisoformat(row["START"]).astimezone(UTC) for row in encounters]
    moved = timedelta(days=(NOW + _AHEAD - max(starts)).days)
    rows: list[dict[str, Any]] = []
    for row, start in zip(encounters, starts, strict=True):
        starts_at = start + moved
        usual = "seen" if starts_at < NOW else "booked"
        rows.append(
            {
                "patient": patients[row["PATIENT"]],
                "practitioner": chance.choice([doctors[row["PROVIDER"]]] * 6 + [None]),
                "starts_at": starts_at,
                "status": chance.choice([usual] * 9 + list(APPOINTMENT_STATUSES)),
            }
        )
    for first in range(0, len(rows), 500):
        Appointment.insert_many(rows[first : first + 500]).execute()


def _invitations(patients: list[int], chance: random.Random) -> None:
    """Each second patient has had one or several, of which one is live at the most."""
    closed = [state for state in INVITATION_STATES if state not in LIVE_STATES]
    states = ["cancelled", "cancelled", "sent", *closed]
    for patient in patients:
        for state in set(chance.choices(states, k=chance.choice([0, 0, 1, 1, 3]))):
            name = f"{patient} {state}"
            Invitation.create(
                ref=name, patient=patient, email="x", email_fold="x", state=state, key_id="k", token_hash=name,
                expires_days=7, created_at=NOW,
            )  # fmt: skip
