"""A slip: after a check of the identity, in the patient's language, with a code that is not the mail's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import access, clock, history, printing, settings, staff
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Contact, Patient, PortalAccount
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.errors import ClinicError, FieldError, NotAllowed, NotFound, Refused
from clinic_tui.invitations import accepting, codes, inviting, portal_line, slips
from clinic_tui.messages import languages, templates
from clinic_tui.messages.languages import Kind
from clinic_tui.staff import members
from clinic_tui.text import digits
from tests.invitations.people import patient, plain, send_all
from tests.printers import Printer

CARD = "photo card"


def invited(viewer: Viewer, patient_id: int) -> Invitation:
    """An invitation that went out."""
    made = inviting.invite(viewer, patient_id, hold=0).invitation_id
    send_all()
    return row(made)


def row(invitation_id: int) -> Invitation:
    return Invitation.get_by_id(invitation_id)


def codes_in(text: str) -> str:
    (line,) = [line for line in text.splitlines() if len(digits(line)) >= codes.DIGITS and "code" in line]
    return digits(line)[-codes.DIGITS :]


def told(viewer: Viewer) -> list[tuple[str, str, Any]]:
    return [(event.action, event.login, event.detail) for event in history.latest(viewer, 3)][::-1]


def test_a_slip_says_what_to_do_and_nothing_of_whose_it_is(practice: Viewer) -> None:
    joanna = patient()
    invitation = invited(practice, joanna)
    handed = slips.hand_over(practice, joanna, CARD)
    code = codes.slip_code(invitation.ref, invitation.key_id)
    assert (
        handed.text
        == f"""\
Harbour Street Practice
02 5550 0000

Halaxy
https://portal.example.org

Hello,

These are the steps to set up your account in Halaxy, the patient portal
of Harbour Street Practice.

To accept, read this code out to us, here or by phone on 02 5550 0000:
{code}

The invitation and its code work until Sunday 29 November 2026.

Then set up your account:

1. Open https://portal.example.org in your browser.
2. Choose to register, and use the e-mail address that we have for you.
3. Follow what it asks, and choose a password of your own.

In the portal you can see and book appointments and see and pay
invoices.

If you get stuck, ring us on 02 5550 0000.

We never ask for your password: you choose it in the portal itself.
"""
    )
    assert told(practice)[-1] == ("slip", practice.login, {"how": CARD})


def test_its_code_is_not_the_mails_and_neither_is_kept_anywhere(practice: Viewer) -> None:
    joanna = patient()
    invitation = inviting.invite(practice, joanna, hold=0).invitation_id
    (mail,) = send_all()
    text = slips.hand_over(practice, joanna, CARD).text
    known = row(invitation)
    mailed, handed = codes.code(known.ref, known.key_id), codes.slip_code(known.ref, known.key_id)
    assert mailed != handed
    assert mailed in plain(mail)
    assert mailed not in text
    kept = repr([list(table.select().tuples()) for table in (Invitation, Message)]) + repr(history.latest(practice))
    assert digits(handed) not in digits(kept)
    assert handed not in kept


def test_the_code_of_a_slip_accepts_and_nobody_is_asked_again_who_they_are(practice: Viewer) -> None:
    joanna = patient()
    invitation = invited(practice, joanna)
    with clock.frozen_at(now() + timedelta(hours=1)):
        slips.hand_over(practice, joanna, CARD)
    accepted = accepting.accept_by_code(practice, invitation.id, codes.slip_code(invitation.ref, invitation.key_id))
    known = row(invitation.id)
    assert not accepted.identity_wanted
    assert (known.state, known.identity_by, known.identity_how) == ("accepted", practice.login, CARD)
    assert known.identity_at == now() + timedelta(hours=1)
    assert known.steps_at == now()
    assert Patient.get_by_id(joanna).portal == "accepted"
    assert told(practice)[-1][::2] == ("accept", {"how": "slip"})


def test_an_answer_from_the_mailbox_is_checked_as_ever(practice: Viewer) -> None:
    joanna, jo = patient("1"), patient("2")
    by_mail, by_reply = invited(practice, joanna), invited(practice, jo)
    for one in (joanna, jo):
        slips.hand_over(practice, one, CARD)
    code = codes.code(by_mail.ref, by_mail.key_id)
    for answered in (
        accepting.accept_by_code(practice, by_mail.id, code),
        accepting.accept_by_reply(by_reply.id, None),
    ):
        assert answered.identity_wanted
        assert row(answered.invitation_id).identity_at is None
        assert row(answered.invitation_id).steps_at is None


def test_the_code_of_a_slip_that_nobody_handed_over_is_a_wrong_one(practice: Viewer) -> None:
    invitation = invited(practice, patient())
    with pytest.raises(FieldError, match="not the code of this invitation; 9 tries are left"):
        accepting.accept_by_code(practice, invitation.id, codes.slip_code(invitation.ref, invitation.key_id))


def test_before_the_mail_has_gone_a_slip_accepts_and_the_mail_is_withdrawn(practice: Viewer) -> None:
    joanna = patient()
    invitation = row(inviting.invite(practice, joanna).invitation_id)
    with pytest.raises(Refused, match="queued"):
        accepting.accept_by_code(practice, invitation.id, "000 000 000 0")
    assert "work until Sunday 29 November" in slips.hand_over(practice, joanna, CARD).text
    accepting.accept_by_code(practice, invitation.id, codes.slip_code(invitation.ref, invitation.key_id))
    assert [envelope.mail["Subject"] for envelope in send_all()] == ["How to set up your account: Halaxy"]


def test_for_one_who_has_accepted_it_is_the_check_and_bears_no_code(practice: Viewer) -> None:
    joanna = patient()
    invitation = invited(practice, joanna)
    accepting.accept_by_reply(invitation.id, None)
    text = slips.hand_over(practice, joanna, CARD).text
    assert "code" not in text
    assert "work until" not in text
    assert "1. Open https://portal.example.org" in text
    known = row(invitation.id)
    assert (known.identity_how, known.steps_at) == (CARD, now())
    assert [line[0] for line in told(practice)][-2:] == ["identity", "slip"]
    slips.hand_over(practice, joanna, "known to us")  # again: another may stand there
    assert row(invitation.id).identity_how == CARD
    assert told(practice)[-1] == ("slip", practice.login, {"how": "known to us"})
    assert Message.select().where(Message.kind == "setup").count() == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "Para aceptar, léanos este código"), ("de", "Zum Annehmen lesen Sie uns diesen Code vor")],
)
def test_in_the_patients_language(practice: Viewer, language: str, said: str) -> None:
    standard = languages.wording(language).standard
    kinds: tuple[Kind, ...] = ("invitation", "setup")
    for kind in kinds:
        name, subject, body = standard[kind]
        added = templates.add(practice, kind=kind, language=language, name=name, subject=subject, body=body)
        templates.make_default(practice, added.id)
    joanna = patient(language=language)
    invited(practice, joanna)
    assert said in " ".join(slips.hand_over(practice, joanna, CARD).text.split())


@pytest.mark.parametrize("register", ["code", "desk"])
def test_every_way_to_register_fits_the_paper(practice: Viewer, register: str) -> None:
    settings.change(practice, "portal.register", register)
    settings.change(practice, "portal.invoices", "reply")
    joanna = patient()
    invited(practice, joanna)
    text = slips.hand_over(practice, joanna, CARD).text
    assert "For invoices, ring us on 02 5550 0000." in text
    assert max(map(len, text.splitlines())) <= 72
    assert not any(word in text for word in ("reply", "Reply", "e-mail", "{"))


def test_a_guardian_reads_whom_it_is_about(practice: Viewer) -> None:
    child = patient("1", "Mia", "Brennan", email=None, birth_date=now().date() - timedelta(days=2000))
    with transaction():
        Contact.create(
            patient=child, name="Ada", is_guardian=True, email="ada@example.org", email_fold="ada@example.org"
        )
    invited(practice, child)
    assert "as the guardian of one of our patients" in " ".join(slips.hand_over(practice, child, CARD).text.split())


def test_without_how_nothing_is_shown_and_nothing_kept(practice: Viewer) -> None:
    joanna = patient()
    invitation = invited(practice, joanna)
    before = history.latest(practice, 1)
    for how in ("", " \u200b ", "x" * 201):
        with pytest.raises(FieldError) as refused:
            slips.hand_over(practice, joanna, how)
        assert refused.value.field == "how"
    assert history.latest(practice, 1) == before
    assert row(invitation.id).slip_at is None


def test_where_there_is_nothing_to_hand_over(practice: Viewer) -> None:
    joanna = patient()

    def refused(match: str) -> None:
        with pytest.raises(Refused, match=match):
            slips.hand_over(practice, joanna, CARD)

    refused("has no invitation")
    invitation = invited(practice, joanna)
    with clock.frozen_at(now() + timedelta(days=9)):
        refused("has run out")
    with transaction():
        Invitation.update(failed_codes=10).where(Invitation.id == invitation.id).execute()
    refused("locked")
    with transaction():
        Patient.update(status="blocked").where(Patient.id == joanna).execute()
    refused("The patient is blocked")
    with transaction():
        Patient.update(status="current").where(Patient.id == joanna).execute()
    settings.change(practice, "patient_access.invitations", "off")
    refused("switched off")
    settings.change(practice, "patient_access.invitations", "on")
    inviting.revoke(practice, invitation.id)
    refused("has an invitation that is revoked")
    assert row(invitation.id).slip_at is None
    with transaction():
        PortalAccount.create(patient=joanna, state="active", since=now(), known_from="import")
        portal_line.refresh(joanna)
    refused("has a portal account")


def test_out_of_reach_and_with_names_hidden(practice: Viewer) -> None:
    joanna = patient()
    invited(practice, joanna)
    members.add(practice, "kept")
    members.change(practice, "kept", revoke=[joanna])
    members.add(practice, "blind", names_hidden=True)
    with pytest.raises(NotFound):
        slips.hand_over(staff.at_the_keyboard("kept"), joanna, CARD)
    with pytest.raises(NotAllowed):
        slips.hand_over(staff.at_the_keyboard("blind"), joanna, CARD)
    handed = slips.hand_over(practice, joanna, CARD)
    with pytest.raises(NotFound):
        slips.print_out(staff.at_the_keyboard("kept"), handed)
    assert access.invitations(staff.at_the_keyboard("blind")).get(handed.invitation_id).slip_how is None


def test_it_is_printed_on_the_practices_printer_and_that_is_told(
    practice: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = Printer(tmp_path / "bin", monkeypatch)
    joanna = patient()
    invited(practice, joanna)
    handed = slips.hand_over(practice, joanna, CARD)
    assert handed.printer == ""
    with pytest.raises(FieldError, match="no printer"):
        slips.print_out(practice, handed)
    settings.change(practice, "desk.printer", "front_desk")
    assert slips.print_out(practice, handed) == "front_desk"
    assert printer.printed == handed.text
    assert handed.text.splitlines()[0] not in " ".join(printer.called)
    assert told(practice)[-1] == ("slip printed", practice.login, None)
    printer.does("#!/bin/sh\nexit 3\n")
    before = history.latest(practice, 1)
    with pytest.raises(ClinicError, match="Nothing was printed"):
        slips.print_out(practice, handed)
    assert history.latest(practice, 1) == before


def test_a_process_of_the_sample_practice_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_never", True)
    with pytest.raises(Refused, match="sample practice prints nothing"):
        printing.print_text("desk", "x")
