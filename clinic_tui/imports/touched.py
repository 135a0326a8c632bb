"""Whom a batch is about: patients whom it added or changed, themselves or what hangs on them."""

from __future__ import annotations

from clinic_tui.db import bulk
from clinic_tui.imports.seen import Met

HANGS = ("appointment", "contact", "portal_account")
_PAGE = 50_000
_SOURCES = (
    "SELECT id, id FROM patient WHERE batch_id = ? AND id > ?",
    *(f"SELECT id, patient_id FROM {table} WHERE batch_id = ? AND id > ?" for table in HANGS),  # noqa: S608
    "SELECT id, row_id FROM import_change WHERE batch_id = ? AND id > ? AND kind IN ('patient', 'portal')",
    *(
        f"SELECT id, (SELECT h.patient_id FROM {table} h WHERE h.id = row_id) FROM import_change "  # noqa: S608
        f"WHERE batch_id = ? AND id > ? AND kind = '{table}'"
        for table in ("appointment", "contact")
    ),
    "SELECT id, row_id FROM import_said WHERE batch_id = ? AND id > ? AND kind <> 'practitioner'",
)


def touched(batch: int) -> Met:
    """All of them."""
    found = Met()
    for source in _SOURCES:
        last = 0
        while page := bulk.fetch(f"{source} ORDER BY id LIMIT {_PAGE}", batch, last):
            last = page[-1][0]
            for _, patient in page:
                if patient is not None:  # a contact that is there no more is nobody's
                    found.add(patient)
    return found
