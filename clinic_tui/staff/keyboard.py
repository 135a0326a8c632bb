"""Who is at the keyboard, and the viewer that a staff member's row makes."""

from __future__ import annotations

import getpass
from typing import cast

from clinic_tui import access
from clinic_tui.access import Role, Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import Staff
from clinic_tui.errors import NotAllowed


def os_login() -> str:
    """The name of the OS account that runs the program: it owns config, key and data."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"


def at_the_keyboard(login: str | None = None) -> Viewer:
    """The viewer for `login` (`--as`), or for the OS account, who is the first owner and is made here when new.

    Raises NotAllowed where there is no such staff member, or they are not active.
    """
    me = os_login()
    wanted = me if login is None else login
    with session():
        row = Staff.get_or_none(Staff.login == wanted)
        if row is None and wanted == me:
            with transaction():
                Staff.insert(login=me, name=me, role="owner", created_at=now()).on_conflict_ignore().execute()
            row = Staff.get(Staff.login == me)
        if row is None or not row.active:
            raise _no_member(wanted)
        return viewer_of(row)


def again(viewer: Viewer) -> Viewer:
    """The viewer by the rights that they have by now. Raises NotAllowed where they are no staff member any more."""
    if viewer.staff_id is None:
        return viewer
    with session():
        found = viewer_by_id(viewer.staff_id)
    if found is None:
        raise _no_member(viewer.login)
    return found


def _no_member(login: str) -> NotAllowed:
    return NotAllowed(f"{login} is not a staff member of this practice.", "Ask an owner to add the login.")


def viewer_of(row: Staff) -> Viewer:
    """The viewer that a staff member's row makes."""
    return Viewer(
        row.login, cast(Role, row.role), row.id, _scope(row), row.names_hidden, row.email, row.bulk,
        access.any_revoked(row.id),
    )  # fmt: skip


def viewer_by_id(staff_id: int | None) -> Viewer | None:
    """The viewer for a staff member's id, to ask the rules again as them; None where gone or not active."""
    row = Staff.get_or_none(Staff.id == staff_id) if staff_id is not None else None
    return viewer_of(row) if row is not None and row.active else None


def name_of(staff_id: int | None) -> str:
    """What to call the staff member on screen."""
    row = Staff.get_or_none(Staff.id == staff_id) if staff_id is not None else None
    return row.name if row is not None else "the system"


def _scope(row: Staff) -> frozenset[int] | None:
    if row.scope is None:
        return None
    if row.scope == "own":  # who is no practitioner has no patients
        return frozenset(() if row.practitioner_id is None else (row.practitioner_id,))
    return frozenset(int(one) for one in row.scope)
