from __future__ import annotations

import json
from pathlib import Path

import pytest

from clinic_tui.mail.reading import Reading, read_mail
from tests.published import published

FOLDER = published("bounces")
NO_BOUNCE = {"feedback": "feedback", "vacation": "auto_reply", "delivered": "delivered"}
Expected = list[tuple[str, str, str, bool]]


def _expected() -> dict[str, Expected]:
    rows = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return {name: [tuple(row) for row in value] for name, value in rows.items()}


def _read(path: Path) -> Reading:
    return read_mail(path.read_bytes())


@pytest.fixture(scope="module")
def readings() -> list[tuple[str, Expected, Reading]]:
    return [(name, rows, _read(FOLDER / "mails" / name)) for name, rows in _expected().items()]


def test_real_failures_are_found_with_their_recipient(readings: list[tuple[str, Expected, Reading]]) -> None:
    failures = [(name, reading) for name, rows, reading in readings if rows[0][2] not in NO_BOUNCE]
    missed = [name for name, reading in failures if reading.kind != "bounce" or not reading.recipients]
    assert len(missed) <= len(failures) * 0.01, missed
    strange = [(name, r.recipients) for name, r in failures if not all("@" in address for address in r.recipients)]
    assert not strange


def test_one_failure_names_one_recipient_and_several_name_each(readings: list[tuple[str, Expected, Reading]]) -> None:
    wrong = [
        (name, len(rows), reading.recipients)
        for name, rows, reading in readings
        if reading.kind == "bounce" and len(reading.recipients) != len(rows)
    ]
    assert len(wrong) <= 3, wrong


def test_complaints_vacations_and_deliveries_are_no_bounces(readings: list[tuple[str, Expected, Reading]]) -> None:
    for name, rows, reading in readings:
        if rows[0][2] in NO_BOUNCE:
            assert reading.kind == NO_BOUNCE[rows[0][2]], (name, reading.evidence)
            assert reading.permanent is None


PERMANENT = {"userunknown": True, "hostunknown": True, "hasmoved": True, "mailboxfull": False, "expired": False,
             "suspend": False, "speeding": False, "toomanyconn": False}  # fmt: skip


def test_permanent_follows_the_reason(readings: list[tuple[str, Expected, Reading]]) -> None:
    bounces = [(name, rows, r) for name, rows, r in readings if r.kind == "bounce"]
    named = [(name, rows[0][2], r) for name, rows, r in bounces if rows[0][2] in PERMANENT]
    wrong = [(name, reason, r.plain_reason) for name, reason, r in named if r.permanent != PERMANENT[reason]]
    assert len(wrong) <= len(named) * 0.02, wrong
    others = [(n, rows[0][2], r.plain_reason) for n, rows, r in bounces if r.permanent not in {row[3] for row in rows}]
    assert len(others) <= len(bounces) * 0.05, others


def test_statuses_agree_where_the_mail_holds_one(readings: list[tuple[str, Expected, Reading]]) -> None:
    # That project writes 5.0.9xx where it made the status up itself.
    told = [(n, rows, r) for n, rows, r in readings if r.kind == "bounce" and ".0.9" not in rows[0][0]]
    wrong = [(name, rows[0][0], r.status) for name, rows, r in told if r.status not in {row[0] for row in rows}]
    assert len(wrong) <= len(told) * 0.03, wrong


def test_reasons_are_plain_words(readings: list[tuple[str, Expected, Reading]]) -> None:
    words = {"userunknown": "no such mailbox", "mailboxfull": "mailbox full", "hostunknown": "domain does not exist"}
    judged = [
        (name, rows[0][2], r.plain_reason) for name, rows, r in readings if rows[0][2] in words and len(rows) == 1
    ]
    wrong = [row for row in judged if row[2] != words[row[1]]]
    assert len(wrong) <= len(judged) * 0.08, wrong


def test_no_published_bounce_is_an_answer(readings: list[tuple[str, Expected, Reading]]) -> None:
    assert not [name for name, _, r in readings if r.kind in ("acceptance", "decline", "stop", "not_me", "reply")]


REPORT = b"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: desk+abcdefghijklmnopqrstuvwxyz@practice.example
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; Ada@Example.org
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 552 5.2.2 <ada@example.org>: mailbox full

--b
Content-Type: message/rfc822

Message-ID: <ref.abcdefghijklmnopqrstuvwxyz@practice.example>
From: desk@practice.example
To: ada@example.org
Subject: An invitation

type ACCEPT
--b--
"""


def test_a_standard_report_is_read_whole() -> None:
    reading = read_mail(REPORT)
    assert reading.kind == "bounce"
    assert reading.recipients == ("ada@example.org",)
    assert (reading.status, reading.permanent, reading.plain_reason) == ("5.2.2", False, "mailbox full")
    assert reading.original_message_id == "<ref.abcdefghijklmnopqrstuvwxyz@practice.example>"
    assert reading.tokens == ("abcdefghijklmnopqrstuvwxyz",)
    assert "RFC 3464" in reading.evidence


def test_a_warning_is_told_from_a_failure() -> None:
    late = read_mail(REPORT.replace(b"Action: failed", b"Action: delayed"))
    assert (late.kind, late.delayed, late.permanent) == ("bounce", True, False)
    assert not read_mail(REPORT).delayed


FOR_NOW = [
    ("450 4.7.1 <ada@example.org>: Recipient address rejected: Greylisted, try again later", "(greylisting)"),
    ("451 4.7.1 Greylisting in action, please come back in 00:04:58", "(greylisting)"),
    ("450 4.2.0 <ada@example.org>: Recipient address rejected: Gray-listed", "(greylisting)"),
    ("451 4.7.1 Please try again later", "for now"),
    ("421 4.7.0 Try again later, closing connection", "for now"),
    ("450 4.7.1 Rejected by policy, retry in an hour", "for now"),
    ("450 4.1.1 <ada@example.org>: Recipient address rejected: unverified address", "for now"),
    ("450 4.2.1 Requested mail action not taken: mailbox unavailable", "for now"),
    ("450 4.1.2 <ada@example.org>: Recipient address rejected: Domain not found", "could not be reached"),
    ("451 4.4.4 Host not found", "could not be reached"),
    ("452 4.2.2 The email account is over quota", "mailbox full"),
    ("450 4.1.1", "no reason that we know"),
    ("450 4.1.6", "no reason that we know"),
]  # fmt: skip


@pytest.mark.parametrize("action", [b"failed", b"delayed"])
@pytest.mark.parametrize(("said", "plain"), FOR_NOW, ids=[said for said, _ in FOR_NOW])
def test_what_is_refused_for_now_is_never_the_end_of_an_address(said: str, plain: str, action: bytes) -> None:
    told = REPORT.replace(b"552 5.2.2 <ada@example.org>: mailbox full", said.encode())
    status = b"Status: " + said.split()[1].encode()
    reading = read_mail(told.replace(b"Status: 5.0.0", status).replace(b"Action: failed", b"Action: " + action))
    assert (reading.kind, reading.permanent, reading.delayed) == ("bounce", False, action == b"delayed")
    assert plain in reading.plain_reason or (action == b"delayed" and "still trying" in reading.plain_reason)


REASONS = [
    ("5.0.0", "552 Requested mail action aborted: exceeded storage allocation", "mailbox full"),
    ("5.7.129", "550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to the recipient",
     "they do not take mail from this sender"),
    ("5.7.777", "550 5.7.777 gamma", "against their rules"),
    ("4.7.777", "450 4.7.777 gamma", "their server does not take it for now"),
    ("4.2.1", "450-4.2.1 The user you are trying to contact is receiving mail too quickly",
     "too many messages at a time"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "said", "plain"), REASONS, ids=[said for _, said, _ in REASONS])
def test_what_servers_say_in_plain_words(status: str, said: str, plain: str) -> None:
    told = REPORT.replace(b"552 5.2.2 <ada@example.org>: mailbox full", said.encode())
    reading = read_mail(told.replace(b"Status: 5.0.0", b"Status: " + status.encode()))
    assert (reading.plain_reason, reading.permanent) == (plain, False)


def test_a_queue_that_gave_up_says_so_and_nothing_of_sizes() -> None:
    words = b"I'm not going to try again; this message has been in the queue too long."
    assert read_mail(REPORT.replace(b"552 5.2.2 <ada@example.org>: mailbox full", words)).plain_reason == (
        "given up after many tries"
    )


def test_a_report_of_a_delivery_is_no_bounce() -> None:
    done = REPORT.replace(b"Action: failed", b"Action: delivered").replace(b"Status: 5.0.0", b"Status: 2.0.0")
    assert read_mail(done).kind == "delivered"


def test_a_receipt_is_delivered() -> None:
    receipt = REPORT.replace(b"delivery-status", b"disposition-notification").replace(b"Returned to Sender", b"ACCEPT")
    assert read_mail(receipt).kind == "delivered"


def test_a_patient_who_complains_about_a_bounce_is_a_person() -> None:
    mail = (
        b"From: ada@example.org\nTo: desk@practice.example\nSubject: Re: Undeliverable: my question\n\n"
        b"My last mail could not be delivered to you, why?\n"
        b"> 550 5.1.1 <doctor@practice.example>: user unknown\n"
    )
    assert read_mail(mail).kind == "reply"


def test_a_person_whose_address_looks_like_a_machine_may_quote_a_notice() -> None:
    mail = (
        b"From: Postmaster <postmaster@ada.example>\nReturn-Path: <postmaster@ada.example>\n"
        b"To: desk@practice.example\nSubject: Re: Your portal\n\nACCEPT\n\n"
        b"On Mon, 1 Jun 2026 at 10:00 Desk <desk@practice.example> wrote:\n"
        b"> It could not be delivered to <ada@example.org>: 550 5.1.1 user unknown\n"
    )
    assert read_mail(mail).kind == "acceptance"


NOTICES = [
    (
        "postmaster@x.example",
        "Unzustellbar: Einladung",
        "ada@x.example\nDie E-Mail-Adresse konnte nicht gefunden werden.\n550 5.1.10 RecipientNotFound\n",
        "no such mailbox",
    ),
    (
        "MAILER-DAEMON@x.example",
        "[BOUNCE]",
        "I'm afraid I wasn't able to deliver your message.\n\nFailed recipient(s):\nada@x.example\n\n552 over quota\n",
        "mailbox full",
    ),
    (
        "postmaster@x.example",
        "Echec de remise du message",
        "Votre message n'a pas pu être remis à ada@x.example\n550 5.1.2 Host unknown\n",
        "domain does not exist",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "words", "reason"), NOTICES)
def test_notices_in_words(sender: str, subject: str, words: str, reason: str) -> None:
    head = f"From: {sender}\nReturn-Path: <>\nTo: desk@practice.example\nSubject: {subject}\n"
    reading = read_mail(f"{head}Content-Type: text/plain; charset=utf-8\n\n{words}".encode())
    assert (reading.kind, reading.recipients, reading.plain_reason) == ("bounce", ("ada@x.example",), reason)
