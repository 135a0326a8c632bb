"""Erasing what is personal: the chain is whole, what was done stays, and nobody else's is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic_tui import access, history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Invitation, Reply
from clinic_tui.db.models.practice import ImportChange, ImportedValue, ImportSaid, RefusedRow
from clinic_tui.errors import NotAllowed, NotFound
from clinic_tui.imports.run import Source
from clinic_tui.imports.run import run as run_import
from clinic_tui.invitations import accepting, answering, incidents, inviting, reading
from clinic_tui.patients import contacts, lookup, records
from tests.history.behind import behind_its_back, run
from tests.invitations.people import patient, plain, send_all

OTHER = "somebody.else@example.org"


@pytest.fixture
def two(practice: Viewer) -> tuple[int, int]:
    """Two patients, each with an invitation that was sent, a reply, and a line with a detail."""
    ids = patient("1"), patient("2", email=OTHER)
    for one in ids:
        invited = inviting.invite(practice, one, hold=0, custom_message=f"For number {one}.")
        history.record(practice, "edit", patient=one, phone=f"0400 {one}")
        with transaction():
            access.replies(practice).add(
                digest=str(one), invitation=invited.invitation_id, kind="reply", outcome="review", why="asks",
                sender=f"{one}@example.org", subject="Re", body=f"I am {one}", received_at=now(),
            )  # fmt: skip
    send_all()
    return ids


def personal(viewer: Viewer, one: int) -> tuple[object, ...]:
    """What is kept of a patient's that is personal."""
    invitation = reading.of_patient(viewer, one)[0].id
    with transaction():
        reply = access.replies(viewer).columns
        said = [
            (row.sender, row.subject, row.body, row.why)
            for row in access.replies(viewer).select().where(reply.invitation == invitation)
        ]
        custom = access.invitations(viewer).get(invitation).custom_message
    details = [event.detail for event in history.latest(viewer, 100, history.Wanted(patient=one)) if event.detail]
    return reading.texts(viewer, invitation), said, custom, [detail for detail in details if "details" not in detail]


def test_everything_personal_goes_and_the_chain_is_whole(practice: Viewer, two: tuple[int, int]) -> None:
    head, other = history.verify(practice).head, personal(practice, two[1])
    assert all(personal(practice, two[0]))
    erased = history.erase(practice, two[0])
    assert erased == history.Erased(details=1, texts=1, replies=1, custom_messages=1, answers=1, notes=0, imports=0)
    assert personal(practice, two[0]) == ([], [("", "", "", "")], "", [])
    assert personal(practice, two[1]) == other
    assert history.verify(practice, head).ok
    last = history.latest(practice, 1)[0]
    assert (last.action, last.patient_id, last.login) == ("erase", two[0], practice.login)
    assert {"edit", "invite"} <= {event.action for event in history.latest(practice, 9, history.Wanted(two[0]))}


def test_erasing_again_finds_the_line_of_the_first_time_and_is_whole(practice: Viewer, two: tuple[int, int]) -> None:
    history.erase(practice, two[0])
    assert history.erase(practice, two[0]) == history.Erased(1, 0, 0, 0, 0, 0, 0)
    assert history.verify(practice).ok


def test_what_is_erased_without_saying_so_is_found(practice: Viewer, two: tuple[int, int]) -> None:
    history.erase(practice, two[0])
    with behind_its_back():
        run("UPDATE history SET detail = NULL, salt = NULL WHERE patient_id = ?", two[1])
        assert "no later line says" in history.verify(practice).broken[0].why
    history.record(practice, "edit", patient=two[0], phone="1")
    with behind_its_back():
        run("UPDATE history SET detail = NULL, salt = NULL WHERE patient_id = ?", two[0])
        assert not history.verify(practice).ok
    with behind_its_back():  # what was erased cannot be written anew
        run("UPDATE history SET detail = '{}', salt = '1' WHERE patient_id = ? AND action = 'edit'", two[0])
        assert not history.verify(practice).ok


def test_only_owners_erase_and_only_patients(practice: Viewer, two: tuple[int, int]) -> None:
    before = personal(practice, two[0])
    with pytest.raises(NotAllowed):
        history.erase(Viewer("bea", "front-desk"), two[0])
    with pytest.raises(NotFound):
        history.erase(practice, 999)
    assert personal(practice, two[0]) == before


def test_the_text_that_was_sent_is_kept_without_code_and_token(practice: Viewer) -> None:
    one = patient("1")
    invitation = inviting.invite(practice, one, hold=0, custom_message="See you on Monday.").invitation_id
    assert reading.texts(practice, invitation) == []
    sent = send_all()[0]
    (kept,) = reading.texts(practice, invitation)
    assert (kept.kind, kept.state, kept.subject) == ("invitation", "sent", sent.mail["Subject"])
    assert kept.body is not None
    assert "See you on Monday." in kept.body
    lines = zip(plain(sent).splitlines(), kept.body.splitlines(), strict=True)
    different = [(theirs.partition(":")[0], ours) for theirs, ours in lines if theirs != ours]
    assert [begins for begins, _ in different] == ["Or ring us on 02 5550 0000 and read out this code", "Reference"]
    assert all("·" in ours for _, ours in different)
    hidden = Viewer("cora", "front-desk", names_hidden=True)
    assert [(text.subject, text.body) for text in reading.texts(hidden, invitation)] == [(None, None)]
    with pytest.raises(NotFound):
        reading.texts(Viewer("dan", "front-desk", scope=frozenset({99})), invitation)


def test_what_servers_answered_and_notes_on_incidents_go_too(practice: Viewer, two: tuple[int, int]) -> None:
    first, second = (reading.of_patient(practice, one)[0].id for one in two)
    answering.bounce(second, "550 <joanna.smith@example.com> unknown")
    incident = answering.wrong_person(practice, first)
    incidents.close(practice, incident, "Joanna's sister read it.")
    erased = history.erase(practice, two[0])
    assert (erased.answers, erased.notes) == (2, 1)  # the server's 250, and why the invitation ended
    (kept,) = incidents.listing(practice, include_closed=True)
    assert (kept.note, kept.closed_by) == ("", practice.login)
    row = reading.one(practice, first)
    assert (row.state, row.reason, row.answer) == ("revoked", None, None)
    assert reading.one(practice, second).reason == "550 <joanna.smith@example.com> unknown"


def test_what_was_erased_is_not_written_down_again_when_the_record_is_emptied(
    practice: Viewer, two: tuple[int, int]
) -> None:
    theirs = contacts.add(practice, two[0], name="Aoife Byrne", phone="0400 555 123")
    history.erase(practice, two[0])
    for one in two:
        records.change(practice, one, email="", mobile="0400 111 222")
    contacts.change(practice, theirs, phone="")
    contacts.remove(practice, theirs)
    told = {event.patient_id: event.detail for event in history.latest(practice, 9) if "patient" in event.action}
    assert told[two[0]] == {"after": {"email": None, "mobile": "0400 111 222"}}
    assert told[two[1]] == {**(told[two[0]] or {}), "before": {"email": OTHER, "mobile": None}}
    kept = str(history.latest(practice, 100, history.Wanted(patient=two[0])))
    assert not any(said in kept for said in ("patient1@example.com", "Aoife", "0400 555 123"))
    assert history.verify(practice).ok


def test_what_imports_kept_goes_too_and_how_the_desk_knew_them(practice: Viewer, tmp_path: Path) -> None:
    file = tmp_path / "patients.csv"
    header = "Number,First Name,Last Name,Phone,Email\n"
    file.write_text(f"{header}7001,Aoife,Byrne,0400 555 123,aoife@example.org\n7002,Ruth,Chen,0400 555 999,\n")
    run_import(practice, [Source(file, "one.csv")])
    file.write_text(f"{header}7001,Aoife,Byrne,0400 555 124,aoife@example.org\n7002,Ruth,Chen,0400 555 998,\n"
                    "x,Aoife,Byrne,,aoife@@example\n,,,0400 555 123,not one\ny,Ruth,Chen,,ruth@@example\n")  # fmt: skip
    second = run_import(practice, [Source(file, "two.csv")])
    assert second.batch is not None
    assert len(second.refused) == 3
    aoife, ruth = (row.id for number in ("7001", "7002") for row in lookup.search(practice, number).rows)
    for one, phone in ((aoife, "0400 555 122"), (ruth, "0400 555 997")):
        records.change(practice, one, phone=phone)
    file.write_text(f"{header}7001,Aoife,Byrne,0400 555 125,\n7002,Ruth,Chen,0400 555 996,\n")
    run_import(practice, [Source(file, "three.csv")])  # what it had said before the edit is kept, to be put back
    assert ImportSaid.select().count() == 2
    for one in (aoife, ruth):
        records.change(practice, one, phone="0400 555 777")
        invited = inviting.invite(practice, one, email=f"p{one}@example.org", hold=0).invitation_id
        accepting.accept_at_desk(practice, invited)
        accepting.check_identity(practice, invited, f"passport of {one}")
    assert history.erase(practice, aoife).imports >= 4
    tables = (ImportedValue, ImportSaid, ImportChange, RefusedRow, Invitation, Reply)
    kept = str([list(table.select().dicts()) for table in tables])
    assert not any(word in kept for word in ("Aoife", "0400 555 12", "aoife", f"passport of {aoife}"))
    assert all(word in kept for word in ("Ruth", "0400 555 99", f"passport of {ruth}"))
    assert history.verify(practice).ok
    records.change(practice, aoife, phone="0400 555 888")
    assert "0400 555 777" not in str(list(ImportedValue.select().where(ImportedValue.row_id == aoife).dicts()))
