"""Rows read as models the quick way are what Peewee itself makes of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import codes, inviting
from tests.invitations.people import patient, send_all


def test_each_column_is_the_same(practice: Viewer, tmp_path: Path) -> None:
    codes.use_key_file(tmp_path / "clinic.key")
    inviting.invite(practice, patient("1"), hold=0)
    send_all()
    inviting.invite(practice, patient("2", birth_date=date(1984, 11, 30)))
    with transaction():
        sent = Invitation.state == "sent"
        Invitation.update(ask_again=date(2027, 1, 2), for_guardian=True, identity_at=now()).where(sent).execute()
        Message.update(lease_until=now() + timedelta(seconds=1)).where(Message.state == "sent").execute()

    def all_rows() -> Any:
        joined = Message.select(Message, Invitation, Patient).join(Invitation).join(Patient)
        return joined.order_by(Message.id)

    quick = list(bulk.models_of(all_rows(), Message, Invitation, Patient))
    slow = [[row, row.invitation, row.invitation.patient] for row in all_rows()]
    assert len(quick) == len(slow) == 2
    for found, expected in zip(quick, slow, strict=True):
        for one, other in zip(found, expected, strict=True):
            assert type(one) is type(other)
            assert one.__data__ == other.__data__
            assert list(map(type, one.__data__.values())) == list(map(type, other.__data__.values()))


def test_what_is_changed_is_saved(practice: Viewer, tmp_path: Path) -> None:
    one = patient("1")
    with transaction():
        [[row]] = bulk.models_of(Patient.select(), Patient)
        row.suburb = "Perth"
        row.save()
    assert (Patient.get_by_id(one).suburb, Patient.select().count()) == ("Perth", 1)
