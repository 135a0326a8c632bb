"""Who has an address, for what is said of it: found by the index of addresses first, then kept to the viewer's reach.

In that order, and both steps whether somebody was found or not: an engine that begins with the viewer's patients walks
through half a million of them, and one that answers sooner where there is nobody would tell that there is somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from clinic_tui.access.scoped import Scoped
from clinic_tui.access.viewer import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.models import patients as tables
from clinic_tui.db.models import post

_LAST = "\U0010ffff"  # sorts behind whatever may follow a beginning, in the byte order of both engines


def having(viewer: Viewer, email_folds: Sequence[str], beginning: str, wanted: Callable[[str], bool]) -> dict[int, str]:
    """The patients in reach whose own address is one of `email_folds`, or has this `beginning` and is `wanted`.

    Each with the address, in order of id.
    """
    patient = tables.Patient
    column: Any = patient.email_fold
    found = patient.select(patient.id, column).where(bulk.is_one_of(column, email_folds))
    begun = patient.select(patient.id, column).where((column >= beginning) & (column < beginning + _LAST))
    by_id: dict[int, str] = dict(bulk.rows_of(found))
    by_id |= {one: address for one, address in bulk.rows_of(begun) if wanted(address)}
    return {one: by_id[one] for one in _in_reach(viewer, by_id)}


def written_to_at(viewer: Viewer, email_fold: str) -> list[int]:
    """The patients in reach who are written to at the address: theirs, or a guardian's."""
    patient, contact = tables.Patient, tables.Contact
    own = patient.select(patient.id).where(patient.email_fold == email_fold)
    guardians: Any = (contact.email_fold == email_fold) & contact.is_guardian
    through = contact.select(contact.patient).where(guardians)
    return _in_reach(viewer, {one for (one,) in (*bulk.rows_of(own), *bulk.rows_of(through))})


def came_back(viewer: Viewer, email_fold: str) -> datetime | None:
    """When the newest mail to the address that came back was made, of those about patients in reach."""
    invitation, message = post.Invitation, post.Message
    query: Any = message.select(invitation.patient, message.created_at).join(invitation)
    found = list(query.where((invitation.email_fold == email_fold) & (message.state == "bounced")).tuples())
    reached = set(_in_reach(viewer, {patient for patient, _ in found}))
    return max((moment for patient, moment in found if patient in reached), default=None)


def _in_reach(viewer: Viewer, ids: Iterable[int]) -> list[int]:
    patients = Scoped(viewer, tables.Patient, "patient")
    asked = sorted(ids) or [0]
    return sorted(
        one for (one,) in bulk.rows_of(patients.select(patients.model.id).where(patients.is_one_of("id", asked)))
    )
