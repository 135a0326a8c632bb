from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_tui import access, notifications, outbox, pulse
from clinic_tui.access import Viewer
from clinic_tui.case_load import export, query
from clinic_tui.case_load.filters import Filters
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import NotAllowed, NotFound, Refused
from clinic_tui.invitations import bulk, codes, inviting, reading
from clinic_tui.patients import lookup
from clinic_tui.patients.bulk import change_many
from clinic_tui.staff import at_the_keyboard, members
from tests.invitations.people import patient


@pytest.fixture
def two(practice: Viewer, tmp_path: Path) -> tuple[Viewer, int, int]:
    """A viewer of Dr Okafor's patients only, one patient in reach and one out of it, both invited."""
    codes.use_key_file(tmp_path / "clinic.key")
    okafor = Practitioner.create(name="Dr Okafor", name_fold="dr okafor")
    mine, other = patient("1", practitioner=okafor), patient("2", "Joel")
    inviting.invite_many(practice, [mine, other])
    return Viewer("bea", "front-desk", scope=frozenset({okafor.id})), mine, other


def test_what_is_out_of_scope_does_not_exist(two: tuple[Viewer, int, int]) -> None:
    bea, mine, other = two
    assert [row.id for row in access.patients(bea).select()] == [mine]
    with pytest.raises(NotFound):
        access.patients(bea).get(other)
    assert [row.patient_id for row in reading.listing(bea)] == [mine]
    assert [row.patient_id for row in outbox.rows(bea)] == [mine]
    assert pulse.read(bea).held == 1
    (theirs,) = (row.id for row in reading.listing(Viewer.system()) if row.patient_id == other)
    with pytest.raises(NotFound):
        inviting.revoke(bea, theirs)
    with pytest.raises(Refused) as refused:
        inviting.invite(bea, other)
    assert refused.value.reason == "no_access"


def test_hidden_names_are_null_in_the_sql(two: tuple[Viewer, int, int]) -> None:
    _, mine, _ = two
    blind = Viewer("cy", "front-desk", names_hidden=True)
    row = access.patients(blind).get(mine)
    assert not any((row.given, row.family, row.email, row.sort_name))
    assert row.number == "1"
    scoped = access.patients(blind)
    assert scoped.select().where(scoped.columns.family == "Smith").count() == 0
    assert reading.listing(blind)[0].email is None
    assert notifications.listing(blind) == []
    assert inviting.invite_many(blind, [mine]).skipped[0].reason == "names_hidden"
    with pytest.raises(NotAllowed):
        inviting.revoke(blind, reading.listing(blind)[0].id)


def test_a_patient_who_is_kept_from_a_staff_member_does_not_exist_for_them(two: tuple[Viewer, int, int]) -> None:
    _, mine, other = two
    owner = at_the_keyboard()
    members.add(owner, "bea")
    everything = at_the_keyboard("bea")
    assert members.change(owner, "bea", revoke=[other]).revoked == [other]
    bea = at_the_keyboard("bea")
    assert [row.id for row in lookup.search(bea, "").rows] == [mine]
    assert lookup.search(bea, "patient2@").rows == []
    assert (lookup.count(bea, ""), lookup.count(bea, "patient"), query.count(bea)) == (1, 1, 1)
    assert list(query.all_ids(bea)) == [mine]
    assert [row.patient_id for row in reading.listing(bea)] == [mine]
    assert [row.patient_id for row in outbox.rows(bea)] == [mine]
    assert pulse.read(bea).held == 1
    with pytest.raises(NotFound) as said:
        access.patients(bea).get(other)
    assert str(said.value) == str(access.patients(bea).missing(other))
    assert [row.reason for row in inviting.invite_many(bea, [other]).skipped] == ["no_access"]
    assert pulse.read(everything).held == 2
    members.change(owner, "bea", restore=[other])
    assert at_the_keyboard("bea").sees_all


def test_who_may_not_act_on_many_acts_on_one(two: tuple[Viewer, int, int]) -> None:
    _, mine, other = two
    single = Viewer("dana", "front-desk", bulk=False)
    acts: list[Callable[[], object]] = [
        lambda: inviting.invite_many(single, [mine, other]),
        lambda: inviting.invite_many(single, [mine], bulk=True),
        lambda: bulk.resend_many(single, [mine]),
        lambda: bulk.revoke_many(single, [mine]),
        lambda: change_many(single, [mine], communication="phone"),
        lambda: export.write(single, Path("/nowhere/at/all.csv"), Filters(), [mine]),
        lambda: export.record(single, 1),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="many patients at once"):
            act()
    assert [row.reason for row in inviting.invite_many(single, [mine]).skipped] == ["already_invited"]
    (held,) = reading.of_patient(single, mine)
    inviting.cancel(single, held.id)
    assert inviting.invite(single, mine).patient_id == mine
