# ruff: noqa: E501 (a mail a line)
"""Mail that is made to be slow, large or deep for its reader."""

from __future__ import annotations

import base64

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


def encoded(body: bytes, encoding: bytes, kind: bytes = b"plain", charset: bytes = b"utf-8") -> bytes:
    head = b"Content-Type: text/" + kind + b"; charset=" + charset + b"\nContent-Transfer-Encoding: " + encoding
    return HEAD + head + b"\n\n" + body


def returned_in_returned(depth: int) -> bytes:
    """A report that returns a report that returns ..., each with its own boundary."""
    raw = b"From: a@b.example\n\nACCEPT\n"
    for n in range(depth):
        boundary = b"r%d" % n
        raw = (
            b"From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=" + boundary + b"\n\n--" + boundary
            + b"\nContent-Type: text/plain\n\ncould not be delivered\n--" + boundary
            + b"\nContent-Type: message/rfc822\n\n" + raw + b"\n--" + boundary + b"--\n"
        )  # fmt: skip
    return raw


CRAFTED = {
    "nesting": nested(20_000),
    "same boundary": MIXED + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 20_000,
    "parts": MIXED + b"--b\n\nx\n" * 150_000,
    "parts with heads": MIXED + (b"--b\nContent-Type: text/plain; charset=utf-16\n" + b"X: y\n" * 40 + b"\nx\n") * 4_000,
    "longer boundaries": MIXED + b"--bx\n" * 200_000,
    "a long boundary": HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 300 + b"\n\n" + (b"--" + b"b" * 299 + b"\n") * 3_000,
    "returned in returned": HEAD + b"Content-Type: message/rfc822\n\n" * 30_000,
    "reports in reports": returned_in_returned(600),
    "a long header": HEAD + b"X: " + b"a" * 1_000_000,
    "many headers": HEAD + b"X: a\n" * 200_000 + b"\nno",
    "many long headers": HEAD + (b"Subject: " + b"=?utf-8?q?a?= " * 70 + b"\n") * 900 + b"\nhello",
    "a folded header": HEAD + b"X: a\n" + b" b\n" * 300_000,
    "a header and no body": HEAD + b"Content-Type: multipart/report; boundary=b\n",
    "encoded words": b"From: a@b.example\nSubject: " + b"=?utf-8?q?" * 90_000 + b"\n\nx",
    "encoded words, whole": b"From: a@b.example\nSubject: " + b"=?utf-8?b?QUNDRVBU?= " * 45_000 + b"\n\nx",
    "encoded words, bad charsets": b"From: a@b.example\nSubject: " + b"=?x-no?q?=FF?= =?punycode?q?a-9?= " * 25_000 + b"\n\nx",
    "addresses": b"From: " + b"<a@b" * 200_000 + b"\n\nx",
    "100,000 recipients": b"From: a@b.example\nTo: " + b", ".join(b"p%d@x.example" % n for n in range(60_000)) + b"\n\nx",
    "a recipient a field": b"From: a@b.example\n" + b"".join(b"To: p%d@x.example\n" % n for n in range(50_000)) + b"\nx",
    "references": HEAD + b"References: " + b"<a@b.example>\n " * 70_000 + b"\n\nx",
    "received": HEAD + b"Received: from x by y; Mon, 1 Jun 2026 10:00:00 +0000\n" * 18_000 + b"\nx",
    "dates": HEAD + b"Date: " + b"Mon, " * 200_000 + b"\n\nx",
    "parameters": HEAD + b"Content-Type: text/plain;" + b" a=" * 300_000 + b"\n\nx",
    "quoted parameters": HEAD + b'Content-Type: text/plain; a="' + b'\\"' * 400_000 + b"\n\nx",
    "on wrote": text(b"On Mon, 1 Jan 2020 at 10:00 x\n" * 30_000),
    "on wrote wrapped": text(b"On Mon wrote <a@b.example> 10:00\n" * 28_000),
    "on wrote in one line": text(b"On Mon, 1 Jan 2020 at 10:00 wrote " * 28_000),
    "on wrote, quoted": text(b"On Mon, 1 Jan 2020 at 10:00 Desk <a@b.example> wrote:\n> x\n" * 16_000),
    "on wrote, empty lines": text(b"On Mon, 1 Jan 2020 at 10:00\n\n" * 30_000),
    "angles": text(b"<a@b.example\n" * 70_000),
    "quotes": text(b">" * 1_000_000),
    "quoted lines": text(b"> x\n" * 250_000),
    "deeper and deeper": text(b"".join(b">" * n + b"\n" for n in range(1_400))),
    "rules": text((b"- " * 499 + b"x\n") * 1_000),
    "banners": text(b"CAUTION: this email from " * 40_000),
    "banner lines": text(b"[EXTERNAL]\n" * 90_000),
    "labels": text(b"From: x\n" * 120_000),
    "an endless line": text(b"a " * 500_000),
    "one word": text(b"a" * 1_000_000),
    "flowed": text(b"a \n" * 330_000, b"; format=flowed"),
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 500_000 + b"-" + b"9" * 400_000,
    "utf-7": encoded(b"+AGE" * 250_000, b"7bit", charset=b"utf-7"),
    "utf-32": encoded(b"\x00\x00\x00a" * 250_000, b"8bit", charset=b"utf-32-be"),
    "hz": encoded(b"~{" * 500_000, b"7bit", charset=b"hz"),
    "iso-2022-jp": encoded(b"\x1b$B" * 330_000, b"7bit", charset=b"iso-2022-jp-ext"),
    "zlib": encoded(base64.encodebytes(b"x\x9c" + b"\0" * 700_000), b"base64", charset=b"zlib"),
    "bz2 as a charset": encoded(b"BZh9" * 1_000, b"7bit", charset=b"bz2"),
    "base64": encoded(base64.b64encode(b"> " * 370_000), b"base64"),
    "base64 of rubbish": encoded(b"=" * 1_000_000, b"base64"),
    "quoted-printable": encoded(b"=3D=\n" * 200_000, b"quoted-printable"),
    "quoted-printable soft breaks": encoded(b"=\n" * 500_000, b"quoted-printable"),
    "uuencode": HEAD + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n" + b"M" * 900_000,
    "open tags": text(b"<div " * 200_000, kind=b"html"),
    "open quotes": text(b"<blockquote>" * 80_000 + b"ACCEPT", kind=b"html"),
    "comments": text(b"<!--" * 250_000, kind=b"html"),
    "comments, closed": text(b"<!---->" * 140_000, kind=b"html"),
    "entities": text(b"&#9999999999;" * 70_000, kind=b"html"),
    "entities without end": text(b"&" * 1_000_000, kind=b"html"),
    "closing tags": text(b"<div>" * 300 + b"</q>" * 200_000, kind=b"html"),
    "a huge table": text(b"<table>" + b"<tr><td>x</td><td style='border-top:solid'>y</td></tr>" * 18_000, kind=b"html"),
    "tables in tables": text(b"<table><tr><td>" * 60_000 + b"ACCEPT", kind=b"html"),
    "styles": text(b"<p style='" + b"border-top:" * 90_000 + b"'>x", kind=b"html"),
    "attributes": text(b"<p " + b"a=b " * 250_000 + b">x", kind=b"html"),
    "one character a tag": text(b"<b>a</b>" * 125_000, kind=b"html"),
    "hidden": text(b"<p style='display:none'>" * 40_000 + b"ACCEPT", kind=b"html"),
    "report groups": HEAD + b"Content-Type: message/delivery-status\n\n" + GROUP * 15_000,
    "report lines": DAEMON + b"could not be delivered" + b"\n" * 900_000,
    "report words": DAEMON + b"could not be delivered to mail mail " * 28_000,
    "report addresses": DAEMON + b"could not be delivered\n" + (b"a" * 298 + b"\n") * 3_300,
    "report recipients": DAEMON + b"could not be delivered\n" + b"".join(b"p%d@x.example\n" % n for n in range(60_000)),
    "report copies": DAEMON + b"- - - copy of " * 70_000,
    "report reasons": DAEMON + b"could not be delivered to <a@b.example>: user mailbox account user " * 15_000,
    "report digits": DAEMON + b"could not be delivered to <a@b.example>: 5.1.1.1." + b"5.1." * 250_000,
    "report at signs": DAEMON + b"could not be delivered\n" + b"@" * 900_000,
    "diagnostics": HEAD + b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n"
                   b"Diagnostic-Code: smtp; " + b"550 user \n " * 80_000,
    "deep json": JSON + b"[" * 900_000,
    "long json number": JSON + b"1" * 900_000,
    "json escapes": JSON + b'"' + b"\\u0000" * 150_000,
    "reaction json": HEAD + b"Content-Type: text/vnd.google.email-reaction+json\n\n" + b"[" * 900,
    "feedback fields": HEAD + b"Content-Type: text/plain\n\n" + b"Feedback-Type:\n" * 60_000,
    "tokens": text(b"ab:" + b" " * 900_000),
    "token after token": text(b"abcdefghijklmnopqrstuvwxyz " * 37_000),
    "invisible": text("\u200b".encode() * 300_000),
    "combining": text(("a" + "\u0301" * 300_000).encode()),
    "right to left": text("\u202e".encode() * 300_000),
    "nul": b"\0" * 1_000_000,
    "nul in the text": text(b"\0A" * 500_000),
    "empty": b"",
    "line ends": b"\r" * 1_000_000,
    "white space": text(b" \t" * 500_000),
    "a calendar": HEAD + b"Content-Type: text/calendar; method=REPLY\n\n" + b"BEGIN:VEVENT\n" * 70_000,
    "results": HEAD + b"Authentication-Results: mx.c.example; " + b"spf=pass (" * 90_000 + b"\n\nx",
    "results, many": HEAD + b"Authentication-Results: mx.c.example; dmarc=pass\n" * 18_000 + b"\nx",
    "five million bytes": text(b"> a line of a long mail\n" * 208_000),
}  # fmt: skip
