"""Who sees all but a few patients: those few are left out, and not all others looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, open_database, session
from clinic_tui.db.models.patients import RevokedRelationship
from clinic_tui.staff import members
from tests.access.marked import EVERYBODY, KEPT, LEES, OKAFORS
from tests.statements import recorded

DOORS = (
    access.invitations, access.messages, access.replies, access.notifications, access.contacts, access.appointments,
    access.portal_accounts, access.incidents, access.sent_texts,
)  # fmt: skip


@pytest.fixture
def kept(database_url: str) -> Iterator[Viewer]:
    """Sees all but one patient."""
    open_database(database_url)
    with session():
        staff = members.find("kept")
        yield Viewer("kept", "front-desk", staff.id, revoked=True)
    close_database()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_what_hangs_on_patients_is_asked_without_them(kept: Viewer, door: Callable[[Viewer], Any]) -> None:
    with recorded() as said:
        door(kept).select().count()
    assert said.texts
    assert not any('"patient" AS' in text for text in said.texts)


def test_they_are_left_out_and_so_is_what_is_about_nobody(kept: Viewer) -> None:
    def whose() -> set[int | None]:
        told: Any = access.notifications(kept).select()
        found: set[int | None] = {row.patient_id for row in told}
        found |= {row.patient_id for row in access.contacts(kept).select()}
        found |= {row.invitation.patient_id for row in access.messages(kept).select()}
        return found | {row.invitation.patient_id if row.invitation else None for row in access.replies(kept).select()}

    assert whose() == {OKAFORS.id, LEES.id}
    RevokedRelationship.delete().execute()  # a moment before the viewer is read again
    assert whose() == {one.id for one in EVERYBODY}
    assert KEPT in EVERYBODY
