"""What a person wrote newly in a reply: never what is quoted below, above or between it.

One pass over capped lines, each looked at a bounded number of times: crafted mail cannot make it slow. Where it is
unsure whether a text is quoted, it takes it as quoted: a lost line costs a look by the desk, an invented one an
acceptance.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from clinic_tui.mail.html_lines import CUT

MAX_LINES = 4_000
MAX_LINE = 1_000  # characters of a line
MAX_NEW = 4_000  # characters of new text that are kept

# The verb of the line above a quote ("On ... wrote:"), by mail programs in many languages.
_WROTE = re.compile(
    r"\b(?:wrote|writes|said|schrieb|schrieb am|geschrieben|a écrit|écrit|escribió|escribi[oó]|ha scritto|"
    r"scritto|schreef|"
    r"geschreven|escreveu|skrev|skrifaði|kirjoitti|napisał|napisała|napisał\(a\)|napsal|napsala|napísal|"
    r"írta|yazdı|scrie|"
    r"a scris|написал|написала|написал\(а\)|пишет|пише|написав|έγραψε|viết|menulis|rašė|kirjutas|rakstīja)\b|"
    r"写道|寫道|さん|のメッセージ|작성|님이|כתב|كتب",
    re.IGNORECASE,
)
_WEEKDAY_OR_ON = re.compile(
    r"(?:on|am|le|el|il|op|em|den|d\.|dnia|dne|at|à|på|pe|kuni|den|vào|tarihinde|ngày|a|w dniu|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|dom|lør|søn|пн|вт|ср|"
    r"чт|пт|сб|вс)\w{0,10})"
    r"[\s.,]",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[-./年]\s?\d{1,2}[-./月]\s?\d{1,4}|\b\d{1,2}:\d\d\b|\b(?:19|20)\d\d\b")
_STARTS_WITH_DATE = re.compile(r"(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4},? \d{1,2}:\d\d)")
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,100}|<[^<>]{0,200}>|GMT|UTC", re.IGNORECASE)

# "-----Original Message-----" and its kin.
_ORIGINAL = re.compile(
    r"[-_=*>\s]{2,40}\s?\*?(?:original(?: message| nachricht| mail| e-?mail)?|ursprüngliche nachricht|"
    r"originalnachricht|"
    r"weitergeleitete nachricht|forwarded message|begin forwarded message|message d'origine|message transféré|"
    r"mensaje original|mensagem original|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|"
    r"ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|opprinnelig melding|"
    r"wiadomość oryginalna|"
    r"oryginalna wiadomość|alkuperäinen viesti|исходное сообщение|пересылаемое сообщение|reply message|"
    r"původní zpráva|eredeti üzenet|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|원본 메시지)"
    r"(?: message| nachricht)?\*?\s{0,3}[-_=*\s]{2,40}:?",
    re.IGNORECASE,
)

# The labels of a message header that a program copies above the old message.
_LABELS = re.compile(
    r"[>*\s|]{0,6}(?P<label>from|sent|date|to|cc|subject|reply-to|von|gesendet|datum|an|betreff|de|envoyé|"
    r"date|à|objet|"
    r"répondre à|enviado(?: el)?|fecha|para|asunto|da|inviato|data|a|oggetto|risposta|van|verzonden|aan|"
    r"onderwerp|"
    r"enviada(?: em)?|assunto|från|skickat|till|ämne|fra|sendt|til|emne|od|wysłano|do|temat|lähettäjä|"
    r"lähetetty|"
    r"vastaanottaja|aihe|от|отправлено|кому|тема|дата|від|надіслано|komu|předmět|odesláno|发件人|发送时间|收件人|主题|"
    r"差出人|送信日時|宛先|件名|보낸 사람|받는 사람|제목)\s{0,3}\*?\s{0,2}[:：]\*?(?:\s|$|.)",
    re.IGNORECASE,
)

# The line a phone or mail program adds below what was typed.
_DEVICE = re.compile(
    r"[<\[(*_\s]{0,3}(?:sent (?:from|via|with|using|by) |from my (?:i|phone|mobile)|get \[?(?:outlook|"
    r"bluemail|typeapp)|從我的|gesendet (?:von|mit|mittels)|"
    r"von meinem .{1,40}gesendet|diese nachricht wurde von |envoyé (?:de|depuis|à partir|avec|par)|"
    r"(?:télécharge[rz]|obtene[rz]|obtenir|scarica|download) outlook|enviado (?:desde|do|de|con|a partir)|"
    r"inviato (?:da|con|dal)|verzonden (?:vanaf|met|via)|verstuurd vanaf|skickat från|sendt fra|sänt från|"
    r"lähetetty |wysłan[eoy] z|отправлено (?:с|из)|надіслано |odesláno z|outlook (?:für|for|pour|para|per|"
    r"voor) .{1,20}|"
    r"holen sie sich outlook|enviada do|hae outlook|på min (?:iphone|android))",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|—|-- )\s{0,3}|[-_]{2,3}")
_RULE = re.compile(r"[-_=*~#+.•\s]{2,}")
_QUOTED = re.compile(r"\s{0,8}[>|＞]")
_INITIALS = re.compile(r"\s{0,4}[A-Za-z]{1,12}>")  # "Richard> ...", below a line that said who wrote
REFERENCE = re.compile(
    r"[\w ]{1,20}[:：]\s{0,3}\[?[a-z2-7]{26}\]?\.?", re.IGNORECASE
)  # our own, put there by a mailto link


def new_text(text: str) -> str:
    """The new lines of a reply's plain text (or of `html_to_text`), without quotes, device lines and signatures."""
    lines = _lines(text)
    new: list[str] = []
    above: list[str] = []  # lines as phones add them, kept only where new text comes after them
    size = at = 0
    named = False  # a line has said who wrote what follows
    while at < len(lines) and size < MAX_NEW:
        line = lines[at]
        if _QUOTED.match(line) or (named and _INITIALS.match(line)):
            at += 1
        elif line == CUT or (_ORIGINAL.fullmatch(line)) or _header_block(lines, at):
            break
        elif taken := attribution(lines, at):
            named = True
            at = _skip_empty(lines, at + taken)
            if at < len(lines) and not (_QUOTED.match(lines[at]) or _INITIALS.match(lines[at])):
                break  # the quote is not marked, so nothing tells where it ends
        elif _SIGNATURE.fullmatch(line):
            break
        else:
            if _DEVICE.match(line):
                above += [line] if not new else []  # "Sent by mistake, please ignore:" looks like one
            elif line and not _RULE.fullmatch(line):
                new += [*above, line]
                size += sum(len(kept) + 1 for kept in (*above, line))
                above = []
            elif not line and new and new[-1]:
                new.append("")
            at += 1
    return "\n".join(new).strip()[:MAX_NEW]


def first_new_line(text: str) -> str:
    """The first line of `new_text` that is more than our own reference; empty where there is none."""
    return next((line for line in text.split("\n") if line and not REFERENCE.fullmatch(line)), "")


def unflowed(text: str, delsp: bool = False) -> str:
    """Lines of a format=flowed text (RFC 3676) joined to the paragraphs that were written."""
    lines: list[str] = []
    open_line = False
    for line in text.split("\n")[:MAX_LINES]:
        if line.startswith(" ") and not line.startswith(" >"):
            line = line[1:]  # space-stuffed
        flows = line.endswith(" ") and line != "-- " and not line.startswith(">")
        bare = line[:-1] if flows and delsp else line
        if open_line and bare.strip() and not line.startswith(">") and len(lines[-1]) < MAX_LINE:
            lines[-1] += bare
        else:
            lines.append(bare)
        open_line = flows and bool(bare.strip())
    return "\n".join(lines)


def attribution(lines: list[str], at: int) -> int:
    """How many lines from here say who wrote the quote that follows ("On ... wrote:"), 0 if they do not."""
    first = lines[at][:300]
    if not first:
        return 0
    dated = bool(_DATE.search(first))
    wraps = dated or bool(_WEEKDAY_OR_ON.match(first)) or "<" in first or bool(_ADDRESS.search(first))
    joined = ""
    for taken, line in enumerate(lines[at : at + (7 if wraps else 1)], 1):
        if taken > 1 and not line and not (dated and _WEEKDAY_OR_ON.match(first)):
            break
        if taken > 1 and (_starts_dated(line) or (line.startswith(">") and len(line) > 20)):
            break
        joined = f"{joined} {line[:300]}".strip()
        if len(joined) > 400:
            break
        if (said := _is_attribution(joined)) and (said == "sure" or _quote_follows(lines, at + taken)):
            return taken
    return 0


def _starts_dated(line: str) -> bool:
    return bool(_WEEKDAY_OR_ON.match(line)) and bool(_DATE.search(line))


def _quote_follows(lines: list[str], at: int) -> bool:
    at = _skip_empty(lines, at)
    return at < len(lines) and bool(_QUOTED.match(lines[at]))


def _is_attribution(text: str) -> Literal["", "maybe", "sure"]:
    bare = text.rstrip("-–—*_ ")
    ends = bare.endswith((":", "："))
    if _STARTS_WITH_DATE.match(text) and _ADDRESS.search(text) and (ends or bare.endswith(">") or "GMT" in text):
        return "sure"
    if not (_ADDRESS.search(text) or _DATE.search(text)):
        return ""
    if ends and _WROTE.search(bare):
        return "sure"
    if bare != text and _WROTE.search(bare[-14:]):  # "---- On ... wrote ----"
        return "sure"
    # A program that writes no verb we know still gives a date, an address and a colon; so do people.
    dated = _WEEKDAY_OR_ON.match(text) or _DATE.search(text)
    return "maybe" if ends and dated and "@" in text else ""


def _header_block(lines: list[str], at: int) -> bool:
    """Whether a copied message header starts here: three of its labels, different ones, in the next lines."""
    if not _LABELS.match(lines[at]):
        return False
    labels = {match["label"].lower() for line in lines[at : at + 8] if (match := _LABELS.match(line))}
    return len(labels) >= 3


def _skip_empty(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def _lines(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return [_visible(line[:MAX_LINE]) for line in text.split("\n", MAX_LINES)[:MAX_LINES]]


def _visible(line: str) -> str:
    if not line.isascii():
        line = "".join(c for c in line if unicodedata.category(c) != "Cf")
    return " ".join(line.replace("\0", "").split())
