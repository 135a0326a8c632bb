"""Whom a batch is about: patients whom it added or changed, themselves or what hangs on them."""

from __future__ import annotations

from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
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
_HAD = "SELECT id, {before} FROM import_change WHERE batch_id = ? AND id > ? AND kind = 'appointment'"


def touched(batch: int) -> Met:
    """All of them."""
    found = Met()
    # Who had an appointment that is another patient's by now is one of them too.
    had = "CAST(before::json ->> 'patient_id' AS BIGINT)" if is_postgres() else "json_extract(before, '$.patient_id')"
    for source in (*_SOURCES, _HAD.format(before=had)):
        last = 0
        while page := bulk.fetch(f"{source} ORDER BY id LIMIT {_PAGE}", batch, last):
            last = page[-1][0]
            for _, patient in page:
                if patient is not None:  # a contact that is gone is nobody's, and most appointments stay whose they are
                    found.add(patient)
    return found
