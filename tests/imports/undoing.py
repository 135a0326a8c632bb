"""Files of a small practice, and all that imports write of it, to be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clinic_tui.access import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.models.patients import Appointment, Contact, Patient, PatientActivity, PatientToken, PortalAccount
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.imports.run import ImportSummary
from tests.imports.test_synthea import importing

HEADER = "uuid,number,given,family,dob,email,status,practitioner,guardian name,guardian email,portal"
BOOKED = "appointment id,patient id,start,status"
TREATING = "provider id,name,email,specialty"
_OF_PATIENTS = (PatientToken, Contact, PortalAccount, Appointment, PatientActivity)


def imported(viewer: Viewer, folder: Path, *patients: str, booked: str = "", treating: str = "",
             **options: Any) -> ImportSummary:  # fmt: skip
    """What became of these rows; `booked` and `treating`: lines of appointments and of practitioners."""
    files = {
        "patients.csv": (HEADER, "\n".join(patients)),
        "booked.csv": (BOOKED, booked),
        "seen.csv": (TREATING, treating),
    }
    for name, (header, lines) in files.items():
        (folder / name).write_text(f"{header}\n{lines}\n")
    return importing(viewer, *(folder / name for name, (_, lines) in files.items() if lines), **options)


def batch_of(summary: ImportSummary) -> int:
    """Its batch."""
    assert summary.batch is not None
    return summary.batch


def everything() -> dict[str, Any]:
    """All rows of each patient, of the practitioners, and what is kept beside them; but how often a row was written."""
    found: dict[str, Any] = {}
    tables: tuple[Any, ...] = _OF_PATIENTS
    patients: Any = Patient.select().dicts()
    for row in patients:
        row.pop("version")
        found[f"patient {row['id']}"] = [_text(row)]
    for table in tables:
        for row in table.select().dicts():
            found[f"patient {row['patient']}"].append(f"{table.__name__} {_text(row)}")
    for kind, row_id, *said in bulk.fetch("SELECT kind, row_id, field, value FROM imported_value"):
        whom = f"{'practitioner' if kind == 'practitioner' else 'patient'} {row_id}"
        found.setdefault(whom, []).append(f"{kind} said {said}")
    practitioners: Any = Practitioner.select().dicts()
    for row in practitioners:
        found.setdefault(f"practitioner {row['id']}", []).append(_text(row))
    return {whom: sorted(rows) for whom, rows in found.items()}


def _text(row: dict[str, Any]) -> str:
    return json.dumps(row, default=str, sort_keys=True)
