# ruff: noqa: E501 (the lines of mail are as long as they are)
"""How mail programs write a reply to our message: what they put above and below what was typed, in text and HTML.

Each style is a function from what was typed and our message (text, HTML) to the body parts of the reply.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import NamedTuple


class Ours(NamedTuple):
    """Our message, as it stands in the reply."""

    text: str
    page: str
    subject: str


class Body(NamedTuple):
    """The parts of a reply; None where the program writes no such part."""

    text: str | None
    page: str | None


Style = Callable[[str, Ours], Body]

DESK = "Harbour Street Practice <desk@practice.example>"


def quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.rstrip("\n").split("\n"))


# The line above a quote, by program and language; `{}` is nothing that the reader may lean on.
HEADS = {
    "gmail en": f"On Mon, Jun 1, 2026 at 10:00 AM {DESK} wrote:",
    "gmail en, wrapped": "On Mon, Jun 1, 2026 at 10:00 AM Harbour Street Practice <\ndesk@practice.example> wrote:",
    "gmail en, wrapped twice": "On Mon, Jun 1, 2026, 10:00 AM\nHarbour Street Practice <desk@practice.example>\nwrote:",
    "gmail de": "Am Mo., 1. Juni 2026 um 10:00 Uhr schrieb Harbour Street Practice <\ndesk@practice.example>:",
    "gmail de, phone": "Harbour Street Practice <desk@practice.example> schrieb am Mo., 1. Juni 2026,\n10:00:",
    "gmail es": "El lun, 1 jun 2026 a las 10:00, Harbour Street Practice (<desk@practice.example>)\nescribió:",
    "gmail fr": "Le lun. 1 juin 2026 à 10:00, Harbour Street Practice <desk@practice.example> a\nécrit :",
    "gmail it": "Il giorno lun 1 giu 2026 alle ore 10:00 Harbour Street Practice <\ndesk@practice.example> ha scritto:",
    "gmail pt": "Em seg., 1 de jun. de 2026 às 10:00, Harbour Street Practice <\ndesk@practice.example> escreveu:",
    "gmail nl": "Op ma 1 jun 2026 om 10:00 schreef Harbour Street Practice <desk@practice.example>:",
    "gmail pl": "pon., 1 cze 2026 o 10:00 Harbour Street Practice <desk@practice.example>\nnapisał(a):",
    "gmail ru": "пн, 1 июн. 2026 г. в 10:00, Harbour Street Practice <desk@practice.example>:",
    "gmail ja": "2026年6月1日(月) 10:00 Harbour Street Practice <desk@practice.example>:",
    "gmail zh": "Harbour Street Practice <desk@practice.example> 于2026年6月1日周一 10:00写道：",
    "gmail ko": "2026년 6월 1일 (월) 오전 10:00, Harbour Street Practice <desk@practice.example>님이 작성:",
    "gmail tr": "Harbour Street Practice <desk@practice.example>, 1 Haz 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "gmail ar": "في الاثنين، 1 يونيو 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Harbour Street Practice <desk@practice.example>:",
    "gmail cs": "po 1. 6. 2026 v 10:00 odesílatel Harbour Street Practice <desk@practice.example>\nnapsal:",
    "gmail da": "Den man. 1. jun. 2026 kl. 10.00 skrev Harbour Street Practice <desk@practice.example>:",
    "gmail fi": "ma 1. kesäk. 2026 klo 10.00 Harbour Street Practice (desk@practice.example) kirjoitti:",
    "gmail hu": "Harbour Street Practice <desk@practice.example> ezt írta (időpont: 2026. jún. 1., H,\n10:00):",
    "gmail uk": "пн, 1 черв. 2026 р. о 10:00 Harbour Street Practice <desk@practice.example> пише:",
    "gmail el": "Στις Δευ 1 Ιουν 2026 στις 10:00 π.μ., ο χρήστης Harbour Street Practice <\ndesk@practice.example> έγραψε:",
    "apple en": f"On 1 Jun 2026, at 10:00, {DESK} wrote:",
    "apple us": f"On Jun 1, 2026, at 10:00 AM, {DESK} wrote:",
    "apple, narrow space": f"On Jun 1, 2026, at 10:00\u202fAM, {DESK} wrote:",
    "apple de": f"Am 01.06.2026 um 10:00 schrieb {DESK}:",
    "apple es": f"El 1 jun 2026, a las 10:00, {DESK} escribió:",
    "apple fr": f"Le 1 juin 2026 à 10:00, {DESK} a écrit :",
    "thunderbird en": "On 1/6/26 10:00, Harbour Street Practice wrote:",
    "thunderbird de": "Am 01.06.26 um 10:00 schrieb Harbour Street Practice:",
    "thunderbird es": "El 1/6/26 a las 10:00, Harbour Street Practice escribió:",
    "yahoo": f"    On Monday, June 1, 2026 at 10:00:00 AM GMT+10, {DESK} wrote:  ",
    "yahoo, no address": "On Monday, 1 June 2026, 10:00:00 am AEST, Harbour Street Practice wrote:",
    "yahoo de": "Am Montag, 1. Juni 2026 um 10:00:00 MESZ hat Harbour Street Practice <desk@practice.example> Folgendes geschrieben:",
    "yahoo es": "El lunes, 1 de junio de 2026, 10:00:00 CEST, Harbour Street Practice <desk@practice.example> escribió:",
    "proton": f"On Monday, June 1st, 2026 at 10:00 AM, {DESK} wrote:",
    "proton de": "Am Montag, 1. Juni 2026 um 10:00, schrieb Harbour Street Practice <desk@practice.example>:",
    "gmx": 'Gesendet: Montag, 1. Juni 2026 um 10:00 Uhr\nVon: "Harbour Street Practice" <desk@practice.example>\nAn: ada@mail.example\nBetreff: Einladung',
    "roundcube": "On 2026-06-01 10:00, Harbour Street Practice wrote:",
    "roundcube de": "Am 2026-06-01 10:00, schrieb Harbour Street Practice:",
    "k-9": f"On 1 June 2026 10:00:00 am AEST, {DESK} wrote:",
    "k-9 de": f"Am 1. Juni 2026 10:00:00 MESZ schrieb {DESK}:",
    "zoho": f"---- On Mon, 01 Jun 2026 10:00:00 +1000 {DESK} wrote ----",
    "zoho, address first": "---- On Mon, 01 Jun 2026 10:00:00 +1000 desk@practice.example wrote ----",
    "blackberry": "From: Harbour Street Practice\nSent: Monday, 1 June 2026 10:00\nTo: ada@mail.example\nSubject: Your invitation",
    "mutt": "On Mon, Jun 01, 2026 at 10:00:00AM +1000, Harbour Street Practice wrote:",
    "gnus": "Harbour Street Practice <desk@practice.example> writes:",
    "evolution": "On Mon, 2026-06-01 at 10:00 +1000, Harbour Street Practice wrote:",
    "opera": "On Mon, 01 Jun 2026 10:00:00 +1000, Harbour Street Practice\n<desk@practice.example> wrote:",
    "spark": f"On 1 Jun 2026, 10:00 +1000, {DESK}, wrote:",
    "icloud web": f"On Jun 1, 2026, at 10:00 AM, {DESK} wrote:\n",
}  # fmt: skip

# The header that Outlook and its kin copy above an unmarked old message.
BLOCKS = {
    "outlook": "From: {desk}\nSent: Monday, 1 June 2026 10:00 AM\nTo: ada@mail.example\nSubject: {subject}",
    "outlook with a rule": "________________________________\nFrom: {desk}\nSent: Monday, 1 June 2026 10:00 AM\nTo: ada@mail.example\nSubject: {subject}",
    "outlook, bold": "*From:* {desk}\n*Sent:* Monday, 1 June 2026 10:00 AM\n*To:* ada@mail.example\n*Subject:* {subject}",
    "outlook, date": "From: {desk}\nDate: Monday, 1 June 2026 at 10:00 am\nTo: ada@mail.example\nSubject: {subject}",
    "outlook old": "-----Original Message-----\nFrom: {desk}\nSent: Monday, 1 June 2026 10:00 AM\nTo: ada@mail.example\nSubject: {subject}",
    "outlook de": "Von: {desk}\nGesendet: Montag, 1. Juni 2026 10:00\nAn: ada@mail.example\nBetreff: {subject}",
    "outlook de, old": "-----Ursprüngliche Nachricht-----\nVon: {desk}\nGesendet: Montag, 1. Juni 2026 10:00\nAn: ada@mail.example\nBetreff: {subject}",
    "outlook mac de": "Von: {desk}\nDatum: Montag, 1. Juni 2026 um 10:00\nAn: ada@mail.example\nBetreff: {subject}",
    "outlook es": "De: {desk}\nEnviado el: lunes, 1 de junio de 2026 10:00\nPara: ada@mail.example\nAsunto: {subject}",
    "outlook es, web": "________________________________\nDe: {desk}\nEnviado: lunes, 1 de junio de 2026 10:00\nPara: ada@mail.example\nAsunto: {subject}",
    "outlook fr": "De : {desk}\nEnvoyé : lundi 1 juin 2026 10:00\nÀ : ada@mail.example\nObjet : {subject}",
    "outlook it": "Da: {desk}\nInviato: lunedì 1 giugno 2026 10:00\nA: ada@mail.example\nOggetto: {subject}",
    "outlook nl": "Van: {desk}\nVerzonden: maandag 1 juni 2026 10:00\nAan: ada@mail.example\nOnderwerp: {subject}",
    "outlook pt": "De: {desk}\nEnviada em: segunda-feira, 1 de junho de 2026 10:00\nPara: ada@mail.example\nAssunto: {subject}",
    "outlook pl": "Od: {desk}\nWysłano: poniedziałek, 1 czerwca 2026 10:00\nDo: ada@mail.example\nTemat: {subject}",
    "outlook sv": "Från: {desk}\nSkickat: den 1 juni 2026 10:00\nTill: ada@mail.example\nÄmne: {subject}",
    "outlook ru": "От: {desk}\nОтправлено: 1 июня 2026 г. 10:00\nКому: ada@mail.example\nТема: {subject}",
    "outlook zh": "发件人: {desk}\n发送时间: 2026年6月1日 10:00\n收件人: ada@mail.example\n主题: {subject}",
    "outlook ja": "差出人: {desk}\n送信日時: 2026年6月1日 10:00\n宛先: ada@mail.example\n件名: {subject}",
    "outlook cs": "Od: {desk}\nOdesláno: pondělí 1. června 2026 10:00\nKomu: ada@mail.example\nPředmět: {subject}",
    "outlook tr": "Kimden: {desk}\nGönderildi: 1 Haziran 2026 Pazartesi 10:00\nKime: ada@mail.example\nKonu: {subject}",
    "outlook el": "Από: {desk}\nΣτάλθηκε: Δευτέρα, 1 Ιουνίου 2026 10:00\nΠρος: ada@mail.example\nΘέμα: {subject}",
    "outlook ar": "من: {desk}\nتم الإرسال: الاثنين, 1 يونيو 2026 10:00\nإلى: ada@mail.example\nالموضوع: {subject}",
    "outlook vi": "Từ: {desk}\nĐã gửi: Thứ Hai, 1 Tháng Sáu 2026 10:00\nTới: ada@mail.example\nChủ đề: {subject}",
    "samsung": "-------- Original message --------\nFrom: {desk}\nDate: 1/6/26 10:00 am (GMT+10:00)\nTo: ada@mail.example\nSubject: {subject}",
    "samsung de": "-------- Ursprüngliche Nachricht --------\nVon: {desk}\nDatum: 01.06.26 10:00 (GMT+01:00)\nAn: ada@mail.example\nBetreff: {subject}",
    "samsung es": "-------- Mensaje original --------\nDe: {desk}\nFecha: 1/6/26 10:00 (GMT+01:00)\nPara: ada@mail.example\nAsunto: {subject}",
    "aol": "-----Original Message-----\nFrom: {desk}\nTo: ada@mail.example\nSent: Mon, 1 Jun 2026 10:00\nSubject: {subject}",
    "t-online": "-----Original-Nachricht-----\nBetreff: {subject}\nDatum: 2026-06-01T10:00:00+0200\nVon: {desk}\nAn: ada@mail.example",
    "web.de": "Gesendet: Montag, 1. Juni 2026 um 10:00 Uhr\nVon: {desk}\nAn: ada@mail.example\nBetreff: {subject}",
    "lotus": "From:   {desk}\nTo:     ada@mail.example\nDate:   01/06/2026 10:00\nSubject:        {subject}",
    "orange fr": "> Message du 01/06/26 10:00\n> De : {desk}\n> A : ada@mail.example\n> Objet : {subject}",
    "exchange, external": "From: {desk}\nSent: Monday, 1 June 2026 10:00 AM\nTo: ada@mail.example\nSubject: [External] {subject}",
}  # fmt: skip

# What stands below what was typed, before the quote.
FOOTERS = (
    "", "Sent from my iPhone", "Sent from my Galaxy", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Get Outlook for Android",
    "Sent from Yahoo Mail on Android", "Sent from Yahoo Mail. Get the app", "Sent from Mail for Windows", "Sent with Proton Mail secure email.",
    "Gesendet von Outlook für Android", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App",
    "-- \nDiese Nachricht wurde von meinem Android-Gerät mit WEB.DE Mail gesendet.", "Enviado desde mi iPhone", "Obtener Outlook para Android",
    "Enviado desde Yahoo Mail para iPhone", "Envoyé de mon iPhone", "Kind regards,\nAda Byron\n12 Harbour Street", "-- \nAda Byron\nMobile 0400 000 000",
    "Mit freundlichen Grüßen\n\nAda Byron", "Saludos,\nAda", "Virus-free.www.avast.com", "This email and any attachments are confidential. If you are not the intended recipient, stop reading and delete it.",
    "Sent from my Samsung Galaxy smartphone.", "Sent from my T-Mobile 5G Device", "Inviato da iPhone", "Sent via the Samsung Galaxy A12, powered by Cricket Wireless",
    "*Ada Byron*\nAnalyst", "__\nAda", "从我的iPhone发送", "iPhoneから送信", "Отправлено с iPhone", "Thanks!", "Danke", "Gracias",
)  # fmt: skip

# What a gateway of the practice's own writes above everything.
BANNERS = (
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.",
    "[EXTERNAL EMAIL]", "*** EXTERNAL EMAIL ***", "EXTERNAL: This message came from outside the organisation.",
    "You don't often get email from ada@mail.example. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>",
    "[You don't often get email from ada@mail.example. Learn why this is important at https://aka.ms/LearnAboutSenderIdentification ]",
    "ACHTUNG: Diese E-Mail kommt von außerhalb der Organisation.", "Sie erhalten nicht oft eine E-Mail von ada@mail.example. Erfahren Sie, warum dies wichtig ist",
    "Warning: External sender", "PRECAUCIÓN: Este correo electrónico se originó fuera de la organización.",
)  # fmt: skip


def plain_styles() -> Iterator[tuple[str, Style]]:
    """Replies in plain text alone."""

    for name, head in HEADS.items():
        yield f"{name}, above", _text("{typed}\n\n{head}\n\n{marked}\n", head)
        if not name.startswith(("gmx", "blackberry")):
            yield f"{name}, below", _text("{head}\n{marked}\n\n{typed}\n", head)
            yield f"{name}, quote unmarked", _text("{typed}\n\n{head}\n\n{ours}\n", head)
    for name, head in BLOCKS.items():
        yield name, _text("{typed}\n\n{head}\n\n{ours}\n", head)
        yield f"{name}, marked", _text("{typed}\n\n{marked_head}\n>\n{marked}\n", head)
    for footer in FOOTERS:
        name = f"footer {footer[:30]!r}"
        yield name, _text("{typed}\n\n{extra}\n{head}\n\n{ours}\n", BLOCKS["outlook with a rule"], footer)
        yield (
            f"{name} above a quote",
            _text("{typed}\n\n{extra}\n\n{head}\n\n{marked}\n", HEADS["gmail en, wrapped"], footer),
        )
        yield f"{name} and no quote", _text("{typed}\n\n{extra}\n", "", footer)
    for banner in BANNERS:
        yield f"banner {banner[:30]!r}", _text("{extra}\n\n{typed}\n\n{head}\n{marked}\n", HEADS["apple en"], banner)
    yield "quoted twice", _text("{typed}\n\n{head}\n> {head}\n{marked_twice}\n", HEADS["apple en"])
    yield "quote with no space", _text("{typed}\n\n{head}\n{marked_close}\n", HEADS["mutt"])
    yield "quote with a bar", _text("{typed}\n\n{head}\n{barred}\n", HEADS["mutt"])
    yield "between two quotes", _text("{head}\n{marked}\n\n{typed}\n\n> Press Reply\n", HEADS["apple en"])
    yield "empty lines first", _text("\n\n\n{typed}\n\n\n{head}\n{marked}\n", HEADS["gmail en"])
    yield "no empty line", _text("{typed}\n{head}\n{marked}\n", HEADS["gmail en"])


def _text(shape: str, head: str, extra: str = "") -> Style:
    """A style of plain text alone; `shape` says what stands where."""

    def write(typed: str, ours: Ours) -> Body:
        above = head.replace("{desk}", DESK).replace("{subject}", ours.subject)
        marked = {"marked": "> ", "marked_twice": ">> ", "marked_close": ">", "barred": "| "}
        old = {name: quoted(ours.text, mark) for name, mark in marked.items()}
        return Body(
            shape.format(typed=typed, ours=ours.text, head=above, marked_head=quoted(above), extra=extra, **old), None
        )

    return write


def _page(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def html_styles() -> Iterator[tuple[str, Style]]:
    """Replies in HTML: with the text part that the program makes of it, and (`alone`) without one."""
    pages: dict[str, Callable[[str, Ours], str]] = {
        "gmail": lambda typed, ours: (
            f'<div dir="ltr">{typed}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f'{_page(HEADS["gmail en"])}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{ours.page}</blockquote></div>'),
        "gmail phone": lambda typed, ours: (
            f'<div dir="auto">{typed}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{_page(HEADS["gmail de, phone"])}'
            f'<br></div><blockquote class="gmail_quote">{ours.page}</blockquote></div>'),
        "apple": lambda typed, ours: (
            f'<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">{typed}<br id="lineBreakAtBeginningOfSignature">'
            f'<div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">{_page(HEADS["apple en"])}<br><br></blockquote></div>'
            f'<blockquote type="cite"><div dir="ltr">\ufeff{ours.page}</div></blockquote></body></html>'),
        "outlook": lambda typed, ours: (
            f'<html><body lang="EN-AU"><div class="WordSection1"><p class="MsoNormal">{typed}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> '
            f'{_page(DESK)}<br><b>Sent:</b> Monday, 1 June 2026 10:00 AM<br><b>To:</b> ada@mail.example<br><b>Subject:</b> x</p></div>{ours.page}</div></body></html>'),
        "outlook web": lambda typed, ours: (
            f'<div class="elementToProof">{typed}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">'
            f'<b>From:</b> {_page(DESK)}<br><b>Sent:</b> Monday</div><div>{ours.page}</div>'),
        "outlook phone": lambda typed, ours: (
            f'<div dir="ltr">{typed}</div><div id="ms-outlook-mobile-signature"><div><br></div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div>'
            f'<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Desk</div>{ours.page}'),
        "outlook with no marks": lambda typed, ours: (
            f'<p>{typed}</p><p>&nbsp;</p><p><b>From:</b> {_page(DESK)}<br><b>Sent:</b> Monday, 1 June 2026<br><b>To:</b> ada@mail.example<br><b>Subject:</b> x</p>{ours.page}'),
        "yahoo": lambda typed, ours: (
            f'<div class="ydp1yahoo-style-wrap"><div dir="ltr" data-setdir="false">{typed}</div><div><br></div></div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted">'
            f'<div><div>{_page(HEADS["yahoo"])}</div><div><br></div>{ours.page}</div></div>'),
        "thunderbird": lambda typed, ours: (
            f'<p>{typed}</p><div class="moz-cite-prefix">{_page(HEADS["thunderbird en"])}<br></div><blockquote type="cite" cite="mid:x">{ours.page}</blockquote>'),
        "thunderbird, below": lambda typed, ours: (
            f'<div class="moz-cite-prefix">{_page(HEADS["thunderbird en"])}<br></div><blockquote type="cite" cite="mid:x">{ours.page}</blockquote><p>{typed}</p>'
            '<pre class="moz-signature" cols="72">-- \nAda</pre>'),
        "gmx": lambda typed, ours: (
            f'<html><body><div style="font-family:Verdana"><div>{typed}</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;">'
            f'<div style="margin:0 0 10px 0;"><b>Gesendet:</b> Montag, 1. Juni 2026<br><b>Von:</b> {_page(DESK)}<br><b>An:</b> ada@mail.example<br><b>Betreff:</b> x</div>'
            f'<div name="quoted-content">{ours.page}</div></div></div></div></body></html>'),
        "proton": lambda typed, ours: (
            f'<div style="font-family: Arial;">{typed}</div><div class="protonmail_signature_block">Sent with <a>Proton Mail</a> secure email.</div>'
            f'<div class="protonmail_quote">{_page(HEADS["proton"])}<br><blockquote class="protonmail_quote" type="cite">{ours.page}</blockquote></div>'),
        "samsung": lambda typed, ours: (
            f'<body><div dir="auto">{typed}</div><div id="composer_signature"><div>Sent from my Galaxy</div></div><div><br></div><div>'
            f'<div>-------- Original message --------</div><div>From: {_page(DESK)}</div><div>Date: 1/6/26 10:00</div><div>To: ada@mail.example</div></div>{ours.page}</body>'),
        "aol": lambda typed, ours: (
            f'<div>{typed}</div><div class="aolmail_quote"><div>-----Original Message-----<br>From: Desk<br>To: ada</div>{ours.page}</div>'),
        "icloud": lambda typed, ours: f'<html><body><div>{typed}</div><div><br><blockquote type="cite"><div>{_page(HEADS["icloud web"])}</div>{ours.page}</blockquote></div></body></html>',
        "zoho": lambda typed, ours: (
            f'<div>{typed}</div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Mon, 01 Jun 2026 10:00:00 +1000 <b>{_page(DESK)}</b> wrote ----</div><blockquote id="blockquote_zmail">{ours.page}</blockquote></div>'),
        "spark": lambda typed, ours: (
            f'<div name="messageBodySection"><div dir="auto">{typed}</div></div><div name="messageSignatureSection"><br><div>Ada</div></div>'
            f'<div name="messageReplySection">{_page(HEADS["spark"])}<br><blockquote type="cite" class="spark_quote">{ours.page}</blockquote></div>'),
        "bluemail": lambda typed, ours: (
            f'<div id="blue_body">{typed}</div><div class="gmail_quote">On Jun 1, 2026, at 10:00 AM, Desk &lt;desk@practice.example&gt; wrote:<blockquote class="gmail_quote">{ours.page}</blockquote></div>'),
        "roundcube": lambda typed, ours: f'<p>{typed}</p><p id="reply-intro">{_page(HEADS["roundcube"])}</p><blockquote type="cite">{ours.page}</blockquote>',
        "tutanota": lambda typed, ours: f'<div>{typed}</div><div><br></div><div>1 Jun 2026, 10:00 by desk@practice.example:</div><blockquote class="tutanota_quote">{ours.page}</blockquote>',
        "front page": lambda typed, ours: f"<html><body>{typed}</body></html>",
        "in a table": lambda typed, ours: f'<table><tr><td><font face="Arial"><span>{typed}</span></font></td></tr></table><blockquote>{ours.page}</blockquote>',
        "with a style sheet": lambda typed, ours: f"<head><style>p {{margin:0}}</style></head><body><p>{typed}</p><blockquote>{ours.page}</blockquote></body>",
        "below a banner": lambda typed, ours: (
            '<table border="0"><tr><td>You don\'t often get email from ada@mail.example. <a href="https://aka.ms/LearnAboutSenderIdentification">Learn why this is important</a></td></tr></table>'
            f'<div>{typed}</div><blockquote>{ours.page}</blockquote>'),
    }  # fmt: skip
    for name, page in pages.items():
        yield f"{name}, html alone", _with_page(page, "")
        yield f"{name}, both", _with_page(page, "{typed}\n\n{head}\n\n{marked}\n")


def _with_page(page: Callable[[str, Ours], str], shape: str) -> Style:
    beside = _text(shape, HEADS["gmail en"])
    return lambda typed, ours: Body(beside(typed, ours).text if shape else None, page(typed, ours))


def reply(
    body: Body, ours: Ours, *, to: str, sender: str = "Ada <ada@mail.example>", encoding: str | None = None
) -> bytes:
    """The reply as its program sends it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, f"Re: {ours.subject}"
    mail["Date"], mail["Message-ID"] = "Mon, 01 Jun 2026 12:00:00 +1000", "<reply@mail.example>"
    if body.text is not None:
        mail.set_content(body.text, cte=encoding)
        if body.page is not None:
            mail.add_alternative(body.page, subtype="html", cte=encoding)
    elif body.page is not None:
        mail.set_content(body.page, subtype="html", cte=encoding)
    return mail.as_bytes()
