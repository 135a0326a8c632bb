"""A patient's account in the portal that the practice has, as somebody at the desk knows it: active, disabled, none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.clock import begins, local, now, today
from clinic_tui.dates import parse_typed_date
from clinic_tui.db.connection import session, transaction
from clinic_tui.errors import FieldError
from clinic_tui.invitations import portal_line
from clinic_tui.text import clean, header_safe

STATES = ("active", "disabled")
NONE = "none"
DESK = "the desk"
_LONGEST = 200


class Account(NamedTuple):
    """`state`: one of STATES, since when, and where that is known from (None where names are hidden)."""

    state: str
    since: datetime
    known_from: str | None


def of(viewer: Viewer, patient_id: int) -> Account | None:
    """The account of a patient in reach; None where none is known of."""
    with session():
        return _one(viewer, patient_id)


def loaded(viewer: Viewer) -> bool:
    """Whether any account is known of a patient in reach: without one, nobody is kept from being invited again."""
    with session():
        return access.portal_accounts(viewer).select().exists()


def put(
    viewer: Viewer, patient_id: int, state: str, *, since: str | date | None = None, known_from: str = DESK,
    seen: Account | bool | None = False,
) -> Account | None:  # fmt: skip
    """Set the account by hand: `active`, `disabled`, or `none`, which takes away what was known. The account as it is.

    `since`: a day, typed or not; now where none is given. `seen`: the account as it was read (False: not looked at);
    FieldError on `state` is raised where it is another by now. What it was and is goes into the history. Raises
    FieldError, NotFound, NotAllowed too.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_names()
    if state not in (*STATES, NONE):
        raise FieldError(
            "state", f"{clean(state, 30)!r} is no state of an account.", f"It is one of: {', '.join((*STATES, NONE))}."
        )
    told = header_safe(known_from) or DESK
    if len(told) > _LONGEST:
        raise FieldError("known_from", f"It is longer than {_LONGEST} characters.", "Shorten it.")
    moment = _moment(since)
    with transaction():
        access.patients(viewer).get(patient_id, lock=True)
        before = _one(viewer, patient_id)
        if seen is not False and seen != before:
            said = before.state if before else NONE
            raise FieldError("state", f"Somebody else set it to {said} meanwhile.", "Store again to put yours.")
        accounts = access.portal_accounts(viewer)
        after = None if state == NONE else Account(state, moment or now(), told)
        if before is not None and after is not None and before.state == after.state and since in (None, ""):
            after = after._replace(since=before.since)
        if after == before:
            return before
        mine = accounts.columns.patient == patient_id
        if after is None:
            accounts.delete().where(mine).execute()
        elif before is None:
            accounts.add(patient=patient_id, **after._asdict())
        else:
            accounts.update(**after._asdict()).where(mine).execute()
        portal_line.refresh(patient_id)
        history.record(
            viewer, "portal account set", patient=patient_id, after=_told(after),
            **history.unless_erased(patient_id, before=_told(before)),
        )  # fmt: skip
        return after


def _one(viewer: Viewer, patient_id: int) -> Account | None:
    accounts = access.portal_accounts(viewer)
    column = accounts.columns
    query: Any = accounts.select(column.state, column.since, column.known_from).where(column.patient == patient_id)
    row = next(iter(query.tuples()), None)
    return None if row is None else Account(*row)


def _moment(since: str | date | None) -> datetime | None:
    """The moment at which the day begins where the practice is."""
    if since is None or since == "":
        return None
    if isinstance(since, date):
        day = since
    else:
        days = [found.first for found in parse_typed_date(since, today()) if found.first == found.last]
        if not days:
            raise FieldError("since", f"{clean(since, 30)!r} is no day.", "Write it as 2026-03-12 or 12 mar 2026.")
        if len(days) > 1:
            either = " or ".join(one.isoformat() for one in days)
            raise FieldError("since", f"{clean(since, 30)!r} may be {either}.", "Write it as 2026-03-12.")
        day = days[0]
    if day > today():
        raise FieldError("since", f"{day} lies in the future.", "Check the year.")
    return begins(day)


def _told(account: Account | None) -> dict[str, str] | None:
    if account is None:
        return None
    return {
        "state": account.state,
        "since": local(account.since).date().isoformat(),
        "known_from": account.known_from or "",
    }
