from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser
from typing import NamedTuple, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.mail.wire import on_the_wire
from clinic_tui.messages.compose import compose
from clinic_tui.messages.facts import Facts, Kind
from clinic_tui.messages.mime import notice_mail, plus_address, to_mail
from clinic_tui.messages.terms import fill, unresolved

TOKEN = "abcdefghijklmnopqrstuvwxyz"
FACTS = Facts(
    kind="invitation",
    language="en",
    subject="Your invitation from Harbour Street Practice",
    opening=("Hello,", "Harbour Street Practice invites you to its patient portal, Halaxy."),
    closing=(),
    practice="Harbour Street Practice",
    phone="02 5550 0000",
    hours="",
    portal="Halaxy",
    portal_url="https://portal.example.org",
    register="email",
    offers={"appointments": "portal", "invoices": "reply", "records": "no", "health": "no"},
    identity_check=True,
    custom_message="",
    code="482 913 706 5",
    until=datetime(2026, 11, 29, 23, 59, tzinfo=UTC),
    token=TOKEN,
    reply_to=plus_address("desk@example.org", TOKEN),
)
ANY_TEXT = st.text(max_size=200)


class Note(NamedTuple):
    ref: str
    address: str
    subject: str
    body: str


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def html_words(html: str) -> _Words:
    parser = _Words()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("kind", get_args(Kind))
def test_text_and_html_say_the_same(kind: Kind) -> None:
    composed = compose(replace(FACTS, kind=kind, custom_message="See you.\n\nAlice"))
    in_text = [word for word in composed.text.split() if word not in ("1.", "2.", "3.")]
    in_html = " ".join(html_words(composed.html).words).replace("Or press here: it writes the reply for you. ", "")
    assert in_html.split() == in_text


def test_an_invitation_says_what_it_must() -> None:
    text = compose(FACTS).text
    for needed in (
        "Press Reply, type ACCEPT, and send", "02 5550 0000", "482 913 706 5", "Sunday 29 November 2026", "reply NO",
        "reply STOP", "reply NOT ME", "never ask for a password", "do not send health information", TOKEN,
    ):  # fmt: skip
        assert needed in text


@pytest.mark.parametrize(
    ("register", "says"),
    [("email", "use this e-mail address"), ("code", "registration code"), ("desk", "front desk")],
)
def test_set_up_steps_come_from_the_bridge(register: str, says: str) -> None:
    text = compose(replace(FACTS, kind="setup", register=register)).text
    assert says in text
    assert "https://portal.example.org" in text
    assert "For invoices, ring us or reply" in text


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_nothing_foreign_bends_a_header_or_becomes_html(practice: str, subject: str, custom: str) -> None:
    facts = replace(
        FACTS,
        practice=practice or "x",
        subject=subject,
        opening=(custom, subject),
        closing=(custom,),
        custom_message=custom,
    )
    composed = compose(facts)
    mail = to_mail(
        composed, facts, sender="desk@example.org", to="joanna@example.com",
        message_id=f"<1.{TOKEN}@example.org>", automatic=False,
    )  # fmt: skip
    read = message_from_bytes(mail.as_bytes(), policy=default)
    assert set(read.keys()) == {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert read["To"] == "joanna@example.com"
    assert html_words(composed.html).tags <= {"html", "body", "p", "ol", "li", "br", "a"}
    assert all(ord(c) >= 32 or c == "\n" for c in composed.text)


def test_the_mail_can_be_answered_stopped_and_told_from_a_machines() -> None:
    mail = to_mail(
        compose(FACTS), FACTS, sender="desk@example.org", to="j@example.com", message_id="<a@b>", automatic=True
    )
    assert mail["Reply-To"].endswith(f"<desk+{TOKEN}@example.org>")
    assert mail["List-Unsubscribe"] == f"<mailto:desk%2B{TOKEN}@example.org?subject=STOP%20{TOKEN}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe-Post" not in mail
    unsubscribe = f"\r\nList-Unsubscribe: <mailto:desk%2B{TOKEN}@example.org?subject=STOP%20{TOKEN}>\r\n"
    assert unsubscribe.encode() in on_the_wire(mail), "in one piece, not in encoded words"


@given(ANY_TEXT, ANY_TEXT)
def test_a_mail_is_written_as_the_library_writes_it(practice: str, opening: str) -> None:
    facts = replace(FACTS, practice=practice or "x", opening=(opening,))
    mail = to_mail(
        compose(facts), facts, sender="desk@example.org", to="j@example.com", message_id="<a@b>", automatic=True
    )
    words = Note("a", "j@example.com", opening, f"{opening}\n")
    notice = notice_mail(words, practice=practice, sender="desk@example.org")
    for one in (mail, notice):
        assert one.as_bytes(policy=SMTP) == EmailMessage.as_bytes(one, policy=SMTP)


@given(ANY_TEXT)
def test_a_term_inside_a_value_stays_text(value: str) -> None:
    values = {"Patient First Name": f"[Practice Name]{value}", "Practice Name": "Harbour"}
    assert fill("Hi [patient first name]", values) == f"Hi [Practice Name]{value}"


def test_an_unknown_or_empty_term_is_named() -> None:
    assert unresolved("Hi [Patient Nickname]", {}) == "[Patient Nickname]"
    assert unresolved("Hi [Patient First Name]", {"Patient First Name": ""}) == "[Patient First Name]"
    assert unresolved("[x] [ ] [1] Hi [Patient First Name]", {"Patient First Name": "Jo", "X": "y"}) is None
