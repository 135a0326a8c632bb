"""Adding and changing a patient's record: checked, with what is derived from it, and with history."""

from __future__ import annotations

from datetime import date
from typing import Any

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import database, is_postgres, transaction
from clinic_tui.errors import FieldError, NotAllowed, Stale
from clinic_tui.patients import derived, editing, fields, imported, practitioners
from clinic_tui.patients.query import NUMBER_LENGTH
from clinic_tui.text import clean

_FINDS_BY = ("given", "family", "preferred", "birth_date", "mobile", "phone")
_LOCK = 7_340_412  # the advisory lock that imports take too: on PostgreSQL, one at a time makes patient numbers


def add(viewer: Viewer, **values: Any) -> int:
    """A new patient with these `fields.FIELDS`; the id. A number is made where none is given.

    Raises FieldError, NotAllowed.
    """
    viewer.need_names()
    kept = _read({field: value for field, value in values.items() if field != "number" or value})
    _check_name(kept.get("given", ""), kept.get("family", ""))
    with transaction():
        _check_practitioner(viewer, kept.get("practitioner"))
        if "number" in kept:
            _check_number(viewer, kept["number"])
        else:
            kept["number"] = _new_number()
        patient = access.patients(viewer).add(**kept, **_derived(kept))
        _add_tokens(viewer, patient.id, _tokens(kept))
        history.record(viewer, "patient added", patient=patient.id, number=kept["number"])
        return int(patient.id)


def change(viewer: Viewer, patient_id: int, *, version: int | None = None, **values: Any) -> bool:
    """Put these `fields.FIELDS` on the record; whether that changed anything. None or '' empties a field.

    `version`: as it was when the record was read; Stale is raised where it is another by now, with the record as
    `editing.read` has it. Raises FieldError, NotFound, NotAllowed too.
    """
    viewer.need_names()
    kept = _read(values)
    with transaction():
        patients = access.patients(viewer)
        patient = patients.get(patient_id, lock=True)
        if version is not None and patient.version != version:
            raise Stale(
                "Somebody else changed this patient meanwhile.", "Look at the record again, then change it.",
                editing.record_of(patient),
            )  # fmt: skip
        before = {field: _value(patient, field) for field in fields.FIELDS}
        changed = {field: value for field, value in kept.items() if before[field] != value}
        if not changed:
            return False
        after = before | changed
        _check_name(after["given"], after["family"])
        if "number" in changed:
            _check_number(viewer, after["number"])
        if "practitioner" in changed:
            _check_practitioner(viewer, after["practitioner"])
        patients.update(**changed, **_derived(after), version=patient.version + 1).where(
            patients.model.id == patient_id
        ).execute()
        if any(field in changed for field in _FINDS_BY):
            _change_tokens(viewer, patient_id, _tokens(before), _tokens(after))
        were = {field: _plain(before[field]) for field in changed}
        told = history.unless_erased(patient_id, before=were)
        if told:
            imported.edited([(patient_id, were)])
        history.record(
            viewer,
            "patient changed",
            patient=patient_id,
            after={field: _plain(value) for field, value in changed.items()},
            **told,
        )
        return True


def _read(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept; a practitioner may be given by name."""
    given = values.get("practitioner")
    if isinstance(given, str):
        values = values | {"practitioner": practitioners.meant(given)[0] if given.strip() else None}
    return fields.read(values)


def _value(patient: Any, field: str) -> Any:
    return patient.practitioner_id if field == "practitioner" else getattr(patient, field)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "sort_name": derived.sort_name(values.get("given", ""), values.get("family", "")),
        "email_fold": derived.email_fold(values.get("email")),
    }


def _tokens(values: dict[str, Any]) -> set[str]:
    return derived.tokens(
        values.get("given", ""),
        values.get("family", ""),
        values.get("preferred"),
        values.get("birth_date"),
        (values.get("mobile"), values.get("phone")),
    )


def _add_tokens(viewer: Viewer, patient_id: int, tokens: set[str]) -> None:
    model = access.tokens(viewer)
    rows = [{"token": token, "patient": patient_id} for token in sorted(tokens)]
    if rows:
        model.insert_many(rows).on_conflict_ignore().execute()


def _change_tokens(viewer: Viewer, patient_id: int, before: set[str], after: set[str]) -> None:
    model: Any = access.tokens(viewer)
    gone = sorted(before - after)
    if gone:
        model.delete().where((model.patient == patient_id) & model.token.in_(gone)).execute()
    _add_tokens(viewer, patient_id, after - before)


# What only the database can say


def _check_name(given: str, family: str) -> None:
    if not given and not family:
        raise FieldError("family", "A patient has a name.", "Give a family name, a given name, or both.")


def _check_practitioner(viewer: Viewer, practitioner: int | None) -> None:
    known = access.practitioners()
    if practitioner is not None and not known.select().where(known.id == practitioner).exists():
        raise FieldError("practitioner", f"There is no practitioner {practitioner}.", "List them first.")
    if viewer.scope is not None and practitioner not in viewer.scope:
        raise NotAllowed("The patient would be out of your reach.", "Choose a practitioner whose patients you see.")


def _check_number(viewer: Viewer, number: str) -> None:
    """Raise FieldError where another patient has the number; NotAllowed where that would tell of one out of reach."""
    if not viewer.sees_all:
        raise NotAllowed("Numbers are chosen by those who see all patients.", "Leave it out, and one is made.")
    if access.number_is_taken(number):
        raise FieldError("number", f"Another patient has the number {clean(number, 40)!r}.", "Choose another.")


def _new_number() -> str:
    """The number after the highest there is."""
    if is_postgres():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    return f"{access.highest_number() + 1:0{NUMBER_LENGTH}}"
