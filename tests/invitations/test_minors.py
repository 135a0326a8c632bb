"""Minors, and who has no address of their own: the invitation goes to a guardian, and the message speaks to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinic_tui import clock, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.dates import years_before
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Contact, Patient
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.errors import ClinicError
from clinic_tui.invitations import accepting, bulk, codes, drafting, eligibility, inviting, reading
from clinic_tui.messages import templates
from clinic_tui.patients.guardians import is_minor
from clinic_tui.text import fold_email
from tests.conftest import NOW
from tests.invitations.people import patient, plain, send_all

MUM = "aoife@example.com"
CHILD = date(2019, 8, 2)
A_DAY = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def guardian(patient_id: int, name: str = "Aoife Brennan", email: str | None = MUM, **more: Any) -> int:
    values = {"is_guardian": True, "relationship": "mother", "email_fold": email and fold_email(email), **more}
    with transaction():
        return int(Contact.create(patient=patient_id, name=name, email=email, **values).id)


def child(number: str = "1", given: str = "Mia", **more: Any) -> int:
    return patient(number, given, "Brennan", **{"birth_date": CHILD, **more})


def change(patient_id: int, **values: Any) -> None:
    with transaction():
        Patient.update(**values).where(Patient.id == patient_id).execute()


def refused(viewer: Viewer, patient_id: int, **how: Any) -> str:
    """The word for why this patient is not invited; "" where they are."""
    try:
        inviting.invite(viewer, patient_id, **how)
    except ClinicError as error:
        return inviting.reason_of(error)
    return ""


# The age


@given(born=A_DAY, age=st.integers(1, 25), after=st.integers(-400, 400))
@example(born=date(2012, 2, 29), age=17, after=-1)
@example(born=date(2012, 2, 29), age=17, after=0)
@example(born=date(2012, 2, 29), age=16, after=0)
def test_somebody_is_a_minor_until_the_day_of_that_birthday(born: date, age: int, after: int) -> None:
    try:
        birthday = born.replace(year=born.year + age)
    except ValueError:  # 29 February, in a year without one
        birthday = date(born.year + age, 3, 1)
    day = birthday + timedelta(days=after)
    assert is_minor(born, age, day) == (after < 0)
    assert is_minor(born, age, day) == (born > years_before(day, age))


@given(born=A_DAY, day=A_DAY)
def test_nobody_is_a_minor_without_an_age_or_a_birth_date(born: date, day: date) -> None:
    assert not is_minor(born, 0, day)
    assert not is_minor(None, 25, day)


def test_the_day_is_that_of_the_practice(practice: Viewer) -> None:
    joanna = patient(birth_date=date(NOW.year - 16, NOW.month, NOW.day))
    assert refused(practice, joanna) == ""
    with clock.frozen_at(NOW - timedelta(days=1)):
        assert refused(practice, patient("2", birth_date=date(NOW.year - 16, NOW.month, NOW.day))) == (
            "minor_without_guardian"
        )


# To whom it goes


def test_a_minor_is_invited_through_the_first_guardian_with_an_address(practice: Viewer) -> None:
    mia = child()
    guardian(mia, "Nan", email=None)
    guardian(mia, "Declan", email="declan@example.com", is_guardian=False)
    aoife = guardian(mia)
    invited = inviting.invite(practice, mia, hold=0)
    row = Invitation.get_by_id(invited.invitation_id)
    assert (invited.email, row.email, row.for_guardian, row.guardian_id) == (MUM, MUM, True, aoife)
    assert reading.one(practice, row.id).for_guardian


@pytest.mark.parametrize("email", ["mia@example.com", None, ""])
def test_a_minor_without_such_a_guardian_is_not_invited(practice: Viewer, email: str | None) -> None:
    mia = child(email=email)
    guardian(mia, email=None)
    guardian(mia, is_guardian=False)
    why = eligibility.refusal(practice, mia)
    assert why is not None
    assert why.reason == "minor_without_guardian"
    assert "under 16" in str(why)
    assert refused(practice, mia) == refused(practice, mia, email=MUM) == "minor_without_guardian"


def test_nobody_is_a_minor_where_the_practice_says_so(practice: Viewer) -> None:
    settings.change(practice, "patient_access.own_age", 0)
    mia = child(email="mia@example.com")
    guardian(mia)
    invited = inviting.invite(practice, mia)
    assert invited.email == "mia@example.com"
    assert not reading.one(practice, invited.invitation_id).for_guardian


def test_an_adult_without_an_address_is_invited_through_a_guardian_if_there_is_one(practice: Viewer) -> None:
    walter, edna = patient("1", email=None), patient("2", email=None, birth_date=date(1924, 10, 17))
    assert refused(practice, edna) == "no_email"
    guardian(walter, "Ann", email="ann@example.com")
    invited = inviting.invite(practice, walter, store_email=True)
    assert (invited.email, reading.one(practice, invited.invitation_id).for_guardian) == ("ann@example.com", True)
    assert Patient.get_by_id(walter).email is None  # a guardian's address is not kept as the patient's


def test_what_is_typed_wins_but_for_a_minor_only_as_a_guardians(practice: Viewer) -> None:
    mia, joel = child("1", email="mia@example.com"), patient("2", "Joel", email=None)
    guardian(mia)
    two = guardian(mia, "Declan Brennan", email="Declan@Example.com")
    guardian(joel)
    for typed in ("mia@example.com", "x@example.com", "nonsense"):
        assert refused(practice, mia, email=typed) == "minor_without_guardian"
    through = inviting.invite(practice, mia, email="declan@example.COM")
    assert Invitation.get_by_id(through.invitation_id).guardian_id == two
    own = inviting.invite(practice, joel, email="joel@example.com")
    assert not Invitation.get_by_id(own.invitation_id).for_guardian


def test_of_guardians_who_share_an_address_the_chosen_one_is_meant(practice: Viewer) -> None:
    mia = child()
    guardian(mia)
    declan = guardian(mia, "Declan Brennan")
    invited = inviting.invite(practice, mia, email=MUM, guardian=declan)
    assert Invitation.get_by_id(invited.invitation_id).guardian_id == declan
    draft = drafting.draft(practice, child("2"))
    assert (draft.guardian, draft.guardians, draft.refused and draft.refused.reason) == (
        None, (), "minor_without_guardian"
    )  # fmt: skip


def test_the_dry_run_says_what_the_queueing_does(practice: Viewer) -> None:
    mia, finn, joel = child("1"), child("2", "Finn"), patient("3", "Joel", email=None)
    guardian(mia)
    dry, real = (inviting.invite_many(practice, [mia, finn, joel], dry_run=dry_run) for dry_run in (True, False))
    for outcome in (dry, real):
        assert [(row.patient_id, row.email) for row in outcome.queued] == [(mia, MUM)]
        assert [(row.patient_id, row.reason) for row in outcome.skipped] == [
            (finn, "minor_without_guardian"), (joel, "no_email")
        ]  # fmt: skip


# Again


def test_resending_goes_to_the_guardian_again_and_to_the_patient_once_of_age(practice: Viewer) -> None:
    mia = child(email="mia@example.com")
    guardian(mia)
    declan = guardian(mia, "Declan Brennan", email="declan@example.com")
    first = inviting.invite(practice, mia, email="declan@example.com", hold=0).invitation_id
    send_all()
    (again,) = bulk.resend_many(practice, [mia], hold=0).queued
    assert (again.email, Invitation.get_by_id(again.invitation_id).guardian_id) == ("declan@example.com", declan)
    assert Invitation.get_by_id(first).state == "superseded"
    send_all()
    with clock.frozen_at(NOW + timedelta(days=365 * 10)):
        draft = drafting.draft(practice, mia, again.invitation_id)
        assert (draft.email, draft.minor, draft.guardian) == ("mia@example.com", False, None)
        third = inviting.resend(practice, again.invitation_id)
        assert third.email == "mia@example.com"
        assert not Invitation.get_by_id(third.invitation_id).for_guardian


def test_it_is_asked_again_when_it_is_sent(practice: Viewer) -> None:
    people = [child("1"), child("2"), patient("3", birth_date=date(1990, 1, 1)), child("4")]
    contacts = [guardian(one) for one in people]
    for one in people:
        inviting.invite(practice, one, hold=0)
    with transaction():
        Contact.update(email="else@example.com", email_fold="else@example.com").where(
            Contact.id == contacts[0]
        ).execute()
        Contact.delete().where(Contact.id == contacts[1]).execute()
    change(people[2], birth_date=CHILD)  # a slip on the record was mended: a child after all
    (mail,) = send_all()
    assert mail.to == MUM
    rows = {row.patient_id: row for row in Invitation.select()}
    assert [rows[one].state for one in people] == ["cancelled", "cancelled", "cancelled", "sent"]
    assert rows[people[1]].for_guardian  # the contact is gone, what the message was is not
    said = [str(row.answer) for row in Message.select().order_by(Message.id)]
    assert "no longer a guardian's" in said[0]
    assert "no longer a guardian's" in said[1]
    assert "has to go to a guardian" in said[2]


def test_who_is_no_guardian_any_more_gets_no_set_up_steps(practice: Viewer) -> None:
    mia = child()
    contact = guardian(mia)
    invited = inviting.invite(practice, mia, hold=0).invitation_id
    send_all()
    row = Invitation.get_by_id(invited)
    accepting.accept_by_code(practice, invited, codes.code(row.ref, row.key_id))
    accepting.check_identity(practice, invited, "photo card")
    with transaction():
        Contact.update(is_guardian=False).where(Contact.id == contact).execute()
    assert send_all() == []
    assert outbox.counts(practice).queued == 0


# What it says


def first_lines(mail: outbox.Envelope, number: int = 2) -> list[str]:
    return plain(mail).split("\n\n")[:number]


def test_the_message_speaks_to_the_guardian_and_names_nobody(practice: Viewer) -> None:
    mia = child()
    guardian(mia)
    inviting.invite(practice, mia, custom_message="See you.", hold=0)
    (mail,) = send_all()
    hello, to_guardian, own = first_lines(mail, 3)
    assert (hello, own) == ("Hello,", "See you.")
    assert to_guardian.startswith("You are receiving this as the guardian of one of our patients: you answer")
    assert "Mia" not in plain(mail)
    assert "Brennan" not in plain(mail)


def test_children_of_one_guardian_are_told_apart(practice: Viewer) -> None:
    for at, (first, family) in enumerate((("Mia", "Brennan"), ("", "Flynn"))):
        guardian(patient(str(at), first, family, birth_date=CHILD, email=None))
    inviting.invite_many(practice, [row.id for row in Patient.select().order_by(Patient.id)], hold=0)
    said = sorted(first_lines(mail)[1] for mail in send_all())
    assert [line.split(": ")[0].rpartition("guardian of ")[2] for line in said] == ["F.", "Mia"]


def test_a_parent_who_is_a_patient_is_told_from_the_child(practice: Viewer) -> None:
    aoife, mia = patient("1", "Aoife", "Brennan", email=MUM), child("2", email="mia@example.com")
    guardian(mia)
    inviting.invite_many(practice, [aoife, mia], hold=0)
    mine, hers = sorted(send_all(), key=lambda mail: "guardian" in plain(mail))
    assert first_lines(mine)[0] == "Hello Aoife,"
    assert first_lines(hers)[0] == "Hello,"
    assert "guardian of Mia:" in first_lines(hers)[1]


@pytest.mark.parametrize(
    ("language", "hello", "says"),
    [("en", "Hello Aoife Brennan,", "as the guardian of Mia:"),
     ("de", "Guten Tag Aoife Brennan,", "als gesetzliche Vertretung von Mia:"),
     ("es", "Hola, Aoife Brennan:", "como representante legal de Mia:")],
)  # fmt: skip
def test_a_personal_message_greets_the_guardian_and_names_the_child(
    practice: Viewer, language: str, hello: str, says: str
) -> None:
    settings.change(practice, "patient_access.personal", "on")
    if language != "en":
        for kind in ("invitation", "setup"):
            templates.add(practice, kind, "", language)
    mia = child(language=language)
    guardian(mia)
    invited = inviting.invite(practice, mia, hold=0).invitation_id
    (mail,) = send_all()
    assert first_lines(mail)[0] == hello
    assert says in first_lines(mail)[1]
    row = Invitation.get_by_id(invited)
    accepting.accept_by_code(practice, invited, codes.code(row.ref, row.key_id))
    accepting.check_identity(practice, invited, "photo card")
    steps = send_all()[-1]
    assert says in first_lines(steps)[1]


def test_the_term_is_the_name_of_whom_it_goes_to(practice: Viewer) -> None:
    mia, joel = child("1"), patient("2", "Joel", birth_date=None)
    guardian(mia)
    guardian(mia, "Declan Brennan", email="declan@example.com")
    guardian(joel, "Ann Carer", email=None)
    inviting.invite(practice, mia, email="declan@example.com", custom_message="Dear [Guardian Name]", hold=0)
    assert first_lines(send_all()[0], 3)[2] == "Dear Declan Brennan"
    shown = drafting.show(practice, joel, "joel@example.com", "For [Guardian Name]")
    assert "For Ann Carer" in shown.composed.text
    assert "You are receiving this as the guardian" not in shown.composed.text
    outcome = inviting.invite_many(practice, [joel, patient("3")], custom_message="For [Guardian Name]")
    assert [row.reason for row in outcome.skipped] == ["unresolved_term"]
