"""The wrong person: revoked, blocked, an incident with what happened and until when it is to be assessed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_tui import access, clock, history
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.errors import FieldError, NotAllowed, NotFound, Refused
from clinic_tui.invitations import accepting, answering, incidents, inviting, reading, reviewing
from tests.conftest import NOW
from tests.invitations.people import patient, send_all


@pytest.fixture
def invited(practice: Viewer) -> int:
    """An invitation that went out, by id."""
    invitation = inviting.invite(practice, patient(), hold=0).invitation_id
    send_all()
    return invitation


def test_one_key_revokes_blocks_and_opens_an_incident(practice: Viewer, invited: int) -> None:
    with clock.frozen_at(NOW + timedelta(hours=1)):
        opened = answering.wrong_person(practice, invited)
    assert reading.one(practice, invited).state == "revoked"
    with pytest.raises(FieldError):
        inviting.invite(practice, reading.one(practice, invited).patient_id)
    incident = incidents.one(practice, opened)
    assert incident.row.email == "patient1@example.com"
    assert incident.row.due_at == NOW + timedelta(days=30, hours=1)
    assert (incident.row.opened_by, incident.row.closed_at) == (practice.login, None)
    assert [(moment.at - NOW, moment.what) for moment in incident.timeline] == [
        (timedelta(), "invite"), (timedelta(), "mail: invitation"), (timedelta(hours=1), "open incident"),
        (timedelta(hours=1), "revoked"),
    ]  # fmt: skip
    assert incident.facts[:2] == ["1 mail went to the address.", "1 record has the address now."]


def test_not_me_opens_one_and_a_second_one_no_other(practice: Viewer, invited: int) -> None:
    assert answering.not_me(invited)
    assert not answering.not_me(invited)
    (row,) = incidents.listing(practice)
    assert (row.opened_by, row.invitation_id) == ("system", invited)
    assert answering.wrong_person(practice, invited) == row.id
    incidents.close(practice, row.id, "A letter of the wrong address; nobody is harmed.")
    assert answering.wrong_person(practice, invited) != row.id, "a new one where the other was closed"


def test_it_tells_that_the_steps_went_out_as_well(practice: Viewer, invited: int) -> None:
    accepting.accept_by_reply(invited, None)
    accepting.check_identity(practice, invited, "photo card")
    send_all()
    facts = incidents.one(practice, answering.wrong_person(practice, invited)).facts
    assert facts[0] == "3 mails went to the address."
    assert "The steps to set up an account were among them." in facts


def test_from_a_reply_in_review(practice: Viewer, invited: int) -> None:
    with transaction():
        reply, stray = (
            access.replies(practice).add(digest=str(one), invitation=one, kind="reply", outcome="review", why="asks",
                                         sender="x@example.com", body="Who are you?", received_at=NOW)
            for one in (invited, None)
        )  # fmt: skip
    opened = reviewing.wrong_person(practice, reply.id)
    assert [row.id for row in incidents.listing(practice)] == [opened]
    assert [row.id for row in reviewing.waiting(practice)] == [stray.id]
    with pytest.raises(Refused):
        reviewing.wrong_person(practice, reply.id)
    with pytest.raises(Refused):
        reviewing.wrong_person(practice, stray.id)


def test_closing_is_for_owners_says_what_was_decided_and_happens_once(practice: Viewer, invited: int) -> None:
    opened = answering.wrong_person(practice, invited)
    with pytest.raises(NotAllowed):
        incidents.close(Viewer("bea", "front-desk"), opened, "fine")
    with pytest.raises(FieldError):
        incidents.close(practice, opened, " \x07")
    with clock.frozen_at(NOW + timedelta(days=31)):
        assert incidents.one(practice, opened).row.is_late
        incidents.close(practice, opened, "Told the patient; mended the record.")
        assert not incidents.one(practice, opened).row.is_late
    with pytest.raises(Refused):
        incidents.close(practice, opened, "again")
    assert incidents.listing(practice) == []
    (closed,) = incidents.listing(practice, include_closed=True)
    assert (closed.closed_by, closed.note) == (practice.login, "Told the patient; mended the record.")
    assert history.latest(practice, 1)[0].action == "close incident"


def test_nobody_sees_more_than_they_may(practice: Viewer, invited: int) -> None:
    opened = answering.wrong_person(practice, invited)
    incidents.close(practice, opened, "Joanna was told.")
    elsewhere = Viewer("dan", "front-desk", scope=frozenset({99}))
    assert incidents.listing(elsewhere, include_closed=True) == []
    with pytest.raises(NotFound):
        incidents.one(elsewhere, opened)
    hidden = Viewer("cora", "front-desk", names_hidden=True)
    told = incidents.one(hidden, opened)
    assert (told.row.given, told.row.email, told.row.note) == (None, None, None)
    assert "Joanna" not in str(told)
    assert "example.com" not in str(told)
    with pytest.raises(NotAllowed):
        answering.wrong_person(hidden, invited)
