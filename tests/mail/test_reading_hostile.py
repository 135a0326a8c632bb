from __future__ import annotations

import json
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui.mail.parts import MAX_PARTS, take_apart
from clinic_tui.mail.reading import read_mail
from tests.mail.crafted import CRAFTED, HEAD, nested, text

ANSWERS = ("acceptance", "decline", "stop", "not_me")
MOST_MB, MOST_SECONDS = 50, 10  # the second of a mail is measured by `make bench`; here other tests run beside it


def test_crafted_mail_is_read_within_bounds() -> None:
    """Each in a process of its own, as the memory of one would hide another's."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.crafted_mail", "--json"], capture_output=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    readings = json.loads(run.stdout)
    assert set(readings) == set(CRAFTED)
    wrong = {
        name: row
        for name, row in readings.items()
        if row["mb"] > MOST_MB
        or row["seconds"] > MOST_SECONDS
        or row["kind"] in ANSWERS
        or "cannot be read" in row["evidence"]  # the boundary is for what nobody thought of
        or row["new"] > 4_000
    }
    assert not wrong


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
