from __future__ import annotations

import pytest

from clinic_tui import access, notifications, outbox, pulse
from clinic_tui.access import Viewer
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import NotAllowed, NotFound, Refused
from clinic_tui.invitations import codes, inviting, reading
from tests.invitations.people import patient


@pytest.fixture
def two(practice: Viewer, tmp_path: object) -> tuple[Viewer, int, int]:
    """A viewer of Dr Okafor's patients only, one patient in reach and one out of it, both invited."""
    codes.use_key_file(__import__("pathlib").Path(str(tmp_path)) / "clinic.key")
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
