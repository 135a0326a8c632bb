"""Whose patients a staff member sees: `all`, `own`, or chosen practitioners', typed by login or by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clinic_tui import access
from clinic_tui.db.models.practice import Staff
from clinic_tui.errors import FieldError
from clinic_tui.patients import practitioners
from clinic_tui.text import clean

Stored = list[int] | str | None


def read_scope(typed: str) -> Stored:
    """The scope as it is kept. Each of several stands between commas. Raises FieldError."""
    wanted = [word for part in typed.split(",") if (word := " ".join(part.split()))]
    alone = wanted[0].lower() if len(wanted) == 1 else ""
    if alone == "all":
        return None
    if alone == "own":
        return "own"
    if not wanted:
        raise FieldError("scope", "A scope is all, own, or logins of practitioners.", "Such as: okafor, lee.")
    return sorted({_practitioner(word) for word in wanted})


def practitioner_named(typed: str) -> int:
    """The practitioner whose name is meant. Raises FieldError."""
    return practitioners.meant(typed)[0]


def _practitioner(word: str) -> int:
    """The practitioner that the staff member with this login is; else the one of this name."""
    row = Staff.get_or_none((Staff.login == word) & Staff.removed_at.is_null())
    if row is None:
        try:
            return practitioner_named(word)
        except FieldError as error:
            title = f"{clean(word, 40)!r} is neither a login here nor a practitioner's name."
            raise FieldError("scope", title, error.advice) from error
    if row.practitioner_id is None:
        raise FieldError("scope", f"{word} is no practitioner.", f"Say at {word} which one they are.")
    return int(row.practitioner_id)


def names(ids: Iterable[int]) -> list[str]:
    """The practitioners' names, in order of name."""
    table = access.practitioners()
    query: Any = table.select(table.name).where(table.id.in_(list(ids))).order_by(table.name_fold)
    return [name for (name,) in query.tuples()]
