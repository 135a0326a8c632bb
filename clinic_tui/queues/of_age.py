"""Who came of age: a guardian was invited in their place, or soon nobody may be. Whose the account is then, a person
decides; once somebody has seen to it, they are out of the list for good.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from clinic_tui import access, history, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import local, now, today
from clinic_tui.dates import years_before
from clinic_tui.db.connection import session, transaction
from clinic_tui.errors import Refused
from clinic_tui.patients.guardians import is_minor

AHEAD = timedelta(days=30)
_SYSTEM = Viewer.system()
_STANDING = (*access.LIVE_STATES, "accepted")


def find(viewer: Viewer, limit: int, only: int | None = None) -> list[int]:
    """The ids of up to `limit` patients, or of the `only` one, the oldest first. Raises NotAllowed.

    Those whose guardian's invitation is out or accepted and who have come of age since it was made, and those who
    will within `AHEAD`.
    """
    viewer.need_names()
    own_age = settings.load(viewer).number("patient_access.own_age")
    if not own_age:
        return []
    found = [*_came(viewer, own_age, only), *_will(viewer, own_age, only, limit)]
    return [key for key, _ in sorted(dict.fromkeys(found), key=lambda one: (one[1], one[0]))][:limit]


def is_due(viewer: Viewer, patient_id: int) -> bool:
    """Whether this patient is among them; never where names are hidden."""
    with session():
        return not viewer.names_hidden and bool(find(viewer, 1, patient_id))


def day_of(born: date, own_age: int) -> date:
    """The day on which somebody is `own_age`; who was born on 29 February is so on 1 March."""
    try:
        return born.replace(year=born.year + own_age)
    except ValueError:
        return date(born.year + own_age, 3, 1)


def seen_to(viewer: Viewer, patient_id: int) -> None:
    """Somebody has seen to what follows from the patient's coming of age. Raises Refused where somebody did before."""
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_names()
    with transaction():
        patients = access.patients(viewer)
        if patients.get(patient_id, lock=True).of_age_at is not None:
            raise Refused("state", "Somebody has seen to it already.", "The history says who.")
        patients.update(of_age_at=now()).where(patients.model.id == patient_id).execute()
        history.record(viewer, "came of age", patient=patient_id)


def _came(viewer: Viewer, own_age: int, only: int | None) -> list[tuple[int, date]]:
    patients = access.patients(viewer)
    i: Any = access.invitations(_SYSTEM).model
    standing: Any = i.select(i.patient, i.created_at).where(i.for_guardian, i.state.in_(_STANDING))
    if only is not None:
        standing = standing.where(i.patient == only)
    made: dict[int, date] = {key: local(moment).date() for key, moment in standing.tuples()}
    if not made:
        return []
    # Adults without an address are written to through somebody too: they were none who could come of age.
    born: Any = patients.model.birth_date
    since = (born > years_before(min(made.values()), own_age)) & (born <= years_before(today(), own_age))
    query: Any = patients.select(patients.model.id, born).where(
        patients.is_one_of("id", list(made)), since, *_open(patients.model)
    )
    return [(key, day) for key, day in query.tuples() if is_minor(day, own_age, made[key])]


def _will(viewer: Viewer, own_age: int, only: int | None, limit: int) -> list[tuple[int, date]]:
    patients = access.patients(viewer)
    row: Any = patients.model.alias()
    soon = (row.birth_date > years_before(today(), own_age)) & (
        row.birth_date <= years_before(today() + AHEAD, own_age)
    )
    query: Any = row.select(row.id, row.birth_date).where(soon, *_open(row), patients.met(row.id))
    if only is not None:
        query = query.where(row.id == only)
    return list(query.order_by(row.birth_date, row.id).limit(limit).tuples())


def _open(p: Any) -> tuple[Any, ...]:
    """Nobody has seen to them; they are patients of the practice."""
    return p.of_age_at.is_null(), p.status.in_(("current", "waiting"))
