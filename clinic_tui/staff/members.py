"""The practice's staff: listed, added, changed and removed by owners; every change is in the history.

The OS account that owns the data is the first owner, and stays it. An owner sees every patient by name: nothing can be
hidden from who decides what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import is_postgres, session, transaction
from clinic_tui.db.models.practice import ROLES, Staff
from clinic_tui.errors import FieldError, NotFound, Refused, Stale
from clinic_tui.staff import relationships, scopes
from clinic_tui.staff.key_line import check_login
from clinic_tui.staff.keyboard import os_login
from clinic_tui.text import clean, header_safe

LONGEST_NAME = 200
FIELDS = ("name", "email", "role", "scope", "names_hidden", "bulk", "active", "practitioner")


class Member(NamedTuple):
    """A staff member as an owner sees them.

    `scope`: "all", "own", or the names of practitioners; `revoked`: ids of the patients kept from them; `account`:
    whether it is the OS account that owns the data.
    """

    login: str
    name: str
    email: str | None
    role: str
    scope: str | list[str]
    names_hidden: bool
    bulk: bool
    active: bool
    practitioner: str | None
    account: bool
    revoked: list[int]


def listing(viewer: Viewer) -> list[Member]:
    """Every staff member, by login; for owners."""
    viewer.need("owner")
    with session():
        return [_member(row) for row in Staff.select().where(Staff.removed_at.is_null()).order_by(Staff.login)]


def read(viewer: Viewer, login: str) -> Member:
    """One staff member; for owners. Raises NotFound."""
    viewer.need("owner")
    with session():
        return _member(find(login))


def find(login: str) -> Staff:
    """The row of a staff member who has not been removed. Raises NotFound."""
    row = Staff.get_or_none((Staff.login == login) & Staff.removed_at.is_null())
    if row is None:
        raise NotFound(f"There is no staff member {clean(login, 40)!r}.", "clinic-tui staff list shows them all.")
    return row


def add(viewer: Viewer, login: str, **values: Any) -> Member:
    """A new staff member with these of FIELDS; for owners. One who was removed comes back by the same login.

    `role` is front-desk where none is given, `scope` all. Patients that were kept from the login still are. Raises
    FieldError.
    """
    viewer.need("owner")
    check_login(login)
    with transaction():
        row = Staff.get_or_none(Staff.login == login)
        if row is not None and row.removed_at is None:
            raise FieldError("login", f"There is a staff member {login} already.", "Change that one.")
        if row is None:
            row = Staff(login=login, created_at=now())
        fresh = {"name": login, "email": "", "role": "front-desk", "scope": "all", "names_hidden": False,
                 "bulk": True, "active": True, "practitioner": ""}  # fmt: skip
        _put(row, {**fresh, **values})
        row.removed_at = None
        _check(row)
        row.save()
        history.record(viewer, "staff added", member=login, **_told(row, FIELDS))
        return _member(row)


def change(
    viewer: Viewer,
    login: str,
    *,
    seen: Member | None = None,
    revoke: Iterable[int] = (),
    restore: Iterable[int] = (),
    **values: Any,
) -> Member:
    """Put these of FIELDS on a staff member; keep patients from them, or let them be seen again; for owners.

    `seen`: the staff member as they were read; Stale is raised where one of FIELDS is another by now. All of it or
    nothing. Raises FieldError, NotFound, Refused too.
    """
    viewer.need("owner")
    with transaction():
        _lock_owners()
        row = find(login)
        before = _told(row, FIELDS)
        if seen is not None and any(getattr(seen, field) != before[field] for field in FIELDS):
            raise Stale(
                f"Somebody else changed {login} meanwhile.", "Nothing is lost: store again to put yours.", _member(row)
            )
        _put(row, values)
        if (row.role, row.active) != ("owner", True):
            _stays_owner(row, "demoted" if row.role != "owner" else "switched off")
        _check(row)
        after = _told(row, FIELDS)
        changed = [field for field in FIELDS if before[field] != after[field]]
        if changed:
            row.save()
            history.record(
                viewer,
                "staff changed",
                member=login,
                before={field: before[field] for field in changed},
                after={field: after[field] for field in changed},
            )
        relationships.keep_from(viewer, row, revoke, restore)
        return _member(row)


def remove(viewer: Viewer, login: str) -> None:
    """They are staff no more: they cannot come in, and what they queued is not sent. Raises NotFound, Refused."""
    viewer.need("owner")
    with transaction():
        _lock_owners()
        row = find(login)
        _stays_owner(row, "removed")
        row.active, row.removed_at = False, now()
        row.save()
        history.record(viewer, "staff removed", member=login)


def _lock_owners() -> None:
    """One change of the staff at a time: two owners who demote each other, or edit one; the second sees the first's."""
    if is_postgres():
        list(Staff.select(Staff.id).where(Staff.role == "owner").order_by(Staff.id).for_update().tuples())


def _stays_owner(row: Staff, what: str) -> None:
    """Raise Refused where the row, as it is kept, is an owner's who has to stay one."""
    if row.login == os_login():
        raise Refused("owner", f"{row.login} owns the practice's data on this host and cannot be {what}.")
    kept = Staff.get_by_id(row.id)
    others = (Staff.role == "owner") & Staff.active & (Staff.id != row.id)
    if kept.role == "owner" and kept.active and not Staff.select().where(others).exists():
        raise Refused("owner", f"{row.login} is the last owner and cannot be {what}.", "Make somebody else one first.")


def _put(row: Staff, values: dict[str, Any]) -> None:
    for field, value in values.items():
        if field == "scope":
            row.scope = scopes.read_scope(value)
        elif field == "practitioner":
            row.practitioner_id = scopes.practitioner_named(value) if value.strip() else None
        elif field in ("names_hidden", "bulk", "active"):
            setattr(row, field, bool(value))
        else:
            setattr(row, field, _READERS[field](value))


def _name(value: str) -> str:
    text = header_safe(value)
    if not text or len(text) > LONGEST_NAME:
        raise FieldError("name", f"A name has 1 to {LONGEST_NAME} characters.", "Type another one.")
    return text


def _email(value: str) -> str | None:
    from clinic_tui.patients import fields

    address: str | None = fields.read({"email": value})["email"]
    return address


def _role(value: str) -> str:
    if value not in ROLES:
        raise FieldError("role", f"{clean(value, 40)!r} is no role.", f"It is one of: {', '.join(ROLES)}.")
    return value


_READERS = {"name": _name, "email": _email, "role": _role}


def _check(row: Staff) -> None:
    """What the fields say together. Raises FieldError."""
    if row.role == "owner" and (row.scope is not None or row.names_hidden):
        field = "names_hidden" if row.names_hidden else "scope"
        raise FieldError(field, "An owner sees every patient by name.", "Take another role, or scope all and names.")
    if row.role == "owner" and row.id is not None and access.any_revoked(row.id):
        raise FieldError("role", f"Patients are kept from {row.login}, and none from an owner.", "Restore them first.")
    if row.scope == "own" and row.practitioner_id is None:
        raise FieldError("scope", "Own is for a staff member who is a practitioner.", "Say which practitioner too.")


def _told(row: Staff, wanted: tuple[str, ...]) -> dict[str, Any]:
    """The fields as the history keeps them."""
    member = _member(row)
    return {field: getattr(member, field) for field in wanted}


def _member(row: Staff) -> Member:
    scope = "all" if row.scope is None else row.scope if row.scope == "own" else scopes.names(row.scope)
    own = [] if row.practitioner_id is None else scopes.names([row.practitioner_id])
    revoked = [] if row.id is None else access.revoked_patients(row.id)
    return Member(
        row.login, row.name, row.email, row.role, scope, row.names_hidden, row.bulk, row.active,
        own[0] if own else None, row.login == os_login(), revoked,
    )  # fmt: skip
