"""Addresses with letters beyond ASCII: in replies (RFC 6532), and in the reports of RFC 6533 in each of its forms."""

from __future__ import annotations

import base64

import pytest

from clinic_tui.access import Viewer
from clinic_tui.db.models.post import Invitation
from clinic_tui.invitations import codes, inviting
from clinic_tui.mail.addresses import ADDRESS, WIDE
from clinic_tui.mail.reading import read_mail
from clinic_tui.mail.taking import take
from tests.invitations.people import patient

TOKEN = "abcdefghijklmnopqrstuvwxy2"
JOSE, HINDI, YAMADA = "josé.ñandú@example.net", "संपर्क@डाटामेल.example", "山田@例え.example"


def reply(sender: str, token: str = TOKEN) -> bytes:
    return f"From: {sender}\nTo: desk+{token}@practice.example\nSubject: Re: x\n\nACCEPT\n".encode()


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        (f"José <{JOSE}>", JOSE),
        (JOSE, JOSE),
        (JOSE.upper(), JOSE),
        (f"=?utf-8?q?Jos=C3=A9?= <{JOSE}>", JOSE),
        ("Jose <jose\u0301@example.net>", "josé@example.net"),
        (f"संपर्क <{HINDI}>", HINDI),
        (f"山田 <{YAMADA}>", YAMADA),
        ("éx@example.net", "éx@example.net"),  # and not x@example.net, who is somebody else
        ("Émile émilex@example.net", "émilex@example.net"),
    ],
)
def test_who_writes_has_the_whole_address(sender: str, address: str) -> None:
    reading = read_mail(reply(sender))
    assert (reading.kind, reading.sender) == ("acceptance", address)


def report(
    final: str, original: str = "", *, kind: str = "global-delivery-status", returned: str = "global",
    encode: bool = False,
) -> bytes:  # fmt: skip
    fields = f"Reporting-MTA: dns; mx.example.org\n\n{original}Final-Recipient: {final}\nAction: failed\n"
    fields += "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n"
    encoding = "Content-Transfer-Encoding: base64\n" if encode else ""
    body = base64.encodebytes(fields.encode()).decode() if encode else fields
    ours = f"From: desk@practice.example\nTo: José <{JOSE}>\nMessage-ID: <0123456789abcdef.{TOKEN}@practice.example>\n"
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: desk+{TOKEN}@practice.example\n"
        "Subject: Undelivered Mail Returned to Sender\nReturn-Path: <>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n<{JOSE}>: could not be delivered\n"
        f"--b\nContent-Type: message/{kind}\n{encoding}\n{body}\n"
        f"--b\nContent-Type: message/{returned}\nContent-Transfer-Encoding: 8bit\n\n{ours}\nACCEPT\n--b--\n"
    ).encode()


AS_CODE_POINTS = r"jos\x{E9}.\x{F1}and\x{FA}@example.net"
ORIGINAL = "Original-Recipient: "


@pytest.mark.parametrize(
    "raw",
    [
        report(f"utf-8; {JOSE}"),
        report(f"utf-8;{JOSE}", encode=True),
        report(f"utf-8; {AS_CODE_POINTS}"),
        report(f"utf-8; {AS_CODE_POINTS}", kind="delivery-status", returned="rfc822"),
        report("rfc822; 1234@other.example", f"{ORIGINAL}utf-8;{AS_CODE_POINTS}\n"),
        report(f"utf-8; {JOSE}", f"{ORIGINAL}utf-8; {JOSE}\n", returned="global-headers"),
        report(f"rfc822; {JOSE}", kind="delivery-status"),
        report("x400; somebody", f"{ORIGINAL}utf-8;<{JOSE}>\n"),
    ],
    ids=["utf-8", "base64", "unitext", "7-bit", "original", "headers alone", "called rfc822", "x400"],
)
def test_a_report_of_rfc_6533_is_read_in_each_form(raw: bytes) -> None:
    reading = read_mail(raw)
    assert (reading.kind, reading.recipients, reading.status) == ("bounce", (JOSE,), "5.1.1")
    assert reading.permanent
    assert reading.original_message_id == f"<0123456789abcdef.{TOKEN}@practice.example>"
    assert TOKEN in reading.tokens


@pytest.mark.parametrize("broken", [r"\x{110000}", r"\x{D800}", r"\x{", r"\x{}", r"\x{E9", "\\x{" + "9" * 900])
def test_a_code_point_that_is_none_breaks_nothing(broken: str) -> None:
    reading = read_mail(report(f"utf-8; jos{broken}@example.net"))
    assert (reading.kind, reading.unreadable) == ("bounce", False)


def test_a_notice_in_words_names_the_whole_address() -> None:
    head = "From: MAILER-DAEMON@mx.example.org\nReturn-Path: <>\nTo: desk@practice.example\nSubject: failure notice\n"
    words = "Sorry, it wasn't able to deliver your message to:\n<éx@example.net>: 550 5.1.1 no such user\n"
    reading = read_mail(f"{head}Content-Type: text/plain; charset=utf-8\n\n{words}".encode())
    assert (reading.kind, reading.recipients) == ("bounce", ("éx@example.net",))


def test_a_receipt_of_rfc_6533_is_no_answer() -> None:
    raw = report(f"utf-8; {JOSE}", kind="global-disposition-notification", returned="global-headers")
    assert read_mail(raw.replace(b"report-type=delivery-status; ", b"")).kind == "delivered"


def test_plain_addresses_are_the_same_to_both() -> None:
    for text in ("a@b.example", "x <a.b+c@d-e.example>, y", "a@b@c", "@x", "a@", "a@-b", "{a}@b.c.", "a--b@c"):
        assert [m[0] for m in ADDRESS.finditer(text)] == [m[0] for m in WIDE.finditer(text)], text


def test_whoever_has_such_an_address_can_accept_and_nobody_with_its_end(open_practice: Viewer) -> None:
    made = [inviting.invite(open_practice, patient(str(n), email=to), hold=0).invitation_id
            for n, to in enumerate((JOSE, "x@example.net"), 1)]  # fmt: skip
    Invitation.update(state="sent").execute()
    jose, other = (Invitation.get_by_id(key) for key in made)
    assert take(reply("éx@example.net", codes.token(other.ref, other.key_id))).outcome == "review"
    assert take(reply(f"José <{JOSE}>", codes.token(jose.ref, jose.key_id))).outcome == "accepted"
    assert [Invitation.get_by_id(key).state for key in made] == ["accepted", "sent"]


def test_a_bounce_of_such_an_address_closes_its_invitation(open_practice: Viewer) -> None:
    made = inviting.invite(open_practice, patient("1", email=JOSE), hold=0).invitation_id
    Invitation.update(state="sent").execute()
    row = Invitation.get_by_id(made)
    token = codes.token(row.ref, row.key_id)
    assert take(report(f"utf-8; {JOSE}").replace(TOKEN.encode(), token.encode())).outcome == "bounced"
    assert Invitation.get_by_id(made).state == "bounced"
