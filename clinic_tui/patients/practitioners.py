"""Practitioners: who treats patients, and the addresses that no invitation may go to."""

from __future__ import annotations

from typing import Any, NamedTuple

import peewee

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.errors import FieldError, NotFound, Stale
from clinic_tui.patients import derived, fields
from clinic_tui.text import clean, fold, header_safe, words

FIELDS = ("name", "email", "active")


class Practitioner(NamedTuple):
    """One of them; `active` False: they treat nobody any more, and their address still gets no invitation."""

    id: int
    name: str
    email: str | None
    active: bool


def listing(viewer: Viewer) -> list[Practitioner]:
    """All of them by name, the active ones first. Raises NotAllowed for who may not change them."""
    _need(viewer)
    table: Any = access.practitioners()
    with session():
        query = table.select(table.id, table.name, table.email, table.active)
        return [Practitioner(*row) for row in query.order_by(table.active.desc(), table.name_fold).tuples()]


def without_email(_viewer: Viewer) -> int:
    """How many of the active ones have no address here, so that an invitation could go to theirs."""
    table: Any = access.practitioners()
    with session():
        return int(table.select().where(table.active & table.email.is_null()).count())


def meant(typed: str) -> tuple[int, str]:
    """Id and name of the practitioner who is meant: by the whole name, the id, or the beginnings of the name's words.

    Raises FieldError.
    """
    folded, begun = fold(typed), words(typed)
    table: Any = access.practitioners()
    with session():
        known = [
            (int(key), str(name)) for key, name in table.select(table.id, table.name).order_by(table.name_fold).tuples()
        ]
    found = [one for one in known if fold(one[1]) == folded] or [one for one in known if str(one[0]) == typed.strip()]
    found = found or [one for one in known if begun and all(any(w.startswith(b) for w in words(one[1])) for b in begun)]
    if len(found) == 1:
        return found[0]
    if found:
        either = " or ".join(clean(name, 60) for _, name in found[:5])
        raise FieldError("practitioner", f"{clean(typed, 60)!r} may be {either}.", "Type more of the name.")
    names = ", ".join(clean(name, 60) for _, name in known[:8]) + (", ..." if len(known) > 8 else "")
    raise FieldError(
        "practitioner",
        f"There is no practitioner {clean(typed, 60)!r}.",
        f"There are: {names}." if known else "There is none yet.",
    )


def add(viewer: Viewer, **values: Any) -> Practitioner:
    """A new practitioner with these FIELDS. Raises FieldError, NotAllowed."""
    _need(viewer)
    kept = _read({"name": "", **values})
    with transaction():
        _check_name(kept["name_fold"])
        row = access.practitioners().create(**kept)
        history.record(viewer, "practitioner added", practitioner=row.id, after=_told(kept))
        return _one(row)


def change(viewer: Viewer, practitioner_id: int, *, seen: Practitioner | None = None, **values: Any) -> Practitioner:
    """Put these FIELDS on a practitioner. None or '' empties the e-mail.

    `seen`: as it was read; Stale is raised where it is another by now. Raises FieldError, NotFound, NotAllowed too.
    """
    _need(viewer)
    kept = _read(values)
    table = access.practitioners()
    with transaction():
        row = table.get_or_none(table.id == practitioner_id)
        if row is None:
            raise NotFound(f"There is no practitioner {practitioner_id}.", "List them: clinic-tui practitioner list.")
        if seen is not None and seen != _one(row):
            raise Stale(
                f"Somebody else changed {clean(row.name, 60)} meanwhile.", "Nothing is lost: store again.", _one(row)
            )
        before = {name: getattr(row, name) for name in kept}
        if before != kept:
            if before.get("name_fold") != kept.get("name_fold"):
                _check_name(kept["name_fold"])
            for name, value in kept.items():
                setattr(row, name, value)
            row.save()
            changed = [name for name in kept if before[name] != kept[name]]
            history.record(
                viewer, "practitioner changed", practitioner=practitioner_id,
                before=_told({name: before[name] for name in changed}),
                after=_told({name: kept[name] for name in changed}),
            )  # fmt: skip
        return _one(row)


def _need(viewer: Viewer) -> None:
    viewer.need("owner", "front-desk")
    viewer.need_names()


def _one(row: Any) -> Practitioner:
    return Practitioner(int(row.id), row.name, row.email, bool(row.active))


def _read(values: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for field, value in values.items():
        if field == "name":
            name = header_safe(str(value or ""))
            if not fold(name) or len(name) > fields.NAME_LIMIT:
                raise FieldError(field, f"A practitioner has a name of 1 to {fields.NAME_LIMIT} characters.")
            kept |= {"name": name, "name_fold": fold(name)}
        elif field == "email":
            kept |= fields.read({"email": value})
            kept["email_fold"] = derived.email_fold(kept["email"])
        elif field == "active":
            kept["active"] = bool(value)
        else:
            raise FieldError(field, "A practitioner has no such field.", f"There are: {', '.join(FIELDS)}.")
    return kept


def _check_name(name_fold: str) -> None:
    """Two of one name could not be told apart where one is chosen by name."""
    table = access.practitioners()
    if table.select(peewee.SQL("1")).where(table.name_fold == name_fold).exists():
        raise FieldError("name", "There is a practitioner of this name already.", "Add what tells them apart.")


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in values.items() if field in FIELDS}
