from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.mail.reading import Reading, read_mail
from tests.published import published

FOLDER = published("replies")
DISCOURSE = FOLDER / "discourse"
# Unmarked text below "On ... wrote:" or a forwarded header: new to that fixture; nothing tells it from a quote.
UNMARKED = {"embedded_email_17.txt", "embedded_email_18.txt", "forwarded_message.txt"}
ANSWERS = ("acceptance", "decline", "stop", "not_me")


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((FOLDER / folder).iterdir()) if path.name != "LICENSE"]
    return [path for path in found if path.is_file()]


TEXTS = files("discourse/emails", "github", "zapier")
PAGES = files("talon/html_replies")
MAILS = [path for path in files("talon/standard_replies") if path.suffix == ".eml"]


def mail(text: str, subtype: str = "plain") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Ada <ada@example.org>",
        "desk@practice.example",
        "Re: Your portal",
    )
    message.set_content(text, subtype=subtype)
    return message.as_bytes()


def read(path: Path) -> Reading:
    if path.suffix == ".eml":
        return read_mail(path.read_bytes())
    return read_mail(mail(path.read_text(encoding="utf-8"), "html" if path.suffix == ".html" else "plain"))


def first_of(text: str) -> str:
    return next((" ".join(line.split()) for line in text.split("\n") if line.strip() and line.strip()[0] != ">"), "")


def test_no_published_reply_is_an_acceptance() -> None:
    for path in [*TEXTS, *PAGES, *MAILS]:
        assert read(path).kind == "reply", path


def test_the_first_new_line_is_the_published_one() -> None:
    wrong = []
    for path in files("discourse/emails"):
        expected = first_of((DISCOURSE / "trimmed" / path.name).read_text(encoding="utf-8"))
        if read(path).new_text.split("\n")[0] != expected:
            wrong.append(path.name)
    assert set(wrong) <= UNMARKED


@pytest.mark.parametrize("path", [*PAGES, *MAILS], ids=lambda path: str(path.name))
def test_new_text_holds_what_was_typed_and_nothing_of_the_quote(path: Path) -> None:
    new = read(path).new_text
    assert new.split("\n")[0] in ("Hi. I am fine.", "Hello")
    assert "How are you" not in new and "Test message" not in new and "wrote" not in new


def replaced() -> list[tuple[str, bytes]]:
    """Each published reply with ACCEPT in the place of what its writer typed."""
    found: list[tuple[str, bytes]] = []
    for path in files("discourse/emails"):
        text = path.read_text(encoding="utf-8")
        typed = (DISCOURSE / "trimmed" / path.name).read_text(encoding="utf-8").strip()
        quotes = any(line.startswith(">") for line in typed.split("\n"))
        if typed and text.count(typed) == 1 and text.strip() != typed and path.name not in UNMARKED and not quotes:
            found.append((path.name, mail(text.replace(typed, "ACCEPT"))))
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        assert text.count("Hi. I am fine.") == 1
        found.append((path.name, mail(text.replace("Hi. I am fine.", "ACCEPT"), "html")))
    for path in MAILS:
        raw = path.read_bytes()
        if raw.count(b"base64") == 0:
            found.append((path.name, raw.replace(b"Hello", b"ACCEPT").replace(b"Allo! Follow up MIME!", b"ACCEPT")))
    for path in files("github", "zapier"):
        text = path.read_text(encoding="utf-8")
        first = first_of(text)
        if text.startswith(first) and "> " not in first and read(path).new_text.count("\n") == 0:
            found.append((path.name, mail(text.replace(first, "ACCEPT", 1))))
    return found


REPLACED = replaced()


@pytest.mark.parametrize("raw", [raw for _, raw in REPLACED], ids=[name for name, _ in REPLACED])
def test_accept_typed_into_a_published_reply_is_found(raw: bytes) -> None:
    reading = read_mail(raw)
    assert reading.kind == "acceptance", reading.evidence


def test_most_published_replies_took_part() -> None:
    assert len(REPLACED) >= 55


QUOTES = [
    "On Mon, 1 Jun 2026 at 10:00, Desk <desk@practice.example> wrote:",
    "On Mon, 1 Jun 2026 at 10:00, The Front Desk of a Practice <\ndesk@practice.example> wrote:",
    "On 1 Jun 2026, at 10:00, The Front Desk\n<desk@practice.example>\nwrote:",
    "Am 01.06.2026 um 10:00 schrieb Desk <desk@practice.example>:",
    "Desk <desk@practice.example> schrieb am Mo., 1. Juni 2026,\n10:00:",
    "Le lun. 1 juin 2026 à 10:00, Desk <desk@practice.example> a écrit :",
    "El lun, 1 jun 2026 a las 10:00, Desk (<desk@practice.example>) escribió:",
    "Il giorno lun 1 giu 2026 alle ore 10:00 Desk <desk@practice.example> ha scritto:",
    "Op ma 1 jun 2026 om 10:00 schreef Desk <desk@practice.example>:",
    "Em seg., 1 de jun. de 2026 às 10:00, Desk <desk@practice.example> escreveu:",
    "Den mån 1 juni 2026 kl 10:00 skrev Desk <desk@practice.example>:",
    "Dnia 1 cze 2026 o godz. 10:00 Desk <desk@practice.example> napisał(a):",
    "pon., 1 cze 2026 o 10:00 Desk <desk@practice.example> napisał(a):",
    "1 июня 2026 г. 10:00 пользователь Desk <desk@practice.example> написал:",
    "2026-06-01 10:00 GMT+02:00 Desk <desk@practice.example>:",
    "01.06.2026, 10:00, \"Desk\" <desk@practice.example>:",
    "在 2026年6月1日，下午8:45，Desk <desk@practice.example> 写道：",
    "2026年6月1日(月) 10:00 Desk <desk@practice.example>:",
]  # fmt: skip
OURS = "> Press Reply, type\n>\n> ACCEPT\n>\n> and send. NO declines:\n>\n> NO\n>> STOP\n"


@pytest.mark.parametrize("said", QUOTES)
def test_above_and_below_a_quote_in_many_languages(said: str) -> None:
    quote = f"{said}\n\n{OURS}"
    assert read_mail(mail(f"ACCEPT\n\n{quote}")).kind == "acceptance"
    assert read_mail(mail(f"{quote}\nACCEPT\n")).kind == "acceptance"
    assert read_mail(mail(quote)).kind == "reply"
    assert read_mail(mail(f"{quote}\nNo, thank you\n")).kind == "reply"


@given(
    st.sampled_from(QUOTES), st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60)
)
def test_a_quoted_accept_never_counts(said: str, typed: str) -> None:
    raw = f"From: a@b.example\nTo: d@p.example\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\nmy {typed}\n"
    assert read_mail(f"{raw}{said}\n{OURS}".encode()).kind not in ANSWERS
    assert read_mail(f"{raw}{said}\nACCEPT\n".encode()).kind not in ANSWERS


@pytest.mark.parametrize(
    "quote",
    ["<blockquote><p>ACCEPT</p></blockquote>", '<div class="gmail_quote">On x wrote:<div>ACCEPT</div></div>',
     '<div id="divRplyFwdMsg">From: x</div><div>ACCEPT</div>', '<hr id="stopSpelling"><p>ACCEPT</p>',
     "<div style='border:none;border-top:solid #B5C4DF 1.0pt'><p>ACCEPT</p></div>",
     '<div style="display:none">ACCEPT</div>', '<div style="font-size:0">ACCEPT</div>', "<div hidden>ACCEPT</div>",
     '<p style="opacity: 0.0;">ACCEPT</p>', '<p style="max-height:0px">ACCEPT</p>',
     '<span style="text-decoration:line-through">ACCEPT</span>', "<s>ACCEPT</s>", "<del>ACCEPT</del>",
     "<style>ACCEPT</style>",
     "<!-- ACCEPT -->",
     "<title>ACCEPT</title>", '<div class="yahoo_quoted"><p>ACCEPT</p></div>', "<p>&gt; ACCEPT</p>"],
)  # fmt: skip
def test_html_only_quotes_and_hidden_text_never_count(quote: str) -> None:
    assert read_mail(mail(f"<html><body>{quote}</body></html>", "html")).kind == "reply"
    assert read_mail(mail(f"<html><body><p>ACCEPT</p>{quote.replace('ACCEPT', 'NO')}</body></html>", "html")).kind in (
        "reply" if "<s>" in quote or "<del>" in quote or "through" in quote else "acceptance",
        "acceptance",
    )


@pytest.mark.parametrize(
    "style", ["font-size:0.9em", "opacity:0.9", "max-height:0.5em; color:red", "line-height:0", "font-size:10px"]
)
def test_what_is_small_is_not_hidden(style: str) -> None:
    assert read_mail(mail(f'<p class="hidden-xs" style="{style}">ACCEPT</p>', "html")).kind == "acceptance"


def test_html_only_accept_below_the_quote() -> None:
    page = "<div class=gmail_quote>On x wrote:<blockquote>type ACCEPT</blockquote></div><div><b>ACC</b>EPT&nbsp;</div>"
    assert read_mail(mail(page, "html")).kind == "acceptance"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-2022-jp", "x-unknown", "", "zlib", "idna", '"us-ascii"'])
@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64", "rot13", ""])
def test_charsets_and_encodings_good_and_bad(charset: str, encoding: str) -> None:
    body = b"ACCEPT\n\n> caf\xc3\xa9 \xff\n"
    if charset == "utf-16":
        body = "ACCEPT\n".encode("utf-16")
    elif charset == "iso-2022-jp":
        body = b"ACCEPT\n"
    if encoding == "base64" or (encoding == "quoted-printable" and charset == "utf-16"):
        import base64

        body, encoding = base64.encodebytes(body), "base64"
    elif charset == "utf-16":
        return  # needs an encoding
    head = b"From: ada@example.org\nTo: desk@practice.example\nSubject: Re: x\nContent-Type: text/plain; charset=%s\n"
    raw = head % charset.encode() + b"Content-Transfer-Encoding: " + encoding.encode() + b"\n\n" + body
    assert read_mail(raw).kind == "acceptance"


def test_flowed_text_is_joined() -> None:
    head = b"From: a@b.example\nTo: d@p.example\nSubject: Re: x\nContent-Type: text/plain; format=flowed\n\n"
    assert read_mail(head + b"ACCEPT \nthis? Never.\n").kind == "reply"
    assert read_mail(head + b"ACCEPT\n\n-- \nAda \nByron\n").kind == "acceptance"


TOKEN = "abcdefghijklmnopqrstuvwxy2"


@pytest.mark.parametrize(
    ("header", "body"),
    [(f"To: desk+{TOKEN}@practice.example", ""), (f"Delivered-To: desk+{TOKEN}@practice.example", ""),
     (f"X-Original-To: <desk+{TOKEN.upper()}@practice.example>", ""), (f"Envelope-To: desk+{TOKEN}@p.example", ""),
     (f"In-Reply-To: <ref.{TOKEN}@practice.example>", ""), (f"References: <a@b>\n <ref.{TOKEN}@practice.example>", ""),
     (f"Subject: ACCEPT {TOKEN}", ""), (f"Subject: Re: [{TOKEN}] Your portal", ""), ("X: y",
     f"> Reference: {TOKEN}\n"),
     ("X: y", f"> > Reference:\n> > {TOKEN.upper()}\n"), ("X: y", f"mailto:desk%2B{TOKEN}%40practice.example")],
)  # fmt: skip
def test_the_token_is_found_wherever_it_comes_back(header: str, body: str) -> None:
    assert read_mail(f"From: ada@example.org\n{header}\n\nhello\n{body}".encode()).tokens == (TOKEN,)


def test_tokens_of_addresses_come_before_those_of_the_body() -> None:
    other = TOKEN[::-1]
    raw = f"From: ada@example.org\nTo: d+{TOKEN}@p.example\nSubject: Re: [{other}]\n\nReference: {other}\n"
    assert read_mail(raw.encode()).tokens == (TOKEN, other)


@pytest.mark.parametrize(
    ("field", "sender", "kind"),
    [
        ("Ada <ada@mail.example>", "ada@mail.example", "acceptance"),
        ("ada@mail.example <ADA@mail.example>", "ada@mail.example", "acceptance"),
        ('"eve@evil.example" <ada@mail.example>', "ada@mail.example", "acceptance"),  # a name is no address
        ('"Ada <ada@mail.example>" <eve@evil.example>', "eve@evil.example", "acceptance"),
        ("eve@evil.example (Ada <ada@mail.example>)", "eve@evil.example", "acceptance"),
        ("eve@evil.example ((x) <ada@mail.example>)", "eve@evil.example", "acceptance"),
        ("eve@evil.example, Ada <ada@mail.example>", "ada@mail.example", "reply"),
        ("Ada <ada@mail.example>, eve@evil.example", "ada@mail.example", "reply"),
        ("eve@evil.example <ada@mail.example>", "ada@mail.example", "reply"),
        ("both: ada@mail.example, eve@evil.example;", "ada@mail.example", "reply"),
        ("Ada <ada@mail.example>\nFrom: eve@evil.example", "ada@mail.example", "reply"),
        ('"Ada <ada@mail.example>', "ada@mail.example", "acceptance"),
    ],
)
def test_an_answer_has_one_sender(field: str, sender: str, kind: str) -> None:
    reading = read_mail(f"From: {field}\nTo: d@p.example\nSubject: Re: x\n\nACCEPT\n".encode())
    assert (reading.sender, reading.kind) == (sender, kind)


def test_the_rest_of_a_reply_is_read() -> None:
    raw = (
        b"Received: from x by y; Mon, 1 Jun 2026 10:00:05 +0000\nDate: Mon, 1 Jun 2026 11:00:00 +0200\n"
        b'From: "Byron, Ada" <ADA@Example.org>\nTo: desk@practice.example\nDelivered-To: Desk@practice.example\n'
        b"Subject: =?utf-8?q?Re=3A_caf=C3=A9?=\nMessage-ID: <m@x>\n"
        b"In-Reply-To: <i@x>\nReferences: <r@x> <i@x>\n\nyes please\n"
    )
    reading = read_mail(raw)
    assert reading.sender == "ada@example.org"
    assert reading.recipients == ("desk@practice.example",)
    assert (reading.subject, reading.message_id, reading.references) == ("Re: café", "<m@x>", ("<i@x>", "<r@x>"))
    assert reading.new_text == "yes please"
    assert reading.received is not None and reading.received.isoformat() == "2026-06-01T10:00:05+00:00"
    assert (reading.status, reading.permanent, reading.plain_reason) == (None, None, "")
