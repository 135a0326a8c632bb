from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from clinic_tui import access, clock, history, notifications
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.errors import FieldError, NotAllowed, Stale
from clinic_tui.invitations import codes, inviting, reading
from clinic_tui.many import Skipped
from clinic_tui.patients import records
from clinic_tui.patients.bulk import change_many
from tests.conftest import NOW
from tests.invitations.people import send_all


@pytest.fixture
def people(practice: Viewer) -> list[int]:
    """Three patients; the second is archived already."""
    added = [records.add(practice, family=family, email=f"{family}@example.com") for family in ("ash", "box", "cox")]
    records.change(practice, added[1], status="archived")
    return added


def read(viewer: Viewer, patient_id: int) -> tuple[str, str, int]:
    row = access.patients(viewer).get(patient_id)
    return row.status, row.communication, row.version


def test_one_status_for_many(practice: Viewer, people: list[int]) -> None:
    ash, box, cox = people
    outcome = change_many(practice, [cox, box, ash, cox, 99_999], status="archived")
    assert outcome.changed == [(cox, "current -> archived"), (ash, "current -> archived")]
    assert [(row.patient_id, row.reason) for row in outcome.skipped] == [(99_999, "no_access"), (box, "unchanged")]
    assert [read(practice, one) for one in people] == [("archived", "all", 1)] * 3
    lines = history.latest(practice, 2)
    assert {(line.action, line.patient_id, line.login) for line in lines} == {
        ("patient changed", ash, practice.login), ("patient changed", cox, practice.login),
    }  # fmt: skip
    assert all(line.detail == {"before": {"status": "current"}, "after": {"status": "archived"}} for line in lines)


def test_both_at_once_say_what_changed_of_each(practice: Viewer, people: list[int]) -> None:
    outcome = change_many(practice, people, status="archived", communication=" Phone ")
    assert [said for _, said in outcome.changed] == [
        "current -> archived, all -> phone", "all -> phone", "current -> archived, all -> phone",
    ]  # fmt: skip
    details = {line.patient_id: line.detail for line in history.latest(practice, 3)}
    assert details[people[1]] == {"before": {"communication": "all"}, "after": {"communication": "phone"}}


def test_a_record_that_somebody_read_before_is_stale_after(practice: Viewer, people: list[int]) -> None:
    _, _, version = read(practice, people[0])
    change_many(practice, people, communication="none")
    with pytest.raises(Stale):
        records.change(practice, people[0], version=version, suburb="Harbour")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": "gone"}, "status"),
        ({"status": ""}, "status"),
        ({"communication": "pigeon"}, "communication"),
        ({"family": "Smith"}, "family"),
        ({"email": "a@example.com", "status": "current"}, "email"),
        ({"portal": "active"}, "portal"),
        ({}, "status"),
    ],
)
def test_what_cannot_be_set_for_many_is_refused(
    practice: Viewer, people: list[int], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldError) as refused:
        change_many(practice, people, **values)
    assert refused.value.field == field
    assert read(practice, people[0]) == ("current", "all", 0)


def test_a_dry_run_says_what_then_happens_and_keeps_nothing(practice: Viewer, people: list[int]) -> None:
    heard: list[int] = []
    everybody = [*people, 99_999]
    dry = change_many(practice, everybody, dry_run=True, progress=heard.append, status="archived")
    assert read(practice, people[0]) == ("current", "all", 0)
    assert heard == [4]
    assert change_many(practice, everybody, status="archived") == dry


def test_all_or_nobody(practice: Viewer, people: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_tui.many.BLOCK", 1)

    def stop(done: int) -> None:
        if done == 2:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_many(practice, people, communication="none", progress=stop)
    assert [read(practice, one)[1] for one in people] == ["all"] * 3


def test_who_may_not_changes_nobody(practice: Viewer, people: list[int]) -> None:
    ash, box, cox = people
    with transaction():
        near = Practitioner.create(name="near", name_fold="near").id
    records.change(practice, ash, practitioner=near)
    blind = Viewer("cy", "front-desk", names_hidden=True)
    outcome = change_many(blind, people, communication="none")
    assert outcome.changed == []
    assert {row.reason for row in outcome.skipped} == {"names_hidden"}
    bea = Viewer("bea", "front-desk", scope=frozenset({near}))
    outcome = change_many(bea, people, communication="none")
    assert [one for one, _ in outcome.changed] == [ash]
    assert outcome.skipped[0] == Skipped(
        box, "no_access", f"There is no patient {box} that you may see. Look it up again."
    )
    assert read(practice, cox)[1] == "all"
    with pytest.raises(NotAllowed):
        change_many(Viewer("x", "visitor"), people, communication="none")  # type: ignore[arg-type]


def test_no_query_is_asked_for_each_patient(
    practice: Viewer, people: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    def queries(ids: list[int], status: str) -> int:
        with caplog.at_level(logging.DEBUG, "peewee"):
            caplog.clear()
            assert len(change_many(practice, ids, status=status).changed) == len(ids)
            return len(caplog.records)

    assert queries(people[:1], "blocked") == queries(people, "waiting")


@pytest.mark.parametrize(
    "values",
    [{"status": "deceased"}, {"status": "archived"}, {"status": "blocked"}, {"communication": "none"},
     {"communication": "phone"}],
)  # fmt: skip
def test_whoever_may_no_longer_be_mailed_gets_nothing_that_waits(
    practice: Viewer, people: list[int], values: dict[str, Any], tmp_path: Any
) -> None:
    codes.use_key_file(tmp_path / "clinic.key")
    ash, _, cox = people
    inviting.invite_many(practice, [ash, cox])
    change_many(practice, [ash], **values)
    with clock.frozen_at(NOW + timedelta(hours=1)):
        assert [mail.to for mail in send_all()] == ["cox@example.com"]
    (row,) = reading.of_patient(practice, ash)
    assert row.state == "cancelled"
    assert (notifications.listing(practice)[0].detail or "").startswith("Not sent: The patient")
