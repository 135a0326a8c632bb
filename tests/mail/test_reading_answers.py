from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.mail.reading import Reading, read_mail
from clinic_tui.messages.answers import WORDS, Answer, answer_of, folded

TOKEN = "abcdefghijklmnopqrstuvwxy2"
ANSWERS = ("acceptance", "decline", "stop", "not_me")


def reply(text: str, subject: str = "Re: Your patient portal", **headers: str) -> Reading:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.org>", f"desk+{TOKEN}@practice.example", subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return read_mail(mail.as_bytes())


@pytest.mark.parametrize(
    "line",
    ["ACCEPT", "accept", "Accept.", '"ACCEPT"', "ACCEPT!", "“Accept”", "  ACCEPT  ", "*ACCEPT*", "A\u200bCCEPT",
     "\u200fACCEPT",
     "\u00a0ACCEPT\u00a0", "ＡＣＣＥＰＴ", "(accept)", "ACCEPT\ufeff", "Aceptar", "AKCEPTUJĘ", "hyvaksy"],
)  # fmt: skip
def test_accept_as_the_whole_line(line: str) -> None:
    assert reply(line).kind == "acceptance"


@pytest.mark.parametrize(
    "line",
    ["I accept", "accept this?", "ACCEPT?", "yes please", "ok", "Don't ACCEPT", "not accept", "ACCEPT NO",
     "I do not accept",
     "A\u0336C\u0336C\u0336E\u0336P\u0336T\u0336", "ACCEPT 👎", "ACCEPTED", "type ACCEPT, send",
     "Dear desk,\nACCEPT", "", "👍", "ACCEPT\nNO",
     "Hello\n\nACCEPT"],
)  # fmt: skip
def test_everything_else_is_for_a_person(line: str) -> None:
    assert reply(line).kind == "reply"


@pytest.mark.parametrize(
    ("line", "kind"),
    [("NO", "decline"), ("no.", "decline"), ("Nein", "decline"), ("STOP", "stop"), ("stop!", "stop"), ("NOT ME",
     "not_me"),
     ("Not me.", "not_me"), ("Não", "decline"), ("nao", "decline"), ("pas moi", "not_me")],
)  # fmt: skip
def test_the_other_answers(line: str, kind: str) -> None:
    assert reply(line).kind == kind


@pytest.mark.parametrize(
    "below",
    ["\n\nSent from my iPhone", "\n\n-- \nAda Byron\n+44 20", "\nGesendet von Outlook für iOS",
     "\n\nKind regards\nAda",
     "\n\nOn Mon, 1 Jun 2026 at 10:00, Desk <desk@practice.example> wrote:\n\n> type ACCEPT or\n> NO\n",
     "\n\nFrom: Desk <desk@practice.example>\nSent: Monday, 1 June 2026\nTo: Ada\nSubject: x\n\nNO\nSTOP\n"],
)  # fmt: skip
def test_what_mail_programs_put_below_does_not_matter(below: str) -> None:
    assert reply("ACCEPT" + below).kind == "acceptance"


def test_our_mailto_subject_accepts() -> None:
    for subject in ("ACCEPT", f"ACCEPT {TOKEN}", f"accept [{TOKEN.upper()}]"):
        for body in ("", "\n\nSent from my iPhone", "-- \nAda", f"Reference: {TOKEN}", "ACCEPT"):
            reading = reply(body, subject)
            assert reading.kind == "acceptance", (subject, body, reading.evidence)
            assert reading.tokens[0] == TOKEN


@pytest.mark.parametrize(
    ("subject", "body"),
    [("ACCEPT", "NO"), ("ACCEPT", "What is this?"), (f"ACCEPT {TOKEN}", "please ring me"), ("Re: ACCEPT", ""),
     ("Fwd: ACCEPT", ""),
     (f"Re: ACCEPT {TOKEN}", ""), ("ACCEPT please", ""), ("NO", "ACCEPT"), ("ACCEPT?", "")],
)  # fmt: skip
def test_a_subject_that_the_body_contradicts_is_for_a_person(subject: str, body: str) -> None:
    assert reply(body, subject).kind == "reply"


MACHINES = [
    {"Auto-Submitted": "auto-replied"}, {"Auto-Submitted": "auto-generated (vacation)"}, {"Return-Path": "<>"},
    {"X-Auto-Response-Suppress": "All", "Return-Path": "<>"}, {"X-Auto-Response-Suppress": "OOF"},
    {"Precedence": "bulk"},
    {"Precedence": "auto_reply"}, {"X-Autoreply": "yes"}, {"List-Id": "<patients.example.org>"},
    {"Precedence": "list"},
]  # fmt: skip


@pytest.mark.parametrize("headers", MACHINES)
def test_a_machine_never_accepts(headers: dict[str, str]) -> None:
    for subject in ("ACCEPT", "Re: Your patient portal"):
        assert reply("ACCEPT", subject, **headers).kind not in ANSWERS


def test_auto_submitted_no_is_a_person() -> None:
    assert reply("ACCEPT", Auto_Submitted="no", Return_Path="<ada@example.org>").kind == "acceptance"


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your patient portal",
        "Abwesenheit",
        "Out of Office",
        "Réponse automatique : x",
        "Re: Autoreply",
    ],
)
def test_an_auto_reply_that_only_its_subject_tells(subject: str) -> None:
    assert reply("I am back on Monday.", subject).kind == "auto_reply"


def test_a_reaction_is_for_a_person() -> None:
    mail = (
        b"From: ada@example.org\nTo: desk@practice.example\nSubject: Re: x\n"
        b"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nACCEPT\n"
        b"--b\nContent-Type: text/vnd.google.email-reaction+json\n\n"
        b'{"emoji": "\xf0\x9f\x91\x8d", "version": 1}\n--b--\n'
    )
    reading = read_mail(mail)
    assert (reading.kind, "reaction" in reading.evidence) == ("reply", True)


def test_the_unsubscribe_button_stops_when_it_names_our_word() -> None:
    button = {"Auto-Submitted": "auto-replied", "X-Apple-Unsubscribe": "true"}
    assert reply("Apple Mail sent this email to unsubscribe.", f"STOP {TOKEN}", **button).kind == "stop"
    assert reply("Apple Mail sent this email to unsubscribe.", "unsubscribe", **button).kind == "feedback"


def test_two_versions_that_disagree_are_for_a_person() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ada@example.org", "desk@practice.example", "Re: x"
    mail.set_content("ACCEPT")
    mail.add_alternative("<p>I do not want this</p>", subtype="html")
    assert read_mail(mail.as_bytes()).kind == "reply"


def test_no_word_means_two_things() -> None:
    seen: dict[str, Answer] = {}
    for answers in WORDS.values():
        assert set(answers) == set(ANSWERS)
        for answer, words in answers.items():
            for word in words:
                assert seen.setdefault(folded(word), answer) == answer
                assert answer_of(word.upper()) == answer


def test_evidence_quotes_what_was_written() -> None:
    assert reply("Accept.").evidence == 'first new line is "Accept."'


@given(st.text(max_size=80))
def test_no_other_text_accepts(text: str) -> None:
    first = next((line for line in text.splitlines() if folded(line)), "")
    if answer_of(first) is None and not any(answer_of(line) for line in text.splitlines()):
        mail = (
            f"From: ada@example.org\nTo: d@p.example\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n{text}"
        )
        assert read_mail(mail.encode("utf-8", "replace")).kind not in ANSWERS


@given(st.sampled_from([w for a in WORDS.values() for w in a["acceptance"]]),
st.text(" .!\"'*_\u200b\u200e\u00a0", max_size=8),
       st.text(" .!\"'*_\u200b\u200e\u00a0", max_size=8), st.booleans())  # fmt: skip
def test_every_way_to_write_the_word_accepts(word: str, before: str, after: str, upper: bool) -> None:
    assert answer_of(before + (word.upper() if upper else word) + after) == "acceptance"


def test_a_person_who_is_away_is_still_a_person() -> None:
    assert reply("I am on holiday, please ring me on Monday").kind == "reply"
    assert reply("I am out of the office until Monday.").kind == "auto_reply"


def test_list_unsubscribe_alone_wants_eyes() -> None:
    assert reply("ACCEPT", List_Unsubscribe="<mailto:x@example.org>").kind == "reply"


def test_a_line_like_a_phone_adds_counts_where_text_follows() -> None:
    assert reply("Sent by mistake, please ignore:\nACCEPT").kind == "reply"
    assert reply("Sent from my iPhone").new_text == ""
