"""The sample practice as CSV files, in `sample_data/`.

`python -m clinic_tui.demo.files [DIRECTORY]` writes them anew from the seed.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from clinic_tui.demo.cast import practitioners
from clinic_tui.demo.records import Appointment, Contact, Household, Patient, Portal, Practitioner
from clinic_tui.demo.sample import PATIENTS, households

_PATIENT = (
    "Patient Number", "Given Name", "Family Name", "Preferred Name", "Date of Birth", "Sex", "Mobile", "Home Phone",
    "Email", "Address", "Suburb", "State", "Postcode", "Country", "Language", "Status", "Communication Preference",
    "Practitioner",
)  # fmt: skip
_CONTACT = ("Patient Number", "Name", "Relationship", "Guardian", "Email", "Phone")
_APPOINTMENT = ("Patient Number", "Practitioner", "Days From Today", "Time", "Minutes", "Status")
_PORTAL = ("Patient Number", "State", "Days From Today")


def directory() -> Path:
    """Where the files are: in the installed package, or at the repository's top."""
    package = Path(__file__).parents[1]
    inside = package / "sample_data"
    return inside if inside.is_dir() else package.parent / "sample_data"


def write(folder: Path) -> None:
    """Write the sample practice's five files into `folder`."""
    sample = list(households(PATIENTS))
    _write(folder / "practitioners.csv", ("Name", "Email"), practitioners())
    _write(folder / "patients.csv", _PATIENT, (row for home in sample for row in home.patients))
    contacts = ((*row[:3], "yes" if row.is_guardian else "no", *row[4:]) for home in sample for row in home.contacts)
    _write(folder / "contacts.csv", _CONTACT, contacts)
    _write(folder / "appointments.csv", _APPOINTMENT, (row for home in sample for row in home.appointments))
    _write(folder / "portal.csv", _PORTAL, (row for home in sample for row in home.portal))


def read_practitioners(folder: Path) -> list[Practitioner]:
    """The practitioners in `folder`."""
    return [Practitioner(name, email or None) for name, email in _read(folder / "practitioners.csv")]


def read_households(folder: Path) -> Iterator[Household]:
    """The patients in `folder`, each with what hangs on them; who lives with whom is not in the files."""
    contacts: defaultdict[str, list[Contact]] = defaultdict(list)
    for number, name, relationship, guardian, email, phone in _read(folder / "contacts.csv"):
        contacts[number].append(Contact(number, name, relationship, guardian == "yes", email or None, phone or None))
    visits: defaultdict[str, list[Appointment]] = defaultdict(list)
    for number, practitioner, day, time, minutes, status in _read(folder / "appointments.csv"):
        visits[number].append(Appointment(number, practitioner, int(day), time, int(minutes), status))
    accounts: defaultdict[str, list[Portal]] = defaultdict(list)
    for number, state, day in _read(folder / "portal.csv"):
        accounts[number].append(Portal(number, state, int(day)))
    for row in _read(folder / "patients.csv"):
        number, given, family, preferred, born, sex, mobile, phone, email, *rest = row
        patient = Patient(number, given, family, preferred or None, date.fromisoformat(born), sex, mobile or None,
                          phone or None, email or None, *rest)  # fmt: skip
        yield Household((patient,), tuple(contacts[number]), tuple(visits[number]), tuple(accounts[number]))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _read(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else directory())
