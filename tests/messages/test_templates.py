from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import settings as practice_settings
from clinic_tui.access import Viewer
from clinic_tui.clock import frozen_at, now
from clinic_tui.db.connection import close_database, session
from clinic_tui.db.models.post import Invitation
from clinic_tui.errors import FieldError, NotAllowed, NotFound, Stale
from clinic_tui.invitations import accepting, codes, inviting
from clinic_tui.invitations.bulk import resend_many
from clinic_tui.messages import gather, templates
from clinic_tui.messages.answers import WORDS, answer_of, told
from clinic_tui.messages.choosing import Words
from clinic_tui.messages.compose import compose
from clinic_tui.messages.languages import LANGUAGES, language_of
from clinic_tui.messages.templates import KINDS
from tests.invitations.people import patient, plain, send_all
from tests.messages.test_compose import FACTS, html_words


@pytest.fixture(autouse=True)
def _key(tmp_path: Any) -> None:
    codes.use_key_file(tmp_path / "clinic.key")


def sent(viewer: Viewer, patient_id: int, **more: Any) -> str:
    """Subject and text of the invitation that this patient gets."""
    inviting.invite(viewer, patient_id, hold=0, **more)
    (envelope,) = send_all()
    return f"{envelope.mail['Subject']}\n\n{plain(envelope)}"


def german(viewer: Viewer, **more: Any) -> templates.TemplateRow:
    return templates.add(viewer, "invitation", "Einladung", "de", **more)


# What comes with the program


def test_what_a_database_begins_with_is_what_the_program_says_in_english(practice: Viewer) -> None:
    rows = templates.listing(practice)
    assert [row.kind for row in rows] == list(KINDS)
    assert all(row.is_default and row.language == "en" and row.version == 1 for row in rows)
    standard = LANGUAGES["en"].standard
    assert {row.kind: (row.name, row.subject, row.body) for row in rows} == {kind: standard[kind] for kind in KINDS}
    frozen = import_module("clinic_tui.db.migrations.0004_templates").STANDARD
    assert {kind: tuple(words) for kind, *words in frozen} == {kind: tuple(standard[kind]) for kind in KINDS}


def test_the_standard_invitation_word_for_word(practice: Viewer) -> None:
    joanna = patient()
    text = sent(practice, joanna, custom_message="Hi [Patient First Name],\n\nas promised.").split("\n\n")
    assert text[:4] == [
        "Your invitation from Harbour Street Practice",
        "Hello,",
        "Hi Joanna,",
        "as promised.",
    ]
    assert text[4] == (
        "Harbour Street Practice invites you to its patient portal, Halaxy. There you can see and book appointments "
        "and see and pay invoices."
    )
    assert text[5:8] == [
        "To accept:",
        "1. Press Reply, type ACCEPT, and send.\n2. We then check that it is you, and e-mail you the steps to set up "
        "your account, usually within two working days.",
        text[7],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_no_template_leaves_out(practice: Viewer, kind: Any, language: str) -> None:
    words = Words(language, "x", "Only this.")
    composed, missing = gather.preview(practice, patient(), kind=kind, words=words)
    assert missing is None
    needed = ["Only this.", "02 5550 0000", "Harbour Street Practice", told(language, "not_me")]
    if kind in ("invitation", "reminder"):
        needed += [told(language, answer) for answer in WORDS[language]] + [gather.MASKED_CODE, "29", "2026"]
    for part in needed:
        assert part in composed.text, part
    assert "password" in composed.text or "Passwort" in composed.text or "contraseña" in composed.text
    assert "{" not in composed.text + composed.html
    assert f'<html lang="{language}">' in composed.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_message_tells_to_type_is_read_as_that_answer(language: str) -> None:
    for answer in WORDS[language]:
        assert answer_of(told(language, answer)) == answer


# Which one goes out


@pytest.mark.parametrize(
    ("said", "code"),
    [("de", "de"), ("de-AT", "de"), ("German", "de"), ("Deutsch", "de"), ("spa", "es"), ("Español", "es"),
     ("es_MX", "es"), ("en", "en"), ("", None), (None, None), ("Klingon", None), ("den", None)],
)  # fmt: skip
def test_the_language_of_a_record(said: str | None, code: str | None) -> None:
    assert language_of(said) == code


def test_a_patient_gets_the_default_in_their_language_else_english(practice: Viewer) -> None:
    anna, hans = patient("1", "Anna"), patient("2", "Hans", language="German")
    assert "Your invitation" in sent(practice, hans)
    german(practice)
    assert "Your invitation" in sent(practice, anna)
    greta = patient("3", "Greta", language="de-CH")
    text = sent(practice, greta)
    assert text.startswith("Ihre Einladung von Harbour Street Practice\n\nGuten Tag,")
    for needed in ("tippen Sie ANNEHMEN", "antworten Sie NEIN", "STOPP", "NICHT ICH", "Sonntag, 29. November 2026"):
        assert needed in text


def test_the_chosen_one_goes_before_the_language(practice: Viewer) -> None:
    short = templates.add(
        practice, "invitation", "Short", "en", "Hello from [Practice Name]", "[How To Accept]\n\nBye."
    )
    text = sent(practice, patient(language="de"), template=short.id)
    assert text.startswith("Hello from Harbour Street Practice\n\nTo accept:")
    assert "Bye.\n\nHarbour Street Practice\n02 5550 0000\n\nReference:" in text


def test_what_follows_an_acceptance_is_in_the_language_of_the_invitation(practice: Viewer) -> None:
    german(practice)
    templates.add(practice, "setup", "Konto", "de")
    practice_settings.change(practice, "patient_access.identity_check", "off")
    invited = inviting.invite(practice, patient(language="de"), hold=0)
    send_all()
    accepting.accept_by_reply(invited.invitation_id, None)
    (envelope,) = send_all()
    assert envelope.mail["Subject"] == "So richten Sie Ihr Konto ein: Halaxy"


def test_an_invitation_keeps_the_version_it_was_made_with(practice: Viewer) -> None:
    row = templates.by_name(practice, "Invitation")
    joanna = patient()
    inviting.invite(practice, joanna, hold=60)
    templates.edit(practice, row.id, 1, subject="Changed", body=row.body)
    with frozen_at(now() + timedelta(minutes=5)):
        (envelope,) = send_all()
        assert envelope.mail["Subject"] == "Your invitation from Harbour Street Practice"
        resend_many(practice, [joanna], hold=0)
        (envelope,) = send_all()
    assert envelope.mail["Subject"] == "Changed"


def test_an_archived_template_cannot_be_chosen_and_a_resend_goes_without_it(practice: Viewer) -> None:
    short = templates.add(practice, "invitation", "Short", "en", "Short", "x")
    joanna = patient()
    invited = inviting.invite(practice, joanna, hold=0, template=short.id)
    send_all()
    templates.archive(practice, short.id)
    with pytest.raises(NotFound, match="not in use"):
        inviting.invite(practice, patient("2"), template=short.id)
    inviting.resend(practice, invited.invitation_id, hold=0)
    (envelope,) = send_all()
    assert envelope.mail["Subject"] == "Your invitation from Harbour Street Practice"


# Terms


def test_a_term_of_the_template_without_a_value_blocks_that_patient(practice: Viewer) -> None:
    row = templates.add(practice, "invitation", "Kin", "en", "For [Guardian Name]", "[Practitioner Nickname]")
    outcome = inviting.invite_many(practice, [patient()], template=row.id)
    (skipped,) = outcome.skipped
    assert skipped.reason == "unresolved_term"
    assert "[Practitioner Nickname] in the template" in skipped.detail, "nobody has that: it is said first"
    composed, missing = gather.preview(practice, patient("2"), words=Words("en", row.subject, row.body))
    assert missing is not None
    assert (missing.term, missing.where) == ("[Guardian Name]", "template")
    assert composed.subject == "For [Guardian Name]"
    assert "[Practitioner Nickname]" in composed.text


def test_terms_are_asked_again_when_it_is_sent(practice: Viewer) -> None:
    row = templates.add(practice, "invitation", "Hours", "en", "Hello", "We are here [Practice Hours].")
    practice_settings.change(practice, "practice.hours", "8 to 6")
    invited = inviting.invite(practice, patient(), hold=0, template=row.id)
    practice_settings.change(practice, "practice.hours", "")
    assert send_all() == []
    with session():
        assert Invitation.get_by_id(invited.invitation_id).state == "cancelled"


def test_whoever_has_accepted_gets_the_steps_whatever_the_template_says(practice: Viewer) -> None:
    row = templates.by_name(practice, "Set-up steps")
    templates.edit(practice, row.id, 1, subject="Steps for [Guardian Name]", body="")
    practice_settings.change(practice, "patient_access.identity_check", "off")
    invited = inviting.invite(practice, patient(), hold=0)
    send_all()
    accepting.accept_by_reply(invited.invitation_id, None)
    (envelope,) = send_all()
    assert envelope.mail["Subject"] == "How to set up your account: Halaxy"


def test_patients_who_share_an_address_are_told_apart_whatever_the_template_says(practice: Viewer) -> None:
    row = templates.add(practice, "invitation", "Short", "en", "Hello", "Come in.")
    jo = patient("1", "Jo", email="family@example.com")
    patient("2", "Al", email="family@example.com")
    assert "\n\nHello Jo,\n\nCome in." in sent(practice, jo, template=row.id)


@settings(max_examples=30)
@given(text=st.text(st.sampled_from("[]Patient Fs<>&\x1b\u202e\n*_{}$"), max_size=400), place=st.integers(0, 2))
def test_whatever_a_template_holds_is_text(tmp_path: Any, text: str, place: int) -> None:
    facts: Any = {0: {"subject": text}, 1: {"opening": (text,)}, 2: {"closing": (text,)}}[place]
    composed = compose(replace(FACTS, **facts))
    assert html_words(composed.html).tags <= {"html", "body", "p", "ol", "li", "br", "a"}
    assert not {"\x1b", "\u202e"} & set(composed.subject + composed.text + composed.html)
    assert "\n" not in composed.subject


# Changing


def test_an_edit_is_a_new_version_and_the_old_one_stays(practice: Viewer) -> None:
    row = templates.by_name(practice, "invitation")
    edited = templates.edit(practice, row.id, 1, subject="New", body="Text")
    assert (edited.version, edited.subject) == (2, "New")
    assert templates.edit(practice, row.id, 2, subject="New", body="Text") == edited, "the same words make none"
    assert [(each.version, each.subject) for each in templates.versions(practice, row.id)] == [
        (2, "New"), (1, row.subject),
    ]  # fmt: skip


def test_who_edits_second_is_told_and_nothing_is_lost(practice: Viewer) -> None:
    row = templates.by_name(practice, "invitation")
    templates.edit(practice, row.id, 1, subject="Theirs", body="x")
    with pytest.raises(Stale, match="changed 'Invitation' while you were writing") as told_so:
        templates.edit(practice, row.id, 1, subject="Mine", body="y")
    assert told_so.value.theirs.subject == "Theirs"
    mine = templates.edit(practice, row.id, told_so.value.theirs.version, subject="Mine", body="y")
    assert [each.subject for each in templates.versions(practice, row.id)] == ["Mine", "Theirs", row.subject]
    assert mine.version == 3


def test_of_many_at_once_one_is_first_and_the_others_are_told(practice: Viewer) -> None:
    row = templates.by_name(practice, "invitation")
    start, ends = threading.Barrier(4), list[str]()

    def edit(words: str) -> None:
        start.wait()
        try:
            templates.edit(practice, row.id, 1, subject=words, body="x")
            ends.append("stored")
        except Stale:
            ends.append("told")
        finally:
            close_database()

    threads = [threading.Thread(target=edit, args=(f"by {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["stored", "told", "told", "told"]
    assert len(templates.versions(practice, row.id)) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"kind": "letter"}, "kind"), ({"name": "x" * 61}, "name"), ({"name": "INVITATION"}, "name"),
     ({"language": "Klingon"}, "language"), ({"subject": " \n"}, "subject"), ({"subject": "x" * 151}, "subject"),
     ({"subject": "Accept!"}, "subject"), ({"subject": "no soy yo"}, "subject"), ({"body": "x" * 100_000}, "body")],
)  # fmt: skip
def test_what_cannot_stand_is_said_beside_its_field(practice: Viewer, wrong: dict[str, str], field: str) -> None:
    good = {"kind": "invitation", "name": "Mine", "language": "en", "subject": "Hello", "body": "x"}
    with pytest.raises(FieldError) as refused:
        templates.add(practice, **{**good, **wrong})
    assert refused.value.field == field
    assert len(templates.listing(practice)) == 4


def test_copies_defaults_and_the_archive(practice: Viewer) -> None:
    row = templates.by_name(practice, "Invitation")
    assert templates.free_name(practice, "Invitation") == "Invitation (copy)"
    copied = templates.copy(practice, row.id, "Invitation (copy)")
    assert (copied.subject, copied.body, copied.is_default) == (row.subject, row.body, False)
    with pytest.raises(FieldError, match="default first"):
        templates.archive(practice, row.id)
    assert templates.make_default(practice, copied.id).is_default
    assert templates.archive(practice, row.id).archived_at == now()
    assert row.id not in [each.id for each in templates.listing(practice)]
    assert row.id in [each.id for each in templates.listing(practice, archived=True)]
    with pytest.raises(FieldError, match="archived"):
        templates.make_default(practice, row.id)
    assert templates.restore(practice, row.id).archived_at is None


def test_who_may_change_them(practice: Viewer) -> None:
    doctor = Viewer("doc", "practitioner")
    with pytest.raises(NotAllowed):
        templates.add(doctor, "invitation", "Mine", "en")
    assert templates.listing(doctor)
    with pytest.raises(NotAllowed):
        gather.preview(Viewer("carol", "owner", names_hidden=True), patient())
