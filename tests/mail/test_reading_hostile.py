from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui.mail.parts import MAX_PARTS, take_apart
from clinic_tui.mail.reading import read_mail

ANSWERS = ("acceptance", "decline", "stop", "not_me")
HEAD = b"From: a@b.example\nTo: desk@c.example\nSubject: Re: x\n"
DAEMON = b"From: MAILER-DAEMON@x.example\nReturn-Path: <>\nSubject: Undeliverable\n\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
GROUP = b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n"
JSON = HEAD + b'\n{"notificationType":"Bounce","bounce":'


def nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))
    return HEAD + b"".join(levels) + b"\nACCEPT\n"


def text(body: bytes, parameters: bytes = b"", kind: bytes = b"plain") -> bytes:
    return HEAD + b"Content-Type: text/" + kind + b"; charset=utf-8" + parameters + b"\n\n" + body


CRAFTED = {
    "nesting": nested(20_000),
    "same boundary": MIXED + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 20_000,
    "parts": MIXED + b"--b\n\nx\n" * 150_000,
    "longer boundaries": MIXED + b"--bx\n" * 200_000,
    "returned in returned": HEAD + b"Content-Type: message/rfc822\n\n" * 30_000,
    "a long header": HEAD + b"X: " + b"a" * 1_000_000,
    "many headers": HEAD + b"X: a\n" * 200_000 + b"\nno",
    "a folded header": HEAD + b"X: a\n" + b" b\n" * 300_000,
    "encoded words": b"From: a@b.example\nSubject: " + b"=?utf-8?q?" * 90_000 + b"\n\nx",
    "addresses": b"From: " + b"<a@b" * 200_000 + b"\n\nx",
    "parameters": HEAD + b"Content-Type: text/plain;" + b" a=" * 300_000 + b"\n\nx",
    "on wrote": text(b"On Mon, 1 Jan 2020 at 10:00 x\n" * 30_000),
    "on wrote wrapped": text(b"On Mon wrote <a@b.example> 10:00\n" * 28_000),
    "on wrote in one line": text(b"On Mon, 1 Jan 2020 at 10:00 wrote " * 28_000),
    "angles": text(b"<a@b.example\n" * 70_000),
    "quotes": text(b">" * 1_000_000),
    "rules": text((b"- " * 499 + b"x\n") * 1_000),
    "labels": text(b"From: x\n" * 120_000),
    "flowed": text(b"a \n" * 330_000, b"; format=flowed"),
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 500_000 + b"-" + b"9" * 400_000,
    "open tags": text(b"<div " * 200_000, kind=b"html"),
    "open quotes": text(b"<blockquote>" * 80_000 + b"ACCEPT", kind=b"html"),
    "comments": text(b"<!--" * 250_000, kind=b"html"),
    "entities": text(b"&#9999999999;" * 70_000, kind=b"html"),
    "closing tags": text(b"<div>" * 300 + b"</q>" * 200_000, kind=b"html"),
    "report groups": HEAD + b"Content-Type: message/delivery-status\n\n" + GROUP * 15_000,
    "report lines": DAEMON + b"could not be delivered" + b"\n" * 900_000,
    "report words": DAEMON + b"could not be delivered to mail mail " * 28_000,
    "report addresses": DAEMON + b"could not be delivered\n" + (b"a" * 298 + b"\n") * 3_300,
    "report copies": DAEMON + b"- - - copy of " * 70_000,
    "deep json": JSON + b"[" * 900_000,
    "long json number": JSON + b"1" * 900_000,
    "tokens": text(b"ab:" + b" " * 900_000),
    "invisible": text("\u200b".encode() * 300_000),
    "combining": text(("a" + "\u0301" * 300_000).encode()),
    "nul": b"\0" * 1_000_000,
    "empty": b"",
    "line ends": b"\r" * 1_000_000,
}  # fmt: skip


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_mail_is_read_within_bounds(name: str) -> None:
    tracemalloc.start()
    try:
        reading = read_mail(CRAFTED[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reading.kind not in ANSWERS
    assert "cannot be read" not in reading.evidence  # the boundary is for what nobody thought of
    assert peak < 50_000_000
    assert len(reading.new_text) <= 4_000


def test_a_mail_that_is_too_long_says_so() -> None:
    assert "1,000,000 bytes" in read_mail(text(b"hello\n" + b"x" * 2_000_000)).evidence
    assert "not all parts" in read_mail(CRAFTED["parts"]).evidence
    assert len(take_apart(CRAFTED["parts"]).parts) <= MAX_PARTS


def test_an_unreadable_mail_is_other() -> None:
    for raw in (b"", b"ACCEPT\n", b"\n\nACCEPT\n", b"\xff\xfe\x00"):
        assert read_mail(raw).kind == "other"
    assert read_mail(b"Subject: ACCEPT\n\n").kind == "other"  # nobody sent it


def test_a_broken_boundary_leaves_a_text() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--other\nContent-Type: text/plain\n\nACCEPT\n"
    assert read_mail(raw).kind == "reply"


@settings(max_examples=300)
@given(st.binary(max_size=600))
def test_no_bytes_raise(raw: bytes) -> None:
    assert "cannot be read" not in read_mail(raw).evidence


NAMES = st.sampled_from(
    [b"From", b"To", b"Subject", b"Date", b"Received", b"Content-Type", b"Content-Transfer-Encoding", b"Return-Path",
     b"References", b"Message-ID", b"Auto-Submitted", b"X-Failed-Recipients", b"Content-Disposition", b"In-Reply-To"]
)  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"multipart/report; boundary=b", b"multipart/mixed; boundary=b", b"message/delivery-status",
         b"message/rfc822", b"base64",
         b"quoted-printable", b"text/html; charset=utf-16", b"<>", b"a@b.example", b"=?utf-8?b?!!?=",
         b"=?x?q?=FF?=", b"text/plain; charset=utf-7",
         b"Mon, 99 Foo 2026 10:00:00 +9999", b"Mon, 1 Jun 9999 10:00:00 -2400",
         b"message/disposition-notification", b"application/json"]
    ),
)  # fmt: skip
LINES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"--b", b"--b--", b"", b"Final-Recipient: rfc822; a@b.example", b"Action: failed",
    b"Status: 5.1.1", b"> x",
                     b"Content-Type: message/delivery-status",
                     b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[1]}}',
                     b"<blockquote>", b"could not be delivered to <a@b.example>",
                     b"On 1/1/2026 10:00 a@b.example wrote:"]),
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.lists(LINES, max_size=20))
def test_no_mail_of_broken_pieces_raises(fields: list[tuple[bytes, bytes]], lines: list[bytes]) -> None:
    raw = b"\n".join([*(name + b": " + value for name, value in fields), b"", *lines])
    assert "cannot be read" not in read_mail(raw).evidence


def test_a_boundary_may_begin_like_another() -> None:
    raw = nested(11).replace(b"\n\nACCEPT\n", b"\nContent-Type: text/plain\n\nACCEPT\n")
    assert [part.body for part in take_apart(raw).parts] == [b"ACCEPT\n"]
    inner = b"--b1\nContent-Type: multipart/mixed; boundary=b10\n\n--b10\n\nx\n--b10--\n--b1\n\ny\n--b1--\nz"
    mail = HEAD + b"Content-Type: multipart/mixed; boundary=b1\n\n" + inner
    assert [part.body for part in take_apart(mail).parts] == [b"x", b"y"]
