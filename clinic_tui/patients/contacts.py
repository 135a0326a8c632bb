"""Contacts of a patient: next of kin, carers, and the guardians through whom minors are invited."""

from __future__ import annotations

from typing import Any

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.errors import FieldError
from clinic_tui.patients import derived, fields
from clinic_tui.text import header_safe

FIELDS = ("name", "relationship", "email", "phone", "is_guardian")


def add(viewer: Viewer, patient_id: int, **values: Any) -> int:
    """A new contact of the patient with these FIELDS; its id. Raises FieldError, NotFound, NotAllowed."""
    viewer.need_names()
    kept = _read({"name": "", **values})
    with transaction():
        access.patients(viewer).get(patient_id, lock=True)
        row = access.contacts(viewer).add(patient=patient_id, **kept)
        history.record(viewer, "contact added", patient=patient_id, contact=row.id, after=_told(kept))
        return int(row.id)


def change(viewer: Viewer, contact_id: int, **values: Any) -> int:
    """Put these FIELDS on the contact; the id of its patient. None or '' empties one. Raises as `add` does."""
    viewer.need_names()
    kept = _read(values)
    with transaction():
        contacts = access.contacts(viewer)
        row = contacts.get(contact_id)
        patient_id = int(row.patient_id)
        access.patients(viewer).lock([patient_id])
        before = {field: getattr(row, field) for field in kept}
        if before != kept:
            contacts.update(**kept).where(contacts.columns.id == contact_id).execute()
            history.record(
                viewer, "contact changed", patient=patient_id, contact=contact_id, after=_told(kept),
                **history.unless_erased(patient_id, before=_told(before)),
            )  # fmt: skip
        return patient_id


def remove(viewer: Viewer, contact_id: int) -> int:
    """Take the contact off the record; the id of its patient. Raises NotFound, NotAllowed."""
    viewer.need_names()
    with transaction():
        contacts = access.contacts(viewer)
        row = contacts.get(contact_id)
        patient_id = int(row.patient_id)
        access.patients(viewer).lock([patient_id])
        contacts.delete().where(contacts.columns.id == contact_id).execute()
        told = history.unless_erased(patient_id, before={field: getattr(row, field) for field in FIELDS})
        history.record(viewer, "contact removed", patient=patient_id, contact=contact_id, **told)
        return patient_id


def _read(values: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for field, value in values.items():
        if field in ("email", "phone"):
            kept |= fields.read({field: value})
        elif field == "is_guardian":
            kept[field] = bool(value)
        elif field in ("name", "relationship"):
            text = header_safe(str(value or ""))
            if len(text) > fields.NAME_LIMIT:
                raise FieldError(field, f"The {field} is longer than {fields.NAME_LIMIT} characters.", "Shorten it.")
            kept[field] = text or None
        else:
            raise FieldError(field, "A contact has no such field.", f"There are: {', '.join(FIELDS)}.")
    if "name" in kept and kept["name"] is None:
        raise FieldError("name", "A contact has a name.", "Say who it is.")
    if "email" in kept:
        kept["email_fold"] = derived.email_fold(kept["email"])
    return kept


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in values.items() if field in FIELDS}
