"""Who is told: of all patients, practitioners of their own, or of none; list, count and archive alike."""

from __future__ import annotations

import pytest

from clinic_tui import notifications, pulse, settings, staff
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.invitations import codes, inviting
from clinic_tui.staff import members
from tests.invitations.people import patient, send_all


@pytest.fixture
def told(practice: Viewer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Viewer]:
    """Three people; a notification about a patient of Okafor, one about a patient of nobody, one about none."""
    codes.use_key_file(tmp_path_factory.mktemp("key") / "clinic.key")
    with transaction():
        row = Practitioner.create(name="Dr R. Okafor", name_fold="dr r. okafor")
        other = Practitioner.create(name="Dr Lee", name_fold="dr lee")
    members.add(practice, "okafor", role="practitioner", practitioner="Dr R. Okafor")
    members.add(practice, "lee", role="practitioner", practitioner="Dr Lee", scope="own")
    members.add(practice, "desk")
    for number, practitioner in (("1", row.id), ("2", None), ("3", other.id)):
        inviting.invite(practice, patient(number, practitioner=practitioner), hold=0)
    send_all()
    with transaction():
        for invitation in Invitation.select().order_by(Invitation.id):
            notifications.tell("accepted", invitation)
        notifications.tell("paused", None)
    with session():
        return {login: staff.at_the_keyboard(login) for login in ("okafor", "lee", "desk")}


@pytest.mark.parametrize(
    ("wanted", "okafor", "lee", "desk"),
    [
        ("all", [None, "3", "2", "1"], ["3"], [None, "3", "2", "1"]),
        ("own", [None, "1"], ["3"], [None, "3", "2", "1"]),
        ("none", [None], [], [None]),
    ],
)
def test_each_is_told_as_the_practice_wants(
    practice: Viewer,
    told: dict[str, Viewer],
    wanted: str,
    okafor: list[str | None],
    lee: list[str | None],
    desk: list[str | None],
) -> None:
    numbers = {"okafor": okafor, "lee": lee, "desk": desk}
    settings.change(practice, "patient_access.notified", wanted)
    for login, viewer in told.items():
        assert [row.number for row in notifications.listing(viewer)] == numbers[login], login
        assert notifications.unread(viewer) == pulse.read(viewer).unread == len(numbers[login])


def test_only_what_one_is_told_of_can_be_put_away(practice: Viewer, told: dict[str, Viewer]) -> None:
    settings.change(practice, "patient_access.notified", "own")
    theirs = {row.number: row.id for row in notifications.listing(told["desk"])}
    assert not notifications.archive(told["okafor"], theirs["2"])
    assert notifications.archive(told["okafor"], theirs["1"])
    assert len(notifications.archive_all(told["okafor"])) == 1
    assert [row.number for row in notifications.listing(told["desk"])] == ["3", "2"]
